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
from bot.grammar.days import PART_BEHIND, TRAILING_YEAR, read_day_word, read_named, read_part, read_part_of, read_weekday
from bot.grammar.durations import LONGEST, read_length, read_unit
from bot.grammar.impossible_times import NO_SUCH_TIME, impossible_time
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
    """A moment as it reads at the beginning of a window and at its end, both in UTC.

    `clock`, `day` and `zone` are what was said of them: the window may put a time of day alone on another day.
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


def read_when(reader: Cursor, asker: ParseContext) -> When | None:
    """The WHEN that stands here, read on past it. None when none does; StumbleError when one is there but cannot be."""
    reject_vague_time(reader)
    return _first_of((_iso, _part, _dated, _now, _clocked, _span), reader, asker)


def read_span(reader: Cursor, asker: ParseContext) -> When | None:
    """What `last` takes: `2h`, or a unit alone as in `last hour`."""
    reject_vague_time(reader)
    return _first_of((_unit, _span), reader, asker)


def read_epoch(reader: Cursor, asker: ParseContext) -> When | None:
    """Seconds or milliseconds since 1970, as logs and consoles write them."""
    found = reader.sees(_EPOCH)
    if not found:
        return None
    at = datetime.fromtimestamp(int(found[0][:10]), UTC)
    if not timedelta() <= asker.moment - at <= LONGEST:
        return None
    reader.at = found.end()
    return When(at, at)


def _first_of(forms: Iterable[Callable[[Cursor, ParseContext], When | None]], reader: Cursor, asker: ParseContext) -> When | None:
    """What the first form that fits reads, if it ends where a word ends."""
    start = reader.at
    for form in forms:
        when = form(reader, asker)
        if when and _ends(reader):
            return when
        reader.at = start
        if when:
            return None
    return None


def _ends(reader: Cursor) -> bool:
    """Whether what was read is a whole word: "09:00" is not, in "09:001". Chinese goes on without a blank."""
    return bool(reader.sees(_END)) or not reader.text[reader.at - 1].isascii()


def _span(reader: Cursor, asker: ParseContext) -> When | None:
    length = read_length(reader)
    return _before_now(asker, length) if length else None


def _unit(reader: Cursor, asker: ParseContext) -> When | None:
    length = read_unit(reader)
    return _before_now(asker, length) if length else None


def _before_now(asker: ParseContext, span: timedelta) -> When:
    return When(asker.moment - span, asker.moment - span)


def _now(reader: Cursor, asker: ParseContext) -> When | None:
    return When(asker.moment, asker.moment) if reader.take(NOW) else None


def _part(reader: Cursor, asker: ParseContext) -> When | None:
    part = read_part(reader, asker)
    return When(part.since, part.until, whole=True) if part else None


def _iso(reader: Cursor, asker: ParseContext) -> When | None:
    start = reader.at
    ranged = reader.take(_NO_ZONE)
    found = ranged or reader.take(_ISO)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[0].upper())
    except ValueError:
        raise impossible_time(reader, start, NO_SUCH_TIME) from None
    clock = Clock(moment.time().replace(microsecond=0), padded=True)
    if moment.tzinfo is None:
        return on(moment.date(), clock, None, asker)
    return When(as_utc(moment), as_utc(moment), clock, moment.date(), moment.tzinfo)


def _dated(reader: Cursor, asker: ParseContext) -> When | None:
    """A day, or the time on it that follows, with its zone if it has one."""
    start = reader.at
    before = read_zone_before(reader)
    day = _day(reader, asker)
    if day is None:
        return None
    end = reader.at
    glued = reader.text[start:end].isdecimal() and _compact_clock(reader)
    reader.take(_AT)
    clock = glued or read_clock(reader)
    if clock is None:
        reader.at = end
        if part := read_part_of(day, reader, asker):
            return When(part.since, part.until, whole=True)
        return When(*whole_day(day, before or asker.zone), day=day, zone=before)
    zone = before or read_zone(reader, start, day, clock.at, asker)
    year = reader.sees(TRAILING_YEAR)
    if year and year["year"] not in reader.text[start:end] and int(year["year"]) == day.year:
        reader.at = year.end()
    return on(day, clock, zone, asker)


def _compact_clock(reader: Cursor) -> Clock | None:
    """The rest of `20261120090030` or `20261120 090030`."""
    start = reader.at
    reader.skip_spaces()
    found = reader.take(_SIX_DIGITS)
    if not found:
        reader.at = start
        return None
    try:
        return Clock(time.fromisoformat(found[0]), padded=True)
    except ValueError:
        raise impossible_time(reader, start, NO_SUCH_TIME) from None


_SIX_DIGITS = pattern(rf"\d{{6}}{WORD_END}")


def _day(reader: Cursor, asker: ParseContext) -> date | None:
    """A day in any form. A weekday may have the date behind it: `Sat, 28 Nov 2026`."""
    if day := (read_date(reader, asker) or read_named(reader, asker) or read_day_word(reader, asker)):
        return day
    weekday = read_weekday(reader, asker)
    if weekday is None:
        return None
    end = reader.at
    reader.skip_spaces()
    dated = read_named(reader, asker) or read_date(reader, asker)
    if dated is None:
        reader.at = end
    return dated or weekday


def _clocked(reader: Cursor, asker: ParseContext) -> When | None:
    """A time, with its zone and the day behind it if they are there; alone, the last time that the clock showed it."""
    start = reader.at
    before = read_zone_before(reader)
    clock = read_clock(reader)
    if clock is None:
        return None
    zone = before or read_zone(reader, start, asker.today, clock.at, asker)
    day = _day_behind(reader, asker)
    if day:
        return on(day, clock, zone, asker)
    return last_shown(clock, zone, asker)


def _day_behind(reader: Cursor, asker: ParseContext) -> date | None:
    end = reader.at
    reader.take(_ON)
    day = _day(reader, asker) if reader.at > end or not reader.text[end - 1 : end].isascii() else None
    if day is None or not _ends(reader) or reader.sees(PART_BEHIND):
        reader.at = end
        return None
    return day


def last_shown(clock: Clock, zone: tzinfo | None, asker: ParseContext) -> When:
    """`clock` on the last day on which it is past."""
    today = asker.moment.astimezone(zone or asker.zone).date()
    when = on(today, clock, zone, asker)
    when = when if when.earliest <= asker.moment else on(today - DAY, clock, zone, asker)
    return When(when.earliest, when.latest, clock, None, zone)


def on(day: date, clock: Clock, zone: tzinfo | None, asker: ParseContext) -> When:
    """A time of day on `day`, in the asker's zone if no other was said."""
    return When(*resolve_local_time(day, clock.at, zone or asker.zone), clock, day, zone)
