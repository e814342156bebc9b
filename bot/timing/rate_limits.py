"""Rate limiters, counted in this process. None of them waits or raises.

    SlidingWindow   at most N within any period of S seconds: Slack's limits of its Web API, requests of one person
    TokenBucket     N a second on average, with bursts of N
    Throttle        each key once in S seconds, with the number suppressed: for log lines and warnings to people

Each takes a monotonic timer in seconds.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Timer = Callable[[], float]


class SlidingWindow:
    """A sliding window: at most `most` events within any `seconds`."""

    def __init__(self, most: int, seconds: float, timer: Timer) -> None:
        self._most = most
        self._seconds = seconds
        self._timer = timer
        self._times: deque[float] = deque(maxlen=most)

    def wait(self) -> float:
        """The seconds until the next event is allowed; 0: now."""
        is_full = len(self._times) == self._most
        return max(0.0, self._seconds - (self._timer() - self._times[0])) if is_full else 0.0

    def count(self, ago: float = 0.0) -> None:
        """Count an event now, or so many seconds ago."""
        self._times.append(self._timer() - ago)

    def take(self) -> bool:
        """Count an event if it is allowed now; returns whether it is. Rejected ones do not count."""
        if self.wait() > 0:
            return False
        self.count()
        return True


class TokenBucket:
    """A token bucket: `rate` events a second on average, with bursts of `rate`."""

    def __init__(self, rate: float, timer: Timer) -> None:
        self._rate = self._left = rate
        self._timer = timer
        self._at = timer()

    def take(self) -> bool:
        """Take a token; returns whether there was one."""
        now = self._timer()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Throttle:
    """A throttle: admits a key once in `seconds` and counts the suppressed ones, so that many failures make few reports.

    With more than `most_keys` keys it forgets all of them.
    """

    def __init__(self, timer: Timer, seconds: float = 60.0, most_keys: int = 1000) -> None:
        self._timer = timer
        self._seconds = seconds
        self._most_keys = most_keys
        self._admitted: dict[str, tuple[float, int]] = {}  # by key: when last, and the number suppressed since

    def admit(self, key: str) -> int | None:
        """The number suppressed since this key was last admitted; None: suppress this one too."""
        now = self._timer()
        last, suppressed = self._admitted.get(key, (now - self._seconds, 0))
        if now - last < self._seconds:
            self._admitted[key] = (last, suppressed + 1)
            return None
        if len(self._admitted) >= self._most_keys:
            self._admitted.clear()
        self._admitted[key] = (now, 0)
        return suppressed
