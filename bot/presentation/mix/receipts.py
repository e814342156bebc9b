"""From sending to the receipt: percentiles, what was slow, and what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.codes.receipt_age import NORMAL
from bot.model import Status
from bot.presentation.mix.model import ReceiptTimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.model import Delivery

SLOW = timedelta(minutes=5)


def receipt_times(rows: Iterable[Delivery], as_of: datetime) -> ReceiptTimes:
    """The times of the receipts that came. One is missing when it has not come for longer than is normal."""
    found = tuple(rows)
    took = sorted(
        row.received_at - row.sent_at
        for row in found
        if row.sent_at is not None and row.received_at is not None and row.received_at >= row.sent_at
    )
    waiting = [row for row in found if row.status is Status.PENDING]
    missing = sum(row.sent_at is not None and as_of - row.sent_at > NORMAL for row in waiting)
    return ReceiptTimes(
        counted=len(took),
        p50=_percentile(took, 50),
        p95=_percentile(took, 95),
        slow=sum(time > SLOW for time in took),
        missing=missing,
        under_way=len(waiting) - missing,
    )


def _percentile(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """The nearest rank: a time that was really measured."""
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None
