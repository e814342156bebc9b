"""Times, durations and counts as people write them. Pure: takes the moment, the zone and "now", never looks at a clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from bot.model import Window

# The month names are ours, so that the machine's locale cannot change an answer.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SECONDS_MATTER_BELOW = 10 * _MINUTE


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 number`, `3 numbers`, `0 numbers`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(items: Sequence[str], word: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def duration(span: timedelta) -> str:
    """`3 s`, `1 min 30 s`, `10 min`, `2 h 5 min`, `24 h`, `3 d`, `2 d 5 h`: at most two units, the rest dropped."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _SECONDS_MATTER_BELOW:
        return _two(seconds, _MINUTE, "min", 1, "s")
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:  # people say "24 h" and "36 h"
        return _two(seconds, _HOUR, "h", _MINUTE, "min")
    return _two(seconds, _DAY, "d", _HOUR, "h")


def _two(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    whole, rest = divmod(seconds, large)
    return f"{whole} {large_name}" + (f" {rest // small} {small_name}" if rest // small else "")


def is_today(moment: datetime, zone: tzinfo, now: datetime) -> bool:
    """Whether `moment` and `now` fall on the same day in `zone`."""
    return moment.astimezone(zone).date() == now.astimezone(zone).date()


def day(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """`Nov 20`, or `Nov 20, 2025` in another year."""
    local = moment.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f", {local.year}"
    return f"{_MONTHS[local.month - 1]} {local.day}{year}"


def clock(moment: datetime, zone: tzinfo) -> str:
    """`14:03:22`."""
    return moment.astimezone(zone).strftime("%H:%M:%S")


def written(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """`14:03:22` today, `Nov 20 14:03:22` on another day."""
    return clock(moment, zone) if is_today(moment, zone, now) else f"{day(moment, zone, now)} {clock(moment, zone)}"


def zone_name(zone: tzinfo, moment: datetime) -> str:
    """`Asia/Shanghai`; for a zone without a name its abbreviation (`UTC`, `UTC+08:00`)."""
    return getattr(zone, "key", None) or moment.astimezone(zone).tzname() or "UTC"


def span(window: Window, zone: tzinfo, now: datetime) -> str:
    """`12:05–14:05` today, `Nov 20 12:05–14:05` on one other day, `Nov 20 22:00 – Nov 21 02:00` across days.

    When the clocks change within the window both ends carry their abbreviation: `01:30 EDT – 01:30 EST`.
    """
    since, until = window.since.astimezone(zone), window.until.astimezone(zone)
    changes = since.utcoffset() != until.utcoffset()
    start, end = (f"{end:%H:%M}" + (f" {end.tzname()}" if changes else "") for end in (since, until))
    if since.date() != until.date():
        return f"{day(since, zone, now)} {start} – {day(until, zone, now)} {end}"
    date = "" if is_today(since, zone, now) else f"{day(since, zone, now)} "
    return f"{date}{start} – {end}" if changes else f"{date}{start}–{end}"


def reach(window: Window) -> str:
    """`in the last 2 h` while the window's end is now; `in the window asked` otherwise."""
    if not window.open:
        return "in the window asked"
    # A window whose end is "now" may be a few milliseconds longer or shorter than was said.
    rounded = timedelta(seconds=round(window.length.total_seconds()))
    return f"in the last {duration(rounded)}"
