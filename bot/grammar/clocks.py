"""Times of day: `09:00`, `9:30pm`, `8 o'clock`, `noon`, `晚上8点半`, and the first of `9-11am`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

from bot.grammar.cursor import WORD_END, pattern
from bot.grammar.durations import HAN_NUMBER, STEP, read_amount
from bot.grammar.impossible_times import NO_SUCH_TIME, impossible_time_error

if TYPE_CHECKING:
    import re

    from bot.grammar.cursor import Cursor

_NOON = 12
PART_OF_DAY = r"(?:凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里|夜裡|深夜)"
_PART_OF_DAY = pattern(rf"({PART_OF_DAY}|今早(?= *\d)) *")
_HALF = r"[ap]\.?m\b"
_CLOCK = pattern(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?!\d)(?::(?P<second>\d\d)(?!\d)(?:\.\d{1,9}|,\d{3}(?!\d))?)?"
    rf"(?: *(?P<half>{_HALF}))?| *(?P<bare_half>{_HALF})| *o'?clock{WORD_END})"
    rf"(?: *o'?clock{WORD_END})?(?: +in the (?P<said>morning|afternoon|evening){WORD_END})?",
)
_HAN_CLOCK = pattern(
    rf"(?P<hour>\d{{1,2}}|零|{HAN_NUMBER}) *[點点时時](?:(?P<minute>\d{{1,2}})分?|(?P<past>半|一刻|三刻)|整|钟|鐘)?"
)
_NAMED = pattern(rf"(?P<noon>noon|midday|正午)(?![a-z])|midnight{WORD_END}")
_HALVES = {"morning": "早上", "afternoon": "下午", "evening": "傍晚"}
_PAST = {"半": 30, "一刻": 15, "三刻": 45}
_LINK = r" *(?:-|~|到|至|(?:to|and|until|till)\b) *"
LEADING = pattern(rf"(?P<hour>\d{{1,2}})(?={_LINK}(?P<next>\d{{1,2}})(?: *(?P<half>{_HALF})| *[点點时時]))")  # 9-11am, 3到5点
_HOUR = pattern(rf"\d{{1,2}}(?=[\s,;、。]|\Z)(?! *(?:[\d(点點时時:]|{_HALF}|[ap]\.m|o'?clock))")
_HOURS = pattern(rf"(?P<hour>\d{{1,2}}){_LINK}(?P<next>\d{{1,2}})(?=[\s,;、。]|\Z)")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was written. `half`: the word for the half of the day (am, pm, 晚上), if there was one."""

    at: time
    half: str = ""
    padded: bool = False  # "09:00" is a clock of 24 hours

    @property
    def may_be_later(self) -> bool:
        """Whether it may also mean the time twelve hours later: `5` in `3pm to 5`."""
        return not self.half and 1 <= self.at.hour <= _NOON

    @property
    def later(self) -> time:
        """The time twelve hours later."""
        return self.at.replace(hour=(self.at.hour + _NOON) % (2 * _NOON))


def read_clock(cursor: Cursor) -> Clock | None:
    """The time of day at the cursor, which advances past it; None when there is none. Raises ParseError for one like `25:00`."""
    start = cursor.at
    if named := cursor.take(_NAMED):
        return Clock(time(_NOON if named["noon"] else 0), half="pm" if named["noon"] else "am")
    part = cursor.take(_PART_OF_DAY)
    found = cursor.take(_CLOCK) or cursor.take(_HAN_CLOCK)
    leading = None if found else cursor.take(LEADING)
    if not found and not leading:
        cursor.at = start
        return None
    try:
        if leading:
            return _leading(leading, part[1] if part else "")
        return _clock(found, part[1] if part else "") if found else None
    except ValueError:
        raise impossible_time_error(cursor, start, NO_SUCH_TIME) from None


def read_hours(cursor: Cursor) -> tuple[Clock, Clock] | None:
    """The two hours of `between 10 and 11`, which are recognised as times by `between` alone; None otherwise."""
    found = cursor.peek(_HOURS)
    if not found or max(int(found["hour"]), int(found["next"])) >= 2 * _NOON:
        return None
    cursor.at = found.end()
    return Clock(time(int(found["hour"]))), Clock(time(int(found["next"])))


def read_hour(cursor: Cursor) -> Clock | None:
    """The bare hour `5` of `3pm to 5`; None when there is none."""
    found = cursor.peek(_HOUR)
    if not found or cursor.peek(STEP) or int(found[0]) >= 2 * _NOON:
        return None
    cursor.at = found.end()
    return Clock(time(int(found[0])), padded=found[0].startswith("0"))


def _clock(found: re.Match[str], part: str) -> Clock:
    said = found.groupdict()
    hour = int(read_amount(said["hour"]))
    half = part or _plain(said.get("half") or said.get("bare_half")) or _HALVES.get((said.get("said") or "").lower(), "")
    minute = _PAST.get(said.get("past") or "", int(said["minute"] or 0))
    padded = len(said["hour"]) > 1 and said["hour"].startswith("0")
    return Clock(time(_hour(hour, half), minute, int(said.get("second") or 0)), half=half, padded=padded)


def _plain(half: str | None) -> str:
    return (half or "").lower().replace(".", "")


def _leading(found: re.Match[str], part: str) -> Clock:
    """The first time of `9-11am`, in the same half of the day as the second unless it would come after it: `11-1pm`."""
    hour, half = int(found["hour"]), _plain(found["half"])
    clock = Clock(time(_hour(hour, part or half)), half=part or half)
    until = time(_hour(int(found["next"]), half))
    return replace(clock, at=clock.later) if half and clock.at > until else clock


def _hour(hour: int, part: str) -> int:
    """The hour on the 24-hour clock; out of range when `hour` and `part` contradict each other."""
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
