"""Persistent state: one SQL database (a SQLite file by default, PostgreSQL for several replicas) and the keys that encrypt it.

Packages that store something define their own tables on `METADATA`, write their own migration, and take a `Database`.
"""

from bot.storage.column_types import UtcDateTime
from bot.storage.connection_errors import database_reason, startup_error
from bot.storage.database import METADATA, Database
from bot.storage.keyring import Keyring, WrongKeyError
from bot.storage.migration import migrate

__all__ = ["METADATA", "Database", "Keyring", "UtcDateTime", "WrongKeyError", "database_reason", "migrate", "startup_error"]
