"""Formats times and durations. Pure: takes the moment, the zone and "now", never reads a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from bot.i18n import Language
    from bot.model import Window

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SECONDS_MATTER_BELOW = 10 * _MINUTE


def duration(span: timedelta, language: Language) -> str:
    """`3 s`, `1 min 30 s`, `10 min`, `2 h 5 min`, `24 h`, `3 d`, `2 d 5 h`: at most two units, the rest dropped."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < _MINUTE:
        return language.say("{count} s", count=seconds)
    if seconds < _SECONDS_MATTER_BELOW:
        minutes, seconds = divmod(seconds, _MINUTE)
        return _two(language.say("{count} min", count=minutes), language.say("{count} s", count=seconds) if seconds else "")
    if seconds < _HOUR:
        return language.say("{count} min", count=seconds // _MINUTE)
    if seconds < 2 * _DAY:  # people say "24 h" and "36 h"
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return _two(language.say("{count} h", count=hours), language.say("{count} min", count=minutes) if minutes else "")
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    return _two(language.say("{count} d", count=days), language.say("{count} h", count=hours) if hours else "")


def is_said_as_length(span: timedelta) -> bool:
    """Whether people ask for such a length: `90 min`, `36 h`. Nobody says "last 24 h 1 min": the window's end moved on."""
    seconds = round(span.total_seconds())
    step = next(step for below, step in _STEPS if seconds < below)
    return seconds % step == 0


_STEPS = ((2 * _HOUR, _MINUTE), (6 * _HOUR, 5 * _MINUTE), (_DAY, 30 * _MINUTE), (float("inf"), _HOUR))


def _two(large: str, small: str) -> str:
    return f"{large} {small}".rstrip()


def is_today(moment: datetime, zone: tzinfo, now: datetime) -> bool:
    """Whether `moment` and `now` fall on the same day in `zone`."""
    return moment.astimezone(zone).date() == now.astimezone(zone).date()


def format_day(moment: datetime, zone: tzinfo, now: datetime, language: Language) -> str:
    """`Nov 20`, or `Nov 20, 2025` in another year."""
    local = moment.astimezone(zone)
    return language.day(local, year=local.year != now.astimezone(zone).year)


def format_time(moment: datetime, zone: tzinfo) -> str:
    """`14:03:22`."""
    return moment.astimezone(zone).strftime("%H:%M:%S")


def format_datetime(moment: datetime, zone: tzinfo, now: datetime, language: Language) -> str:
    """`14:03:22` today, `Nov 20 14:03:22` on another day."""
    return (
        format_time(moment, zone)
        if is_today(moment, zone, now)
        else f"{format_day(moment, zone, now, language)} {format_time(moment, zone)}"
    )


def offset(moment: datetime, zone: tzinfo) -> str:
    """`UTC+8`, `UTC-3:30`, `UTC`: the offset of the zone at this moment, the same in every language."""
    seconds = int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // _MINUTE, _MINUTE)
    return "UTC" + (f"{'-' if seconds < 0 else '+'}{hours}" if seconds else "") + (f":{minutes:02}" if minutes else "")


def zone_name(zone: tzinfo, moment: datetime) -> str:
    """`Asia/Shanghai`; for a zone without a name its abbreviation (`UTC`, `UTC+08:00`)."""
    return getattr(zone, "key", None) or moment.astimezone(zone).tzname() or "UTC"


def format_window(window: Window, zone: tzinfo, now: datetime, language: Language) -> str:
    """`12:05–14:05` today, `Nov 20 12:05–14:05` on one other day, `Nov 20 22:00 – Nov 21 02:00` across days.

    When the clocks change within the window, or an end is in the hour that a change repeats, both ends carry their offset:
    `01:30 UTC-4 – 01:30 UTC-5`. So it is read back as it was meant.
    """
    since, until = window.since.astimezone(zone), window.until.astimezone(zone)
    is_told = since.utcoffset() != until.utcoffset() or _is_repeated(since) or _is_repeated(until)
    start, end = (f"{end:%H:%M}" + (f" {offset(end, zone)}" if is_told else "") for end in (since, until))
    if since.date() != until.date():
        return f"{format_day(since, zone, now, language)} {start} – {format_day(until, zone, now, language)} {end}"
    date = "" if is_today(since, zone, now) else f"{format_day(since, zone, now, language)} "
    return f"{date}{start} – {end}" if is_told else f"{date}{start}–{end}"


def _is_repeated(local: datetime) -> bool:
    """Whether the clock shows this local time twice."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@dataclass(frozen=True, slots=True)
class FormattedTimes:
    """Formats times as text, in one zone."""

    zone: tzinfo
    now: datetime
    language: Language

    def moment(self, moment: datetime) -> str:
        """`14:03:22`, `Nov 20 14:03:22`."""
        return format_datetime(moment, self.zone, self.now, self.language)

    def minute(self, moment: datetime) -> str:
        """`14:03`, `Nov 20 14:03`."""
        clock = f"{moment.astimezone(self.zone):%H:%M}"
        return clock if is_today(moment, self.zone, self.now) else f"{self.day(moment)} {clock}"

    def day(self, moment: datetime) -> str:
        """`Nov 20`."""
        return format_day(moment, self.zone, self.now, self.language)

    def span(self, window: Window) -> str:
        """`12:05–14:05`."""
        return format_window(window, self.zone, self.now, self.language)


def describe_window(window: Window, language: Language) -> str:
    """`in the last 2 h` while the window's end is now; `in that window` otherwise."""
    if not window.open or not is_said_as_length(window.length):
        return language.say("in that window")
    # A window whose end is "now" may be a few milliseconds longer or shorter than was said.
    rounded = timedelta(seconds=round(window.length.total_seconds()))
    return language.say("in the last {length}", length=duration(rounded, language))
