"""How often something may happen: counted in this process, so that each replica allows as many. No class here waits or raises.

    SlidingWindow   at most so many within any stretch of so many seconds, as Slack counts calls and we count a person's requests
    TokenBucket     so many a second on average and as many at once, for what comes in bursts
    Throttle        each key once in so many seconds, with the number suppressed: for log lines and warnings to people

Each takes the clock as a function that returns seconds, of which only differences count.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Timer = Callable[[], float]


class SlidingWindow:
    """At most `most` within any `seconds`."""

    def __init__(self, most: int, seconds: float, timer: Timer) -> None:
        self._most = most
        self._seconds = seconds
        self._timer = timer
        self._taken: deque[float] = deque(maxlen=most)

    def wait(self) -> float:
        """In how many seconds one more is allowed; 0: now."""
        is_full = len(self._taken) == self._most
        return max(0.0, self._seconds - (self._timer() - self._taken[0])) if is_full else 0.0

    def count(self) -> None:
        """Count one that happens now."""
        self._taken.append(self._timer())

    def take(self) -> bool:
        """Count one more if it is allowed now. What is not allowed does not count."""
        if self.wait() > 0:
            return False
        self.count()
        return True


class TokenBucket:
    """Lets `rate` through in a second on average, and as many at once."""

    def __init__(self, rate: float, timer: Timer) -> None:
        self._rate = self._left = rate
        self._timer = timer
        self._at = timer()

    def take(self) -> bool:
        """Count one more if it is allowed now."""
        now = self._timer()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Throttle:
    """Lets a key through once in `seconds`, and counts what it held back: a storm of failures must not become one of reports."""

    def __init__(self, timer: Timer, seconds: float = 60.0, most_keys: int = 1000) -> None:
        self._timer = timer
        self._seconds = seconds
        self._most_keys = most_keys
        self._admitted: dict[str, tuple[float, int]] = {}  # by key: when last, and how many were held back since

    def admit(self, key: str) -> int | None:
        """How many like it were held back since the last time; None: hold this one back too."""
        now = self._timer()
        last, held = self._admitted.get(key, (now - self._seconds, 0))
        if now - last < self._seconds:
            self._admitted[key] = (last, held + 1)
            return None
        if len(self._admitted) >= self._most_keys:
            self._admitted.clear()
        self._admitted[key] = (now, 0)
        return held
