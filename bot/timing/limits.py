"""Where a vendor's limit of calls a second is kept: in this process, or with the other replicas (`storage/shared_limits.py`)."""

from __future__ import annotations

import hashlib
from typing import Protocol

from bot.timing.arrivals import ArrivalWindow
from bot.timing.fair_queue import FairQueue


class Limits(Protocol):
    """Makes the queues of calls that keep to a limit."""

    def queue(self, name: str, most: int, calls: int) -> FairQueue:
        """The queue for what `limit_name` names: at most `most` at once, and `calls` arrivals a second."""


class OwnLimits:
    """Limits that nobody shares: one process, with a SQLite file or in the terminal."""

    def queue(self, _name: str, most: int, calls: int) -> FairQueue:
        """A queue of its own."""
        return FairQueue(most, ArrivalWindow(calls))


OWN_LIMITS = OwnLimits()


def limit_name(action: str, *credentials: str) -> str:
    """The name of a limit: equal on all replicas that call `action` with the same `credentials`, which it does not tell."""
    return f"{action} {hashlib.sha256(' '.join(credentials).encode()).hexdigest()[:16]}"
