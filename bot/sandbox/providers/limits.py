"""What a stand-in remembers of recent calls: how many in the last second, and which nonces were used."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

ONE_SECOND = timedelta(seconds=1)


class SlidingWindow:
    """Lets at most `calls` through in any one second, for each key on its own. Refused calls do not count."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._taken: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def admit(self, key: str, now: datetime) -> bool:
        """Whether this call may pass, by the stand-in's clock."""
        taken = self._taken[key]
        while taken and abs(now - taken[0]) >= ONE_SECOND:  # a clock that was off on purpose may have left a later moment
            taken.popleft()
        if len(taken) >= self.calls:
            return False
        taken.append(now)
        return True


class NonceMemory:
    """Remembers each nonce for as long as a request that carries it could still be valid."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._seen: dict[tuple[str, str], datetime] = {}

    def is_new(self, key: str, nonce: str, now: datetime) -> bool:
        """Whether `nonce` was not used by `key` before; it is from now on."""
        while self._seen and now - next(iter(self._seen.values())) > self._keep:
            del self._seen[next(iter(self._seen))]
        if (key, nonce) in self._seen:
            return False
        self._seen[key, nonce] = now
        return True
