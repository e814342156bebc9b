"""The lookup service: concurrency, deadline, single flight, cache, and the report."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import ProviderError
from bot.lookup import LookupService
from bot.lookup.single_flight import MAX_AT_ONCE
from bot.model import (
    BeyondRetention,
    CrowdedSecond,
    CutToRetention,
    EmptyReceipts,
    MayChange,
    NeedsMessageId,
    NoRecord,
    NoteKind,
    PhoneNumber,
    ProviderFault,
    Query,
    Status,
    Target,
)
from bot.observability.metrics import Metrics
from tests.packaged import CATALOGUE
from tests.toys import NOW, TARGET, ToyClock, ToyProvider, delivery, finds, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.codes import Catalogue
    from bot.providers.base import ProviderQuery, ResultCollector


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def service_of(catalogue: Catalogue, *providers: ToyProvider, clock: ToyClock | None = None, seconds: float = 5) -> LookupService:
    return LookupService(providers, catalogue, Metrics(), clock=clock or ToyClock(), deadline_seconds=seconds)


def query(hours: float = 2, *targets: Target, **changes: object) -> Query:
    return Query(targets or (TARGET,), window(hours), **changes)  # type: ignore[arg-type]  # the tests' own keyword arguments


async def test_providers_are_asked_side_by_side(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    one, two = (ToyProvider(finds(delivery(provider=name)), name=name, gate=gate) for name in ("one", "two"))
    service = service_of(catalogue, one, two)

    answer = asyncio.ensure_future(service.lookup(query()))
    await asyncio.wait_for(asyncio.gather(one.begun.wait(), two.begun.wait()), 5)  # neither has answered yet
    gate.set()

    assert [part.provider for part in (await answer).coverage] == ["one", "two"]


async def test_a_provider_that_hangs_costs_its_own_rows_only_and_is_named_at_the_deadline(catalogue: Catalogue) -> None:
    async def half(_query: ProviderQuery, collector: ResultCollector) -> None:
        collector.add([delivery(7, provider="slow")])
        await asyncio.Event().wait()

    service = service_of(catalogue, ToyProvider(half, name="slow"), ToyProvider(finds(delivery())), seconds=0.05)

    report = await service.lookup(query())
    await service.aclose()

    assert [d.provider for d in report.deliveries] == ["toy", "slow"], "the part that came is shown"
    slow, quick = report.coverage
    assert (quick.error, quick.complete) == (None, True)
    assert slow.error is not None
    assert (slow.error.code, slow.complete) == ("Transport.Deadline", False)
    assert slow.error.explanation is not None
    assert slow.error.explanation.family != "unlisted"


async def test_the_reason_at_the_deadline_is_the_setback_that_was_being_tried_again(catalogue: Catalogue) -> None:
    async def limited(_query: ProviderQuery, collector: ResultCollector) -> None:
        collector.last_fault = ProviderFault("RequestLimitExceeded", retryable=True)
        await asyncio.Event().wait()

    service = service_of(catalogue, ToyProvider(limited), seconds=0.05)
    report = await service.lookup(query())
    await service.aclose()

    assert [part.error.code for part in report.failed_accounts if part.error] == ["RequestLimitExceeded"]


async def test_a_bug_in_an_adapter_costs_its_own_rows_only(catalogue: Catalogue) -> None:
    async def crash(_query: ProviderQuery, _collector: ResultCollector) -> None:
        raise ZeroDivisionError

    report = await service_of(catalogue, ToyProvider(crash, name="broken"), ToyProvider(finds(delivery()))).lookup(query())

    assert len(report.deliveries) == 1
    assert [part.error.code for part in report.failed_accounts if part.error] == ["Transport.Crash"]


async def test_errors_are_not_kept(catalogue: Catalogue) -> None:
    answers = [ProviderError(ProviderFault("InternalError")), None]

    async def script(_query: ProviderQuery, collector: ResultCollector) -> None:
        error = answers.pop(0)
        if error is not None:
            raise error
        collector.add([delivery()])

    service = service_of(catalogue, ToyProvider(script))

    assert (await service.lookup(query())).failed_accounts
    assert not (await service.lookup(query())).failed_accounts


async def test_one_hundred_people_asking_the_same_at_once_cause_one_call(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(delivery()), gate=gate)
    clock = ToyClock()
    service = service_of(catalogue, provider, clock=clock)

    askers = []
    for _ in range(100):
        askers.append(asyncio.ensure_future(service.lookup(Query((TARGET,), window(2, until=clock.now)))))
        clock.advance(milliseconds=5)  # nobody's "now" is quite the same
    await asyncio.wait_for(provider.begun.wait(), 5)
    gate.set()
    reports = await asyncio.gather(*askers)

    assert len(provider.asked) == 1
    assert {len(report.deliveries) for report in reports} == {1}


async def test_an_answer_that_comes_after_the_deadline_is_kept_for_the_next_who_asks(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(delivery()), gate=gate)
    service = service_of(catalogue, provider, seconds=0.05)

    late = await service.lookup(query())
    gate.set()
    second = await service.lookup(query())

    assert late.failed_accounts
    assert len(second.deliveries) == 1
    assert len(provider.asked) == 1


async def test_the_same_question_again_comes_from_the_cache_and_says_so(catalogue: Catalogue) -> None:
    clock = ToyClock()
    provider = ToyProvider(finds(delivery()))
    service = service_of(catalogue, provider, clock=clock)

    first = await service.lookup(query())
    clock.advance(seconds=8)
    again = await service.lookup(Query((TARGET,), window(2, until=clock.now)))

    assert (first.cached, again.cached) == (False, True)
    assert again.as_of == NOW
    assert [part.requests for part in again.coverage] == [0]
    assert len(provider.asked) == 1


async def test_refresh_asks_anew_though_an_answer_is_kept(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(delivery()))
    service = service_of(catalogue, provider)

    await service.lookup(query())
    report = await service.lookup(query(), refresh=True)

    assert not report.cached
    assert len(provider.asked) == 2


async def test_a_window_older_than_the_provider_keeps_is_cut_and_said_so(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(delivery()), retention=timedelta(days=7))
    report = await service_of(catalogue, provider).lookup(query(24 * 10))

    (part,) = report.coverage
    assert provider.asked[0].window.since >= NOW - timedelta(days=7)
    (note,) = part.notes
    assert isinstance(note, CutToRetention)
    assert note.days == 7
    assert not part.complete


async def test_a_window_that_begins_at_the_edge_is_cut_by_seconds_without_a_word(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(delivery()), retention=timedelta(days=7) - timedelta(seconds=60))
    report = await service_of(catalogue, provider).lookup(query(24 * 7))

    (part,) = report.coverage
    assert provider.asked[0].window.since > NOW - timedelta(days=7)
    assert (part.notes, part.complete) == ((), True)


async def test_a_provider_that_keeps_none_of_the_window_is_not_asked_and_said_so(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds())
    old = Query((TARGET,), window(2, until=NOW - timedelta(days=9), opened=False))
    report = await service_of(catalogue, provider).lookup(old)

    assert (provider.asked, report.coverage) == ([], ())
    assert [one.reason for one in report.not_asked] == [BeyondRetention(days=7)]


async def test_thirty_days_at_a_provider_that_keeps_thirty_is_whole(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(delivery()), retention=timedelta(days=30) - timedelta(minutes=5))

    (part,) = (await service_of(catalogue, provider).lookup(query(24 * 30))).coverage

    assert (part.notes, part.complete) == ((), True)


async def test_the_newest_message_stays_when_the_providers_clock_is_ahead(catalogue: Catalogue) -> None:
    clock = ToyClock()
    ahead = delivery(-0.5)
    service = service_of(catalogue, ToyProvider(finds(ahead, delivery(30))), clock=clock)

    await service.lookup(query())
    clock.advance(seconds=2)
    again = await service.lookup(Query((TARGET,), window(2, until=clock.now)))
    narrower = await service.lookup(Query((TARGET,), window(0.2, until=clock.now)))

    assert again.deliveries[0].sent_at == ahead.sent_at
    assert [d.sent_at for d in narrower.deliveries] == [ahead.sent_at]


async def test_rows_without_a_message_id_are_not_taken_for_one_message(catalogue: Catalogue) -> None:
    rows = [delivery(minute, Status.FAILED, message_id=None, code=f"MK:000{minute}") for minute in (1, 2, 3)]

    assert len((await service_of(catalogue, ToyProvider(finds(*rows, rows[0]))).lookup(query())).deliveries) == 3


async def test_of_two_receipts_for_one_message_the_later_one_counts(catalogue: Catalogue) -> None:
    early = delivery(9, Status.FAILED, message_id="m", received_at=NOW - timedelta(minutes=8))
    late = delivery(9, message_id="m", received_at=NOW - timedelta(minutes=7))

    for rows in ((early, late), (late, early)):
        report = await service_of(catalogue, ToyProvider(finds(*rows))).lookup(query())
        assert [d.status for d in report.deliveries] == [Status.DELIVERED]


async def test_nothing_found_for_one_of_two_numbers_is_not_told_of_the_account(catalogue: Catalogue) -> None:
    other = Target(PhoneNumber("+8613900000000", 86, "13900000000"))

    async def script(query: ProviderQuery, collector: ResultCollector) -> None:
        if query.target == TARGET:
            collector.add([delivery()])
        else:
            collector.note(EmptyReceipts())

    service = service_of(catalogue, ToyProvider(script))

    (both,) = (await service.lookup(query(2, TARGET, other))).coverage
    (one,) = (await service.lookup(query(2, other))).coverage

    assert both.notes == ()
    assert [note.kind for note in one.notes] == [NoteKind.EMPTY_RECEIPTS]


async def test_the_notes_of_a_kept_answer_are_judged_anew_for_a_narrower_window(catalogue: Catalogue) -> None:
    crowded = CrowdedSecond(at=NOW - timedelta(hours=20), shown=100)

    async def script(_query: ProviderQuery, collector: ResultCollector) -> None:
        collector.add([delivery(60 * 20, Status.PENDING)])
        collector.note(crowded)
        collector.note(MayChange())

    service = service_of(catalogue, ToyProvider(script))
    (wide,) = (await service.lookup(query(24))).coverage
    (narrow,) = (await service.lookup(query(1))).coverage

    assert wide.notes == (crowded, MayChange())
    assert narrow.cached
    assert (narrow.notes, narrow.complete) == ((NoRecord(),), True)


async def test_a_refresh_does_not_wait_for_a_call_that_is_stuck(catalogue: Catalogue) -> None:
    clock = ToyClock()
    stuck = [True]

    async def script(_query: ProviderQuery, collector: ResultCollector) -> None:
        if stuck.pop():
            await asyncio.Event().wait()
        collector.add([delivery()])

    service = service_of(catalogue, ToyProvider(script), clock=clock, seconds=0.05)
    await service.lookup(query())
    clock.advance(seconds=5)
    stuck.append(False)

    report = await service.lookup(query(), refresh=True)
    await service.aclose()

    assert (len(report.deliveries), report.failed_accounts) == (1, ())


def targets(count: int, first: int = 0) -> list[Target]:
    return [Target(PhoneNumber(f"+861370000{tail:04}", 86, f"1370000{tail:04}")) for tail in range(first, first + count)]


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - the toys' lists have no events; this only yields to the loop
            await asyncio.sleep(0)


async def test_fifty_numbers_are_asked_at_once(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(), gate=gate)
    many = asyncio.ensure_future(service_of(catalogue, provider).lookup(query(2, *targets(50))))
    await until(lambda: len(provider.asked) == 50)
    gate.set()
    await many


async def test_the_next_asker_is_served_at_once_beside_thirty_lookups_of_fifty_numbers(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(), gate=gate)
    service = service_of(catalogue, provider)

    many = [asyncio.ensure_future(service.lookup(query(2, *targets(50, 50 * which)), asker="ann")) for which in range(30)]
    await asyncio.wait_for(provider.begun.wait(), 5)
    one = asyncio.ensure_future(service.lookup(query(), asker="bob"))
    await until(lambda: provider.asked[-1].target == TARGET)

    assert len(provider.asked) < MAX_AT_ONCE
    gate.set()
    await asyncio.gather(*many, one)
    assert len(provider.asked) == 1501


async def test_who_asks_what_waits_behind_another_persons_batch_does_not_wait_for_it(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(), gate=gate)
    service = service_of(catalogue, provider)
    batch = targets(300)

    many = asyncio.ensure_future(service.lookup(query(2, *batch), asker="ann"))
    await asyncio.wait_for(provider.begun.wait(), 5)
    one = asyncio.ensure_future(service.lookup(query(2, batch[-1]), asker="bob"))
    await until(lambda: provider.asked[-1].target == batch[-1])

    gate.set()
    await asyncio.gather(many, one)
    assert len(provider.asked) == len(batch), "asked once for both"


async def test_what_nobody_waits_for_any_more_and_has_not_been_asked_is_not_asked(catalogue: Catalogue) -> None:
    gate = asyncio.Event()
    provider = ToyProvider(finds(), gate=gate)
    service = service_of(catalogue, provider, seconds=0.05)

    report = await service.lookup(query(2, *targets(300)))
    begun = len(provider.asked)
    gate.set()
    again = await service.lookup(query(2, *targets(1, 299)))

    assert begun < 300
    assert {part.error.code for part in report.failed_accounts if part.error} == {"Transport.Deadline"}
    assert not again.failed_accounts
    assert len(provider.asked) == begun + 1, "what was asked then ran on, and the rest left the queue"


async def test_a_refresh_joins_what_has_not_been_asked_yet(catalogue: Catalogue) -> None:
    clock, gate = ToyClock(), asyncio.Event()
    provider = ToyProvider(finds(), gate=gate)
    service = service_of(catalogue, provider, clock=clock)
    batch = targets(300)

    many = asyncio.ensure_future(service.lookup(query(2, *batch), asker="ann"))
    await asyncio.wait_for(provider.begun.wait(), 5)
    clock.advance(seconds=5)
    again = asyncio.ensure_future(service.lookup(query(2, batch[-1]), asker="ann", refresh=True))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(many, again)

    assert len(provider.asked) == len(batch)


async def test_an_account_that_answered_in_part_is_told_from_one_that_did_not_answer(catalogue: Catalogue) -> None:
    async def half(_query: ProviderQuery, collector: ResultCollector) -> None:
        collector.add([delivery()])
        raise ProviderError(ProviderFault("InternalError"))

    async def nothing(_query: ProviderQuery, _collector: ResultCollector) -> None:
        raise ProviderError(ProviderFault("InternalError"))

    report = await service_of(catalogue, ToyProvider(half, name="half"), ToyProvider(nothing, name="none")).lookup(query())

    assert [(part.provider, part.is_partial) for part in report.failed_accounts] == [("half", True), ("none", False)]


async def test_time_that_is_gone_already_counts_towards_the_deadline(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(delivery()), gate=asyncio.Event())
    service = service_of(catalogue, provider, seconds=1000)

    report = await service.lookup(query(), spent=999.99)
    await service.aclose()

    assert [part.error.code for part in report.failed_accounts if part.error] == ["Transport.Deadline"]


async def test_a_provider_that_cannot_answer_any_target_is_named_with_its_reason(catalogue: Catalogue) -> None:
    service = service_of(catalogue, ToyProvider(finds(delivery())), ToyProvider(finds(), name="by-id", by_id=True))
    report = await service.lookup(query())

    assert [(one.provider, one.reason) for one in report.not_asked] == [("by-id", NeedsMessageId())]


async def test_via_asks_only_the_providers_named(catalogue: Catalogue) -> None:
    left_out = ToyProvider(finds(), name="other")
    report = await service_of(catalogue, ToyProvider(finds(delivery())), left_out).lookup(query(2, providers=("toy",)))

    assert left_out.asked == []
    assert [one.reason.kind for one in report.not_asked] == [NoteKind.NOT_CHOSEN]


async def test_deliveries_are_unique_newest_first_and_explained(catalogue: Catalogue) -> None:
    failed = delivery(9, Status.FAILED, code="UNDELIV", provider="tencent")
    rows = (delivery(30), failed, delivery(5, Status.PENDING, message_id="twice"), delivery(5, message_id="twice"))
    report = await service_of(catalogue, ToyProvider(finds(*rows), name="tencent")).lookup(query())

    assert [d.message_id for d in report.deliveries] == ["twice", "m9", "m30"]
    assert report.deliveries[0].status is Status.DELIVERED, "a receipt knows more than a pending row"
    explanation = report.deliveries[1].explanation
    assert explanation is not None
    assert explanation.code == "UNDELIV"


async def test_closing_gives_every_providers_connections_back_and_stops_what_is_under_way(catalogue: Catalogue) -> None:
    provider = ToyProvider(finds(), gate=asyncio.Event())
    service = service_of(catalogue, provider, seconds=0.01)
    await service.lookup(query())

    await service.aclose()

    assert provider.closed
