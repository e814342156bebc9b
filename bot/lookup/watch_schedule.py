"""When a watch looks next, and what it still waits for. Pure.

Receipts come soon or late: most within seconds, the rest within minutes or never. So the gaps grow with the age of the message,
counted from its sending: it is looked at again when it is twice as old, at least ten seconds and at most two minutes later, and
once more at the end. A watch of ten minutes makes ten looks at most, one of a day some 720.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Report, Target

SHORTEST_GAP, LONGEST_GAP = timedelta(seconds=10), timedelta(minutes=2)
STILL_EXPECTED = timedelta(hours=1)  # of a message that a newer one has made unimportant


def next_look(sent: datetime, now: datetime, ends: datetime) -> datetime | None:
    """When to look next, having looked now; None when it was the last time. `sent`: what is waited for, the newest of it."""
    if now >= ends:
        return None
    following = now + min(max(now - sent, SHORTEST_GAP), LONGEST_GAP)
    return ends if ends - following < SHORTEST_GAP else following


def waits_for(report: Report) -> tuple[Target, ...]:
    """The targets that a watch still waits for: nothing of them is known, not all is final, or not everybody answered."""
    is_missing = any(part.error is not None and part.error.retryable for part in report.coverage)
    return tuple(target for target in report.query.targets if is_missing or _is_open(report, target))


def waiting_since(report: Report, begun: datetime) -> datetime:
    """When the newest message that is waited for was sent; `begun`, when the watch began, where that is not known."""
    sent = [
        row.sent_at for target in waits_for(report) for row in report.rows_of(target) if row.sent_at and not row.status.is_final
    ]
    return max(sent, default=begun)


def _is_open(report: Report, target: Target) -> bool:
    """Whether a receipt may still come. One without a row is waited for: Tencent lists a message once its receipt is there."""
    rows = report.rows_of(target)
    waiting = [row for row in rows if not row.status.is_final]
    standing = report.standing(waiting)
    return not rows or any(row in standing or row.at is None or report.as_of - row.at < STILL_EXPECTED for row in waiting)
