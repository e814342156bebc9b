"""The drain with faults of the queue and the database, and with another replica."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.receipts.drain import DrainPhase
from bot.receipts.lease import Lease
from bot.receipts.model import StoreStats
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.storage.database import Database
from tests.receipts.bench import ACCOUNT, REPLY, Bench, messages, queue
from tests.receipts.samples import on_sqlite, open_store
from tests.toys import ToyClock

if TYPE_CHECKING:
    from bot.receipts.store import ReceiptStore
    from tests.conftest import Postgres


# --- faults of the queue --------------------------------------------------------------------------------------------------


@on_sqlite
async def test_an_error_of_the_queue_is_told_and_asked_again_ever_more_seldom(store: ReceiptStore, database: Database) -> None:
    async with queue(messages(5), may_pull=False) as stand_in:
        bench = Bench(stand_in, store, database)
        began = bench.drain.state.pulled_at
        with structlog.testing.capture_logs() as logs:
            await bench.run_for(8)

    assert bench.drain.state.pulled_at == began, "no pull went well"
    assert bench.drain.state.fault is not None
    assert bench.drain.state.fault.code == "1006"
    assert max(bench.time.pauses) >= 8.0
    assert [log["code"] for log in logs if log["event"] == "drain.fault"] == ["1006"]  # once, not at each try
    assert await store.counts() == StoreStats()


@on_sqlite
@pytest.mark.parametrize(
    "fault",
    [
        ProviderFaultKind.RESET,
        ProviderFaultKind.HTML_502,
        ProviderFaultKind.INTERNAL_ERROR,
        ProviderFaultKind.HTTP_429,
        ProviderFaultKind.COUNTED_BUT_EMPTY,
    ],
)
async def test_a_passing_fault_is_got_over(store: ReceiptStore, database: Database, fault: ProviderFaultKind) -> None:
    async with queue([], [REPLY]) as stand_in:
        stand_in.faults.play(fault, times=2, on=lambda asked: asked.params["type"] == 0)
        bench = Bench(stand_in, store, database)
        async with bench.running():
            await stand_in.wait_for_calls(4)
            await bench.time.wait_for_pauses(6)

    assert (await store.counts()).replies == 1


@on_sqlite
async def test_an_answer_that_counts_more_rows_than_it_has_is_told_and_the_queue_is_drained_on(
    store: ReceiptStore, database: Database
) -> None:
    waiting = messages(0)
    async with queue(waiting) as stand_in:
        stand_in.faults.play(ProviderFaultKind.COUNTED_BUT_EMPTY, times=1)
        bench = Bench(stand_in, store, database)
        with structlog.testing.capture_logs() as logs:
            async with bench.running():
                await stand_in.wait_for_calls(1)
                waiting += messages(5)
                await bench.time.wait_for_pauses(6)

    assert [log["message"] for log in logs if log["event"] == "drain.fault"] == ["count is 2, rows: 0"]
    assert ((await store.counts()).receipts, bench.drain.state.fault) == (5, None)


@on_sqlite
async def test_replies_that_fail_hold_no_receipts_up(store: ReceiptStore, database: Database) -> None:
    async with queue(messages(350)) as stand_in:
        stand_in.faults.play(ProviderFaultKind.INTERNAL_ERROR, on=lambda asked: asked.params["type"] == 1)
        await Bench(stand_in, store, database).run_for(8)
    assert (await store.counts()).receipts == 350


# --- several replicas -----------------------------------------------------------------------------------------------------


async def test_of_two_replicas_one_drains_and_the_other_takes_over_when_it_stops(store: ReceiptStore, database: Database) -> None:
    waiting = messages(5)
    async with queue(waiting) as stand_in, AsyncExitStack() as stack:
        first, second = Bench(stand_in, store, database), Bench(stand_in, store, database)
        second.time.go.clear()
        async with first.running():
            await stand_in.wait_for_calls(3)
            await stack.enter_async_context(second.running())
            await second.time.wait_for_pauses(1)
            assert (first.drain.state.phase, second.drain.state.phase) == (DrainPhase.DRAINING, DrainPhase.STANDING_BY)
        calls = len(stand_in.calls)
        waiting += messages(5, begin=5)
        second.time.go.set()
        await stand_in.wait_for_calls(calls + 3)

    assert (first.drain.state.receipts, second.drain.state.receipts, (await store.counts()).receipts) == (5, 5, 10)


async def test_a_replica_that_died_is_waited_for_until_its_lease_is_over(store: ReceiptStore, database: Database) -> None:
    assert await Lease(database, f"drain:{ACCOUNT.app_id}", seconds=60).acquire()  # and never again
    async with queue(messages(5)) as stand_in:
        bench = Bench(stand_in, store, database)
        await bench.run_for(1)

    assert bench.time.now >= 60
    assert bench.time.pauses[:3] == [20.0] * 3
    assert (await store.counts()).receipts == 5


async def test_a_postgresql_that_restarts_pauses_the_drain_and_loses_nothing(postgres: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)
    store = open_store(database, ToyClock())
    waiting = messages(5)
    async with queue(waiting) as stand_in:
        bench = Bench(stand_in, store, database)
        async with bench.running():
            await stand_in.wait_for_calls(2)
            postgres.stop()
            waiting += messages(5, begin=5)
            await bench.time.wait_for_pauses(len(bench.time.pauses) + 6)
            assert bench.drain.state.phase is DrainPhase.STORE_UNAVAILABLE
            calls = len(stand_in.calls)
            postgres.start()
            await stand_in.wait_for_calls(calls + 3)

    assert (await store.counts()).receipts == 10
    await database.aclose()
