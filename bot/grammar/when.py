"""WHEN: the words for a moment, in English and Chinese.

2h  90m  1d12h  2 days ago  2小时前          before now
09:00  9:30pm  9点半                         the last time that the clock showed it
today  yesterday  昨天  Monday  上周一 [09:00]   a day, or a time on it
2026-11-20  2026/11/20  20261120  11-20  11月20日  Nov 20  20 Nov 2026  24/Nov/2026:21:43:44 [09:00]
last night  this morning  今天早上             a part of a day (see days.py)
2026-11-20T09:00:30+08:00                    ISO 8601, and any day with a time and `Z`, `UTC+8`, `+0800`: a zone of its own
now
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from bot.grammar.days import TRAILING_YEAR, read_named, read_part, read_weekday
from bot.grammar.local import DAY, as_utc, moments, whole_day
from bot.grammar.reader import END, Edit, Reader, StumbleError, one_of, pattern
from bot.grammar.text import shorten_time
from bot.grammar.words import A_TIME
from bot.language import phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from bot.grammar.command import Asker
    from bot.language import Phrase

LONGEST = timedelta(days=3660)  # no provider keeps more than some weeks; beyond ten years it is a slip of the finger
OUT_OF_REACH = phrase("`{word}` is more than ten years ago.")
_NO_SUCH_DAY = phrase("`{word}` is not a valid date.")
_NO_SUCH_TIME = phrase("`{word}` is not a valid time.")

_SECONDS = {
    word: seconds
    for seconds, words in (
        (604800, ("weeks", "week", "wks", "wk", "w", "个星期", "星期", "周", "個星期", "週")),
        (86400, ("days", "day", "d", "天")),
        (3600, ("hours", "hour", "hrs", "hr", "h", "个小时", "小时", "个钟头", "钟头", "個小時", "小時", "個鐘頭", "鐘頭")),
        (60, ("minutes", "minute", "mins", "min", "m", "分钟", "分", "分鐘")),
        (1, ("seconds", "second", "secs", "sec", "s", "秒钟", "秒", "秒鐘")),
    )
    for word in words
}
_NUMERALS = {
    "半": 0.5,
    "两": 2,
    "兩": 2,
    **{char: value for value, char in enumerate("一二三四五六七八九十", start=1)},
    "十一": 11,
    "十二": 12,
}
_LATIN_UNIT = "|".join(sorted((word for word in _SECONDS if word.isascii()), key=len, reverse=True))
_HAN_UNIT = "|".join(sorted((word for word in _SECONDS if not word.isascii()), key=len, reverse=True))
_UNIT = rf"(?P<unit>(?:{_LATIN_UNIT})(?![a-z])|{_HAN_UNIT})"
_NUMERAL = "|".join(sorted(_NUMERALS, key=len, reverse=True))

STEP = pattern(rf"(?P<amount>\d+(?:\.\d+)?|{_NUMERAL}) *{_UNIT}")
_BARE_UNIT = pattern(_UNIT)
_AGO = pattern(rf" *(?:ago{END}|以前|之前|前)")
NOW = pattern(one_of(("now", "现在")))
_DAYS_BACK = {"today": 0, "今天": 0, "今日": 0, "今": 0, "昨": 1, "yesterday": 1, "昨天": 1, "昨日": 1, "前天": 2, "大前天": 3}
_DAY = pattern(rf"{one_of(word for word in _DAYS_BACK if len(word) > 1)}|[今昨](?=[早晚夜])")
_PART_OF_DAY = pattern(r"(凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里|夜裡|深夜|今早(?= *\d)) *")
_AT = pattern(rf"(?:[:T]| +at{END} *| *)(?=\d)|")  # 24/Nov/2026:21:43:44, yesterday at 09:00
_CLOCK = pattern(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9}|,\d{3}(?!\d))?)?"
    r"(?: *(?P<half>[ap]\.?m\b))?| *(?P<bare_half>[ap]\.?m\b))",
)
_HAN_CLOCK = pattern(rf"(?P<hour>\d{{1,2}}|(?!半)(?:{_NUMERAL})) *[点點时時](?:(?P<minute>\d{{1,2}})分?|(?P<half>半)|整|钟|鐘)?")
_ISO = pattern(rf"\d{{4}}-?\d\d-?\d\d(?:T[\d:.+\-]+Z?| \d\d:\d\d(?::\d\d(?:\.\d+)?)?[+\-]\d\d(?::?\d\d)?){END}")
DATE = pattern(r"(?P<year>\d{4})([-/]|年)(?P<month>\d{1,2})([-/]|月)(?P<day>\d{1,2})(?!\d)[日号]?")
_SHORT_DATE = pattern(r"(?P<first>\d{1,2})(?:[-/](?P<second>\d{1,2})(?![\d\-/])|月(?P<day>\d{1,2})(?!\d)[日号]?)")
_ZONE = pattern(
    rf" *(?:(?:UTC|GMT)(?P<hours>[+\-]\d{{1,2}})(?P<minutes>:?[0-5]\d)?|Z|UTC|GMT"
    rf"|(?P<offset>[+\-](?:[01]\d|2[0-3]):?[0-5]\d(?! *[\d(])|[+\-]0\d(?::?[0-5]\d)?|[+\-]1[0-4](?! *[\d(\-]))){END}"
)
_ABBREVIATION = pattern(rf" +(?P<name>[A-Z]{{2,5}}|[+\-]\d\d(?:\d\d)?){END}")
RANGE = pattern(r" *(?:[-~]+|～) *(?=[\da-z昨今前上周星])")
_TO_CLOCK = pattern(r" *-\d\d:\d\d")
COMPACT = pattern(rf"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?:(?P<clock>[0-2]\d[0-5]\d[0-5]\d))?{END}")
_END = pattern(rf"{END}|(?=\+)|(?=[-~]\d\d?(?::| ?[ap]m|[点點时時]))")
_NOON = 12
_MOST_AMOUNT_DIGITS = 9


@dataclass(frozen=True, slots=True)
class When:
    """A moment as it reads at the beginning of a window and at its end, both in UTC.

    `clock` is set when only a time of day was given: the window may then choose another day.
    """

    earliest: datetime
    latest: datetime
    clock: time | None = None
    whole: bool = False  # a part of a day, which has an end of its own when nobody says another


def read_when(reader: Reader, asker: Asker) -> When | None:
    """The WHEN that stands here, read on past it. None when none does; StumbleError when one is there but cannot be."""
    return _first_of((_iso, _compact, _date, _named, _short_date, _part, _weekday, _day, _now, _clock, _span), reader, asker)


def read_span(reader: Reader, asker: Asker) -> When | None:
    """What `last` takes: `2h`, or a unit alone as in `last hour`."""
    return _first_of((_bare_unit, _span), reader, asker)


def _first_of(forms: Iterable[Callable[[Reader, Asker], When | None]], reader: Reader, asker: Asker) -> When | None:
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


def _ends(reader: Reader) -> bool:
    """Whether what was read is a whole word: "09:00" is not, in "09:001". Chinese goes on without a blank."""
    return bool(reader.sees(_END)) or not reader.text[reader.at - 1].isascii()


def _span(reader: Reader, asker: Asker) -> When | None:
    start, total = reader.at, 0.0
    while step := reader.take(STEP):
        amount = step["amount"]
        if len(amount) > _MOST_AMOUNT_DIGITS:  # int() and timedelta both have an end
            raise _no_such(reader, start, OUT_OF_REACH)
        total += (_NUMERALS.get(amount) or float(amount)) * _SECONDS[step["unit"].lower()]
        reader.skip_spaces()
    if reader.at == start:
        return None
    while reader.text[reader.at - 1] == " ":
        reader.at -= 1
    reader.take(_AGO)
    seconds = round(total)
    if seconds <= 0:
        raise _no_such(reader, start, phrase("`{word}` is not a valid length of time."))
    if seconds > LONGEST.total_seconds():
        raise _no_such(reader, start, OUT_OF_REACH)
    return _before_now(asker, timedelta(seconds=seconds))


def _bare_unit(reader: Reader, asker: Asker) -> When | None:
    found = reader.take(_BARE_UNIT)
    return _before_now(asker, timedelta(seconds=_SECONDS[found["unit"].lower()])) if found else None


def _before_now(asker: Asker, span: timedelta) -> When:
    return When(asker.moment - span, asker.moment - span)


def _now(reader: Reader, asker: Asker) -> When | None:
    return When(asker.moment, asker.moment) if reader.take(NOW) else None


def _iso(reader: Reader, asker: Asker) -> When | None:
    start = reader.at
    found = reader.take(_ISO)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[0].upper())
    except ValueError:
        raise _no_such(reader, start, _NO_SUCH_TIME) from None
    if moment.tzinfo is None:
        return When(*moments(moment.date(), moment.time().replace(microsecond=0), asker.zone))
    return When(as_utc(moment), as_utc(moment))


def _date(reader: Reader, asker: Asker) -> When | None:
    start = reader.at
    found = reader.take(DATE)
    if not found:
        return None
    day = _calendar_day(int(found["year"]), int(found["month"]), int(found["day"]))
    if day is None:
        raise _no_such(reader, start, _NO_SUCH_DAY)
    return _on(day, reader, asker)


def _short_date(reader: Reader, asker: Asker) -> When | None:
    """A day without its year: the last such day. `11-05` could be November or May, so it is not guessed."""
    start = reader.at
    found = reader.take(_SHORT_DATE)
    if not found:
        return None
    first, second = int(found["first"]), int(found["second"] or found["day"])
    readings = {(first, second)} if found["day"] else {(first, second), (second, first)}
    days = [day for month, day_of in readings if (day := _last_such_day(asker.today, month, day_of))]
    if not days:
        raise _no_such(reader, start, _NO_SUCH_DAY)
    if len(days) > 1:
        last = f"{max(days):%Y-%m-%d}"
        problem = phrase("`{word}` can be two days. For the last one, write `{last}`.", last=last)
        raise _no_such(reader, start, problem)
    return _on(days[0], reader, asker)


def _day(reader: Reader, asker: Asker) -> When | None:
    found = reader.take(_DAY)
    return _on(asker.today - _DAYS_BACK[found[0].lower()] * DAY, reader, asker) if found else None


def _part(reader: Reader, asker: Asker) -> When | None:
    part = read_part(reader, asker)
    return When(part.since, part.until, whole=True) if part else None


def _weekday(reader: Reader, asker: Asker) -> When | None:
    """A weekday, or the date that follows it: `Sat, 28 Nov 2026 10:04:21`."""
    day = read_weekday(reader, asker)
    if day is None:
        return None
    end = reader.at
    reader.skip_spaces()
    dated = _named(reader, asker) or _date(reader, asker)
    if dated:
        return dated
    reader.at = end
    return _on(day, reader, asker)


def _named(reader: Reader, asker: Asker) -> When | None:
    start = reader.at
    named = read_named(reader)
    if not named:
        return None
    year = named.year or _year_behind(reader)
    last = _last_such_day(asker.today, named.month, named.day)
    day = _calendar_day(year, named.month, named.day) if year else last
    if day is None:
        raise _no_such(reader, start, _NO_SUCH_DAY)
    when = _on(day, reader, asker)
    if year and not named.year:
        reader.take(TRAILING_YEAR)
    return when


def _year_behind(reader: Reader) -> int | None:
    """The year that `ctime` writes behind the time: `Nov 28 10:04:21 2026`."""
    ahead = Reader(reader.text, reader.at)
    ahead.skip_spaces()
    found = TRAILING_YEAR.match(ahead.text, ahead.at) if ahead.take(_CLOCK) else None
    return int(found["year"]) if found else None


def _compact(reader: Reader, asker: Asker) -> When | None:
    """`20261120`, as Alibaba's SendDate is written, or `20261120090030`."""
    start = reader.at
    found = reader.take(COMPACT)
    if not found:
        return None
    day = _calendar_day(int(found["year"]), int(found["month"]), int(found["day"]))
    if day is None:
        raise _no_such(reader, start, _NO_SUCH_DAY)
    if not found["clock"]:
        return _on(day, reader, asker)
    try:
        clock = time.fromisoformat(found["clock"])
    except ValueError:
        raise _no_such(reader, start, _NO_SUCH_TIME) from None
    return _in_zone(day, clock, reader, asker)


def _on(day: date, reader: Reader, asker: Asker) -> When:
    """`day`, or the time on it that follows, with its zone if it has one."""
    end = reader.at
    reader.take(_AT)
    clock = _read_clock(reader)
    if clock is None:
        reader.at = end
        return When(*whole_day(day, asker.zone))
    return _in_zone(day, clock, reader, asker)


def _in_zone(day: date, clock: time, reader: Reader, asker: Asker) -> When:
    """`clock` on `day` in the zone that is written behind it, else in the asker's."""
    zone = None if reader.sees(_TO_CLOCK) else reader.take(_ZONE)
    if zone:
        try:
            at = as_utc(datetime.combine(day, clock).replace(tzinfo=timezone(_offset(zone))))
        except ValueError:
            raise _no_such(reader, reader.at - len(zone[0].strip()), _NO_SUCH_TIME) from None
        return When(at, at)
    return _abbreviated(day, clock, reader, asker) or When(*moments(day, clock, asker.zone))


def _abbreviated(day: date, clock: time, reader: Reader, asker: Asker) -> When | None:
    found = reader.sees(_ABBREVIATION)
    for fold in (0, 1) if found else ():
        local = datetime.combine(day, clock).replace(tzinfo=asker.zone, fold=fold)
        if found and local.tzname() == found["name"].upper():
            reader.at = found.end()
            return When(as_utc(local), as_utc(local))
    return None


def _offset(zone: re.Match[str]) -> timedelta:
    if zone["hours"]:
        sign, hours, minutes = zone["hours"][0], zone["hours"][1:], (zone["minutes"] or "").lstrip(":")
    elif zone["offset"]:
        digits = zone["offset"].replace(":", "")
        sign, hours, minutes = digits[0], digits[1:3], digits[3:]
    else:
        return timedelta()
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -length if sign == "-" else length


def _clock(reader: Reader, asker: Asker) -> When | None:
    """A time alone: the last time that the asker's clock showed it."""
    clock = _read_clock(reader)
    if clock is None:
        return None
    zoned = not reader.sees(_TO_CLOCK) and (reader.sees(_ZONE) or reader.sees(_ABBREVIATION))  # 10:00-12:00
    if zoned:
        end = reader.at
        when = _in_zone(asker.today, clock, reader, asker)
        if reader.at > end:
            if when.earliest <= asker.moment:
                return when
            reader.at = end
            return _in_zone(asker.today - DAY, clock, reader, asker)
    when = clock_on(asker.today, clock, asker)
    return when if when.earliest <= asker.moment else clock_on(asker.today - DAY, clock, asker)


def clock_on(day: date, clock: time, asker: Asker) -> When:
    """A time of day, put on `day`."""
    return When(*moments(day, clock, asker.zone), clock=clock)


def _read_clock(reader: Reader) -> time | None:
    start = reader.at
    part = reader.take(_PART_OF_DAY)
    latin = reader.take(_CLOCK)
    found = latin or reader.take(_HAN_CLOCK)
    if not found:
        reader.at = start
        return None
    hour = int(_NUMERALS.get(found["hour"]) or found["hour"])
    half = (latin["half"] or latin["bare_half"] or "").lower().replace(".", "") if latin else ""
    minute = 30 if not latin and found["half"] else int(found["minute"] or 0)
    second = int(latin["second"] or 0) if latin else 0
    try:
        return time(_hour(hour, part[1] if part else half), minute, second)
    except ValueError:
        raise _no_such(reader, start, _NO_SUCH_TIME) from None


def _hour(hour: int, part: str) -> int:
    """The hour of 24. An hour that makes no sense with `part` comes back as one that no clock has."""
    match part:
        case "am" | "pm":
            return hour % _NOON + _NOON * (part == "pm") if 1 <= hour <= _NOON else -1
        case "中午":
            return hour + _NOON if hour < _NOON - 2 else hour
        case "凌晨":
            return hour % _NOON if hour <= _NOON else -1
        case "下午" | "傍晚":
            return hour + _NOON if hour < _NOON else hour
        case "晚上" | "晚" | "夜里" | "夜裡" | "深夜":
            return hour + _NOON if hour <= _NOON else hour  # 晚上12点 is the next day's 00:00, which nobody should have to guess
        case _:
            return hour


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_such_day(today: date, month: int, day: int) -> date | None:
    """The last time it was that day, within ten years: long enough for a leap day."""
    days = (_calendar_day(today.year - back, month, day) for back in range(10))
    return next((found for found in days if found and found <= today), None)


def _no_such(reader: Reader, start: int, problem: Phrase, instead: str = A_TIME) -> StumbleError:
    span = reader.since(start)
    word = shorten_time(reader.cut(span))
    return StumbleError(problem, word=word, edits=[Edit(span, instead)])
