"""Single flight: equal queries to one account share one call, and askers take turns at starting them.

A query in flight runs on after its last waiter has left (an answer after the deadline is still worth caching), but never longer
than its limit; one that has not made a request by then is cancelled, so that nobody's turn is spent on it. Whoever joins brings
their own turn: the query starts with whichever comes first. Waiters may read its partial results at any moment.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.errors import ProviderError
from bot.errors.frames import release_frames
from bot.lookup.cache import CachedAnswer, Key, covers
from bot.model import ProviderFault
from bot.providers.base import ProviderQuery, ResultCollector, is_time_limited
from bot.timing.fair_queue import FairQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.model import Window
    from bot.providers.base import Provider
    from bot.timing.fair_queue import Asker, Askers

MAX_AT_ONCE = 64  # queries of an account: fifty numbers at once, and room for others; the rest waits where waiting costs little
DEADLINE_FAULT = ProviderFault("Transport.Deadline", retryable=True)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class InFlightQuery:
    """One provider query in flight. `task` returns the fault, or None if all of it was answered; it never raises."""

    window: Window | None
    started: datetime
    askers: Askers
    collector: ResultCollector = field(default_factory=ResultCollector)
    task: asyncio.Task[ProviderFault | None] | None = None
    waiters: int = 0

    def snapshot(self) -> CachedAnswer:
        """The results so far."""
        results = self.collector
        return CachedAnswer(self.window, self.started, tuple(results.deliveries), tuple(results.notes), results.requests)

    @property
    def fault(self) -> ProviderFault | None:
        """The fault it ended with, None if it was answered; before its end the last fault or `DEADLINE_FAULT`."""
        if self.task is not None and self.task.done() and not self.task.cancelled():
            return self.task.result()
        return self.collector.last_fault or DEADLINE_FAULT

    @property
    def has_begun(self) -> bool:
        """Whether it has made a request."""
        return self.collector.requests > 0

    def leave(self) -> None:
        """One waiter less: without any, a query that has not begun is cancelled."""
        self.waiters -= 1
        if self.waiters == 0 and not self.has_begun and self.task is not None:
            self.task.cancel()

    @property
    def is_ending(self) -> bool:
        """Whether it was cancelled."""
        return self.task is not None and self.task.cancelling() > 0


async def wait_for(flights: Collection[InFlightQuery], seconds: float) -> None:
    """Wait until all of `flights` have ended, but no longer than `seconds`. Raises nothing of theirs."""
    for flight in flights:
        flight.waiters += 1
    try:
        if tasks := {flight.task for flight in flights if flight.task is not None}:
            await asyncio.wait(tasks, timeout=max(0.0, seconds))
    finally:
        for flight in flights:
            flight.leave()


class SingleFlight:
    """The queries in flight, by key. `limit_seconds` ends each of them."""

    def __init__(self, *, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._queries: defaultdict[Key, list[InFlightQuery]] = defaultdict(list)
        self._turns: defaultdict[tuple[str, str], FairQueue] = defaultdict(lambda: FairQueue(MAX_AT_ONCE))  # by account

    def join(self, key: Key, window: Window, asker: Asker, *, begun_after: datetime | None = None) -> InFlightQuery | None:
        """A query in flight whose answer will cover `window`; its turn is now `asker`'s too.

        With `begun_after`, one that has not begun yet, or was started since then and has met no fault.
        """
        for flight in self._queries.get(key, ()):
            is_recent = begun_after is None or (flight.started >= begun_after and flight.collector.last_fault is None)
            if not flight.is_ending and (is_recent or not flight.has_begun) and covers(flight.window, window):
                flight.askers.join(asker)
                return flight
        return None

    def start(
        self,
        key: Key,
        provider: Provider,
        query: ProviderQuery,
        started: datetime,
        on_answered: Callable[[InFlightQuery], None],
        *,
        limit_seconds: float | None = None,
    ) -> InFlightQuery:
        """Start a query to `provider`. `on_answered` is called once all of it was answered; `limit_seconds` ends it, if given."""
        flight = InFlightQuery(query.window if is_time_limited(provider, query.target) else None, started, query.askers)
        self._queries[key].append(flight)
        flight.task = asyncio.create_task(
            self._run(flight, provider, query, limit_seconds or self._limit), name=f"ask {provider.name}"
        )

        def on_done(task: asyncio.Task[ProviderFault | None]) -> None:
            self._queries[key].remove(flight)
            if not self._queries[key]:
                del self._queries[key]
            if not task.cancelled() and task.result() is None:
                on_answered(flight)

        flight.task.add_done_callback(on_done)
        return flight

    async def _run(self, flight: InFlightQuery, provider: Provider, query: ProviderQuery, limit: float) -> ProviderFault | None:
        try:
            async with asyncio.timeout(limit):
                with await self._turns[provider.name, provider.account].turn(query.askers):
                    await provider.query(query, flight.collector)
        except asyncio.CancelledError as error:
            release_frames(error)
            raise
        except ProviderError as error:
            release_frames(error)
            return error.fault
        except TimeoutError as error:
            release_frames(error)
            return flight.collector.last_fault or DEADLINE_FAULT
        except Exception as error:
            # An adapter's bug must cost its own rows only. The trace stays in the log; it holds no locals, so no number.
            log.exception("provider.crashed", provider=provider.name)
            return ProviderFault("Transport.Crash", type(error).__name__)
        return None

    async def aclose(self) -> None:
        """Cancel every query in flight and wait for its end."""
        tasks = [flight.task for flights in self._queries.values() for flight in flights if flight.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
