"""One call for equal questions: whoever asks while the same is being asked waits for that answer.

A flight runs on though the one who started it has gone (an answer that comes after the deadline is still worth keeping), but
never longer than its limit. Those who wait may read what it has found so far at any moment.
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
    """One question on its way. `task` ends with the fault, or None when all of it was answered; it never raises."""

    window: Window | None
    started: datetime
    findings: ResultCollector = field(default_factory=ResultCollector)
    task: asyncio.Task[ProviderFault | None] | None = None

    def kept(self) -> CachedAnswer:
        """What has been found so far."""
        found = self.findings
        return CachedAnswer(self.window, self.started, tuple(found.deliveries), tuple(found.notes), found.requests)

    async def wait(self, seconds: float) -> ProviderFault | None:
        """The fault it ends with, or the reason why it had not ended after `seconds`."""
        if self.task is None:
            raise RuntimeError("a flight is waited for after its start")
        done, _ = await asyncio.wait({self.task}, timeout=max(0.0, seconds))
        if done:
            return self.task.result()
        return self.findings.last_fault or DEADLINE_FAULT


class SingleFlight:
    """The flights under way, by key."""

    def __init__(self, *, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._under_way: defaultdict[Key, list[InFlightQuery]] = defaultdict(list)

    def join(self, key: Key, window: Window, *, begun_after: datetime | None = None) -> InFlightQuery | None:
        """A flight under way whose answer will serve `window`; with `begun_after`, one that is fresh and has met no setback."""
        for flight in self._under_way.get(key, ()):
            is_fresh = begun_after is None or (flight.started >= begun_after and flight.findings.last_fault is None)
            if is_fresh and covers(flight.window, window):
                return flight
        return None

    def start(
        self, key: Key, provider: Provider, question: ProviderQuery, started: datetime, landed: Callable[[InFlightQuery], None]
    ) -> InFlightQuery:
        """Ask `provider`. `landed` is called when all of it was answered."""
        flight = InFlightQuery(question.window if is_time_limited(provider, question.target) else None, started)
        self._under_way[key].append(flight)
        flight.task = asyncio.create_task(self._fly(flight, provider, question), name=f"ask {provider.name}")

        def land(task: asyncio.Task[ProviderFault | None]) -> None:
            self._under_way[key].remove(flight)
            if not self._under_way[key]:
                del self._under_way[key]
            if not task.cancelled() and task.result() is None:
                landed(flight)

        flight.task.add_done_callback(land)
        return flight

    async def _fly(self, flight: InFlightQuery, provider: Provider, question: ProviderQuery) -> ProviderFault | None:
        try:
            async with asyncio.timeout(self._limit):
                await provider.query(question, flight.findings)
        except ProviderError as error:
            return error.fault
        except TimeoutError:
            return flight.findings.last_fault or DEADLINE_FAULT
        except Exception as error:
            # An adapter's bug must cost its own rows only. The trace stays in the log; it holds no locals, so no number.
            log.exception("provider.crashed", provider=provider.name)
            return ProviderFault("Transport.Crash", type(error).__name__)
        return None

    async def aclose(self) -> None:
        """Stop every flight."""
        tasks = [flight.task for flights in self._under_way.values() for flight in flights if flight.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
