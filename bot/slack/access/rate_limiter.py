"""How many requests one person may make in a minute. Counted in this process, and what others counted: see `shared_rate.py`.

A request counts once, however often Slack delivers it, with or without saying so: a mention comes as two events, and what is not
acknowledged in time comes again. It is known again by its idempotency keys.
"""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cachetools import LRUCache, TTLCache

from bot.timing.rate_limits import SlidingWindow, Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.timing.clock import Clock

MINUTE = 60.0
SAY_AGAIN = 10.0  # seconds
MAX_PEOPLE = 5_000
MAX_TIMES = 150_000  # of all people's requests; with a high limit fewer people are remembered
REMEMBERED = 600.0  # seconds; Slack's first two retries of an event come within six minutes
MAX_REMEMBERED = 10_000


class UserRateLimiter:
    """A sliding minute for each person."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._windows: LRUCache[str, SlidingWindow] = LRUCache(max(1, min(MAX_PEOPLE, MAX_TIMES // per_minute)))
        self._told = Throttle(self._seconds, SAY_AGAIN, MAX_PEOPLE)
        self._decided: TTLCache[bytes, bool] = TTLCache(MAX_REMEMBERED, REMEMBERED, timer=self._seconds)

    def allow(self, user: str, keys: Iterable[str] = ()) -> bool:
        """Count one request of `user`; whether it is within the limit. What is not does not count.

        A request with one of the same `keys` as an earlier one is that one again, and is decided as it was.
        """
        digests = [hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest() for key in keys]  # a key may hold words
        before = next((self._decided[digest] for digest in digests if digest in self._decided), None)
        allowed = self._take(user) if before is None else before
        self._decided.update(dict.fromkeys(digests, allowed))
        return allowed

    def _take(self, user: str) -> bool:
        return self._window(user).take()

    def _window(self, user: str) -> SlidingWindow:
        window = self._windows.get(user)
        if window is None:
            window = self._windows[user] = SlidingWindow(self.per_minute, MINUTE, self._seconds)
        return window

    @asynccontextmanager
    async def exchanging(self, _every: float) -> AsyncIterator[None]:
        """Count together with the other replicas until the block is left: alone, there are none."""
        yield

    async def purge(self) -> int:
        """Delete what replicas told each other; how many rows. Raises DatabaseError."""
        return 0

    def should_tell(self, user: str) -> bool:
        """Whether to tell `user` of the limit: once in ten seconds, so that a stuck key does not flood the channel."""
        return self._told.admit(user) is not None

    def _seconds(self) -> float:
        return self._clock().timestamp()
