"""Keeping below a provider's calls-per-second limit, as the provider counts it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


HELD_SECONDS = 1.05  # a second, and a little for timers that fire early and clocks that tick differently


class ArrivalRateLimiter(AbstractAsyncContextManager[None]):
    """Lets calls begin so that no more than `calls` of them can reach the provider within any `seconds`.

    A rate limiter spaces out the moments at which calls *begin*. What the provider counts is when they *arrive*, and calls
    that wait for a connection begin apart and arrive together. So a permit is held for the whole call and for `seconds` after
    its answer came:

        take any stretch of `seconds`, and of the calls that arrive in it the one that began last; each of the others had begun
        before and was still under way, or answered less than `seconds` ago, so each held one of the `calls` permits.

    Waiters are served in order. `async with limiter:` around the call; one limiter for all queries of an account.
    """

    def __init__(self, calls: int, seconds: float = HELD_SECONDS) -> None:
        self._permits = asyncio.Semaphore(calls)
        self._seconds = seconds

    async def __aenter__(self) -> None:
        await self._permits.acquire()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._permits.release)
