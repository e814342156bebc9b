"""China Standard Time (UTC+8), in which vendors write days and times without a zone. No daylight saving time since 1991."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC; without a zone it is China's time. Raises ValueError if UTC has no such time (the years 1 and 9999)."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no such time") from error
