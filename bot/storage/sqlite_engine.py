"""SQLite: each transaction is handed over to a thread as a whole, so the event loop waits once for it and never on the disk.

Writers share one thread: SQLite has one write lock (https://www.sqlite.org/lang_transaction.html), and writers in a queue neither
poll for it nor overtake each other. Readers have a few threads, since the write-ahead log lets them read beside a writer.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Connection

    T = TypeVar("T")

READERS = 4
BUSY_MILLISECONDS = 5_000  # that another process may hold the write lock
QUEUE_SECONDS = 5.0  # that a transaction may wait for its turn


class SqliteEngine:
    """Runs transactions on one file."""

    def __init__(self, url: URL) -> None:
        arguments = {"isolation_level": None, "check_same_thread": False}  # no implicit BEGIN: `_begin` begins
        self._engine = create_engine(url, connect_args=arguments, poolclass=QueuePool, pool_size=READERS + 1, max_overflow=0)
        self._write_engine = self._engine.execution_options(smsstatus_writes=True)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="database writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads. Raises SQLAlchemy's errors, TimeoutError after too long a wait."""

        def run() -> T:
            with self._engine.connect() as connection, connection.begin():
                return work(connection)

        return await self._hand_over(self._readers, run)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that writes. Raises SQLAlchemy's errors, TimeoutError after too long a wait."""

        def run() -> T:
            with self._write_engine.begin() as connection:
                return work(connection)

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


def _prepare(connection: Any, _record: object) -> None:
    """Set up a new connection: write-ahead log, durable commits."""
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # The write lock at once: two transactions that take it half-way would fail instead of waiting for each other.
    writes = connection.get_execution_options().get("smsstatus_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
