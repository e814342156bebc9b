"""What vendors counted, kept: hours that are final for good, younger ones for minutes."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from cachetools import TLRUCache

if TYPE_CHECKING:
    from bot.model.statistics import Figures, Span
    from bot.timing.clock import Clock

Key = tuple[str, str, "Span", bool]
"""Provider name, account, span, whether refused submissions were asked for too."""

FINAL_AFTER = timedelta(hours=72)  # a receipt comes up to three days late
PAST_SECONDS, RUNNING_SECONDS = 600.0, 60.0
SETTLES_AFTER = timedelta(hours=1)
MAX_ENTRIES = 3_000  # a day's hours of some hundred apps; an entry has one or two figures


class StatisticsCache:
    """A bounded cache; the least recently used entries go first."""

    def __init__(self, clock: Clock, max_entries: int = MAX_ENTRIES) -> None:
        self._clock = clock
        self._entries: TLRUCache[Key, tuple[Figures, ...]] = TLRUCache(
            maxsize=max_entries, ttu=self._expiry, timer=lambda: clock().timestamp()
        )

    def get(self, key: Key, *, refresh: bool) -> tuple[Figures, ...] | None:
        """What was counted, or None. With `refresh` only what is final."""
        if refresh and not self._is_final(key):
            return None
        return self._entries.get(key)

    def put(self, key: Key, figures: tuple[Figures, ...]) -> None:
        """Keep what was counted."""
        self._entries[key] = figures

    def _is_final(self, key: Key) -> bool:
        return key[2].until <= self._clock() - FINAL_AFTER

    def _expiry(self, key: Key, _figures: tuple[Figures, ...], now: float) -> float:
        if self._is_final(key):
            return math.inf
        return now + (PAST_SECONDS if key[2].until <= self._clock() - SETTLES_AFTER else RUNNING_SECONDS)
