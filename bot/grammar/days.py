"""Named days and parts of days: `Nov 28`, `Monday`, `last night`, `今天早上`.

A weekday is the last one before today; 上周一 is Monday of the week before, 上周 that whole week. Parts of a day have fixed
hours: early 00-06, morning 06-12, noon 11-13, afternoon 12-18, evening 18-24. A night is the evening and what follows until
06:00; it belongs to the day on which it begins.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar.cursor import one_of, pattern
from bot.grammar.dates import calendar_day, latest_date
from bot.grammar.impossible_times import NO_SUCH_DAY, impossible_time_error
from bot.grammar.local_time import DAY, resolve_local_time

if TYPE_CHECKING:
    from datetime import datetime

    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d(?!\d|[\-/.年]\d)"
NAMED = pattern(
    rf"(?:(?P<month>{_MONTH})\.?[ \-/]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,? +(?P<year>{_YEAR})(?!:))?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?[ \-/]*(?P<month2>{_MONTH})(?![a-z])"
    rf"(?:[ ,\-/]+(?P<year2>{_YEAR})|-(?P<short>\d\d)(?![\d:]))?)"
)
_TRAILING_YEAR = rf" +(?P<year>{_YEAR})(?=[\s,;]|\Z)"  # Nov 28 10:04:21 2026
TRAILING_YEAR = pattern(_TRAILING_YEAR)
_YEAR_BEHIND = pattern(rf" +\d{{1,2}}:\d\d(?::\d\d)?(?: +[A-Z]{{2,5}}| +[+\-]\d{{4}})?{_TRAILING_YEAR}")

_WEEKDAYS = {
    name: day
    for day, names in enumerate(
        (
            ("monday", "mon"), ("tuesday", "tues", "tue"), ("wednesday", "wed"), ("thursday", "thurs", "thur", "thu"),
            ("friday", "fri"), ("saturday", "sat"), ("sunday", "sun"),
        ),
    )
    for name in names
}  # fmt: skip
_WEEKDAY = pattern(rf"(?:(?:last|this|on) +)?(?P<name>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})(?![a-z])[.,]?")
_HAN_WEEKDAY = pattern(r"(?P<week>上个?|这个?|這個?|本)?(?:星期|周|週|礼拜|禮拜)(?P<name>[一二三四五六日天])(?!天)")
_HAN_DAYS = "一二三四五六日"

_HOURS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("凌晨",), (0, 6)),
    **dict.fromkeys(("morning", "清晨", "早上", "早晨", "上午", "早"), (6, 12)),
    **dict.fromkeys(("noon", "中午"), (11, 13)),
    **dict.fromkeys(("afternoon", "下午"), (12, 18)),
    **dict.fromkeys(("evening", "傍晚"), (18, 24)),
    **dict.fromkeys(("night", "晚上", "夜里", "夜裡", "深夜", "晚"), (18, 30)),
}
_DAYS_BACK = {
    **dict.fromkeys(("this", "today", "今天", "今日", "今"), 0),
    **dict.fromkeys(("last", "yesterday", "昨天", "昨日", "昨"), 1),
    "前天": 2,
    "大前天": 3,
}
_DAY = pattern(rf"{one_of(word for word in _DAYS_BACK if len(word) > 1 and word not in {'this', 'last'})}|[今昨](?=[早晚夜])")
_PART = pattern(
    r"(?:(?:(?P<day>this|today|yesterday|last)(?:'s)? +(?:in the +|at +)?(?P<part>morning|afternoon|evening|night))(?![a-z])"
    r"|tonight(?![a-z])|(?P<week>this week(?![a-z])"
    r"|(?:(?P<last_week>上个?|上個?)|这个?|這個?|本)(?:星期|周|週|礼拜|禮拜)(?![一二三四五六日天末]))"
    r"|(?P<han_day>今天|今日|昨天|昨日|大前天|前天|今|昨)(?P<han_part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|深夜|早(?![上晨])|晚(?!上))"
    r"(?! *(?:\d{1,2} *[:点點时時\-~到至]|[一二两三四五六七八九十]+[点點时時])))"
)


# Alone, or in a date that is none: never passed over.
TIME_WORD = pattern(rf"(?:{_MONTH}|{'|'.join([*_WEEKDAYS, *_HOURS])}|yesterday|today|ago|[昨今前]天?)(?![a-z])")
PART_BEHIND = pattern(
    r" *(?:in the +|at +)?(?:(?P<part>morning|afternoon|evening|night)(?![a-z])"
    rf"|(?P<han_part>{'|'.join(sorted((word for word in _HOURS if not word.isascii()), key=len, reverse=True))})"
    r"(?! *(?:\d|[一二两三四五六七八九十]+[點点时時])))"
)


class DayPart(NamedTuple):
    """A part of a day, or a week, as moments in UTC."""

    since: datetime
    until: datetime


def read_day_part(cursor: Cursor, context: ParseContext) -> DayPart | None:
    """The part of a day at the cursor, which advances past it; None when there is none."""
    found = cursor.take(_PART)
    if not found:
        return None
    if found["week"]:
        monday = context.today - (context.today.weekday() + (7 if found["last_week"] else 0)) * DAY
        return DayPart(_at(monday, 0, context), _at(monday + 7 * DAY, 0, context) - timedelta(seconds=1))
    back = _DAYS_BACK[(found["day"] or found["han_day"] or "today").lower()]
    hours = _HOURS[(found["part"] or found["han_part"] or "night").lower()]
    day = context.today - back * DAY
    return DayPart(_at(day, hours[0], context), _at(day, hours[1], context) - timedelta(seconds=1))


def read_part_of_day(day: date, cursor: Cursor, context: ParseContext) -> DayPart | None:
    """The part that follows a date, as in `Nov 20 evening`; None when there is none."""
    found = cursor.take(PART_BEHIND)
    if not found:
        return None
    begin, end = _HOURS[(found["part"] or found["han_part"]).lower()]
    return DayPart(_at(day, begin, context), _at(day, end, context) - timedelta(seconds=1))


def _at(day: date, hour: int, context: ParseContext) -> datetime:
    return resolve_local_time(day + hour // 24 * DAY, time(hour % 24), context.zone).earliest


def read_weekday(cursor: Cursor, context: ParseContext) -> date | None:
    """The weekday at the cursor, as a date in the past; None when there is none."""
    today = context.today
    if found := cursor.take(_WEEKDAY):
        return today - ((today.weekday() - _WEEKDAYS[found["name"].lower()] - 1) % 7 + 1) * DAY
    if found := cursor.take(_HAN_WEEKDAY):
        day = _HAN_DAYS.index(found["name"].replace("天", "日"))
        if found["week"] and found["week"].startswith("上"):
            return today - (today.weekday() + 7 - day) * DAY
        if found["week"] and day == today.weekday():
            return today
        return today - ((today.weekday() - day - 1) % 7 + 1) * DAY
    return None


def read_day_word(cursor: Cursor, context: ParseContext) -> date | None:
    """`today`, `yesterday`, `前天`; None when there is none."""
    found = cursor.take(_DAY)
    return context.today - _DAYS_BACK[found[0].lower()] * DAY if found else None


def read_named_date(cursor: Cursor, context: ParseContext) -> date | None:
    """A date with its month by name: `Nov 28`, `28 Nov 2026`, `24/Nov/2026`, `20-Nov-26`; in `ctime` the year follows the time.

    Raises ParseError for a date that does not exist.
    """
    start = cursor.at
    found = cursor.take(NAMED)
    if not found:
        return None
    behind = cursor.peek(_YEAR_BEHIND)
    short = f"20{found['short']}" if found["short"] else None
    year = found["year"] or found["year2"] or short or (behind["year"] if behind else None)
    month, day_of = _MONTHS[(found["month"] or found["month2"]).lower()], int(found["day"] or found["day2"])
    day = calendar_day(int(year), month, day_of) if year else latest_date(context.today, month, day_of)
    if day is None:
        raise impossible_time_error(cursor, start, NO_SUCH_DAY)
    return day
