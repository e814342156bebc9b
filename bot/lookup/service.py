"""The engine: every account that can answer is asked side by side, and what is known at the deadline is the answer.

plan     which account is asked about which target, over which window (cut to what it keeps)
ask      from the cache, or by joining or starting a flight; never longer than the deadline
merge    one Report
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.lookup.cache import AnswerCache, CachedAnswer, Key
from bot.lookup.merge import PartialAnswer, explained, merge
from bot.lookup.note_rules import is_empty_note, leaves_messages_unread, revalidate
from bot.lookup.single_flight import DEADLINE_FAULT, InFlightQuery, SingleFlight
from bot.model import CodeKind, Confidence, CutToMemory, NoRecord, NotChosen, Note, OutOfMemory, ProviderFault, SkippedAccount
from bot.providers.base import ProviderQuery, is_time_limited
from bot.timing.clock import Clock, system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.codes import Catalogue
    from bot.model import Explanation, Query, Report, Target, Window
    from bot.observability.metrics import Metrics
    from bot.providers.base import Provider

DEADLINE_SECONDS = 8.0
WORTH_SAYING = timedelta(minutes=10)  # a window cut by less than this was cut for the clocks' sake
FRESH = timedelta(seconds=2)  # a refresh joins a call that began no longer ago; an older one may be stuck
MAX_CONCURRENT_PER_ACCOUNT = 6  # asks of one lookup to one account; more would keep everybody else waiting behind fifty numbers


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """One account to be asked about one target."""

    provider: Provider
    target: Target
    window: Window
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a query asks, and whom it cannot."""

    asks: tuple[PlannedQuery, ...]
    not_asked: tuple[SkippedAccount, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the providers asked, each once."""
        return tuple(dict.fromkeys(ask.provider.name for ask in self.asks))


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """When an account answered last, and the fault of its latest ask, if that was not answered."""

    at: datetime | None
    fault: ProviderFault | None


class LookupService:
    """Answers queries from the providers that it was given."""

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        metrics: Metrics,
        *,
        clock: Clock = system_clock,
        deadline_seconds: float = DEADLINE_SECONDS,
        unlisted: Callable[[str, str], None] = lambda _vendor, _code: None,
    ) -> None:
        """`unlisted` is told of each code in a fresh answer that the catalogue does not list, with its vendor."""
        self.providers = tuple(providers)
        self.catalogue = catalogue
        self._metrics = metrics
        self._clock = clock
        self._deadline = deadline_seconds
        self._unlisted = unlisted
        self._cache = AnswerCache(clock)
        self._flights = SingleFlight(limit_seconds=2 * deadline_seconds)
        self._last: dict[tuple[str, str], AccountHealth] = {}

    def plan(self, query: Query) -> Plan:
        """Whom `query` asks. Pure: asks nobody."""
        now = self._clock()
        asks: list[PlannedQuery] = []
        not_asked: list[SkippedAccount] = []
        for provider in self.providers:
            if query.providers and provider.name not in query.providers:
                not_asked.append(SkippedAccount(provider.name, provider.account, NotChosen()))
                continue
            found = [
                provider.unsupported_reason(target) or _ask_of(provider, target, query.window, now) for target in query.targets
            ]
            asks += [ask for ask in found if isinstance(ask, PlannedQuery)]
            reasons = [reason for reason in found if isinstance(reason, Note)]
            if len(reasons) == len(found):
                not_asked.append(SkippedAccount(provider.name, provider.account, reasons[0]))
        return Plan(tuple(asks), tuple(not_asked))

    async def lookup(self, query: Query, *, refresh: bool = False, spent: float = 0.0) -> Report:
        """The answer as far as it is known at the deadline. Never raises.

        `refresh` asks anew though an answer is kept; `spent` says how many seconds of the deadline are gone already.
        """
        plan = self.plan(query)
        ends = asyncio.get_running_loop().time() + max(0.0, self._deadline - spent)
        slots: defaultdict[tuple[str, str], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(MAX_CONCURRENT_PER_ACCOUNT)
        )
        pieces = await asyncio.gather(
            *(self._piece(ask, slots[ask.provider.name, ask.provider.account], ends, refresh=refresh) for ask in plan.asks)
        )
        report = merge(query, pieces, plan.not_asked, self.catalogue, self._clock())
        self._metrics.observe_lookup(report.outcome.value)
        return report

    def last_answer(self, provider: Provider) -> AccountHealth | None:
        """How this account has answered since the start; None before it was first asked."""
        return self._last.get((provider.name, provider.account))

    async def aclose(self) -> None:
        """Stop what is under way and give the connections back."""
        await self._flights.aclose()
        await asyncio.gather(*(provider.aclose() for provider in self.providers))

    async def _piece(self, ask: PlannedQuery, slot: asyncio.Semaphore, ends: float, *, refresh: bool) -> PartialAnswer:
        key: Key = (ask.provider.name, ask.provider.account, ask.target)
        kept = None if refresh else self._cache.get(key, ask.window)
        self._metrics.observe_cache(ask.provider.name, hit=kept is not None)
        if kept is not None:
            return _piece_of(ask, kept, cached=True)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(ends):
                await slot.acquire()
        except TimeoutError:  # its turn never came
            return _piece_of(ask, CachedAnswer(ask.window, self._clock()), error=DEADLINE_FAULT)
        try:
            begun_after = self._clock() - FRESH if refresh else None
            flight = self._flights.join(key, ask.window, begun_after=begun_after) or self._start(key, ask)
            fault = await flight.wait(ends - loop.time())
        finally:
            slot.release()
        self._remember(ask.provider, fault)
        return _piece_of(ask, flight.kept(), error=fault)

    def _start(self, key: Key, ask: PlannedQuery) -> InFlightQuery:
        def landed(flight: InFlightQuery) -> None:
            kept = flight.kept()
            self._cache.put(key, kept)
            self._tell_unlisted(kept)

        question = ProviderQuery(ask.target, ask.window)
        return self._flights.start(key, ask.provider, question, self._clock(), landed)

    def _tell_unlisted(self, kept: CachedAnswer) -> None:
        for row in kept.deliveries:
            if row.code and not _is_listed(self.catalogue.explain(row.vendor, CodeKind.RECEIPT, row.code)):
                self._unlisted(row.vendor, row.code)

    def _remember(self, provider: Provider, fault: ProviderFault | None) -> None:
        if fault is not None:
            fault = explained(fault, provider.name, self.catalogue)
            if _outcome(fault) == "other":
                self._unlisted(provider.name, fault.code)
        self._metrics.observe_provider_call(provider.name, _outcome(fault))
        before = self.last_answer(provider)
        at = self._clock() if fault is None else (before.at if before else None)
        self._last[provider.name, provider.account] = AccountHealth(at, fault)


def _ask_of(provider: Provider, target: Target, window: Window, now: datetime) -> PlannedQuery | Note:
    """The ask over what of `window` the provider keeps, or the note that it keeps none of it."""
    if provider.retention is None or not is_time_limited(provider, target):
        return PlannedQuery(provider, target, window)
    # Whole seconds, as everywhere at the vendors; rounded up, so that the edge is never older than what is kept.
    edge = now.replace(microsecond=0) + timedelta(seconds=1) - provider.retention
    if window.since >= edge:
        return PlannedQuery(provider, target, window)
    days = round(provider.retention / timedelta(days=1))
    if window.until <= edge:
        return OutOfMemory(days=days)
    said = (CutToMemory(days=days, since=edge),) if edge - window.since >= WORTH_SAYING else ()
    return PlannedQuery(provider, target, replace(window, since=edge), said)


def _outcome(fault: ProviderFault | None) -> str:
    """A fault as a metric's label: a code that is listed, so that a provider cannot make up labels without end."""
    if fault is None:
        return "ok"
    return fault.code if fault.explanation is not None and _is_listed(fault.explanation) else "other"


def _is_listed(explanation: Explanation) -> bool:
    return explanation.confidence is not Confidence.UNLISTED


def _piece_of(
    ask: PlannedQuery, kept: CachedAnswer, *, cached: bool = False, error: ProviderFault | None = None
) -> PartialAnswer:
    rows = kept.rows_in(ask.window)
    notes = revalidate(kept.notes, rows, ask.window, limited=kept.window is not None)
    if error is None and not rows and not is_empty_note(notes) and not leaves_messages_unread(notes):
        notes += (NoRecord(),)
    return PartialAnswer(
        provider=ask.provider.name,
        account=ask.provider.account,
        window=ask.window,
        as_of=kept.as_of,
        deliveries=rows,
        notes=ask.notes + notes,
        requests=0 if cached else kept.requests,
        cached=cached,
        error=error,
    )
