"""The write-ahead log of a SQLite file: synced to the disk for whoever waits for that, and copied into the database's file.

SQLite does both within a commit (PRAGMA synchronous=FULL, wal_autocheckpoint), so that every writer behind it waits for the disk.
Here a commit is a write to the system alone (synchronous=NORMAL, https://www.sqlite.org/pragma.html#pragma_synchronous), which
cannot damage the file; to sync the log after it is what FULL adds. One sync is enough for all that is committed when it begins.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.group_commit import GroupCommit
from bot.storage.sqlite_files import WAL

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Engine

COPY_AFTER = 500  # commits; the first one into a log that begins anew waits for the disk
LOCKED_SECONDS = 5.0  # that another process may hold the lock while this one begins a log
LOOK_AGAIN_SECONDS = 0.01
MAX_LOG_PAGES = 20_000  # from which on the writer waits until the copy is whole, so that the log can begin anew: 80 MB
SLOW_SECONDS = 0.1  # that a sync may take before the disk counts as slow
DATA_SYNC = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync

log = structlog.get_logger(__name__)


class LogKeeper:
    """Syncs and copies the log of one file, in threads of its own."""

    def __init__(self, engine: Engine, file: Path, turn: threading.Lock) -> None:
        self._engine = engine
        self._turn = turn  # the writer's
        self._syncing_since: float | None = None
        self._path = f"{file}{WAL}"
        self._is_kept = True
        self._is_all_synced = False  # once it is closed
        self._commits = 0
        self._copying: Future[None] | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="database log")
        self._syncs: GroupCommit[None, None] = GroupCommit(self._sync, alone_after=())

    def prepare(self, connection: Any) -> None:
        """Set up a connection of the driver: it keeps a log, where the file system allows it, and leaves it to this object."""
        self._is_kept = _keep_log(connection) == "wal"
        connection.execute(f"PRAGMA synchronous={'NORMAL' if self._is_kept else 'FULL'}")
        connection.execute("PRAGMA wal_autocheckpoint=0")

    @property
    def is_slow(self) -> bool:
        """Whether somebody has waited long for the disk, or it is waited for in each commit: then a write may take long too."""
        since = self._syncing_since
        return not self._is_kept or (since is not None and time.monotonic() - since > SLOW_SECONDS)

    async def sync(self) -> None:
        """What is committed now is on the disk when this returns. Raises OSError."""
        if self._is_kept and not self._is_all_synced:
            await self._syncs.write(None)

    def count_commit(self) -> None:
        """Something was committed; now and then that is followed by a copy."""
        self._commits += 1
        is_copied = self._copying is None or self._copying.done()
        if self._is_kept and is_copied and self._commits >= COPY_AFTER:
            self._commits = 0
            with suppress(RuntimeError):  # the threads have ended
                self._copying = self._threads.submit(self._copy)

    def cut(self) -> bool:
        """Copy the whole log and empty it: what was deleted is on the disk no more. False when a reader keeps it from that.

        Raises SQLAlchemy's errors, sqlite3.Error.
        """
        with self._turn, closing(self._engine.raw_connection()) as connection:
            busy, _, _ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """End, after what is running; nothing is committed any more. Who waits for the disk by then is served."""
        with suppress(OSError):
            self._sync_file()
            self._is_all_synced = True
        self._threads.shutdown()

    async def _sync(self, waiting: Sequence[None]) -> Sequence[None]:
        try:
            syncing = asyncio.get_running_loop().run_in_executor(self._threads, self._sync_file)
        except RuntimeError:  # the threads have ended
            raise ConnectionError("the database is closed") from None
        await syncing
        return waiting

    def _sync_file(self) -> None:
        self._syncing_since = time.monotonic()
        try:
            file = os.open(self._path, os.O_RDWR)  # SQLite locks the index, and nothing in the log, so this may be closed
            try:
                DATA_SYNC(file)
            finally:
                os.close(file)
        finally:
            self._syncing_since = None

    def _copy(self) -> None:
        """Copy what no reader needs in the log any more, beside readers and the writer."""
        try:
            with closing(self._engine.raw_connection()) as connection:
                copy = connection.cursor().execute
                _, pages, _ = copy("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if pages > MAX_LOG_PAGES:
                    with self._turn:  # of what is always written into nothing is ever whole
                        copy("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:  # what is not copied is read from the log
            log.warning("database.log_not_copied", reason=type(error).__name__)


def _keep_log(connection: Any) -> str:
    """The mode of the file's journal, once it keeps a write-ahead log where it can. Raises sqlite3.OperationalError.

    Where several begin the log of a new file at once, SQLite does not let them wait for each other, whatever its busy timeout is:
    who waits holds a lock too, so it is refused at once (https://www.sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(LOOK_AGAIN_SECONDS)  # in a thread of the database: to open a file takes longer
        else:
            return str(mode)
