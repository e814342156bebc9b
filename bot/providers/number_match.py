"""Matches the phone number of a row against the number queried, in every spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import PhoneNumber

_PUNCTUATION = re.compile(r"[\s()\-.]")
_DIGITS = re.compile(r"[0-9*]{5,}")


def is_about(value: object, queried: PhoneNumber) -> bool:
    """True if a row whose number is `value` is about `queried`: national, with the country code, with + or 00, or masked.

    A row without a number, or with an unreadable one, is about the only number queried.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return True
    digits = _PUNCTUATION.sub("", str(value)).removeprefix("+").removeprefix("00")
    if not _DIGITS.fullmatch(digits):
        return True
    spellings = (queried.national, f"0{queried.national}", queried.e164.removeprefix("+"))
    pattern = re.compile(re.sub(r"\*+", "[0-9]+", digits))
    return any(pattern.fullmatch(spelling) for spelling in spellings)
