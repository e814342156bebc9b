"""SQLite: each transaction is handed over to a thread as a whole, so the event loop waits once for it and never on the disk.

Writers share one thread: SQLite has one write lock (https://www.sqlite.org/lang_transaction.html), and writers in a queue neither
poll for it nor overtake each other, but for the urgent ones (`write_queue.py`). Readers have a few threads, since the write-ahead
log lets them read beside a writer.

The writer does not wait for the disk either. A commit goes to the operating system, which keeps it if the process dies; then the
log is synced in another thread, once for all who wait for that by then (`sqlite_log.py`). So an ack waits for no disk, and a slow
disk holds up only those who need it.

After each commit the files are compared with those that were opened: what is written into files without a name is lost with the
process, so it is no success (`sqlite_files.py`).
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

from bot.storage.sqlite_files import FileIds, MovedFileError, require_file
from bot.storage.sqlite_log import LogKeeper
from bot.storage.write_queue import WriteQueue, require_in_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import URL, Connection
    from sqlalchemy.pool import ConnectionPoolEntry

    T = TypeVar("T")

READERS = 4
BUSY_MILLISECONDS = 5_000  # that another process may hold the write lock
CACHE_KIB = 1_000  # of SQLite's pages, for each connection; the system caches them too
AT_ONCE_SECONDS = 0.01  # that the event loop stands still for an urgent write; most take a thirtieth of it

_FILES = "files"


class SqliteEngine:
    """Runs transactions on one file; `file` is None for a database in memory."""

    def __init__(self, url: URL, file: Path | None) -> None:
        self._file = file
        self._was_there = False
        arguments = {"isolation_level": None, "check_same_thread": False}  # no implicit BEGIN: `_begin` begins
        size = READERS + 2  # one for the writer, one for the log
        self._engine = create_engine(url, connect_args=arguments, poolclass=QueuePool, pool_size=size, max_overflow=0)
        self._write_engine = self._engine.execution_options(smsstatus_writes=True)
        event.listen(self._engine, "do_connect", self._before_connecting)
        event.listen(self._engine, "connect", self._prepare)
        event.listen(self._engine, "begin", _begin)
        self._log = LogKeeper(self._engine, file) if file is not None else None
        self._writes = WriteQueue()
        self._writer: Connection | None = None  # the writer's, while nothing is wrong with it
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads. Raises SQLAlchemy's errors, TimeoutError after too long a wait."""
        asked_at = time.monotonic()

        def run() -> T:
            require_in_time(asked_at)
            with self._engine.connect() as connection, connection.begin():
                return work(connection)

        try:
            waiting = asyncio.get_running_loop().run_in_executor(self._readers, run)
        except RuntimeError:  # the threads have ended
            raise ConnectionError("the database is closed") from None
        return await waiting

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True) -> T:
        """Run `work` in a transaction that writes; committed to the disk, or else to the system, which survives the process.

        Raises DatabaseError, also after too long a wait, and when a restart would not find it; OSError when the disk does.
        """
        done = await asyncio.wrap_future(self._writes.submit(partial(self._transact, work)))
        if synced and self._log is not None:
            await self._log.sync()
        return done

    def write_first(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Run `work` as `write` does that is not synced, before all that waits. The future may be done already.

        A thread that works beside a busy event loop gets its turn every few milliseconds, and needs a dozen of them for a
        transaction. So the loop stands still for one that begins at once; not for one behind another, nor when the disk hangs.
        """
        is_idle = self._writes.is_idle
        writing = self._writes.submit(partial(self._transact, work), is_urgent=True)
        if is_idle:
            with suppress(TimeoutError):
                writing.exception(AT_ONCE_SECONDS)
        return _in_this_loop(writing)

    async def aclose(self) -> None:
        """Close the connections, after what is running."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown(cancel_futures=True)
        self._writes.close()
        if self._log is not None:
            self._log.close()
        self._forget_writer()
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """In the writer's thread. Raises what `work` raises, SQLAlchemy's errors, MovedFileError."""
        if self._writer is None:
            self._writer = self._write_engine.connect()
        writer = self._writer
        try:
            with writer.begin():
                done = work(writer)
            self._check_files(writer)
        finally:
            if self._log is None or writer.invalidated or writer.in_transaction():  # a database in memory is in one connection
                self._forget_writer()
        if self._log is not None:
            self._log.count_commit()
        return done

    def _forget_writer(self) -> None:
        """The next transaction takes another connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _before_connecting(self, *_: object) -> None:
        """A file that was there is not made anew when it is gone: it would be empty, as if nothing had ever been stored."""
        if self._was_there and self._file is not None:
            require_file(self._file)

    def _prepare(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        """Set up a new connection: write-ahead log, commits that leave the disk to `LogKeeper`."""
        for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", f"cache_size=-{CACHE_KIB}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if self._log is not None:
            self._log.prepare(connection)
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


def _begin(connection: Connection) -> None:
    # The write lock at once: two transactions that take it half-way would fail instead of waiting for each other.
    writes = connection.get_execution_options().get("smsstatus_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_this_loop(done: Future[T]) -> asyncio.Future[T]:
    """As `asyncio.wrap_future`; what is done is done at once, and not in the loop's next round."""
    if not done.done():
        return asyncio.wrap_future(done)
    ended: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    error = done.exception()
    if error is not None:
        ended.set_exception(error)
    else:
        ended.set_result(done.result())
    return ended
