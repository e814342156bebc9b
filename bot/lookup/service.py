"""The lookup service: queries every account concurrently and answers with what is known at the deadline.

plan     which account is queried about which target, over which window (cut to the provider's retention)
query    from the cache, or by joining or starting a query in flight, on behalf of whoever asks; never longer than the deadline
merge    one Report
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from bot.lookup.batch import MOST_ROWS, TARGET_SECONDS
from bot.lookup.cache import AnswerCache, CachedAnswer, Key
from bot.lookup.note_rules import is_empty_note, leaves_messages_unread, revalidate
from bot.lookup.registers import RegisterService
from bot.lookup.report_merge import PartialAnswer, explained, merge
from bot.lookup.single_flight import InFlightQuery, SingleFlight, wait_for
from bot.model import (
    BeyondRetention,
    Confidence,
    CutToRetention,
    NoRecord,
    NotChosen,
    Note,
    ProviderFault,
    SkippedAccount,
)
from bot.providers.base import ProviderQuery, is_time_limited
from bot.timing.clock import Clock, system_clock
from bot.timing.fair_queue import Asker, Askers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.codes import Catalogue
    from bot.lookup.batch import Batch
    from bot.lookup.counts import LookupCounts
    from bot.model import Explanation, Query, Report, Target, Window
    from bot.providers.base import Provider

DEADLINE_SECONDS = 8.0
MIN_NOTED_CUT = timedelta(minutes=10)  # a window cut by less than this was cut for the clocks' sake
JOINABLE_FOR = timedelta(seconds=2)  # a refresh joins a call that began no longer ago; an older one may be stuck
TERMINAL = "terminal"  # who asks, where nobody says


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """One query of one account about one target."""

    provider: Provider
    target: Target
    window: Window
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries that a lookup makes, and the accounts that it skips."""

    queries: tuple[PlannedQuery, ...]
    not_asked: tuple[SkippedAccount, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the providers queried, each once."""
        return tuple(dict.fromkeys(planned.provider.name for planned in self.queries))


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """When an account answered last, and the fault of its latest query, if that failed."""

    at: datetime | None
    fault: ProviderFault | None


class LookupService:
    """Query -> Report over the given providers. It closes them."""

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        metrics: LookupCounts,
        *,
        clock: Clock = system_clock,
        deadline_seconds: float = DEADLINE_SECONDS,
        unlisted: Callable[[str, str], None] = lambda _vendor, _code: None,
    ) -> None:
        """`unlisted(vendor, code)` is called for each code in a fresh answer that the catalogue does not list."""
        self.providers = tuple(providers)
        self.catalogue = catalogue
        self._metrics = metrics
        self._clock = clock
        self._deadline = deadline_seconds
        self._unlisted = unlisted
        self._cache = AnswerCache(clock)
        self._in_flight = SingleFlight(limit_seconds=2 * deadline_seconds)
        self._commands = count()
        self._health: dict[tuple[str, str], AccountHealth] = {}
        for provider in self.providers:
            metrics.expect_provider(provider.name)
        self.registers = RegisterService(
            self.providers, catalogue, clock=clock, deadline_seconds=deadline_seconds, observe=self._observe_call
        )

    def plan(self, query: Query) -> Plan:
        """The plan of `query`. Pure: makes no request."""
        now = self._clock()
        queries: list[PlannedQuery] = []
        not_asked: list[SkippedAccount] = []
        for provider in self.providers:
            if query.providers and provider.name not in query.providers:
                not_asked.append(SkippedAccount(provider.name, provider.account, NotChosen()))
                continue
            planned_or_reasons = [
                provider.unsupported_reason(target) or _plan_query(provider, target, query.window, now)
                for target in query.targets
            ]
            queries += [planned for planned in planned_or_reasons if isinstance(planned, PlannedQuery)]
            reasons = [reason for reason in planned_or_reasons if isinstance(reason, Note)]
            if len(reasons) == len(planned_or_reasons):
                not_asked.append(SkippedAccount(provider.name, provider.account, reasons[0]))
        return Plan(tuple(queries), tuple(not_asked))

    async def lookup(self, query: Query, *, asker: str = TERMINAL, refresh: bool = False, spent: float = 0.0) -> Report:
        """The report as far as it is known at the deadline. Never raises.

        Different askers take turns at an account. `refresh` bypasses the cache; `spent` is how many seconds of the deadline are
        gone already.
        """
        plan = self.plan(query)
        on_behalf = Asker(asker, next(self._commands))
        pending = [self._ask(planned, on_behalf, refresh=refresh) for planned in plan.queries]
        await wait_for([flight for flight in pending if isinstance(flight, InFlightQuery)], self._deadline - spent)
        answers = [self._partial_answer(planned, one) for planned, one in zip(plan.queries, pending, strict=True)]
        report = merge(query, answers, plan.not_asked, self.catalogue, self._clock())
        self._metrics.observe_lookup(report.outcome.value)
        return report

    async def run_batch(self, batch: Batch, *, asker: str = TERMINAL, refresh: bool = False) -> Report:
        """The report on those targets of `batch` that are done when it ends. Never raises."""
        query, on_behalf = batch.query, Asker(asker, next(self._commands))
        answers: dict[Target, list[PartialAnswer]] = {}

        async def ask(target: Target) -> bool:
            alone = replace(query, targets=(target,))
            queries = self.plan(alone).queries
            pending = [self._ask(planned, on_behalf, refresh=refresh, limit_seconds=TARGET_SECONDS) for planned in queries]
            await wait_for([flight for flight in pending if isinstance(flight, InFlightQuery)], TARGET_SECONDS)
            whole = [self._partial_answer(planned, one) for planned, one in zip(queries, pending, strict=True)]
            found = [_newest(part, MOST_ROWS) for part in whole]
            batch.is_trimmed = batch.is_trimmed or found != whole
            answers[target] = found
            return merge(alone, found, (), self.catalogue, self._clock()).outcome.is_failure

        await batch.run(ask)
        done = replace(query, targets=tuple(target for target in query.targets if target in batch.done))
        in_order = [answer for target in done.targets for answer in answers[target]]
        not_asked = self.plan(query).not_asked
        # A second's work for thousands of rows, which the others do not wait for.
        report = await asyncio.to_thread(merge, done, in_order, not_asked, self.catalogue, self._clock())
        if done.targets:
            self._metrics.observe_lookup(report.outcome.value)
        return report

    def last_answer(self, provider: Provider) -> AccountHealth | None:
        """The health of this account since the start; None before its first query."""
        return self._health.get((provider.name, provider.account))

    def drop_answers(self) -> None:
        """Hold no answer any more: the next lookup asks the providers."""
        self._cache.clear()

    async def aclose(self) -> None:
        """Cancel the queries in flight and close the providers."""
        await self._in_flight.aclose()
        await self.registers.aclose()
        await asyncio.gather(*(provider.aclose() for provider in self.providers))

    def _ask(
        self, planned: PlannedQuery, asker: Asker, *, refresh: bool, limit_seconds: float | None = None
    ) -> CachedAnswer | InFlightQuery:
        """The answer from the cache, or a query in flight that was joined or started."""
        key: Key = (planned.provider.name, planned.provider.account, planned.target)
        cached = None if refresh else self._cache.get(key, planned.window)
        self._metrics.observe_cache(planned.provider.name, hit=cached is not None)
        if cached is not None:
            return cached
        begun_after = self._clock() - JOINABLE_FOR if refresh else None
        joined = self._in_flight.join(key, planned.window, asker, begun_after=begun_after)
        return joined or self._start(key, planned, asker, limit_seconds)

    def _partial_answer(self, planned: PlannedQuery, answer: CachedAnswer | InFlightQuery) -> PartialAnswer:
        """What is known now of a query."""
        if isinstance(answer, CachedAnswer):
            return _to_partial_answer(planned, answer, cached=True)
        fault = answer.fault
        self._remember(planned.provider, fault)
        return _to_partial_answer(planned, answer.snapshot(), error=fault)

    def _start(self, key: Key, planned: PlannedQuery, asker: Asker, limit_seconds: float | None) -> InFlightQuery:
        def on_answered(flight: InFlightQuery) -> None:
            cached = flight.snapshot()
            self._cache.put(key, cached)
            self._count_unlisted(cached)

        query = ProviderQuery(planned.target, planned.window, Askers(asker))
        return self._in_flight.start(key, planned.provider, query, self._clock(), on_answered, limit_seconds=limit_seconds)

    def _count_unlisted(self, cached: CachedAnswer) -> None:
        for row in cached.deliveries:
            if row.code and not _is_listed(self.catalogue.explain(row.vendor, row.code_kind, row.code)):
                self._count_one_unlisted(row.vendor, row.code)

    def _count_one_unlisted(self, vendor: str, code: str) -> None:
        self._unlisted(vendor, code)
        self._metrics.observe_unlisted(vendor)

    def _remember(self, provider: Provider, fault: ProviderFault | None) -> None:
        if fault is not None:
            fault = explained(fault, provider.name, self.catalogue)
            if _outcome(fault) == "other":
                self._count_one_unlisted(provider.name, fault.code)
        self._observe_call(provider.name, fault)
        before = self.last_answer(provider)
        at = self._clock() if fault is None else (before.at if before else None)
        self._health[provider.name, provider.account] = AccountHealth(at, fault)

    def _observe_call(self, provider: str, fault: ProviderFault | None) -> None:
        self._metrics.observe_provider_call(provider, _outcome(fault))


def _plan_query(provider: Provider, target: Target, window: Window, now: datetime) -> PlannedQuery | Note:
    """The query over the part of `window` within the provider's retention, or the note that none of it is."""
    if provider.retention is None or not is_time_limited(provider, target):
        return PlannedQuery(provider, target, window)
    # Whole seconds, as everywhere at the vendors; rounded up, so that the edge is never older than the retention.
    edge = now.replace(microsecond=0) + timedelta(seconds=1) - provider.retention
    if window.since >= edge:
        return PlannedQuery(provider, target, window)
    days = round(provider.retention / timedelta(days=1))
    if window.until <= edge:
        return BeyondRetention(days=days)
    notes = (CutToRetention(days=days, since=edge),) if edge - window.since >= MIN_NOTED_CUT else ()
    return PlannedQuery(provider, target, replace(window, since=edge), notes)


def _newest(answer: PartialAnswer, most: int) -> PartialAnswer:
    """The answer with its newest rows; those without any time may be the newest."""
    if len(answer.deliveries) <= most:
        return answer
    in_order = sorted(answer.deliveries, key=lambda row: (row.at is None, row.at or answer.as_of), reverse=True)
    return replace(answer, deliveries=tuple(in_order[:most]))


def _outcome(fault: ProviderFault | None) -> str:
    """A fault as a metric's label: listed codes only, so that a provider cannot make up labels without end."""
    if fault is None:
        return "ok"
    return fault.code if fault.explanation is not None and _is_listed(fault.explanation) else "other"


def _is_listed(explanation: Explanation) -> bool:
    return explanation.confidence is not Confidence.UNLISTED


def _to_partial_answer(
    planned: PlannedQuery, answer: CachedAnswer, *, cached: bool = False, error: ProviderFault | None = None
) -> PartialAnswer:
    rows = answer.rows_in(planned.window)
    notes = revalidate(answer.notes, rows, planned.window, limited=answer.window is not None)
    if error is None and not rows and not is_empty_note(notes) and not leaves_messages_unread(notes):
        notes += (NoRecord(),)
    return PartialAnswer(
        provider=planned.provider.name,
        account=planned.provider.account,
        window=planned.window,
        as_of=answer.as_of,
        deliveries=rows,
        notes=planned.notes + notes,
        requests=0 if cached else answer.requests,
        cached=cached,
        error=error,
    )
