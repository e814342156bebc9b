"""Failures on command, and the pace that Slack allows in one channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock

_OK = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """How one call is to fail: an error name, with the HTTP status and headers that go with it."""

    error: str
    status: int = _OK
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status_for_text(self) -> int:
        """For a response URL, which tells failure by its status alone."""
        return self.status if self.status != _OK else 404


class Faults:
    """What was ordered to fail, by method name, first in first out."""

    def __init__(self) -> None:
        self._ordered: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def order(self, method: str, fault: Fault, times: int) -> None:
        """Let the next `times` calls of `method` fail."""
        self._ordered[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one was ordered."""
        waiting = self._ordered.get(method)
        return waiting.popleft() if waiting else None


class ChannelPace:
    """About one message a second in each channel, with a short burst (https://docs.slack.dev/apis/web-api/rate-limits)."""

    def __init__(self, clock: Clock, *, per_second: float = 1.0, burst: int = 4) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[str, tuple[float, datetime]] = {}
        self.enabled = True

    def refuse(self, channel: str) -> int | None:
        """Take one message's worth. None: go ahead; a number: too fast, come back after so many seconds."""
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
