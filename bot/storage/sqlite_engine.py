"""SQLite: each transaction is handed over to a thread as a whole, so the event loop waits once for it and never on the disk.

Writers share one thread: SQLite has one write lock (https://www.sqlite.org/lang_transaction.html), and writers in a queue neither
poll for it nor overtake each other. Readers have a few threads, since the write-ahead log lets them read beside a writer.

After each commit the files are compared with those that were opened: what is written into files without a name is lost with the
process, so it is no success (`sqlite_files.py`).
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

from bot.storage.sqlite_files import FileIds, MovedFileError, require_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import URL, Connection
    from sqlalchemy.pool import ConnectionPoolEntry

    T = TypeVar("T")

READERS = 4
BUSY_MILLISECONDS = 5_000  # that another process may hold the write lock
QUEUE_SECONDS = 5.0  # that a transaction may wait for its turn
CACHE_KIB = 1_000  # of SQLite's pages, for each connection; the system caches them too

_FILES = "files"


class SqliteEngine:
    """Runs transactions on one file; `file` is None for a database in memory."""

    def __init__(self, url: URL, file: Path | None) -> None:
        self._file = file
        self._was_there = False
        arguments = {"isolation_level": None, "check_same_thread": False}  # no implicit BEGIN: `_begin` begins
        self._engine = create_engine(url, connect_args=arguments, poolclass=QueuePool, pool_size=READERS + 1, max_overflow=0)
        self._write_engine = self._engine.execution_options(smsstatus_writes=True)
        event.listen(self._engine, "do_connect", self._before_connecting)
        event.listen(self._engine, "connect", self._prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads. Raises SQLAlchemy's errors, TimeoutError after too long a wait."""

        def run() -> T:
            with self._engine.connect() as connection, connection.begin():
                return work(connection)

        return await self._hand_over(self._readers, run)

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True) -> T:
        """Run `work` in a transaction that writes; committed to the disk, or else to the system, which survives the process.

        Raises SQLAlchemy's errors, TimeoutError after too long a wait, MovedFileError when a restart would not find it.
        """

        def run() -> T:
            with self._write_engine.connect() as connection:
                _set_synchronous(connection, "FULL" if synced else "NORMAL")
                with connection.begin():
                    done = work(connection)
                self._check_files(connection)
            return done

        return await self._hand_over(self._writer, run)

    async def aclose(self) -> None:
        """Close the connections, after what is running."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        for threads in (self._readers, self._writer):
            threads.shutdown(cancel_futures=True)
        self._engine.dispose()

    @staticmethod
    async def _hand_over(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
        handed_over_at = time.monotonic()

        def run_in_time() -> T:
            if time.monotonic() - handed_over_at > QUEUE_SECONDS:
                raise TimeoutError("the database is busy")
            return run()

        try:
            waiting = asyncio.get_running_loop().run_in_executor(threads, run_in_time)
        except RuntimeError:  # the threads have ended
            raise ConnectionError("the database is closed") from None
        return await waiting

    def _before_connecting(self, *_: object) -> None:
        """A file that was there is not made anew when it is gone: it would be empty, as if nothing had ever been stored."""
        if self._was_there and self._file is not None:
            require_file(self._file)

    def _prepare(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        """Set up a new connection: write-ahead log, durable commits."""
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            f"cache_size=-{CACHE_KIB}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # opens the log and its index
        self._was_there = True
        if self._file is not None:
            entry.info[_FILES] = FileIds.of(self._file)

    def _check_files(self, connection: Connection) -> None:
        """After a commit: whether a restart would find it. Raises MovedFileError."""
        opened: FileIds | None = connection.info.get(_FILES)
        if opened is None:
            return
        try:
            opened.check()
        except MovedFileError:
            # So that files that were put in their place are opened, and only once those without a name are closed: the two
            # would share an index that is right for one of them.
            connection.invalidate()
            self._engine.dispose()
            raise


def _set_synchronous(connection: Connection, level: str) -> None:
    """When a commit waits for the disk: https://www.sqlite.org/pragma.html#pragma_synchronous. Not within a transaction."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA synchronous={level}")


def _begin(connection: Connection) -> None:
    # The write lock at once: two transactions that take it half-way would fail instead of waiting for each other.
    writes = connection.get_execution_options().get("smsstatus_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
