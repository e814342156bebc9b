"""The statistics service: asks every source that counts, concurrently, and answers with what is known at the deadline.

plan       the window, the same hours yesterday and a week ago, and a series, in whole grains of each source
ask        from the cache, with whoever asks the same just now, or from the source in the asker's turn; never longer than the
           deadline
compare    each account's figures, judged by the rule
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

import structlog

from bot.errors import ProviderError
from bot.lookup.report_merge import explained
from bot.lookup.service import DEADLINE_SECONDS, TERMINAL
from bot.lookup.single_flight import DEADLINE_FAULT
from bot.model import STORE, ProviderFault
from bot.model.statistics import Before, NotCompared, SourceStatistics, StatisticsReport, WhyNot
from bot.providers.base import HasOptionalActions, ResultCollector
from bot.providers.statistics import HasStatistics, StatisticsQuery
from bot.statistics.cache import StatisticsCache
from bot.statistics.comparison import SourceFigures, compare
from bot.statistics.plan import LONGEST, plan_source, steps_of
from bot.statistics.shared_counts import SharedCounts
from bot.timing.clock import Clock, system_clock
from bot.timing.fair_queue import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.codes import Catalogue
    from bot.i18n import Phrase
    from bot.model.statistics import Figures, StatisticsQuestion
    from bot.providers.base import Provider
    from bot.providers.statistics import Statistics
    from bot.statistics.plan import SourcePlan
    from bot.statistics.shared_counts import CountCall, Counted

Answer = asyncio.Task["Counted | ProviderFault"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Source:
    """One provider that counts, and what is asked of it."""

    provider: Provider
    statistics: Statistics
    plan: SourcePlan
    collectors: list[ResultCollector] = field(default_factory=list)  # of its calls

    @property
    def is_partial(self) -> bool:
        """Whether a call was answered in part only."""
        return any(collector.notes for collector in self.collectors)

    @property
    def fault(self) -> ProviderFault:
        """Why a call has no answer yet."""
        faults = (collector.last_fault for collector in self.collectors)
        return next((fault for fault in faults if fault is not None), DEADLINE_FAULT)


class StatisticsService:
    """StatisticsQuestion -> StatisticsReport over the given providers, which somebody else closes."""

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        *,
        clock: Clock = system_clock,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._providers = tuple(providers)
        self._catalogue = catalogue
        self._clock = clock
        self._deadline = deadline_seconds
        self._cache = StatisticsCache(clock)
        self._shared = SharedCounts()
        self._commands = count()

    async def ask(
        self, question: StatisticsQuestion, *, asker: str = TERMINAL, refresh: bool = False, spent: float = 0.0
    ) -> StatisticsReport:
        """The report as far as it is known at the deadline. Never raises. `refresh` bypasses what is not final in the cache."""
        window = question.window
        is_cut = window.length > LONGEST
        if is_cut:
            question = replace(question, window=replace(window, since=window.until - LONGEST))
        sources = list(self._sources(question))
        turn = Asker(asker, next(self._commands))
        sums = {
            (source.provider, which): self._start(source, StatisticsQuery(span), turn, refresh=refresh)
            for source in sources
            for which, span in (("now", source.plan.now), *source.plan.before)
        }
        # Behind all sums, for without them a series says nothing.
        series = {source.provider: list(self._start_series(source, turn, refresh=refresh)) for source in sources}
        tasks = [*sums.values(), *(task for some in series.values() for task in some)]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=max(0.0, self._deadline - spent))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        found = tuple(self._source_statistics(source, question, sums, series[source.provider]) for source in sources)
        return StatisticsReport(question, self._clock(), found, tuple(self._without(question)), is_cut)

    def names(self, question: StatisticsQuestion) -> tuple[str, ...]:
        """The names of the providers that are asked."""
        return tuple(dict.fromkeys(source.provider.name for source in self._sources(question)))

    def _sources(self, question: StatisticsQuestion) -> Iterator[_Source]:
        now = self._clock()
        for provider in self._providers:
            if _is_asked(provider, question) and isinstance(provider, HasStatistics) and provider.statistics is not None:
                plan = plan_source(provider.statistics, question.window, now)
                yield _Source(provider, provider.statistics, plan)

    def _without(self, question: StatisticsQuestion) -> Iterator[str]:
        counting = {one.name for one in self._providers if isinstance(one, HasStatistics) and one.statistics is not None}
        asked = (one.name for one in self._providers if _is_asked(one, question))
        return (name for name in dict.fromkeys(asked) if name not in counting)

    def _start_series(self, source: _Source, turn: Asker, *, refresh: bool) -> Iterator[Answer]:
        span, grain = source.plan.series, source.statistics.grain
        if span is None:
            return
        if source.statistics.has_series:
            yield self._start(source, StatisticsQuery(span, grain.length), turn, refresh=refresh)
            return
        for step in steps_of(span, grain):
            yield self._start(source, StatisticsQuery(step, with_refused=False), turn, refresh=refresh)

    def _start(self, source: _Source, query: StatisticsQuery, turn: Asker, *, refresh: bool) -> Answer:
        name = f"wait for {source.provider.name}"
        return asyncio.create_task(self._count(source, query, turn, refresh=refresh), name=name)

    async def _count(self, source: _Source, query: StatisticsQuery, turn: Asker, *, refresh: bool) -> Counted | ProviderFault:
        """What was counted, or why not."""
        provider = source.provider
        kept = self._cache.get((provider.name, provider.account, query.span, query.with_refused), refresh=refresh)
        if kept is not None:
            return kept
        key = (provider.name, provider.account, query.span, query.step, query.with_refused)
        shared = self._shared.join(key, turn, lambda call: self._call(source, query, call))
        source.collectors.append(shared.call.collector)
        return await self._shared.wait(key, shared)

    async def _call(self, source: _Source, query: StatisticsQuery, call: CountCall) -> Counted | ProviderFault:
        provider, collector = source.provider, call.collector
        key = (provider.name, provider.account, query.span, query.with_refused)
        try:
            figures = await source.statistics.count(replace(query, askers=call.askers), collector)
        except ProviderError as error:
            return error.fault
        except Exception as error:
            # An adapter's bug must cost its own figures only.
            log.exception("statistics.crashed", provider=provider.name)
            return ProviderFault("Transport.Crash", type(error).__name__)
        if not source.statistics.has_series and not collector.notes:  # the store is asked again: it costs a statement
            self._cache.put(key, figures)
        return figures

    def _source_statistics(
        self,
        source: _Source,
        question: StatisticsQuestion,
        sums: dict[tuple[Provider, str], Answer],
        series: Sequence[Answer],
    ) -> SourceStatistics:
        provider, plan, grain = source.provider, source.plan, source.statistics.grain
        before = {which: _figures(sums[provider, which], question) for which, _ in plan.before}
        unanswered = (NotCompared(which, WhyNot.NO_ANSWER) for which, figures in before.items() if figures is None)
        now = _figures(sums[provider, "now"], question)
        found = SourceStatistics(
            provider.name,
            provider.account,
            source.statistics.unit,
            grain,
            plan.now,
            not_compared=(*plan.not_compared, *unanswered),
            lacks=_lacks(provider),
            is_partial=source.is_partial,
        )
        if now is None:
            fault = _fault(sums[provider, "now"], source)
            return replace(found, error=explained(fault, provider.name, self._catalogue), not_compared=())
        figures = SourceFigures(
            now=now,
            yesterday=before.get(Before.YESTERDAY),
            week_ago=before.get(Before.WEEK_AGO),
            series=_steps(series, source, question),
            step=grain.length,
        )
        return replace(found, groups=compare(figures))


def _is_asked(provider: Provider, question: StatisticsQuestion) -> bool:
    """Whether a provider is asked. The receipt store is, whatever vendor is chosen: it knows their messages too."""
    if provider.name == STORE:
        return True
    if question.providers and provider.name not in question.providers:
        return False
    accounts = {account for system, account in question.accounts if system == provider.name}
    return not accounts or "" in accounts or provider.account in accounts


def _is_wanted(figures: Figures, question: StatisticsQuestion) -> bool:
    """Whether the figures of the store are of a system and an account that are asked about."""
    systems = {name for name in question.providers if name != STORE}
    if systems and figures.group.system not in systems:
        return False
    accounts = {account for system, account in question.accounts if system == figures.group.system}
    return not accounts or "" in accounts or figures.group.account in {"", *accounts}


def _figures(answer: Answer, question: StatisticsQuestion) -> Counted | None:
    """What was counted of what is wanted; None if it was not answered."""
    if answer.cancelled() or isinstance(found := answer.result(), ProviderFault):
        return None
    return tuple(one for one in found if _is_wanted(one, question))


def _fault(answer: Answer, source: _Source) -> ProviderFault:
    if not answer.cancelled() and isinstance(fault := answer.result(), ProviderFault):
        return fault
    return source.fault


def _steps(series: Sequence[Answer], source: _Source, question: StatisticsQuestion) -> Counted:
    """The figures of the series, each with its time. Steps that were not answered are left out."""
    found: list[Figures] = []
    starts = steps_of(source.plan.series, source.statistics.grain) if source.plan.series else ()
    for place, answer in enumerate(series):
        figures = _figures(answer, question) or ()
        if source.statistics.has_series:
            found += figures
        else:
            found += [replace(one, at=starts[place].since) for one in figures]
    return tuple(found)


def _lacks(provider: Provider) -> tuple[Phrase, ...]:
    return tuple(one.notice for one in provider.missing_actions) if isinstance(provider, HasOptionalActions) else ()
