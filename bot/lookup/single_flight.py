"""Single flight: equal queries to one account share one call.

A query in flight runs on after its first waiter has left (an answer after the deadline is still worth caching), but never
longer than its limit. Waiters may read its partial results at any moment.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.errors import ProviderError
from bot.lookup.cache import CachedAnswer, Key, covers
from bot.model import ProviderFault
from bot.providers.base import ProviderQuery, ResultCollector, is_time_limited

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.model import Window
    from bot.providers.base import Provider

DEADLINE_FAULT = ProviderFault("Transport.Deadline", retryable=True)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class InFlightQuery:
    """One provider query in flight. `task` returns the fault, or None if all of it was answered; it never raises."""

    window: Window | None
    started: datetime
    collector: ResultCollector = field(default_factory=ResultCollector)
    task: asyncio.Task[ProviderFault | None] | None = None

    def snapshot(self) -> CachedAnswer:
        """The results so far."""
        results = self.collector
        return CachedAnswer(self.window, self.started, tuple(results.deliveries), tuple(results.notes), results.requests)

    async def wait(self, seconds: float) -> ProviderFault | None:
        """The fault it ended with, None if it was answered; after `seconds` the last fault or `DEADLINE_FAULT`.

        Raises RuntimeError if the query was not started.
        """
        if self.task is None:
            raise RuntimeError("the query was not started")
        done, _ = await asyncio.wait({self.task}, timeout=max(0.0, seconds))
        if done:
            return self.task.result()
        return self.collector.last_fault or DEADLINE_FAULT


class SingleFlight:
    """The queries in flight, by key. `limit_seconds` ends each of them."""

    def __init__(self, *, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._queries: defaultdict[Key, list[InFlightQuery]] = defaultdict(list)

    def join(self, key: Key, window: Window, *, begun_after: datetime | None = None) -> InFlightQuery | None:
        """A query in flight whose answer will cover `window`; with `begun_after`, one started since then and without a fault."""
        for flight in self._queries.get(key, ()):
            is_fresh = begun_after is None or (flight.started >= begun_after and flight.collector.last_fault is None)
            if is_fresh and covers(flight.window, window):
                return flight
        return None

    def start(
        self, key: Key, provider: Provider, query: ProviderQuery, started: datetime, on_answered: Callable[[InFlightQuery], None]
    ) -> InFlightQuery:
        """Start a query to `provider`. `on_answered` is called once all of it was answered."""
        flight = InFlightQuery(query.window if is_time_limited(provider, query.target) else None, started)
        self._queries[key].append(flight)
        flight.task = asyncio.create_task(self._run(flight, provider, query), name=f"ask {provider.name}")

        def on_done(task: asyncio.Task[ProviderFault | None]) -> None:
            self._queries[key].remove(flight)
            if not self._queries[key]:
                del self._queries[key]
            if not task.cancelled() and task.result() is None:
                on_answered(flight)

        flight.task.add_done_callback(on_done)
        return flight

    async def _run(self, flight: InFlightQuery, provider: Provider, query: ProviderQuery) -> ProviderFault | None:
        try:
            async with asyncio.timeout(self._limit):
                await provider.query(query, flight.collector)
        except ProviderError as error:
            return error.fault
        except TimeoutError:
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
