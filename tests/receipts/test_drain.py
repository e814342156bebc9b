"""The drain against a queue that hands every row out once: nothing is pulled that cannot be stored, nothing stored is lost."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import structlog

from bot.model import Target
from bot.providers.tencent.legacy.errors import read_pulled
from bot.receipts.drain import DrainPhase, recover_unparsed
from bot.receipts.ingestion import PullResult, QueueSource
from bot.receipts.lease import Lease
from bot.receipts.model import ReceiptSource, RecordKind, StoreStats
from bot.receipts.poll_backoff import PollBackoff
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.storage.database import Database
from bot.storage.migration import migrate
from tests.receipts.bench import MONTH, REPLY, Bench, FailingStore, messages, queue
from tests.receipts.samples import on_sqlite, open_store
from tests.receipts.test_faults import room_for
from tests.toys import NOW, NUMBER, ToyClock

if TYPE_CHECKING:
    from pathlib import Path

    from bot.receipts.store import ReceiptStore


# --- the ordinary course --------------------------------------------------------------------------------------------------


async def test_receipts_and_replies_are_drained_into_the_store_and_found_beyond_the_vendors_memory(
    store: ReceiptStore, database: Database
) -> None:
    async with queue(messages(250), [REPLY]) as stand_in:
        bench = Bench(stand_in, store, database)
        await bench.run_for(8)

    found = await store.find(Target(NUMBER), MONTH)
    assert (len(found.deliveries), {one.system for one in found.deliveries}) == (250, {"tencent"})
    assert [reply.text for reply in found.replies] == ["TD"]
    assert (await store.counts()).waiting == 0
    assert (bench.drain.state.receipts, bench.drain.state.replies, bench.drain.state.phase) == (250, 1, DrainPhase.STOPPED)


def test_the_pace_is_fast_while_the_queue_is_full_and_slow_when_it_is_empty() -> None:
    backoff = PollBackoff()
    assert backoff.after(100, 100, pause=8.0) == 0.0
    assert backoff.after(7, 100, pause=8.0) == 1.0
    pauses = [0.0]
    for _ in range(5):
        pauses.append(backoff.after(0, 100, pauses[-1]))
    assert pauses[1:] == [2.0, 4.0, 8.0, 15.0, 15.0]
    faults = [0.0]
    for _ in range(7):
        faults.append(backoff.after_fault(faults[-1]))
    assert faults[1:] == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


@on_sqlite
async def test_a_full_queue_is_pulled_without_a_pause_and_an_empty_one_more_and_more_seldom(
    store: ReceiptStore, database: Database
) -> None:
    async with queue(messages(350)) as stand_in:
        bench = Bench(stand_in, store, database)
        await bench.run_for(16)
        times = [call.params["type"] for call in stand_in.calls]

    assert sorted(times[:5]) == ["0", "0", "0", "0", "1"]
    assert bench.time.pauses[:4] == [0.0] * 4
    assert 8.0 <= max(bench.time.pauses) <= 15.0


@on_sqlite
async def test_it_says_loudly_at_the_start_that_it_takes_receipts_away(store: ReceiptStore, database: Database) -> None:
    async with queue([]) as stand_in:
        with structlog.testing.capture_logs() as logs:
            await Bench(stand_in, store, database).run_for(1)

    (first, *_) = logs
    assert (first["event"], first["log_level"]) == ("drain.exclusive", "warning")
    assert "1400005555" in first["notice"]
    assert "TENCENT_SMS_LEGACY_DRAIN" in first["notice"]
    assert "no other consumer" in first["notice"]


# --- nothing is lost ------------------------------------------------------------------------------------------------------


@on_sqlite
async def test_nothing_is_pulled_before_the_store_has_proved_that_it_can_write(store: ReceiptStore, database: Database) -> None:
    failing = FailingStore(store, check=3)
    async with queue(messages(5)) as stand_in:
        bench = Bench(stand_in, failing, database)
        async with bench.running():
            await bench.time.wait_for_pauses(3)
            assert stand_in.calls == []
            await stand_in.wait_for_calls(1)

    assert bench.time.pauses[:3] == [2.0, 4.0, 8.0]
    assert (await store.counts()).receipts == 5


async def test_a_disk_without_room_for_a_whole_answer_is_not_pulled_into(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    await migrate(database)
    store = open_store(database, ToyClock())
    await Lease(database, "warm").acquire()
    async with queue(messages(5)) as stand_in:
        bench = Bench(stand_in, store, database)
        await room_for(database, 5)
        async with bench.running():
            await bench.time.wait_for_pauses(3)
            assert (stand_in.calls, bench.drain.state.phase) == ([], DrainPhase.STORE_UNAVAILABLE)
            await room_for(database, 10_000)
            await stand_in.wait_for_calls(1)

    assert (await store.counts()).receipts == 5
    await database.aclose()


async def test_an_answer_is_kept_as_it_came_before_it_is_read_and_read_from_there_later(
    store: ReceiptStore, database: Database
) -> None:
    failing = FailingStore(store, ingest=1)
    async with queue(messages(5)) as stand_in:
        bench = Bench(stand_in, failing, database)
        async with bench.running():
            await bench.time.wait_for_pauses(1)
            assert (await store.counts()).waiting == 1
            await stand_in.wait_for_calls(2)

    assert await store.counts() == StoreStats(receipts=5, since=NOW)
    assert failing.failed == ["ingest"]


@on_sqlite
async def test_an_answer_that_cannot_be_kept_is_held_until_it_can_and_nothing_is_pulled_meanwhile(
    store: ReceiptStore, database: Database
) -> None:
    failing = FailingStore(store, store_raw=4)
    async with queue(messages(150)) as stand_in:
        bench = Bench(stand_in, failing, database)
        async with bench.running():
            await bench.time.wait_for_pauses(4)
            assert len(stand_in.calls) == 1
            await stand_in.wait_for_calls(3)

    assert (await store.counts()).receipts == 150
    assert bench.time.pauses[:4] == [2.0, 4.0, 8.0, 16.0]


async def test_what_a_crash_left_is_taken_in_first(store: ReceiptStore, database: Database) -> None:
    row = {"nationcode": "86", "mobile": "13711112222", "report_status": "FAIL", "errmsg": "MK:0008", "sid": "left"}
    body = json.dumps({"result": 0, "data": [row, "odd"]}).encode()
    await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "1400005555", body)
    await store.store_raw(ReceiptSource.QUEUE, "gone", RecordKind.RECEIPTS, "1", b"?")

    async with queue([]) as stand_in:
        await Bench(stand_in, store, database).run_for(1)

    assert (await store.find(Target(message_id="left"), MONTH)).deliveries[0].code == "MK:0008"
    assert await store.counts() == StoreStats(receipts=1, since=NOW, quarantined=2)
    assert await recover_unparsed(store, {"tencent": read_pulled}) == 0


@on_sqlite
async def test_a_row_that_cannot_be_read_is_kept_and_counted(store: ReceiptStore, database: Database) -> None:
    async with queue(messages(1)) as stand_in:
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS, times=1)
        bench = Bench(stand_in, store, database)
        await bench.run_for(3)

    assert bench.drain.state.unreadable == (await store.counts()).quarantined == 7


@on_sqlite
async def test_the_whole_rows_of_an_answer_that_broke_off_are_stored(store: ReceiptStore, database: Database) -> None:
    async with queue(messages(9)) as stand_in:
        stand_in.faults.play(ProviderFaultKind.CUT_JSON, times=1)
        await Bench(stand_in, store, database).run_for(3)

    stored = await store.counts()
    assert (stored.receipts, stored.quarantined) == (4, 1)


@on_sqlite
async def test_a_reader_that_crashes_costs_nothing_and_does_not_hold_the_queue_up(
    store: ReceiptStore, database: Database
) -> None:
    def read(kind: RecordKind, account: str, body: bytes) -> PullResult:
        if b'"count": 100' in body:
            raise ZeroDivisionError
        return read_pulled(kind, account, body)

    queue_source: QueueSource[object] = QueueSource("tencent", "A_SWITCH", read, lambda _: True, lambda *_: [])
    async with queue(messages(150)) as stand_in:
        await Bench(stand_in, store, database, queue_source).run_for(4)

    (odd,) = await store.quarantined()
    assert len(json.loads(odd.row.body)["data"]) == 100
    assert ((await store.counts()).receipts, (await store.counts()).waiting) == (50, 0)


@on_sqlite
async def test_an_answer_is_written_though_the_store_failed_in_a_way_that_nobody_foresaw(
    store: ReceiptStore, database: Database
) -> None:
    failing = FailingStore(store, error=RuntimeError("unforeseen"), store_raw=1)
    async with queue(messages(5)) as stand_in:
        await Bench(stand_in, failing, database).run_for(3)

    assert ((await store.counts()).receipts, failing.failed) == (5, ["store_raw"])


@on_sqlite
async def test_stopping_waits_for_the_pull_under_way_and_keeps_it(store: ReceiptStore, database: Database) -> None:
    async with queue(messages(5)) as stand_in:
        stand_in.faults.play(ProviderFaultKind.HANG, times=1)
        bench = Bench(stand_in, store, database)
        running = asyncio.create_task(bench.drain.run())
        await stand_in.wait_for_calls(1)
        stopping = asyncio.create_task(bench.drain.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        stand_in.faults.release()
        await stopping
        await running
        await bench.http.aclose()

    assert ((await store.counts()).receipts, len(stand_in.calls)) == (5, 1)


@on_sqlite
async def test_an_answer_that_can_never_be_written_is_told_before_stopping(store: ReceiptStore, database: Database) -> None:
    failing = FailingStore(store, store_raw=1_000)
    async with queue(messages(5)) as stand_in:
        bench = Bench(stand_in, failing, database)
        with structlog.testing.capture_logs() as logs:
            async with bench.running():
                await bench.time.wait_for_pauses(3)
    assert [log["event"] for log in logs if log["log_level"] == "critical"] == ["drain.answer_lost"]
