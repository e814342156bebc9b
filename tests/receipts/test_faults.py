"""A failing database: every call raises StoreError, nothing is half-written, and afterwards the store works again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.model import Target
from bot.receipts import ReceiptSource, RecordKind, StoreStats
from bot.receipts.rows import RowCodec
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.storage.migration import migrate
from tests.receipts.samples import DAY, open_store, receipt, reply, unreadable
from tests.toys import NOW, NUMBER, ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.receipts.store import ReceiptStore
    from tests.conftest import Postgres

BODY = os.urandom(40_000)


async def keep(store: ReceiptStore) -> int:
    return await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "1400006666", BODY)


async def take(store: ReceiptStore) -> object:
    many = [receipt(f"m{number}", words="x" * 300) for number in range(300)]
    return await store.ingest(None, many, [reply()], [unreadable(BODY)])


async def prove(store: ReceiptStore) -> None:
    await store.check()


async def find(store: ReceiptStore) -> object:
    return await store.find(Target(NUMBER), DAY)


async def purge(store: ReceiptStore) -> object:
    return await store.purge(NOW)


async def count(store: ReceiptStore) -> object:
    return await store.counts()


WRITES = [keep, take, prove]
EVERYTHING = [*WRITES, find, purge, count]


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    await migrate(database)
    yield database
    await database.aclose()


async def room_for(database: Database, pages: int) -> None:
    """Limit the file's growth to so many pages, as a nearly full disk does."""

    def limit(connection: Connection) -> None:
        used = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {used + pages}"))

    await database.write(limit)  # the writer keeps its connection


@pytest.mark.parametrize("write", WRITES)
async def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    file: Database, write: Callable[[ReceiptStore], Awaitable[object]]
) -> None:
    store = open_store(file)
    await store.ingest(None, [receipt()])
    before = await store.counts()
    await room_for(file, 3)

    with pytest.raises(StoreError, match="full"):
        await write(store)

    assert await store.counts() == before
    assert len((await store.find(Target(NUMBER), DAY)).deliveries) == 1  # lookups go on
    await room_for(file, 100_000)
    await write(store)
    assert (await store.counts()).receipts >= before.receipts


async def test_the_proof_fails_when_there_is_room_for_a_little_only(file: Database) -> None:
    """A check with one small row would pass here, and the queue's response would then be lost."""
    store = open_store(file)
    await store.check()
    await room_for(file, 0)
    await store.check()  # the room that the first proof used and gave back

    await keep(store)  # takes that room

    with pytest.raises(StoreError):
        await store.check()


@pytest.mark.parametrize("write", WRITES)
async def test_a_database_that_cannot_be_written_is_told_and_can_still_be_read(
    file: Database, write: Callable[[ReceiptStore], Awaitable[object]]
) -> None:
    """Root may write read-only files, so the file is opened with `mode=ro`; SQLite's error is the same."""
    await open_store(file).ingest(None, [receipt()])
    path = file.url.database
    read_only = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    store = open_store(read_only)

    with pytest.raises(StoreError, match="readonly"):
        await write(store)

    assert len((await store.find(Target(NUMBER), DAY)).deliveries) == 1
    await read_only.aclose()
    assert (await open_store(file).counts()) == StoreStats(receipts=1, since=NOW)


@pytest.mark.parametrize("call", EVERYTHING)
async def test_a_file_that_is_no_database_is_told(tmp_path: Path, call: Callable[[ReceiptStore], Awaitable[object]]) -> None:
    (tmp_path / "state.db").write_bytes(b"this is something else" * 500)
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")

    with pytest.raises(StoreError, match="not a database"):
        await call(open_store(database))

    await database.aclose()


async def test_a_postgresql_that_restarts_is_told_and_serves_again_afterwards(postgres: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)
    store = open_store(database)
    await store.ingest(await keep(store), [receipt()])
    await keep(store)
    before = await store.counts()

    postgres.stop()
    try:
        for call in EVERYTHING:
            with pytest.raises(StoreError):
                await call(store)
    finally:
        postgres.start()

    assert await store.counts() == before
    for call in WRITES:
        await call(store)
    assert (await store.counts()).receipts == 301
    await database.aclose()


async def execute(database: Database, statement: str) -> None:
    await database.write(lambda connection: connection.execute(sa.text(statement)).rowcount)


async def test_a_connection_that_breaks_in_the_middle_leaves_nothing(postgres_url: str) -> None:
    database = Database(postgres_url)
    store = open_store(database)
    raw_id = await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", b"[]")
    # The last statement of an intake fails, after its rows were written.
    await execute(database, "ALTER TABLE receipt_totals ADD CONSTRAINT nothing_more CHECK (amount < 1)")

    with pytest.raises(StoreError, match="nothing_more"):
        await store.ingest(raw_id, [receipt()], [reply()], [unreadable()])

    assert await store.counts() == StoreStats(waiting=1)
    await execute(database, "ALTER TABLE receipt_totals DROP CONSTRAINT nothing_more")
    await store.ingest(raw_id, [receipt()], [reply()], [unreadable()])
    assert await store.counts() == StoreStats(receipts=1, since=NOW, replies=1, quarantined=1)
    await database.aclose()


async def test_another_key_is_told_instead_of_finding_nothing(database: Database) -> None:
    await open_store(database).ingest(None, [receipt()])
    stranger = open_store(database, ToyClock(), Keyring("another secret, just as long"))

    for call in EVERYTHING:
        with pytest.raises(StoreError, match="SMSSTATUS_SECRET_KEY"):
            await call(stranger)


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_stolen_file_names_nobody(tmp_path: Path, file: Database) -> None:
    body = b'[{"mobile":"13711112222","sid":"sid-of-13711112222"}]'
    store = open_store(file)
    await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", body)
    await store.ingest(
        None,
        [
            receipt("sid-of-13711112222", words="13711112222 is off", extra=(("to", '"13711112222"'),)),
            receipt("another", code="MK:13711112222", carrier="of 13711112222", country="13711112222"),
        ],
        [reply("stop calling 13711112222")],
        [unreadable(body)],
    )
    rows = await file.write(lambda connection: connection.execute(text("SELECT masked FROM receipts")).scalars().all())
    await file.aclose()

    stolen = contents(tmp_path)

    assert set(rows) == {"+86 137****2222"}
    assert b"+86 137****2222" in stolen
    for secret in (b"13711112222", b"1371111", b"11112222", b"stop calling", b"is off"):
        assert secret not in stolen


def test_the_order_of_equal_receipts_does_not_tell_their_content_to_who_lacks_the_key() -> None:
    """Of a number in the content the mask leaves ten thousand to be tried, which a plain hash would do."""
    said = receipt(words="13711112222 is off")

    first, other = (
        RowCodec(Keyring(secret)).precedence(said) for secret in ("a secret of sixteen or more", "and another secret")
    )
    assert first[:-4] == other[:-4]
    assert first[-4:] != other[-4:]


async def test_an_error_repeats_nothing_that_was_to_be_stored(file: Database) -> None:
    store = open_store(file)
    await room_for(file, 0)

    with pytest.raises(StoreError) as caught:
        await store.ingest(None, [receipt(f"secret{number}", code="SECRET") for number in range(200)], [reply("secret")])

    assert "SECRET" not in str(caught.value).upper()
    assert "\n" not in str(caught.value)
