"""The receipt store in figures, on SQLite and PostgreSQL, with durability on: intake, lookups, deletion, at several sizes.

.venv/bin/python -m benchmarks.receipts            10 thousand stored receipts, about half a minute
.venv/bin/python -m benchmarks.receipts --large    and a million, some two minutes
.venv/bin/python -m benchmarks.receipts --huge     and ten million, eight minutes and 7 GB
.venv/bin/python -m benchmarks.receipts --short    a thousand, in seconds

The databases lie in a folder under --folder; it should be on the disk whose figures are wanted. PostgreSQL is the machine's own
installation, started for this run with its default settings.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg  # type: ignore[import-untyped]

from bot.model import PhoneNumber, Status, Target, Window
from bot.receipts import Receipt, ReceiptSource, RecordKind
from bot.receipts.rows import RowCodec
from bot.receipts.store import ReceiptStore
from bot.receipts.tables import RECEIPTS, to_micros
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.storage.migration import migrate
from bot.timing.clock import system_clock
from tests.conftest import POSTGRES_HOMES, Postgres

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    Job = Callable[[], Awaitable[object]]

KEYRING = Keyring("a key for the benchmark only")
NOW = system_clock()
DAY = 86_400_000_000  # microseconds
SHORT, SMALL, LARGE, HUGE = 1_000, 10_000, 1_000_000, 10_000_000
OLD = 10  # one receipt in so many is old enough to be deleted, and no more than MOST_OLD
MOST_OLD = 10_000
PUSH = 100  # receipts in one push or pull, the most that Tencent sends
KNOWN = 1_000  # receipts whose numbers and ids are looked up, spread over all that is stored
LOOKUPS = 2_000
PORTION = 100_000  # rows of a transaction, so that SQLite's log stays small
COLUMNS = [column.name for column in RECEIPTS.c if column.name != "id"]


def phone(index: int) -> PhoneNumber:
    national = str(13000000000 + index)
    return PhoneNumber(f"+86{national}", 86, national)


def receipt(index: int) -> Receipt:
    sent = NOW - timedelta(seconds=60 + index % 80_000)
    return Receipt(
        "tencent",
        ReceiptSource.CALLBACK,
        Status.DELIVERED,
        phone(index),
        f"2028:f825e6d16e23f73f4123{index}",
        code="DELIVRD",
        sent_at=sent,
        received_at=sent + timedelta(seconds=3),
    )


# --- intake ---------------------------------------------------------------------------------------------------------------


async def rate(receipts: int, jobs: list[Job], at_once: int) -> float:
    """Receipts a second, with so many transactions under way at once."""
    waiting = iter(jobs)

    async def work() -> None:
        for job in waiting:
            await job()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return receipts / (time.perf_counter() - begun)


class Fresh:
    """Receipts that are not stored yet, as jobs that store them."""

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store
        self._indices = count(10**9)

    def push(self, size: int) -> Job:
        """A push of so many."""
        some = [receipt(next(self._indices)) for _ in range(size)]
        return lambda: self._store.ingest(None, some)

    def drained(self, size: int) -> Job:
        """An answer of the queue with so many: kept, then taken in."""
        some = [receipt(next(self._indices)) for _ in range(size)]

        async def keep_and_take() -> None:
            body = b"x" * 300 * size
            raw = await self._store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "1400006666", body)
            await self._store.ingest(raw, some)

        return keep_and_take


async def intake(name: str, store: ReceiptStore, many: int, part: float) -> None:
    """What is stored in a second beside `many` stored receipts; `part` of the usual number of pushes."""
    fresh = Fresh(store)
    hundreds, singles = round(100 * part), round(500 * part)
    again = [receipt(index) for index in range(PUSH)]
    runs: list[tuple[str, int, list[Job], int]] = [
        (f"pushes of {PUSH}, one at a time", hundreds * PUSH, [fresh.push(PUSH) for _ in range(hundreds)], 1),
        (f"pushes of {PUSH}, 8 at once", hundreds * PUSH, [fresh.push(PUSH) for _ in range(hundreds)], 8),
        (f"pushes of {PUSH}, all known already", hundreds * PUSH, [lambda: store.ingest(None, again)] * hundreds, 1),
        (f"queue answers of {PUSH}: kept, then taken in", hundreds * PUSH, [fresh.drained(PUSH) for _ in range(hundreds)], 1),
        ("pushes of 1, one at a time", singles, [fresh.push(1) for _ in range(singles)], 1),
        ("pushes of 1, 32 at once", 2 * singles, [fresh.push(1) for _ in range(2 * singles)], 32),
    ]
    for words, receipts, jobs, at_once in runs:
        print(f"{name:12}{many:>12,}  {words:45}{await rate(receipts, jobs, at_once):>10,.0f} receipts/s", flush=True)


# --- lookups --------------------------------------------------------------------------------------------------------------


def rows(first: int, some: int, many: int) -> Iterator[tuple[Any, ...]]:
    """`some` of `many` rows as the store keeps them. Only the known can be found; to the indexes the others are just as good."""
    codec = RowCodec(KEYRING)
    filler = {**codec.receipt(receipt(0), NOW), "source": "queue"}
    micros = to_micros(NOW)
    old = min(many // OLD, MOST_OLD)
    for index in range(first, first + some):
        if index % (many // KNOWN or 1) == 0:
            row = codec.receipt(receipt(index), NOW)
        else:
            row = {**filler, "message": os.urandom(16), "number": os.urandom(16)}
        at = micros - (60 + index % 80_000) * 1_000_000
        times = {"sent_at": at, "received_at": at + 3_000_000, "at": at, "taken_at": micros - (index < old) * 2 * DAY}
        yield tuple((row | times)[name] for name in COLUMNS)


async def fill(database: Database, many: int) -> None:
    """Store `many` receipts. Their indexes are made afterwards, which takes a fraction of the time at ten million."""
    places = ",".join("?" * len(COLUMNS))
    insert = f"INSERT INTO receipts ({','.join(COLUMNS)}) VALUES ({places})"  # noqa: S608 - our own names
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database))) as connection:
            made = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'receipts'"
            ).fetchall()
            with connection:
                for index, _ in made:
                    connection.execute(f"DROP INDEX {index}")
            for first in range(0, many, PORTION):
                with connection:
                    connection.executemany(insert, rows(first, min(PORTION, many - first), many))
            with connection:
                for _, make in made:
                    connection.execute(make)
                connection.execute("UPDATE receipt_totals SET amount = ?", (many,))
            connection.execute("ANALYZE")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    link = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False))
    indexes = await link.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'receipts' AND indexname NOT LIKE '%pkey'"
    )
    for index in indexes:
        await link.execute(f"DROP INDEX {index['indexname']}")
    await link.copy_records_to_table("receipts", records=rows(0, many, many), columns=COLUMNS, timeout=3600)
    for index in indexes:
        await link.execute(index["indexdef"], timeout=3600)
    await link.execute("UPDATE receipt_totals SET amount = $1", many)
    await link.execute("VACUUM ANALYZE receipts", timeout=3600)  # what autovacuum does within a minute
    await link.close()


async def lookups(name: str, store: ReceiptStore, many: int) -> None:
    step = many // KNOWN or 1
    window = Window(NOW - timedelta(days=1), NOW)
    choice = random.Random(1)  # noqa: S311 - a benchmark repeats itself
    kinds: dict[str, Callable[[int], Target]] = {
        "by number": lambda index: Target(phone(index)),
        "by message id": lambda index: Target(message_id=receipt(index).message_id),
    }
    for words, target_of in kinds.items():
        spent = []
        for _ in range(LOOKUPS):
            target = target_of(choice.randrange(KNOWN) * step)
            begun = time.perf_counter()
            found = await store.find(target, window)
            spent.append((time.perf_counter() - begun) * 1000)
            assert len(found.deliveries) == 1, words  # noqa: S101 - a lookup that finds nothing would be quick
        cuts = statistics.quantiles(spent, n=100)
        print(f"{name:12}{many:>12,}  {f'lookup {words}':45}p50 {cuts[49]:.2f} ms   p99 {cuts[98]:.2f} ms", flush=True)


async def deletion(name: str, store: ReceiptStore, many: int) -> None:
    begun = time.perf_counter()
    deleted = await store.purge(NOW - timedelta(days=1))
    spent = time.perf_counter() - begun
    print(f"{name:12}{many:>12,}  {f'purge of {deleted:,}':45}{deleted / spent:>10,.0f} rows/s", flush=True)


def held(folder: Path) -> float:
    """Megabytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


async def measure(name: str, folder: Path, emptied: Callable[[], str], sizes: list[int], part: float) -> None:
    """Everything, at each size; `emptied` makes the database of it anew, in `folder`."""
    for many in sizes:
        database = Database(emptied())
        await migrate(database)
        store = ReceiptStore(database, KEYRING, system_clock)
        await store.check()
        await fill(database, many)
        await lookups(name, store, many)
        await deletion(name, store, many)
        await intake(name, store, many, part)
        await database.aclose()
        size = await asyncio.to_thread(held, folder)
        print(f"{name:12}{many:>12,}  {'the database, with its log':45}{size:>10,.0f} MB", flush=True)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--large", action="store_true", help="look up among a million as well")
    arguments.add_argument("--huge", action="store_true", help="and among ten million")
    arguments.add_argument("--short", action="store_true", help="a thousand only, in seconds")
    arguments.add_argument("--only-postgresql", action="store_true", help="leave SQLite out")
    arguments.add_argument("--folder", help="where the databases are made; the default is the system's folder for such")
    given = arguments.parse_args()
    sizes = [SHORT] if given.short else [SMALL, *[LARGE] * (given.large or given.huge), *[HUGE] * given.huge]
    part = 0.1 if given.short else 1.0
    if not given.only_postgresql:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            await measure("SQLite", Path(folder), lambda: emptied_file(Path(folder)), sizes, part)
    with tempfile.TemporaryDirectory(dir=given.folder) as home:
        server = server_in(Path(home))  # a folder of its own: its owner becomes the user that PostgreSQL runs as
        if server is None:
            print("PostgreSQL is not installed")
            return

        def emptied() -> str:
            server.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            return server.url

        server.start(durable=True)
        try:
            await measure("PostgreSQL", Path(home), emptied, sizes, part)
        finally:
            server.stop()


def emptied_file(folder: Path) -> str:
    for path in folder.iterdir():
        path.unlink()
    return f"sqlite:///{folder}/state.db"


def server_in(folder: Path) -> Postgres | None:
    binaries = next((Path(home) for home in POSTGRES_HOMES if Path(home, "initdb").exists()), None)
    if binaries is None:
        return None
    return Postgres(folder, binaries)


if __name__ == "__main__":
    asyncio.run(main())
