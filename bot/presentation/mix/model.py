"""`FailureMix`, and what it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from bot.model import Owner
    from bot.presentation.verdict.causes import Cause


class Dimension(StrEnum):
    """What one message can have in common with others, besides its fate."""

    CARRIER = "carrier"
    PROVIDER = "provider"
    ACCOUNT = "account"
    TEMPLATE = "template"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Share:
    """What became of the messages that have one value. `value` is None for those of which nobody says it."""

    value: str | None
    total: int
    failed: int
    arrived: int
    is_guess: bool = False  # a carrier that only the number range names


@dataclass(frozen=True, slots=True)
class Place:
    """A value that nearly all failures of the dominating cause have, and nearly no message that arrived meanwhile."""

    dimension: Dimension
    value: str
    failed: int  # of the dominating cause, with this value
    out_of: int  # of the dominating cause, in all
    arrived: int  # with this value, meanwhile
    is_guess: bool = False

    @property
    def is_only(self) -> bool:
        """Whether all of them have it, and none that arrived."""
        return self.failed == self.out_of and not self.arrived


@dataclass(frozen=True, slots=True)
class ReceiptTimes:
    """From sending to the receipt: the median, the 95th percentile, and what was slow or is missing, which are not the same."""

    counted: int  # receipts of which both times are known
    p50: timedelta | None
    p95: timedelta | None
    slow: int  # came after more than five minutes
    missing: int  # have not come, though they should have by now
    under_way: int  # have not come, and that is still normal


@dataclass(frozen=True, slots=True)
class FailureMix:
    """What became of many messages. `dominating` is the cause of at least half of all failures, if there is one."""

    total: int
    failed: int
    arrived: int
    causes: tuple[Cause, ...]  # the most frequent first
    dominating: Cause | None
    places: tuple[Place, ...]
    since: datetime | None  # from then on it failed, and before that messages arrived
    shares: Mapping[Dimension, tuple[Share, ...]]  # the value with the most failures first
    owners: Mapping[Owner, int]  # failures by who can fix them, the most first
    receipts: ReceiptTimes
