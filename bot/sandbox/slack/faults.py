"""Fault injection for the Web API, and Slack's rate limits: by channel and by method."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from bot.timing.clock import Clock

_OK = 200
CUT = "connection_cut"  # the connection breaks instead of an answer
SILENT = "no_answer"  # nothing comes, until the caller gives up
_UNANSWERED = {CUT, SILENT}

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute; Slack says "at least", and may let more pass
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SlackFault:
    """How one call fails: an error name, with the HTTP status and headers.

    With `CUT` and `SILENT` the caller gets no response. `after`: the call is carried out first.
    """

    error: str
    status: int = _OK
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False

    @property
    def unanswered(self) -> bool:
        """Whether the caller gets no response at all. The response to a call that was carried out can only be lost."""
        return self.after or self.error in _UNANSWERED

    @property
    def status_for_text(self) -> int:
        """The status for a response URL, which reports failure by its status alone."""
        return self.status if self.status != _OK else 404


class SlackFaults:
    """The injected faults by method name, first in first out."""

    def __init__(self) -> None:
        self._ordered: defaultdict[str, deque[SlackFault]] = defaultdict(deque)
        # Called with each call that fails: its method, its arguments (of a response URL the channel and the user too), the fault.
        self.on_failed: list[Callable[[str, Mapping[str, Any], SlackFault], None]] = []

    def order(self, method: str, fault: SlackFault, times: int) -> None:
        """Let the next `times` calls of `method` fail."""
        self._ordered[method].extend([fault] * times)

    def is_ordered(self, method: str) -> bool:
        """Whether the next call of `method` fails."""
        return bool(self._ordered.get(method))

    def take(self, method: str) -> SlackFault | None:
        """The fault for this call; None when there is none."""
        waiting = self._ordered.get(method)
        return waiting.popleft() if waiting else None

    def tell(self, method: str, arguments: Mapping[str, Any], fault: SlackFault) -> None:
        """Tell whoever watches that such a call of `method` fails."""
        for watch in self.on_failed:
            watch(method, arguments, fault)


class ChannelRateLimit:
    """Rate limit of about one message a second in each channel, with a short burst.

    https://docs.slack.dev/apis/web-api/rate-limits. `second`: the length of such a second.
    """

    def __init__(self, clock: Clock, *, second: float = 1.0, burst: int = 4) -> None:
        self._clock = clock
        self._per_second = 1 / second
        self._burst = burst
        self._buckets: dict[str, tuple[float, datetime]] = {}
        self.enabled = True

    def retry_after(self, channel: str) -> int | None:
        """Count one message. None when it is within the limit, else the seconds to wait."""
        if not self.enabled:
            return None
        now = self._clock()
        left, since = self._buckets.get(channel, (float(self._burst), now))
        left = min(self._burst, left + (now - since).total_seconds() * self._per_second)
        if left < 1:
            self._buckets[channel] = (left, now)
            return max(1, math.ceil((1 - left) / self._per_second))
        self._buckets[channel] = (left - 1, now)
        return None


class MethodRateLimit:
    """Rate limit of each method by its tier: so many calls in any minute. `limits` overrides it by method name.

    `second`: the length of a sixtieth of such a minute.
    """

    def __init__(self, clock: Clock, *, second: float = 1.0) -> None:
        self._clock = clock
        self._minute = _MINUTE * second
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self.enabled = True
        self.limits: dict[str, int] = {}

    def retry_after(self, method: str, tier: int | None) -> int | None:
        """Count one call. None when it is within the limit, else the seconds to wait."""
        limit = self.limits.get(method, TIERS.get(tier or 0))
        if not self.enabled or limit is None:
            return None
        now, calls = self._clock(), self._calls[method]
        while calls and now - calls[0] >= self._minute:
            calls.popleft()
        if len(calls) >= limit:
            return max(1, math.ceil((calls[0] + self._minute - now).total_seconds()))
        calls.append(now)
        return None
