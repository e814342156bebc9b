"""Where state lives: one SQL database, SQLite in a file by default, PostgreSQL for several replicas; and the keys that seal it.

Rooms that keep something define their own tables on `METADATA`, write their own migration, and take a `Database`.
"""

from bot.database.database import METADATA, Database
from bot.database.keyring import Keyring, WrongKeyError
from bot.database.migrate import migrate
from bot.database.setback import TROUBLE, reason, setback

__all__ = ["METADATA", "TROUBLE", "Database", "Keyring", "WrongKeyError", "migrate", "reason", "setback"]
