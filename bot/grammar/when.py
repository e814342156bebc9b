"""WHEN: the words for a moment, in English and Chinese.

2h  90m  1d12h  2 days ago  2小时前          before now
09:00  9:30pm  9点半  noon                   the last time that the clock showed it
today  yesterday  昨天  Monday  上周一 [09:00]   a day, or a time on it; the time may also come first: `10am on Monday`
2026-11-20  2026/11/20  20261120  11-20  11月20日  Nov 20  20 Nov 2026  24/Nov/2026:21:43:44 [09:00]
last night  this morning  今天早上             a part of a day (see days.py)
2026-11-20T09:00:30+08:00                    ISO 8601, and any day with a time and `Z`, `UTC+8`, `+0800`: a zone of its own
now
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from bot.grammar.clocks import PART_OF_DAY, Clock, read_clock
from bot.grammar.cursor import WORD_END, Cursor, one_of, pattern
from bot.grammar.dates import read_date
from bot.grammar.days import (
    PART_BEHIND,
    TRAILING_YEAR,
    read_day_part,
    read_day_word,
    read_named_date,
    read_part_of_day,
    read_weekday,
)
from bot.grammar.durations import LONGEST, read_duration, read_unit
from bot.grammar.impossible_times import NO_SUCH_TIME, impossible_time_error
from bot.grammar.local_time import DAY, as_utc, resolve_local_time, whole_day
from bot.grammar.time_zones import read_zone, read_zone_before
from bot.grammar.vague_times import reject_vague_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.grammar.command import ParseContext

NOW = pattern(one_of(("now", "现在")))
_AT = pattern(  # 24/Nov/2026:21:43:44, yesterday at 09:00, 2026-11-20-08:04
    rf"(?:[:T]|, *| +at{WORD_END} *|(?<=\d)[-_](?=\d\d:\d\d)| *)(?=\d|noon\b|midnight\b|{PART_OF_DAY})"
)
_ON = pattern(rf",? *(?:on{WORD_END} *|of{WORD_END} *)?")
_ISO = pattern(rf"\d{{4}}-?\d\d-?\d\dT[\d:.+\-]+Z?{WORD_END}")
_NO_ZONE = pattern(r"(\d{4}-?\d\d-?\d\dT\d\d:\d\d)(?=-(?:1[3-9]|2\d|\d\d:(?![03]0|[14]5)))")  # T08:04-09:04 is a range
_EPOCH = pattern(rf"\d{{10}}(?:\d{{3}})?(?:\.\d+)?{WORD_END}")
_END = pattern(rf"{WORD_END}|(?=\+)|(?=[-~]\d\d?(?::| ?[ap]m|[点點时時]))|(?=[()])")


@dataclass(frozen=True, slots=True)
class When:
    """A moment as the beginning and as the end of a window, both in UTC.

    `clock`, `day` and `zone` are what was written of them: the window may put a time of day alone on another day.
    """

    earliest: datetime
    latest: datetime
    clock: Clock | None = None
    day: date | None = None
    zone: tzinfo | None = None
    whole: bool = False  # a part of a day, which has an end of its own when nobody says another

    @property
    def any_day(self) -> bool:
        """Whether only a time of day was given."""
        return self.clock is not None and self.day is None


def read_when(cursor: Cursor, context: ParseContext) -> When | None:
    """The WHEN at the cursor, which advances past it; None when there is none.

    Raises ParseError for one that does not exist or is vague.
    """
    reject_vague_time(cursor)
    return _first_of((_iso, _part, _dated, _now, _clocked, _span), cursor, context)


def read_span(cursor: Cursor, context: ParseContext) -> When | None:
    """What `last` takes: `2h`, or a unit alone as in `last hour`; None when there is none.

    Raises ParseError for one that is too long.
    """
    reject_vague_time(cursor)
    return _first_of((_unit, _span), cursor, context)


def read_epoch(cursor: Cursor, context: ParseContext) -> When | None:
    """Seconds or milliseconds since 1970, as logs and consoles write them; None when there are none."""
    found = cursor.peek(_EPOCH)
    if not found:
        return None
    at = datetime.fromtimestamp(int(found[0][:10]), UTC)
    if not timedelta() <= context.moment - at <= LONGEST:
        return None
    cursor.at = found.end()
    return When(at, at)


def _first_of(
    forms: Iterable[Callable[[Cursor, ParseContext], When | None]], cursor: Cursor, context: ParseContext
) -> When | None:
    """The result of the first form that matches up to the end of a word."""
    start = cursor.at
    for form in forms:
        when = form(cursor, context)
        if when and _ends(cursor):
            return when
        cursor.at = start
        if when:
            return None
    return None


def _ends(cursor: Cursor) -> bool:
    """Whether the cursor is at the end of a word: "09:00" is no whole word in "09:001". Chinese goes on without a space."""
    return bool(cursor.peek(_END)) or not cursor.text[cursor.at - 1].isascii()


def _span(cursor: Cursor, context: ParseContext) -> When | None:
    length = read_duration(cursor)
    return _before_now(context, length) if length else None


def _unit(cursor: Cursor, context: ParseContext) -> When | None:
    length = read_unit(cursor)
    return _before_now(context, length) if length else None


def _before_now(context: ParseContext, span: timedelta) -> When:
    return When(context.moment - span, context.moment - span)


def _now(cursor: Cursor, context: ParseContext) -> When | None:
    return When(context.moment, context.moment) if cursor.take(NOW) else None


def _part(cursor: Cursor, context: ParseContext) -> When | None:
    part = read_day_part(cursor, context)
    return When(part.since, part.until, whole=True) if part else None


def _iso(cursor: Cursor, context: ParseContext) -> When | None:
    start = cursor.at
    ranged = cursor.take(_NO_ZONE)
    found = ranged or cursor.take(_ISO)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[0].upper())
    except ValueError:
        raise impossible_time_error(cursor, start, NO_SUCH_TIME) from None
    clock = Clock(moment.time().replace(microsecond=0), padded=True)
    if moment.tzinfo is None:
        return time_on_day(moment.date(), clock, None, context)
    return When(as_utc(moment), as_utc(moment), clock, moment.date(), moment.tzinfo)


def _dated(cursor: Cursor, context: ParseContext) -> When | None:
    """A date, or the time on it that follows, with its zone if it has one."""
    start = cursor.at
    before = read_zone_before(cursor)
    day = _day(cursor, context)
    if day is None:
        return None
    end = cursor.at
    glued = cursor.text[start:end].isdecimal() and _compact_clock(cursor)
    cursor.take(_AT)
    clock = glued or read_clock(cursor)
    if clock is None:
        cursor.at = end
        if part := read_part_of_day(day, cursor, context):
            return When(part.since, part.until, whole=True)
        return When(*whole_day(day, before or context.zone), day=day, zone=before)
    zone = before or read_zone(cursor, start, day, clock.at, context)
    year = cursor.peek(TRAILING_YEAR)
    if year and year["year"] not in cursor.text[start:end] and int(year["year"]) == day.year:
        cursor.at = year.end()
    return time_on_day(day, clock, zone, context)


def _compact_clock(cursor: Cursor) -> Clock | None:
    """The time in `20261120090030` or `20261120 090030`, after its date."""
    start = cursor.at
    cursor.skip_spaces()
    found = cursor.take(_SIX_DIGITS)
    if not found:
        cursor.at = start
        return None
    try:
        return Clock(time.fromisoformat(found[0]), padded=True)
    except ValueError:
        raise impossible_time_error(cursor, start, NO_SUCH_TIME) from None


_SIX_DIGITS = pattern(rf"\d{{6}}{WORD_END}")


def _day(cursor: Cursor, context: ParseContext) -> date | None:
    """A date in any form. A weekday may be followed by its date: `Sat, 28 Nov 2026`."""
    if day := (read_date(cursor, context) or read_named_date(cursor, context) or read_day_word(cursor, context)):
        return day
    weekday = read_weekday(cursor, context)
    if weekday is None:
        return None
    end = cursor.at
    cursor.skip_spaces()
    dated = read_named_date(cursor, context) or read_date(cursor, context)
    if dated is None:
        cursor.at = end
    return dated or weekday


def _clocked(cursor: Cursor, context: ParseContext) -> When | None:
    """A time, with its zone and the date behind it if they are given; alone, the latest such time."""
    start = cursor.at
    before = read_zone_before(cursor)
    clock = read_clock(cursor)
    if clock is None:
        return None
    zone = before or read_zone(cursor, start, context.today, clock.at, context)
    day = _day_behind(cursor, context)
    if day:
        return time_on_day(day, clock, zone, context)
    return latest_time(clock, zone, context)


def _day_behind(cursor: Cursor, context: ParseContext) -> date | None:
    end = cursor.at
    cursor.take(_ON)
    day = _day(cursor, context) if cursor.at > end or not cursor.text[end - 1 : end].isascii() else None
    if day is None or not _ends(cursor) or cursor.peek(PART_BEHIND):
        cursor.at = end
        return None
    return day


def latest_time(clock: Clock, zone: tzinfo | None, context: ParseContext) -> When:
    """`clock` on the latest day on which it is past."""
    today = context.moment.astimezone(zone or context.zone).date()
    when = time_on_day(today, clock, zone, context)
    when = when if when.earliest <= context.moment else time_on_day(today - DAY, clock, zone, context)
    return When(when.earliest, when.latest, clock, None, zone)


def time_on_day(day: date, clock: Clock, zone: tzinfo | None, context: ParseContext) -> When:
    """`clock` on `day`, in `zone` or else the user's zone."""
    return When(*resolve_local_time(day, clock.at, zone or context.zone), clock, day, zone)
