"""How many requests one person may make in a minute. Counted in this process: each replica allows as many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.timing.rate_limits import SlidingWindow, Throttle

if TYPE_CHECKING:
    from bot.timing.clock import Clock

MINUTE = 60.0
SAY_AGAIN = 10.0  # seconds
MAX_PEOPLE = 5_000
MAX_TIMES = 150_000  # of all people's requests; with a high limit fewer people are remembered


class UserRateLimiter:
    """A sliding minute for each person."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._windows: LRUCache[str, SlidingWindow] = LRUCache(max(1, min(MAX_PEOPLE, MAX_TIMES // per_minute)))
        self._told = Throttle(self._seconds, SAY_AGAIN, MAX_PEOPLE)

    def allow(self, user: str) -> bool:
        """Count one request of `user`; whether it is within the limit. What is not does not count."""
        window = self._windows.get(user)
        if window is None:
            window = self._windows[user] = SlidingWindow(self.per_minute, MINUTE, self._seconds)
        return window.take()

    def should_tell(self, user: str) -> bool:
        """Whether to tell `user` of the limit: once in ten seconds, so that a stuck key does not flood the channel."""
        return self._told.admit(user) is not None

    def _seconds(self) -> float:
        return self._clock().timestamp()
