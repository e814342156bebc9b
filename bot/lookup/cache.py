"""The answer cache: one entry for each (provider, account, target), with a TTL by how final the answer is.

An entry covers every window inside its own. An entry whose window ends "now" still covers one that ends at a later "now",
because it lives for seconds only.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cachetools import TLRUCache

from bot.lookup.note_rules import LEAVES_GAPS
from bot.model.held_bytes import answer_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Delivery, Note, Target, Window
    from bot.timing.clock import Clock

Key = tuple[str, str, "Target"]
"""Provider name, account, target."""

FINAL_SECONDS = 600.0  # final states in a closed window: nothing more is expected
OPEN_SECONDS = 10.0  # pending, empty, or a window that still runs: the next look may differ
# Some APIs show a message only once its receipt has come, so a window that has only just ended may still gain one.
SETTLES_AFTER = timedelta(minutes=5)
MAX_BYTES = 6 * 2**20  # some 2,000 answers of two messages; most live for seconds


def covers(answered: Window | None, window: Window) -> bool:
    """True if an answer over `answered` contains one over `window`. Of two windows that end "now", only the beginnings count."""
    if answered is None:
        return True
    running = answered.open and window.open
    return answered.since <= window.since and (running or window.until <= answered.until)


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """One account's whole answer about one target. `window` is None if the query had no time limit (by message id)."""

    window: Window | None
    as_of: datetime
    deliveries: tuple[Delivery, ...] = ()
    notes: tuple[Note, ...] = ()
    requests: int = 0

    def covers(self, window: Window) -> bool:
        """True if a query over `window` can be answered from this entry."""
        return covers(self.window, window)

    def rows_in(self, window: Window) -> tuple[Delivery, ...]:
        """The deliveries within `window`, and those without a known time.

        An answer over that very window is returned whole: which of a message's times a provider filters by is not known
        (Tencent returns only when the receipt came, which may be after the window in which the message was sent).
        """
        if self.window is None or (covers(self.window, window) and covers(window, self.window)):
            return self.deliveries
        # A window that ends "now" has no upper end here: the provider's clock may be ahead of ours.
        until = None if window.open else window.until
        return tuple(
            row for row in self.deliveries if row.at is None or (window.since <= row.at and (until is None or row.at <= until))
        )

    @property
    def ttl_seconds(self) -> float:
        """The TTL in seconds: `FINAL_SECONDS` for a closed window whose deliveries are all final, else `OPEN_SECONDS`."""
        closed = self.window is None or (not self.window.open and self.window.until <= self.as_of - SETTLES_AFTER)
        settled = bool(self.deliveries) and all(delivery.status.is_final for delivery in self.deliveries)
        whole = not any(note.kind in LEAVES_GAPS for note in self.notes)
        return FINAL_SECONDS if closed and settled and whole else OPEN_SECONDS


class AnswerCache:
    """A bounded cache of `CachedAnswer` values, each with its own TTL; least recently used entries are evicted first."""

    def __init__(self, clock: Clock, *, max_bytes: int = MAX_BYTES) -> None:
        self._entries: TLRUCache[Key, CachedAnswer] = TLRUCache(
            maxsize=max_bytes, ttu=_expiry, timer=lambda: clock().timestamp(), getsizeof=_bytes
        )

    def get(self, key: Key, window: Window) -> CachedAnswer | None:
        """The entry of `key` if it covers `window`, else None."""
        cached: CachedAnswer | None = self._entries.get(key)
        return cached if cached is not None and cached.covers(window) else None

    def put(self, key: Key, cached: CachedAnswer) -> None:
        """Replace the entry of `key`. An answer larger than the whole cache is not stored."""
        self._entries.pop(key, None)
        with suppress(ValueError):  # cachetools' word for what is larger than the cache
            self._entries[key] = cached

    def clear(self) -> None:
        """Drop all entries."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)


def _bytes(cached: CachedAnswer) -> int:
    return answer_bytes(cached.deliveries, cached.notes)


def _expiry(_key: Key, cached: CachedAnswer, now: float) -> float:
    return now + cached.ttl_seconds
