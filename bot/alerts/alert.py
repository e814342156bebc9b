"""An alert as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.alerts.cause import Cause
    from bot.alerts.history import Tally


class Trouble(StrEnum):
    """What is wrong."""

    FAILING = "failing"  # too few are delivered
    SLOW = "slow"  # receipts take more than five minutes
    SILENT = "silent"  # no receipt comes any more


class Ending(StrEnum):
    """How an alert ended."""

    RECOVERED = "recovered"
    QUIET = "quiet"  # no messages any more, so nobody knows
    FOLDED = "folded"  # a wider one has taken its place


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong with which messages, since when, and how much. `id` is the store's."""

    cause: Cause
    trouble: Trouble
    since: datetime  # the minute from which on it is wrong
    told_at: datetime  # when it was found
    tally: Tally  # since then
    yesterday: Tally | None = None  # the same hours; None: not known
    week_ago: Tally | None = None
    with_handsets: bool = False  # failures of handsets count: one carrier has them, and the others do not
    usual: float = 0.0  # receipts a minute in the same hours before, of one that is silent
    counted_until: datetime | None = None  # how far `tally` reaches
    last_at: datetime | None = None  # the last minute in which anything came
    ended_at: datetime | None = None  # since when it is over
    closed_at: datetime | None = None  # when that was found
    ending: Ending | None = None
    id: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it lasts."""
        return self.ending is None
