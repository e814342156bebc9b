"""Times of vendors' rows: China Standard Time (UTC+8), in which they write them without a zone, and which times can be meant.

No daylight saving time since 1991.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099  # no message was sent in another: 0001, 1970, 9999 are what databases write for "none"


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC; without a zone it is China's time. Raises ValueError for a year in which no message was sent."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("no time of a message")
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)
