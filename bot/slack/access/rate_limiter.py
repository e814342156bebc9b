"""How many requests one person may make in a minute. Counted in this process: each replica allows as many."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock

MINUTE = 60.0
SAY_AGAIN = 10.0  # seconds
MAX_PEOPLE = 10_000


class UserRateLimiter:
    """A sliding minute for each person."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._seen: LRUCache[str, deque[datetime]] = LRUCache(MAX_PEOPLE)
        self._told: LRUCache[str, datetime] = LRUCache(MAX_PEOPLE)

    def allow(self, user: str) -> bool:
        """Count one request of `user`; whether it is within the limit. What is not does not count."""
        now = self._clock()
        seen: deque[datetime] = self._seen.setdefault(user, deque())
        while seen and (now - seen[0]).total_seconds() >= MINUTE:
            seen.popleft()
        if len(seen) >= self.per_minute:
            return False
        seen.append(now)
        return True

    def should_tell(self, user: str) -> bool:
        """Whether to tell `user` of the limit: once in ten seconds, so that a stuck key does not make a flood of ours."""
        now = self._clock()
        told: datetime | None = self._told.get(user)
        if told is not None and (now - told).total_seconds() < SAY_AGAIN:
            return False
        self._told[user] = now
        return True
