"""Writes into a SQLite file: who goes first, what is on the disk when, and whom a slow disk or another process holds up."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.errors import ConstraintError, DatabaseError
from bot.storage import sqlite_engine, sqlite_log, write_queue
from bot.storage.write_queue import WriteQueue
from tests.storage.busy_writer import BusyWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from bot.storage.database import Database


def path_of(database: Database) -> Path:
    return Path(str(database.url.database))


def store(name: str, connection: Connection) -> None:
    connection.execute(text("INSERT INTO receipt_proofs (name, body) VALUES (:name, x'00')"), {"name": name})


def stored_in(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as file:
        return {name for (name,) in file.execute("SELECT name FROM receipt_proofs")}


class Disk:
    """The disk below a database: it keeps what was synced, and can be slow or broken."""

    def __init__(self, database: Database, kept: Path, sync: Callable[[int], None]) -> None:
        self.path = path_of(database)
        self.kept = kept / "kept.db"
        self.syncs = 0
        self.error: OSError | None = None
        self.turns = threading.Event()
        self.turns.set()
        self.begun = threading.Event()
        self._sync = sync

    def sync(self, file: int) -> None:
        assert os.fstat(file).st_ino == Path(f"{self.path}-wal").stat().st_ino
        self.syncs += 1
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self.path}{suffix}", f"{self.kept}{suffix}")
        self.begun.set()
        self.turns.wait()
        if self.error is not None:
            raise self.error
        self._sync(file)


@pytest.fixture
def disk(sqlite_database: Database, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(sqlite_database, tmp_path_factory.mktemp("disk"), sqlite_log.DATA_SYNC)
    monkeypatch.setattr(sqlite_log, "DATA_SYNC", disk.sync)
    return disk


async def test_what_goes_first_overtakes_the_writes_that_wait_and_keeps_its_own_order(sqlite_database: Database) -> None:
    async with BusyWriter(sqlite_database) as writer:
        usual = await writer.usual("audit 1", "audit 2", "audit 3")
        first = [sqlite_database.write_first(partial(writer.note, name)) for name in ("ack 1", "ack 2")]
        usual += await writer.usual("audit 4")
        writer.let_go()
        await asyncio.gather(*usual, *first)

    assert writer.order == ["ack 1", "ack 2", "audit 1", "audit 2", "audit 3", "audit 4"]


def test_a_usual_write_is_not_overtaken_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its time is up, it goes before whatever comes then."""
    monkeypatch.setattr(write_queue, "QUEUE_SECONDS", 0.05)
    writes, order, end = WriteQueue(), list[str](), threading.Event()
    running = writes.submit(end.wait)
    usual = writes.submit(lambda: order.append("usual"))
    usual.add_done_callback(lambda _: order.append("too late"))
    early = writes.submit(lambda: order.append("early"), is_urgent=True)
    waited_since = time.monotonic()
    while time.monotonic() - waited_since < 0.06:
        end.wait(0.01)
    late = writes.submit(lambda: order.append("late"), is_urgent=True)
    end.set()

    assert running.result()
    with pytest.raises(DatabaseError, match="busy"):
        usual.result()
    for urgent in (early, late):
        urgent.exception()
    writes.close()
    assert [name for name in order if name != "early"] == ["too late", "late"]


async def test_what_goes_first_is_done_when_it_is_asked_for_where_nothing_is_being_written(sqlite_database: Database) -> None:
    await sqlite_database.check()  # the file is open

    assert sqlite_database.write_first(partial(store, "one")).done()
    again = sqlite_database.write_first(partial(store, "one"))
    assert isinstance(again.exception(), ConstraintError)
    assert sqlite_database.write_first(partial(store, "two")).done()
    assert stored_in(path_of(sqlite_database)) == {"one", "two"}


async def test_the_event_loop_does_not_stand_still_for_another_process(sqlite_database: Database) -> None:
    await sqlite_database.check()
    with closing(sqlite3.connect(path_of(sqlite_database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        writing = [sqlite_database.write_first(partial(store, name)) for name in ("one", "two", "three")]
        assert not any(one.done() for one in writing)
        assert time.monotonic() - begun < sqlite_engine.BUSY_MILLISECONDS / 1000 / 2
        other.execute("ROLLBACK")
    await asyncio.gather(*writing)
    assert stored_in(path_of(sqlite_database)) == {"one", "two", "three"}


async def test_the_event_loop_does_not_stand_still_for_a_disk_that_hangs(
    sqlite_database: Database, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes first is left to the writer's thread then, where it holds up nothing else."""
    monkeypatch.setattr(sqlite_log, "SLOW_SECONDS", 0.0)
    disk.turns.clear()
    synced = asyncio.create_task(sqlite_database.write(partial(store, "synced")))
    await asyncio.to_thread(disk.begun.wait)

    writing = sqlite_database.write_first(partial(store, "first"))
    assert not writing.done()
    await writing
    disk.turns.set()
    await synced


async def test_what_was_written_is_on_the_disk_and_what_is_not_synced_is_with_the_next_that_is(
    sqlite_database: Database, disk: Disk
) -> None:
    await sqlite_database.write(partial(store, "one"))
    assert stored_in(disk.kept) == {"one"}

    await sqlite_database.write(partial(store, "two"), synced=False)
    await sqlite_database.write_first(partial(store, "three"))
    assert disk.syncs == 1
    assert stored_in(path_of(sqlite_database)) == {"one", "two", "three"}, "the system has it"

    await sqlite_database.write(partial(store, "four"))
    assert stored_in(disk.kept) == {"one", "two", "three", "four"}


KILLED = """
import asyncio, os, signal, sys
from sqlalchemy import text
from bot.storage.database import Database

async def main(path):
    database = Database(f"sqlite:///{path}")
    await database.check()
    insert = text("INSERT INTO receipt_proofs (name, body) VALUES ('first', x'00')")
    await database.write_first(lambda connection: connection.execute(insert).rowcount)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1]))
"""


async def test_what_went_first_survives_a_process_that_is_killed_right_after(sqlite_database: Database) -> None:
    path = str(path_of(sqlite_database))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, path)

    assert await process.wait() == -signal.SIGKILL
    names = text("SELECT name FROM receipt_proofs")
    assert await sqlite_database.read(lambda connection: connection.execute(names).scalars().all()) == ["first"]


async def test_writes_that_wait_for_the_disk_share_a_sync(sqlite_database: Database, disk: Disk) -> None:
    disk.turns.clear()
    first = asyncio.create_task(sqlite_database.write(partial(store, "first")))
    await asyncio.to_thread(disk.begun.wait)
    rest = [asyncio.create_task(sqlite_database.write(partial(store, str(number)))) for number in range(20)]
    await asyncio.sleep(0)  # each has come as far as the queue
    await sqlite_database.write(lambda _: None, synced=False)  # they are committed by then
    disk.turns.set()
    await asyncio.gather(first, *rest)

    assert disk.syncs in {2, 3}
    assert len(stored_in(disk.kept)) == 21


async def test_a_disk_that_hangs_holds_up_nobody_who_does_not_need_it(sqlite_database: Database, disk: Disk) -> None:
    disk.turns.clear()
    synced = asyncio.create_task(sqlite_database.write(partial(store, "synced")))
    await asyncio.to_thread(disk.begun.wait)
    await sqlite_database.write_first(partial(store, "first"))
    await sqlite_database.write(partial(store, "not synced"), synced=False)

    assert not synced.done()
    disk.turns.set()
    await synced


async def test_a_sync_that_fails_is_the_databases_error_for_all_who_waited(sqlite_database: Database, disk: Disk) -> None:
    disk.error = OSError(errno.EIO, "Input/output error")

    failed = await asyncio.gather(
        *(sqlite_database.write(partial(store, str(number))) for number in range(5)), return_exceptions=True
    )
    assert {type(error) for error in failed} == {DatabaseError}

    disk.error = None
    await sqlite_database.write(partial(store, "again"))


async def test_the_log_is_copied_now_and_then_and_does_not_grow_for_ever(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_log, "COPY_AFTER", 20)
    monkeypatch.setattr(sqlite_log, "MAX_LOG_PAGES", 100)
    log, sizes = Path(f"{path_of(sqlite_database)}-wal"), list[int]()
    for number in range(600):
        await sqlite_database.write(partial(store, str(number)), synced=False)
        sizes.append(log.stat().st_size)  # noqa: ASYNC240 - a moment's

    assert sizes[-1] < len(sizes) * 6_000, "its pages are used again: each commit writes two or more, of 4,120 bytes"
    assert len(stored_in(path_of(sqlite_database))) == 600


async def test_a_database_that_closes_lets_what_runs_end_and_refuses_what_comes(sqlite_database: Database, disk: Disk) -> None:
    async with BusyWriter(sqlite_database) as writer:
        closing_down = asyncio.create_task(sqlite_database.aclose())
        await asyncio.sleep(0)
        writer.let_go()
        await closing_down

    with pytest.raises(DatabaseError, match="closed"):
        await sqlite_database.write_first(partial(store, "late"))
    with pytest.raises(DatabaseError, match="closed"):
        await sqlite_database.write(partial(store, "late"))
