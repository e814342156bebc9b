"""Whether another process has the database open: who takes tables away asks first, since that process would fail afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

# Its own name is as in the URL, or else ours: https://www.postgresql.org/docs/current/monitoring-stats.html
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND application_name = current_setting('application_name')"
)


class InUseError(Exception):
    """Another process has the database open."""


def require_sole_process(file: Path) -> None:
    """Raises DatabaseError, of an InUseError if another connection to the file is open.

    To end the write-ahead log takes a lock that no other connection leaves free (https://www.sqlite.org/wal.html, "Persistence of
    WAL Mode"). Whoever opens the file next begins one again.
    """
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.Error as error:
            is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            raise DatabaseError(InUseError() if is_busy else error) from error


def require_sole_client(connection: Connection) -> None:
    """Raises InUseError if another connection of smsstatus is open on the server. The caller's process has this one only."""
    if connection.execute(_OTHERS).scalar_one():
        raise InUseError
