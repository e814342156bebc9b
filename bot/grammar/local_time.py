"""Local time to UTC, also at daylight-saving changes."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

DAY = timedelta(days=1)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=0)


class LocalTimeReading(NamedTuple):
    """The earliest and the latest moment, in UTC, that a local time may mean: the first begins a window, the second ends one."""

    earliest: datetime
    latest: datetime


def resolve_local_time(day: date, clock: time, zone: tzinfo) -> LocalTimeReading:
    """What `clock` on `day` means in `zone`.

    An hour that happens twice means both, so that the window is the wider one; a time that the change skips means the moment of
    the change.
    """
    local = datetime.combine(day, clock).replace(tzinfo=zone)
    first, second = as_utc(local.replace(fold=0)), as_utc(local.replace(fold=1))
    if first <= second:
        return LocalTimeReading(first, second)
    before = second.astimezone(zone).utcoffset()
    seconds = range(int((first - second).total_seconds()) + 1)
    after = bisect_left(seconds, True, key=lambda s: (second + timedelta(seconds=s)).astimezone(zone).utcoffset() != before)
    jump = second + timedelta(seconds=after)
    return LocalTimeReading(jump, jump)


def whole_day(day: date, zone: tzinfo) -> LocalTimeReading:
    """The first and the last second of `day`: since a day is from its start, until a day includes it."""
    return LocalTimeReading(
        resolve_local_time(day, time(), zone).earliest, resolve_local_time(day, time(23, 59, 59), zone).latest
    )


def as_utc(moment: datetime) -> datetime:
    """An aware moment in UTC and whole seconds, clamped to the first and last moment that `datetime` can hold."""
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return _FIRST if moment.year == 1 else _LAST
