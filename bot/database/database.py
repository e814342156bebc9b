"""The database behind a URL: SQLite or PostgreSQL, with the same behaviour.

    read    a transaction that only reads
    write   a transaction that writes; durable once the block is left. SQLite's takes the write lock at once, so that two
            writers wait for each other instead of failing half-way (https://www.sqlite.org/lang_transaction.html)

Every method may raise `sqlalchemy.exc.SQLAlchemyError` when the database cannot be reached, is full or is read-only.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import UnfitError
from bot.language import phrase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL, Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.pool import ConnectionPoolEntry

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
"""All tables. Migrations are written by hand; a test compares them with this."""

BUSY_MILLISECONDS = 5_000
POOL_SIZE = 8
CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 5.0  # of one statement; somebody waits for most of them
_DRIVERS = {"postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}


class Database:
    """An open database. `async with` is not needed: it connects when first used, and `aclose` gives the connections back."""

    def __init__(self, url: str) -> None:
        """Raises UnfitError for a URL of another kind."""
        self.url = check_database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database and "uri" not in self.url.query:  # a URI names a file that is there
            Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._engine = _open_engine(self.url, sqlite=self.is_sqlite)
        self._writing = self._engine.execution_options(smsstatus_writes=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction that only reads."""
        async with self._engine.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction; committed when the block ends, rolled back when it raises."""
        async with self._writing.begin() as connection:
            yield connection

    async def check(self) -> None:
        """Prove that the database can be reached and written. Raises SQLAlchemyError when not."""
        async with self.write() as connection:
            await connection.execute(text("SELECT 1"))

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)})"


def check_database_url(url: str) -> URL:
    """The URL with the driver that we use. Raises UnfitError, which does not repeat the URL: it may hold a password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        example = phrase("must be an address such as postgresql://user@host/name or sqlite:////data/smsstatus.db")
        raise UnfitError(example) from None
    backend = parsed.drivername.split("+")[0]
    if backend not in _DRIVERS:
        raise UnfitError(phrase("must begin with sqlite:/// or postgresql://"))
    return parsed.set(drivername=_DRIVERS[backend])


def _open_engine(url: URL, *, sqlite: bool) -> AsyncEngine:
    if not sqlite:
        # A server that hangs must end as an error that the callers know, not as an answer that never comes.
        patience = {"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS}
        return create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args=patience,
        )
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=POOL_SIZE)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Durable writes beside readers. Python's own implicit BEGIN is switched off; `_begin_sqlite` says which one it is."""
    raw: Any = connection
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("smsstatus_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
