"""Counts under way: equal ones are one call, however many people ask at once; it ends when nobody waits for it any more.

Lookups have `bot.lookup.single_flight`, which knows more: a window that covers another, and answers worth keeping after their
asker has left. A count is either the same or another one, and nobody wants it late.
"""

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


@dataclass(frozen=True, slots=True)
class CountCall:
    """Whose turn a call is, and what it has found so far."""

    askers: Askers
    collector: ResultCollector = field(default_factory=ResultCollector)


@dataclass(slots=True)
class SharedCount:
    """A call under way, and how many wait for it."""

    call: CountCall
    task: asyncio.Task[Counted | ProviderFault]
    waiters: int = 0


class SharedCounts:
    """The calls under way, by what they ask."""

    def __init__(self) -> None:
        self._counts: dict[Key, SharedCount] = {}

    def join(self, key: Key, asker: Asker, count: Callable[[CountCall], Awaitable[Counted | ProviderFault]]) -> SharedCount:
        """The call that asks this, begun with `count` unless it is under way; its turn is now `asker`'s too."""
        shared = self._counts.get(key)
        if shared is not None:
            shared.call.askers.join(asker)
            return shared
        call = CountCall(Askers(asker))

        async def run() -> Counted | ProviderFault:
            try:
                return await count(call)
            finally:
                self._leave_out(key, call)

        shared = self._counts[key] = SharedCount(call, asyncio.create_task(run(), name=f"count {key[0]}"))
        return shared

    async def wait(self, key: Key, shared: SharedCount) -> Counted | ProviderFault:
        """What it comes to. Whoever waits may be cancelled: without anybody who waits, the call is too."""
        shared.waiters += 1
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.waiters -= 1
            if shared.waiters == 0 and not shared.task.done():
                self._leave_out(key, shared.call)  # nobody joins what is being cancelled
                shared.task.cancel()
                await asyncio.gather(shared.task, return_exceptions=True)

    def _leave_out(self, key: Key, call: CountCall) -> None:
        if key in self._counts and self._counts[key].call is call:  # and not the next one, which may have begun
            del self._counts[key]
