"""Errors of opening the database at the start, as one line that names the setting.

Transient ones, such as a server that is not up yet or whose name does not resolve yet, become a UnavailableError; permanent ones,
such as a wrong password, database name or folder, a SettingsError.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from bot.errors import SettingsError, UnavailableError
from bot.errors.os_errors import describe_os_error
from bot.i18n import phrase
from bot.observability.redaction import redact
from bot.storage.driver_errors import NewerSchemaError
from bot.storage.exclusive_use import InUseError
from bot.storage.sqlite_files import MOVED, MovedFileError

if TYPE_CHECKING:
    from bot.errors import DatabaseError
    from bot.i18n import Phrase
    from bot.storage.database import Database

_LONGEST = 200
# Classes of SQLSTATE: no connection, no resources left, an operator's intervention such as a server that is starting up.
_TRANSIENT_STATES = ("08", "53", "57")
_PROTOCOL_VIOLATION = "08P01"
_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def startup_error(error: DatabaseError, database: Database, key: str) -> SettingsError:
    """The UnavailableError or SettingsError to raise for `error`. `key` is the setting that locates the database."""
    line = phrase(
        "{key}: {database} cannot be opened ({reason})", key=key, database=database.shown, reason=database_reason(error)
    )
    is_transient = is_locked(error.cause) or (not database.is_sqlite and _is_unavailable(error.cause))
    return UnavailableError([line]) if is_transient else SettingsError([line])


def database_reason(error: DatabaseError) -> Phrase | str:
    """The database's error in one line, without secrets."""
    match error.cause:
        case NewerSchemaError() as newer:
            return phrase(
                "a newer smsstatus has changed its tables to {revision}; run that one, or with it: "
                "smsstatus database downgrade {newest} (docs/upgrade.md)",
                revision=newer.revision,
                newest=newer.newest,
            )
        case InUseError():
            return phrase("smsstatus runs on it; stop it first")
        case cause if is_locked(cause):
            return phrase("another process has locked it")
        case TimeoutError():
            return phrase("no answer in time")
        case MovedFileError():
            return MOVED
        case ssl.SSLCertVerificationError():
            return phrase("its certificate is not trusted")
        case ssl.SSLError():
            return phrase("TLS did not come about")
        case OSError() as cause:
            return describe_os_error(cause)
        case _:
            return redact(str(error))[:_LONGEST]


def is_locked(cause: object) -> bool:
    """True if another process holds the SQLite file's lock, or a lock of PostgreSQL that was waited for long enough."""
    is_busy = str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_BUSY")
    return is_busy or getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _is_unavailable(cause: object) -> bool:
    """True if the server may be available later."""
    if isinstance(cause, OSError):
        # A bare ConnectionError is asyncpg's: the server rejects the TLS that was requested.
        return not isinstance(cause, ssl.SSLError | PermissionError) and type(cause) is not ConnectionError
    state = str(getattr(cause, "sqlstate", "") or "")
    return state.startswith(_TRANSIENT_STATES) and state != _PROTOCOL_VIOLATION
