"""The zone after a time: `Z`, `UTC+8`, `+0800`, `America/Los_Angeles`, `北京时间`, the abbreviations of the user's own zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.grammar.cursor import WORD_END, Edit, ParseError, pattern
from bot.grammar.impossible_times import NO_SUCH_TIME, impossible_time_error
from bot.grammar.vocabulary import A_TIME
from bot.i18n import phrase

if TYPE_CHECKING:
    import re
    from datetime import date, time

    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor

_BEIJING = r"北京时间|北京時間|beijing time"
_ZONE = pattern(
    rf" *(?:(?:UTC|GMT)(?P<hours>[+\-]\d{{1,2}})(?P<minutes>:?[0-5]\d)?|Z|UTC|GMT"
    rf"|(?P<offset>[+\-](?:[01]\d|2[0-3]):?[0-5]\d(?! *[\d(])|[+\-]0\d(?::?[0-5]\d)?|[+\-]1[0-4](?! *[\d(\-]))){WORD_END}"
)
_NAME = pattern(rf" *(?:your time *)?\(?(?P<name>[a-z]{{3,12}}(?:/[a-z_\-]{{3,20}}){{1,2}})(?:\)|(?={WORD_END}))")
_BEFORE = pattern(rf"(?:{_BEIJING}) *")
_BEHIND = pattern(rf" *\(?(?:{_BEIJING})\)?")
# `-11:00` behind a clock without seconds is where a range ends; behind one with seconds, as logs write it, an offset.
_RANGE = pattern(r" *-\d\d?:\d\d")
_RANGE_WITH_SECONDS = pattern(r" *-\d\d?:\d\d:\d\d")
_ABBREVIATION = pattern(rf" *(?P<name>[A-Z]{{2,5}}|[+\-]\d\d(?:\d\d)?){WORD_END}")
# Known, and most of them the name of several zones.
_KNOWN = frozenset((
    "ACDT", "ACST", "ADT", "AEDT", "AEST", "AKDT", "AKST", "AST", "AWST", "BRT", "BST", "CDT", "CEST", "CET", "CST",
    "EAT", "EDT", "EEST", "EET", "EST", "GST", "HKT", "HST", "ICT", "IDT", "IST", "JST", "KST", "MDT", "MSK", "MST",
    "NPT", "NZDT", "NZST", "PDT", "PHT", "PKT", "PST", "SAST", "SGT", "WAT", "WEST", "WET", "WIB",
))  # fmt: skip


def read_zone_before(cursor: Cursor) -> tzinfo | None:
    """The zone of `北京时间` before a time; None without it."""
    return ZoneInfo("Asia/Shanghai") if cursor.take(_BEFORE) else None


def read_zone(cursor: Cursor, start: int, day: date, clock: time, context: ParseContext) -> tzinfo | None:
    """The zone at the cursor, after `clock` on `day`, whose text began at `start`. None for none: the user's zone applies.

    Raises ParseError for an offset that does not exist or an ambiguous abbreviation.
    """
    if cursor.peek(_RANGE_WITH_SECONDS) or (cursor.peek(_RANGE) and not _has_seconds(cursor, start)):
        return None
    if cursor.take(_BEHIND):
        return ZoneInfo("Asia/Shanghai")
    begins = cursor.at
    if found := cursor.take(_ZONE):
        again = cursor.peek(_ABBREVIATION)
        if again and again["name"].upper() in _KNOWN:  # +0800 CST
            cursor.at = again.end()
        try:
            return timezone(_offset(found))
        except ValueError:
            raise impossible_time_error(cursor, begins + len(found[0]) - len(found[0].lstrip()), NO_SUCH_TIME) from None
    if named := cursor.peek(_NAME):
        zone = _called(named["name"])
        if zone or named["name"][0].isupper():
            cursor.at = named.end()
        if zone:
            return zone
        if named["name"][0].isupper():
            raise _unclear(cursor, start, named["name"])
    return _abbreviated(cursor, start, day, clock, context)


def _has_seconds(cursor: Cursor, start: int) -> bool:
    return cursor.text.count(":", start, cursor.at) > 1


def _called(name: str) -> tzinfo | None:
    for spelled in (name, name.title()):
        try:
            return ZoneInfo(spelled)
        except (OSError, ValueError, KeyError):
            continue
    return None


def _abbreviated(cursor: Cursor, start: int, day: date, clock: time, context: ParseContext) -> tzinfo | None:
    found = cursor.peek(_ABBREVIATION)
    if not found:
        return None
    for fold in (0, 1):
        local = datetime.combine(day, clock).replace(tzinfo=context.zone, fold=fold)
        if local.tzname() == found["name"].upper():
            cursor.at = found.end()
            return timezone(local.utcoffset() or timedelta())
    if found["name"] not in _KNOWN:
        return None
    cursor.at = found.end()
    raise _unclear(cursor, start, found["name"])


def _unclear(cursor: Cursor, start: int, name: str) -> ParseError:
    problem = phrase("`{word}` does not say which zone. Write its offset, such as `+08:00`.")
    return ParseError(problem, word=name, edits=[Edit(cursor.since(start), A_TIME)])


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
