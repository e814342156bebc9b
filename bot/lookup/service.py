"""The engine: every account that can answer is asked side by side, and what is known at the deadline is the answer.

plan     which account is asked about which target, over which window (cut to what it keeps)
ask      from the cache, or by joining or starting a flight; never longer than the deadline
merge    one Report
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock, system_clock
from bot.lookup.cache import AnswerCache, Kept, Key
from bot.lookup.flights import Flight, Flights
from bot.lookup.merge import Piece, explained, merge
from bot.model import NotAsked, Note, NoteKind, ProviderFault
from bot.providers.base import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.codes import Catalogue
    from bot.metrics import Metrics
    from bot.model import Query, Report, Target, Window
    from bot.providers.base import Provider

DEADLINE_SECONDS = 8.0
WORTH_SAYING = timedelta(minutes=5)  # a window cut by less than this was cut for the clocks' sake


@dataclass(frozen=True, slots=True)
class Ask:
    """One account to be asked about one target."""

    provider: Provider
    target: Target
    window: Window
    notes: tuple[Note, ...] = ()
    possible: bool = True  # False: all of the window is older than the provider keeps


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a query asks, and whom it cannot."""

    asks: tuple[Ask, ...]
    not_asked: tuple[NotAsked, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the providers asked, each once."""
        return tuple(dict.fromkeys(ask.provider.name for ask in self.asks))


@dataclass(frozen=True, slots=True)
class LastAnswer:
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
    ) -> None:
        self.providers = tuple(providers)
        self.catalogue = catalogue
        self._metrics = metrics
        self._clock = clock
        self._deadline = deadline_seconds
        self._cache = AnswerCache(clock)
        self._flights = Flights(limit_seconds=2 * deadline_seconds)
        self._last: dict[tuple[str, str], LastAnswer] = {}

    def plan(self, query: Query) -> Plan:
        """Whom `query` asks. Pure: asks nobody."""
        asks: list[Ask] = []
        not_asked: list[NotAsked] = []
        for provider in self.providers:
            if query.providers and provider.name not in query.providers:
                not_asked.append(NotAsked(provider.name, provider.account, Note.of(NoteKind.NOT_CHOSEN)))
                continue
            refusals = {target: provider.refuses(target) for target in query.targets}
            asks += [self._ask_of(provider, target, query.window) for target, no in refusals.items() if no is None]
            reasons = [no for no in refusals.values() if no is not None]
            if len(reasons) == len(refusals):
                not_asked.append(NotAsked(provider.name, provider.account, reasons[0]))
        return Plan(tuple(asks), tuple(not_asked))

    async def lookup(self, query: Query, *, refresh: bool = False) -> Report:
        """The answer as far as it is known at the deadline. `refresh` asks anew though an answer is kept. Never raises."""
        plan = self.plan(query)
        ends = asyncio.get_running_loop().time() + self._deadline
        pieces = await asyncio.gather(*(self._piece(ask, ends, refresh=refresh) for ask in plan.asks))
        return merge(query, pieces, plan.not_asked, self.catalogue, self._clock())

    def last_answer(self, provider: Provider) -> LastAnswer | None:
        """How this account has answered since the start; None before it was first asked."""
        return self._last.get((provider.name, provider.account))

    async def aclose(self) -> None:
        """Stop what is under way and give the connections back."""
        await self._flights.aclose()
        await asyncio.gather(*(provider.aclose() for provider in self.providers))

    def _ask_of(self, provider: Provider, target: Target, window: Window) -> Ask:
        if provider.keeps is None:
            return Ask(provider, target, window)
        # Whole seconds, as everywhere at the vendors; rounded up, so that the edge is never older than what is kept.
        edge = self._clock().replace(microsecond=0) + timedelta(seconds=1) - provider.keeps
        if window.since >= edge:
            return Ask(provider, target, window)
        days = round(provider.keeps / timedelta(days=1))
        if window.until <= edge:
            return Ask(provider, target, window, (Note.of(NoteKind.OUT_OF_MEMORY, days=days),), possible=False)
        said = (Note.of(NoteKind.CUT_TO_MEMORY, days=days, since=edge),) if edge - window.since >= WORTH_SAYING else ()
        return Ask(provider, target, replace(window, since=edge), said)

    async def _piece(self, ask: Ask, ends: float, *, refresh: bool) -> Piece:
        name, account = ask.provider.name, ask.provider.account
        if not ask.possible:
            return Piece(name, account, ask.window, self._clock(), notes=ask.notes)
        key: Key = (name, account, ask.target)
        kept = None if refresh else self._cache.find(key, ask.window)
        self._metrics.cache(name, hit=kept is not None)
        if kept is not None:
            return _piece_of(ask, kept, cached=True)
        flight = self._flights.join(key, ask.window) or self._start(key, ask)
        fault = await flight.wait(ends - asyncio.get_running_loop().time())
        self._remember(ask.provider, fault)
        return _piece_of(ask, flight.kept(), error=fault)

    def _start(self, key: Key, ask: Ask) -> Flight:
        def landed(flight: Flight) -> None:
            self._cache.keep(key, flight.kept())

        question = Question(ask.target, ask.window)
        return self._flights.start(key, ask.provider, question, self._clock(), landed)

    def _remember(self, provider: Provider, fault: ProviderFault | None) -> None:
        if fault is not None:
            fault = explained(fault, provider.name, self.catalogue)
        self._metrics.answered(provider.name, fault.code if fault else "ok")
        before = self.last_answer(provider)
        at = self._clock() if fault is None else (before.at if before else None)
        self._last[provider.name, provider.account] = LastAnswer(at, fault)


def _piece_of(ask: Ask, kept: Kept, *, cached: bool = False, error: ProviderFault | None = None) -> Piece:
    return Piece(
        provider=ask.provider.name,
        account=ask.provider.account,
        window=ask.window,
        as_of=kept.as_of,
        deliveries=kept.narrowed(ask.window),
        notes=ask.notes + kept.notes,
        requests=0 if cached else kept.requests,
        cached=cached,
        error=error,
    )
