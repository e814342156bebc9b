"""Numeric dates: `2026-11-20`, `20261120`, `11/20/2026`, `11-20`, `11月20日`, `20日`.

A date without its year or month is the latest such date that is not in the future. An ambiguous date is an error, never guessed.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.grammar.cursor import WORD_END, pattern
from bot.grammar.impossible_times import NO_SUCH_DAY, impossible_time_error
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor

DATE = pattern(r"(?P<year>\d{4})([-/.]|年)(?P<month>\d{1,2})(\2|[-/.]|月)(?P<day>\d{1,2})(?![\d.]\d|\d)[日号號]?")
COMPACT = pattern(
    rf"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?=(?P<clock>[0-2]\d[0-5]\d[0-5]\d)?(?:{WORD_END}|T\d))"
)
WITH_YEAR = pattern(r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)")
_SHORT_DATE = pattern(r"(?P<first>\d{1,2})(?:[-/](?P<second>\d{1,2})(?![\d\-/:]| ?[ap]\.?m\b)|月(?P<day>\d{1,2})(?!\d)[日号號]?)")
_DAY_OF_MONTH = pattern(r"(?P<day>\d{1,2})[日号號]")


def read_date(cursor: Cursor, context: ParseContext) -> date | None:
    """The date at the cursor, which advances past it; None when there is none.

    Raises ParseError for a date that does not exist or is ambiguous.
    """
    start = cursor.at
    forms: Iterable[Callable[[Cursor, ParseContext], date | None]] = (_compact, _date, _with_year, _short, _day_of_month)
    for form in forms:
        day = form(cursor, context)
        if day:
            return day
        if cursor.at != start:
            raise impossible_time_error(cursor, start, NO_SUCH_DAY)
    return None


def _compact(cursor: Cursor, context: ParseContext) -> date | None:
    """`20261120`, the form of Alibaba's SendDate."""
    del context
    found = cursor.take(COMPACT)
    return calendar_day(int(found["year"]), int(found["month"]), int(found["day"])) if found else None


def _date(cursor: Cursor, context: ParseContext) -> date | None:
    del context
    found = cursor.take(DATE)
    return calendar_day(int(found["year"]), int(found["month"]), int(found["day"])) if found else None


def _with_year(cursor: Cursor, context: ParseContext) -> date | None:
    """`20/11/2026` and `11/20/2026`; with dots the day always comes first."""
    start = cursor.at
    found = cursor.take(WITH_YEAR)
    if not found:
        return None
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    readings = {(second, first)} if found["mark"] == "." else {(second, first), (first, second)}
    days = {day for month, day_of in readings if (day := calendar_day(year, month, day_of))}
    return _only(days, cursor, start, context)


def _short(cursor: Cursor, context: ParseContext) -> date | None:
    start = cursor.at
    found = cursor.take(_SHORT_DATE)
    if not found:
        return None
    first, second = int(found["first"]), int(found["second"] or found["day"])
    readings = {(first, second)} if found["day"] else {(first, second), (second, first)}
    days = {day for month, day_of in readings if (day := latest_date(context.today, month, day_of))}
    return _only(days, cursor, start, context)


def _only(days: set[date], cursor: Cursor, start: int, context: ParseContext) -> date | None:
    if len(days) > 1:
        past = [day for day in days if day <= context.today] or days
        problem = phrase("`{word}` can be two days. For the last one, write `{last}`.", last=f"{max(past):%Y-%m-%d}")
        raise impossible_time_error(cursor, start, problem, [f"{day:%Y-%m-%d}" for day in sorted(past, reverse=True)])
    return next(iter(days), None)


def _day_of_month(cursor: Cursor, context: ParseContext) -> date | None:
    found = cursor.take(_DAY_OF_MONTH)
    if not found:
        return None
    months = ((context.today.year * 12 + context.today.month - 1 - back) for back in range(12))
    days = (calendar_day(month // 12, month % 12 + 1, int(found["day"])) for month in months)
    return next((day for day in days if day and day <= context.today), None)


def calendar_day(year: int, month: int, day: int) -> date | None:
    """The date, or None if the calendar does not have it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def latest_date(today: date, month: int, day: int) -> date | None:
    """The latest date up to today with this month and day, within ten years (long enough for Feb 29); None if there is none."""
    days = (calendar_day(today.year - back, month, day) for back in range(10))
    return next((found for found in days if found and found <= today), None)
