"""Where a vendor's limit of calls a second is kept: in this process, or with the other replicas (`storage/shared_limits.py`)."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from bot.timing.arrivals import ArrivalWindow
from bot.timing.fair_queue import FairQueue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager


class Limits(Protocol):
    """Makes the queues of calls that keep to a limit."""

    def queue(self, name: str, most: int, calls: int) -> FairQueue:
        """The queue for what `limit_name` names: at most `most` at once, and `calls` arrivals a second."""

    def renewing(self) -> AbstractAsyncContextManager[None]:
        """Have a part of the limits until the block is left."""

    async def purge(self) -> int:
        """Delete what is kept of replicas that are gone; how many rows. Raises DatabaseError."""


class OwnLimits:
    """Limits that nobody shares: one process, with a SQLite file or in the terminal."""

    def queue(self, _name: str, most: int, calls: int) -> FairQueue:
        """A queue of its own."""
        return FairQueue(most, ArrivalWindow(calls))

    @asynccontextmanager
    async def renewing(self) -> AsyncIterator[None]:
        """All of them, always."""
        yield

    async def purge(self) -> int:
        """Nothing is kept."""
        return 0


OWN_LIMITS = OwnLimits()


def limit_name(action: str, *credentials: str) -> str:
    """The name of a limit: equal on all replicas that call `action` with the same `credentials`, which it does not tell."""
    return f"{action} {hashlib.sha256(' '.join(credentials).encode()).hexdigest()[:16]}"
