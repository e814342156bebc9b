"""Rate limit and nonce check of the provider emulators."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ONE_SECOND = timedelta(seconds=1)


class CallsPerSecond:
    """Sliding-window rate limit: at most `calls` in any one second, per key. Rejected calls do not count."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._taken: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def admit(self, key: str, now: datetime) -> bool:
        """Whether this call is within the limit, by the emulator's clock."""
        taken = self._taken[key]
        while taken and abs(now - taken[0]) >= ONE_SECOND:  # a clock that was off on purpose may have left a later moment
            taken.popleft()
        if len(taken) >= self.calls:
            return False
        taken.append(now)
        return True


class NonceMemory:
    """Remembers each nonce for as long as a request with it could be valid."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._seen: dict[tuple[str, str], datetime] = {}

    def is_new(self, key: str, nonce: str, now: datetime) -> bool:
        """Whether `key` has not used `nonce` before; records it."""
        while self._seen and now - next(iter(self._seen.values())) > self._keep:
            del self._seen[next(iter(self._seen))]
        if (key, nonce) in self._seen:
            return False
        self._seen[key, nonce] = now
        return True
