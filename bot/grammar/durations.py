"""Durations: `2h`, `1d 12h`, `2 hours and 30 minutes`, `half an hour`, `两个半小时`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.grammar.cursor import WORD_END, pattern
from bot.grammar.impossible_times import OUT_OF_REACH, impossible_time_error
from bot.i18n import phrase

if TYPE_CHECKING:
    import re

    from bot.grammar.cursor import Cursor

LONGEST = timedelta(days=3660)  # no provider keeps more than some weeks; beyond ten years it is a slip of the finger
_MOST_AMOUNT_DIGITS = 9
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
_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2}
_ONE = "[一二两兩三四五六七八九]"
HAN_NUMBER = rf"{_ONE}?十[一二三四五六七八九]?|{_ONE}"
_WORDS = {
    word: value
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
_LATIN_UNIT = "|".join(sorted((word for word in _SECONDS if word.isascii()), key=len, reverse=True))
_HAN_UNIT = "|".join(sorted((word for word in _SECONDS if not word.isascii()), key=len, reverse=True))
_NO_WEEKDAY = "(?<![周週期])|(?![一二三四五六日天末])"  # 周 begins 周一, also behind a number that belongs elsewhere
_UNIT = rf"(?P<unit>(?:{_LATIN_UNIT})(?![a-z])|(?:{_HAN_UNIT})(?:{_NO_WEEKDAY}))"

STEP = pattern(
    rf"(?:(?P<amount>\d+(?:\.\d+)?|半|{HAN_NUMBER}) *(?P<more>[个個]半)?|(?P<word>{'|'.join(_WORDS)}) +"
    rf"|(?P<one>(?P<half>half +)(?:an? +)?|an? +)(?=hour|minute|day|week)){_UNIT}"
)
_BARE_UNIT = pattern(rf"{_UNIT}(?![一二三四五六日天末])")
_AND = pattern(r" +and +")
AGO = pattern(rf" *(?:ago{WORD_END}|以前|之前|前)")


def read_duration(cursor: Cursor) -> timedelta | None:
    """The duration at the cursor, which advances past it and past an `ago`; None when there is none.

    Raises ParseError for one that is too long.
    """
    start, total = cursor.at, 0.0
    while step := cursor.take(STEP):
        if len(step["amount"] or "") > _MOST_AMOUNT_DIGITS:  # int() and timedelta both have an end
            raise impossible_time_error(cursor, start, OUT_OF_REACH)
        total += _amount(step) * _SECONDS[step["unit"].lower()]
        end = cursor.at
        if not cursor.take(_AND):
            cursor.skip_spaces()
        if not cursor.peek(STEP):
            cursor.at = end
            break
    if cursor.at == start:
        return None
    cursor.take(AGO)
    seconds = round(total)
    if seconds <= 0:
        raise impossible_time_error(cursor, start, phrase("`{word}` is not a valid length of time."))
    if seconds > LONGEST.total_seconds():
        raise impossible_time_error(cursor, start, OUT_OF_REACH)
    return timedelta(seconds=seconds)


def read_unit(cursor: Cursor) -> timedelta | None:
    """A unit alone, as in `last hour`; None when there is none."""
    found = cursor.take(_BARE_UNIT)
    return timedelta(seconds=_SECONDS[found["unit"].lower()]) if found else None


def _amount(step: re.Match[str]) -> float:
    if step["one"]:
        return 0.5 if step["half"] else 1
    if step["word"]:
        return _WORDS[step["word"].lower()]
    return read_amount(step["amount"]) + (0.5 if step["more"] else 0)


def read_amount(text: str) -> float:
    """The number written as `12`, `1.5`, `半` or `三十`."""
    if text == "半":
        return 0.5
    tens, ten, ones = text.partition("十")
    if ten:
        return 10 * _HAN_DIGITS.get(tens, 1) + _HAN_DIGITS.get(ones, 0)
    return _HAN_DIGITS[text] if text in _HAN_DIGITS else float(text)
