"""A batch: at the vendors' pace and no slower, with progress, and with what is done when it is stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.lookup import LookupService
from bot.lookup.batch import MOST_ROWS, Batch, BatchEnd, BatchProgress
from bot.model import Outcome, PhoneNumber, Query, Status, Target
from bot.observability.metrics import Metrics
from bot.timing.arrivals import ArrivalWindow
from bot.timing.fair_queue import Asker, Askers, FairQueue
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.timing.simulated_loop import simulate
from tests.toys import ToyClock, ToyProvider, delivery, window

if TYPE_CHECKING:
    from bot.providers.base import ProviderQuery, ResultCollector

CALLS = 20  # a second, as Tencent allows


def targets(count: int) -> tuple[Target, ...]:
    return tuple(Target(PhoneNumber(f"+861371111{tail:04}", 86, f"1371111{tail:04}")) for tail in range(count))


def batch_of(count: int) -> Batch:
    return Batch(Query(targets(count), window(2)))


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5, 1.0])
def test_a_vendors_limit_is_used_to_within_five_percent_and_never_crossed(seconds: float) -> None:
    async def scene() -> tuple[float, list[float]]:
        loop, arrived = asyncio.get_running_loop(), list[float]()
        queue = FairQueue(100, ArrivalWindow(CALLS))

        async def ask(_target: Target) -> bool:
            with await queue.turn(Askers(Asker("ann"))) as turn:
                turn.written()
                arrived.append(loop.time())
                await asyncio.sleep(seconds)
                turn.answered()
            return False

        await batch_of(600).run(ask)
        return loop.time(), arrived

    spent, arrived = simulate(scene())
    assert max(sum(start <= moment < start + 1 for moment in arrived) for start in arrived) <= CALLS
    assert 600 / (spent - seconds) >= 0.95 * CALLS


async def test_a_batch_reports_on_all_its_targets_and_counts_what_failed_on_the_way() -> None:
    async def a_third_fails(query: ProviderQuery, collector: ResultCollector) -> None:
        number = query.target.number
        assert number is not None
        status = Status.FAILED if int(number.national) % 3 == 0 else Status.DELIVERED
        collector.add([delivery(status=status, number=number, message_id=number.e164)])

    service = LookupService([ToyProvider(a_third_fails)], CATALOGUE, Metrics(), clock=ToyClock())
    batch = batch_of(120)
    report = await service.run_batch(batch)

    assert report.query.targets == batch.query.targets
    assert (report.outcome, report.counts[Status.FAILED], batch.failed) == (Outcome.FAILED, 40, 40)
    assert (batch.end, batch.rest) == (None, ())
    assert batch.progress == BatchProgress(120, 120, 40, 0.0)


@each("why", BatchEnd)
async def test_a_batch_that_is_stopped_reports_on_what_is_done_and_names_the_rest(why: BatchEnd) -> None:
    answered = asyncio.Semaphore(70)

    async def only_seventy(query: ProviderQuery, collector: ResultCollector) -> None:
        await answered.acquire()
        collector.add([delivery(number=query.target.number)])

    service = LookupService([ToyProvider(only_seventy)], CATALOGUE, Metrics(), clock=ToyClock())
    batch = batch_of(120)
    running = asyncio.create_task(service.run_batch(batch))
    while batch.progress.done < 70:  # noqa: ASYNC110 - turn by turn, without a pause
        await asyncio.sleep(0)
    batch.stop(why)
    report = await asyncio.wait_for(running, 5)
    await service.aclose()

    assert batch.end is why
    assert len(report.query.targets) == 70
    assert {*report.query.targets, *batch.rest} == {*batch.query.targets}
    assert report.outcome is Outcome.DELIVERED


async def test_of_a_busy_number_the_newest_rows_are_kept() -> None:
    async def busy(query: ProviderQuery, collector: ResultCollector) -> None:
        collector.add(delivery(minutes, number=query.target.number) for minutes in range(1, 101))

    service = LookupService([ToyProvider(busy)], CATALOGUE, Metrics(), clock=ToyClock())
    batch = batch_of(2)
    report = await service.run_batch(batch)

    assert batch.is_trimmed
    kept = [report.rows_of(target) for target in batch.query.targets]
    assert [[row.message_id for row in rows] for rows in kept] == [[f"m{minutes}" for minutes in range(1, MOST_ROWS + 1)]] * 2


async def test_a_provider_that_breaks_costs_its_own_targets_only() -> None:
    async def breaks_at_times(query: ProviderQuery, collector: ResultCollector) -> None:
        if query.target == targets(1)[0]:
            raise RuntimeError("a bug")
        collector.add([delivery(number=query.target.number)])

    service = LookupService([ToyProvider(breaks_at_times)], CATALOGUE, Metrics(), clock=ToyClock())
    report = await service.run_batch(batch_of(60))

    assert report.outcome_of(targets(1)[0]) is Outcome.UNANSWERED
    assert sum(report.outcome_of(target) is Outcome.DELIVERED for target in report.query.targets) == 59
