"""Why the database could not be opened at the start, as one line that names the setting.

A server that is not up yet, or whose name is not known yet, comes: a NotYetError. A password, a name or a folder that is wrong
stays wrong: a SettingsError.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from alembic.util import CommandError

from bot.errors import NotYetError, SettingsError
from bot.errors.os_errors import describe_os_error
from bot.i18n import phrase
from bot.observability.logging import redact

if TYPE_CHECKING:
    from bot.errors import DatabaseError
    from bot.i18n import Phrase
    from bot.storage.database import Database

_LONGEST = 200
# Classes of SQLSTATE: no connection, no resources left, an operator's intervention such as a server that is starting up.
_PASSING_STATES = ("08", "53", "57")
_PROTOCOL_VIOLATION = "08P01"


def startup_error(error: DatabaseError, database: Database, key: str) -> SettingsError:
    """The line about `error`. `key` is the setting that says where the database is."""
    line = phrase(
        "{key}: {database} cannot be opened ({reason})", key=key, database=database.shown, reason=database_reason(error)
    )
    passing = _is_busy(error.cause) if database.is_sqlite else _is_away(error.cause)
    return NotYetError([line]) if passing else SettingsError([line])


def database_reason(error: DatabaseError) -> Phrase | str:
    """A database's complaint in one line."""
    match error.cause:
        case CommandError():
            return phrase("a newer smsstatus has changed its tables; run that one")
        case TimeoutError():
            return phrase("no answer in time")
        case ssl.SSLCertVerificationError():
            return phrase("its certificate is not trusted")
        case ssl.SSLError():
            return phrase("TLS did not come about")
        case OSError() as cause:
            return describe_os_error(cause)
        case _:
            return redact(str(error))[:_LONGEST]


def _is_busy(cause: object) -> bool:
    """Whether another process has just locked the file."""
    return str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_BUSY")


def _is_away(cause: object) -> bool:
    """Whether a server may be there later."""
    if isinstance(cause, OSError):
        # A bare ConnectionError is asyncpg's: the server refuses the TLS that was asked for.
        return not isinstance(cause, ssl.SSLError | PermissionError) and type(cause) is not ConnectionError
    state = str(getattr(cause, "sqlstate", "") or "")
    return state.startswith(_PASSING_STATES) and state != _PROTOCOL_VIOLATION
