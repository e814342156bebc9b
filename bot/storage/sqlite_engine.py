"""SQLite: transactions are handed over to threads as a whole, so the event loop waits once for each and never on the disk.

Writers share one thread: SQLite has one write lock (https://www.sqlite.org/lang_transaction.html), and writers in a queue neither
poll for it nor overtake each other, but for the urgent ones (`write_queue.py`). Readers have a few threads, since the write-ahead
log lets them read beside a writer.

The writer does not wait for the disk either. A commit goes to the operating system, which keeps it if the process dies; then the
log is synced in another thread, once for all who wait for that by then (`sqlite_log.py`). So an ack waits for no disk, and a slow
disk holds up only those who need it. What goes first is therefore small enough to run in the event loop, where it can do so at
once: to hand it over would take longer.

After each commit the files are compared with those that were opened: what is written into files without a name is lost with the
process, so it is no success (`sqlite_files.py`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from bot.storage.driver_errors import translating_errors
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

_FILES = "files"


class _LockedError(Exception):
    """Somebody else has the write lock."""


class SqliteEngine:
    """Runs transactions on one file; `file` is None for a database in memory."""

    def __init__(self, url: URL, file: Path | None) -> None:
        self._file = file
        self._was_there = False
        arguments = {"isolation_level": None, "check_same_thread": False}  # no implicit BEGIN: `_begin` begins
        size = READERS + 2  # one for the writer, one for the log
        self._engine = create_engine(url, connect_args=arguments, poolclass=QueuePool, pool_size=size, max_overflow=0)
        event.listen(self._engine, "do_connect", self._before_connecting)
        event.listen(self._engine, "connect", self._prepare)
        self._turn = threading.Lock()  # who has it may use the writer's connection
        self._log = LogKeeper(self._engine, file, self._turn) if file is not None else None
        self._writes = WriteQueue()
        self._writer: Connection | None = None  # the writer's, while nothing is wrong with it
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that reads. Raises SQLAlchemy's errors, TimeoutError after too long a wait."""
        asked_at = time.monotonic()

        def run() -> T:
            require_in_time(asked_at)
            with self._engine.connect() as connection, connection.begin():
                _begin(connection, "BEGIN")
                return work(connection)

        try:
            waiting = asyncio.get_running_loop().run_in_executor(self._readers, run)
        except RuntimeError:  # the threads have ended
            raise ConnectionError("the database is closed") from None
        return await waiting

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:
        """Run `work` in a transaction that writes; committed to the disk, or else to the system, which survives the process.

        If it `is_urgent` it goes before all that waits, as in `write_first`.

        Raises DatabaseError, also after too long a wait, and when a restart would not find it; OSError when the disk does.
        """
        done = await (self.write_first(work) if is_urgent else asyncio.wrap_future(self._submit(work)))
        if synced and self._log is not None:
            await self._log.sync()
        return done

    def write_first(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Run `work` as `write` does that is not synced, before all that waits. The future may be done already.

        A thread that works beside a busy event loop gets its turn every few milliseconds, and needs a dozen of them for a
        transaction. So it runs here and now where nobody holds the lock, and nothing suggests that the disk hangs.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._log is not None and not self._log.is_slow and self._turn.acquire(blocking=False):
            try:
                with translating_errors():
                    future.set_result(self._transact_unless_locked(work))
            except _LockedError:
                pass
            except Exception as error:  # noqa: BLE001 - it is raised to whoever awaits the future
                future.set_exception(error)
            finally:
                self._turn.release()
        return future if future.done() else asyncio.wrap_future(self._submit(work, is_urgent=True))

    async def cut_log(self) -> bool:
        """Copy the whole log into the file and empty it, after what waits; whether nobody kept it from that."""
        return self._log is None or await asyncio.wrap_future(self._writes.submit(self._log.cut))

    async def aclose(self) -> None:
        """Close the connections, after what is running."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown(cancel_futures=True)
        self._writes.close()
        if self._log is not None:
            self._log.close()
        with self._turn:
            self._forget_writer()
        self._engine.dispose()

    def _submit(self, work: Callable[[Connection], T], *, is_urgent: bool = False) -> Future[T]:
        def run() -> T:
            with self._turn:
                return self._transact(work)

        return self._writes.submit(run, is_urgent=is_urgent)

    def _transact_unless_locked(self, work: Callable[[Connection], T]) -> T:
        """Raises what `_transact` does; _LockedError when somebody else has the lock, and nothing is done."""
        if self._writer is None:  # to open a file takes longer
            raise _LockedError
        driver = _driver(self._writer)
        driver.execute("PRAGMA busy_timeout=0")
        try:
            return self._transact(work)
        except OperationalError as error:
            if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise _LockedError from None
            raise
        finally:
            with suppress(sqlite3.ProgrammingError):  # it was closed, since something is wrong with it
                driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")

    def _transact(self, work: Callable[[Connection], T]) -> T:
        """For whoever has the turn. Raises what `work` raises, SQLAlchemy's errors, MovedFileError."""
        if self._writer is None:
            self._writer = self._engine.connect()
        writer = self._writer
        try:
            with writer.begin():
                # The write lock at once: two transactions that take it half-way would fail instead of waiting for each other.
                _begin(writer, "BEGIN IMMEDIATE")
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
        # What is deleted is written over with zeros (https://www.sqlite.org/pragma.html#pragma_secure_delete); many systems
        # build SQLite so that this is the default, and not all.
        overwriting = "secure_delete=ON"
        for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", f"cache_size=-{CACHE_KIB}", "foreign_keys=ON", overwriting):
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


def _begin(connection: Connection, statement: str) -> None:
    """Begin, past SQLAlchemy: its own way costs as much as an INSERT, and its "begin" event would make every statement dearer."""
    try:
        _driver(connection).execute(statement)
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


def _driver(connection: Connection) -> Any:
    """The sqlite3.Connection under one of SQLAlchemy's."""
    return connection.connection.driver_connection
