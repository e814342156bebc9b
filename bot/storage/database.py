"""The database behind a URL: SQLite or PostgreSQL, with the same behaviour.

    read         runs a function in a read-only transaction
    write        runs one in a transaction that writes, committed when it returns, rolled back when it raises
    write_first  the same, before all that waits

The function gets SQLAlchemy's plain connection and awaits nothing, so no transaction is held while something else is waited for.
They raise DatabaseError if the database is unavailable, full or read-only, and ConstraintError if it rejects a row; no exception
of SQLAlchemy, of a driver or of the operating system leaves them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import MetaData, text
from sqlalchemy.dialects import sqlite

from bot.storage.address import is_sqlite, read_address, shown_address
from bot.storage.driver_errors import translating_errors
from bot.storage.sqlite_engine import SqliteEngine
from bot.storage.sqlite_files import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Connection, Table
    from sqlalchemy.dialects import postgresql

    T = TypeVar("T")

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
"""The schema of all tables. Migrations are written by hand; a test compares them with this."""


class Engine(Protocol):
    """One kind of database."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads."""

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:
        """Run `work` in a transaction that writes; `synced`: to the disk; `is_urgent`: before all that waits."""

    async def cut_log(self) -> bool:
        """Leave nothing in a log that was deleted; whether that was possible."""

    async def aclose(self) -> None:
        """Close the connections."""


class Database:
    """An open database. It connects on first use; `aclose` closes its connections."""

    def __init__(self, url: str | URL, *, is_patient: bool = False) -> None:
        """`is_patient`: a statement may take as long as it does, as those of a migration may. Raises InvalidValueError."""
        self.url = read_address(url)
        self.is_sqlite = is_sqlite(self.url)
        self.file = sqlite_file(self.url) if self.is_sqlite else None
        self._engine: Engine = (
            SqliteEngine(self.url, self.file) if self.is_sqlite else _postgres_engine(self.url, is_patient=is_patient)
        )

    async def read(self, work: Callable[[Connection], T], *, within: float | None = None) -> T:
        """What `work` returns of a read-only transaction. Raises DatabaseError, also if it takes more than `within` seconds."""
        with translating_errors():
            async with asyncio.timeout(within):
                return await self._engine.read(work)

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:
        """What `work` returns of a transaction that is committed by then, or rolled back when it raises.

        On a SQLite file, what `is_urgent` goes before all that waits. A commit there that is not `synced` is sooner; it survives
        the process, and with the next synced one the machine.
        When the caller is cancelled the transaction may be committed all the same.
        Raises DatabaseError, and ConstraintError if a row is rejected.
        """
        with translating_errors():
            return await self._engine.write(work, synced=synced, is_urgent=is_urgent)

    def write_first(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        """`write`, not synced, for what somebody waits for by the millisecond: on a SQLite file it goes before all that waits.

        The future is done already if that took a moment only. It raises what `write` raises.
        """
        if isinstance(self._engine, SqliteEngine):
            return self._engine.write_first(work)
        return asyncio.ensure_future(self.write(work))  # a server has no queue of ours

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """The dialect's INSERT, which supports ON CONFLICT."""
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - it loads slowly, and most installations have a file

        return postgresql.insert(table)

    def make_folder(self) -> None:
        """Create the folder of a SQLite file, if it is missing. Raises OSError."""
        if self.is_sqlite and self.url.database and "uri" not in self.url.query:  # a URI names a file that is there
            Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def check(self) -> None:
        """Prove that the database is reachable and writable. Raises DatabaseError if not."""
        await self.write(lambda connection: connection.execute(text("SELECT 1")).scalar_one())

    async def cut_log(self) -> bool:
        """After a deletion: a SQLite file's log is empty afterwards. False when somebody reads or writes all the time.

        Raises DatabaseError.
        """
        with translating_errors():
            return await self._engine.cut_log()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.aclose()

    @property
    def shown(self) -> str:
        """The URL or SQLite path, without the password."""
        return shown_address(self.url)

    def __repr__(self) -> str:
        return f"Database({self.shown})"


def _postgres_engine(url: URL, *, is_patient: bool) -> Engine:
    from bot.storage import postgres_engine  # noqa: PLC0415 - SQLite does without SQLAlchemy's asyncio

    return postgres_engine.PostgresEngine(url, None if is_patient else postgres_engine.COMMAND_SECONDS)
