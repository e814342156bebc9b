"""Calls under way: equal ones are one, however many people ask at once, and end when nobody waits for them any more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.providers.base import ResultCollector
from bot.timing.fair_queue import Askers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from bot.model import ProviderFault
    from bot.model.statistics import Figures, Span
    from bot.timing.fair_queue import Asker

Counted = tuple["Figures", ...]
Key = tuple[str, str, "Span", "timedelta | None", bool]
"""Provider name, account, span, step of a series, whether refused submissions are asked for too."""


@dataclass(slots=True)
class Flight:
    """One call under way."""

    askers: Askers
    collector: ResultCollector = field(default_factory=ResultCollector)
    task: asyncio.Task[Counted | ProviderFault] | None = None
    waiters: int = 0


class Flights:
    """The calls under way, by what they ask."""

    def __init__(self) -> None:
        self._flights: dict[Key, Flight] = {}

    def join(self, key: Key, asker: Asker, call: Callable[[Flight], Awaitable[Counted | ProviderFault]]) -> Flight:
        """The call that asks this, begun with `call` unless it is under way; its turn is now `asker`'s too."""
        flight = self._flights.get(key)
        if flight is not None:
            flight.askers.join(asker)
            return flight
        flight = self._flights[key] = Flight(Askers(asker))

        async def run(flight: Flight) -> Counted | ProviderFault:
            try:
                return await call(flight)
            finally:
                self._leave_out(key, flight)

        flight.task = asyncio.create_task(run(flight), name=f"count {key[0]}")
        return flight

    async def wait(self, key: Key, flight: Flight) -> Counted | ProviderFault:
        """What it comes to. Whoever waits may be cancelled: without anybody who waits, the call is too."""
        if flight.task is None:
            raise TypeError("a call that was not begun")
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.task.done():
                self._leave_out(key, flight)  # nobody joins what is being cancelled
                flight.task.cancel()
                await asyncio.gather(flight.task, return_exceptions=True)

    def _leave_out(self, key: Key, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
