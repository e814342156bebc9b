"""What everybody else sends: the counts behind the emulators' statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.providers.messages import SandboxSystem

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HourOfTraffic:
    """The messages of one hour, by what became of them."""

    delivered: int = 0
    failed: int = 0
    waiting: int = 0
    refused: int = 0

    @property
    def accepted(self) -> int:
        """Those taken for sending."""
        return self.delivered + self.failed + self.waiting


Traffic = Callable[[SandboxSystem, str, datetime], HourOfTraffic]
"""System, account and the beginning of an hour -> its messages."""


def no_traffic(_system: SandboxSystem, _account: str, _hour: datetime) -> HourOfTraffic:
    """Nobody sends anything."""
    return HourOfTraffic()


def hours_of(since: datetime, until: datetime) -> Iterator[datetime]:
    """The beginnings of the hours of a span."""
    while since < until:
        yield since
        since += HOUR
