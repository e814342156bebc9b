"""The database behind a URL: SQLite or PostgreSQL, with the same behaviour.

    read    a read-only transaction
    write   a transaction that writes, committed when the block ends. SQLite's takes the write lock at once, so that two writers
            wait for each other instead of failing half-way (https://www.sqlite.org/lang_transaction.html)

Both raise DatabaseError if the database is unavailable, full or read-only, and ConstraintError if it rejects a row; no exception
of SQLAlchemy, of a driver or of the operating system leaves them.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosqlite
from sqlalchemy import URL, MetaData, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import ConstraintError, DatabaseError
from bot.storage.address import is_sqlite, read_address, shown_address
from bot.storage.sqlite_files import FileIds, MovedFileError, require_file, sqlite_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from sqlalchemy import Connection, Table
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
"""The schema of all tables. Migrations are written by hand; a test compares them with this."""

BUSY_MILLISECONDS = 5_000
POOL_SIZE = 8
CONNECT_SECONDS = 2.0
CACHE_KIB = 1_000  # of SQLite's pages, for each connection; the system caches them too
COMMAND_SECONDS = 5.0  # of one statement; a person waits for most of them

_FILES = "files"


class Database:
    """An open database. It connects on first use; `aclose` closes its connections."""

    def __init__(self, url: str | URL) -> None:
        """Raises InvalidValueError for an invalid URL."""
        self.url = read_address(url)
        self.is_sqlite = is_sqlite(self.url)
        self.file = sqlite_file(self.url) if self.is_sqlite else None
        self._engine = _open_engine(self.url, self.file, sqlite=self.is_sqlite)
        self._write_engine = self._engine.execution_options(smsstatus_writes=True)
        # SQLite has one writer at a time, and whoever waits for it polls: a few writers of ours would starve each other, so they
        # queue. The writers of another process are waited for by polling, as before.
        self._write_lock = asyncio.Lock()

    @asynccontextmanager
    async def read(self, *, within: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A connection in a read-only transaction. Raises DatabaseError, also if it takes more than `within` seconds."""
        with _translating_errors():
            async with asyncio.timeout(within), self._engine.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction; committed when the block ends, rolled back when it raises.

        Raises DatabaseError, and ConstraintError if a row is rejected.
        """
        with _translating_errors():
            async with self._turn(), self._write_engine.connect() as connection:
                async with connection.begin():
                    yield connection
                await self._check_files(connection)

    async def _check_files(self, connection: AsyncConnection) -> None:
        """After a commit: whether a restart would find it. Raises MovedFileError."""
        opened: FileIds | None = connection.info.get(_FILES)
        if opened is None:
            return
        try:
            opened.check()
        except MovedFileError:
            # So that files that were put in their place are opened, and only once those without a name are closed: the two
            # would share an index that is right for one of them.
            await connection.invalidate()
            await self._engine.dispose()
            raise

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One writer at a time on SQLite. Raises TimeoutError after as long as another process would be waited for."""
        if not self.is_sqlite:
            yield
            return
        async with asyncio.timeout(BUSY_MILLISECONDS / 1000):
            await self._write_lock.acquire()
        try:
            yield
        finally:
            self._write_lock.release()

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """The dialect's INSERT, which supports ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def make_folder(self) -> None:
        """Create the folder of a SQLite file, if it is missing. Raises OSError."""
        if self.is_sqlite and self.url.database and "uri" not in self.url.query:  # a URI names a file that is there
            Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def check(self) -> None:
        """Prove that the database is reachable and writable. Raises DatabaseError if not."""
        async with self.write() as connection:
            await connection.execute(text("SELECT 1"))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    @property
    def shown(self) -> str:
        """The URL or SQLite path, without the password."""
        return shown_address(self.url)

    def __repr__(self) -> str:
        return f"Database({self.shown})"


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise ConstraintError(error) from error
    except (SQLAlchemyError, OSError) as error:  # OSError: drivers pass on those of the network
        raise DatabaseError(error) from error


def _open_engine(url: URL, file: Path | None, *, sqlite: bool) -> AsyncEngine:
    if not sqlite:
        return create_async_engine(
            URL.create(url.drivername),  # SQLAlchemy would parse the rest too, and knows less of it than asyncpg
            async_creator=_asyncpg_connector(url),
            pool_size=POOL_SIZE,
            max_overflow=POOL_SIZE,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
        )
    engine = create_async_engine(
        url, async_creator=_aiosqlite_connector(url, file), poolclass=AsyncAdaptedQueuePool, pool_size=POOL_SIZE
    )
    if file is not None:
        event.listen(engine.sync_engine, "connect", _remember_files(file))
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _asyncpg_connector(url: URL) -> Callable[[], Awaitable[Any]]:
    """The connection factory for PostgreSQL: asyncpg parses the whole URL itself, with its TLS options."""
    seconds = str(url.query.get("connect_timeout", ""))
    address = url.set(drivername="postgresql").difference_update_query(["connect_timeout"])
    # A server that hangs must end as an exception that callers handle, not as a response that never comes.
    timeouts = {"timeout": float(seconds) if seconds else CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS}

    async def connect() -> Any:
        import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - most installations have a file
        from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi  # noqa: PLC0415

        try:
            return await asyncpg.connect(address.render_as_string(hide_password=False), **timeouts)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ValueError, TypeError) as error:
            # SQLAlchemy treats it as an error of the database only by this class.
            raise AsyncAdapt_asyncpg_dbapi.OperationalError(str(error), error) from error  # type: ignore[no-untyped-call]

    return connect


def _remember_files(file: Path) -> Callable[[object, ConnectionPoolEntry], None]:
    def remember(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info[_FILES] = FileIds.of(file)

    return remember


def _aiosqlite_connector(url: URL, file: Path | None) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """The connection factory for SQLite: write-ahead log, durable commits.

    Python's implicit BEGIN is switched off; `_begin_sqlite` begins. A file that was there is not made anew when it is gone: it
    would be empty, and what is under way would go on as if nothing had ever been stored.
    """
    arguments, options = url.get_dialect()().create_connect_args(url)
    was_there = False

    async def connect() -> aiosqlite.Connection:
        nonlocal was_there
        if was_there and file is not None:
            require_file(file)
        connection = aiosqlite.connect(*arguments, **options, isolation_level=None)
        thread = connection._thread  # noqa: SLF001 - SQLAlchemy reaches for it too
        thread.daemon = True
        try:
            await connection
            for pragma in (
                f"busy_timeout={BUSY_MILLISECONDS}",
                f"cache_size=-{CACHE_KIB}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                await connection.execute(f"PRAGMA {pragma}")
            await connection.execute_fetchall("SELECT 1 FROM sqlite_master LIMIT 1")  # opens the log and its index
            was_there = True
        except BaseException:
            await connection.close()
            await asyncio.to_thread(thread.join)  # it would call an event loop that is closed by then
            raise
        return connection

    return connect


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("smsstatus_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
