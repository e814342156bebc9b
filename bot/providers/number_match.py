"""Whether a number in a row is the one that was asked about, however it is spelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import PhoneNumber

_STUFFING = re.compile(r"[\s()\-.]")
_DIGITS = re.compile(r"[0-9*]{5,}")


def is_about(value: object, asked: PhoneNumber) -> bool:
    """Whether a row whose number is `value` is about `asked`: nationally, with the country code, with + or 00, or masked.

    A row without a number, or with one that cannot be read, is about the only number that was asked about.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return True
    digits = _STUFFING.sub("", str(value)).removeprefix("+").removeprefix("00")
    if not _DIGITS.fullmatch(digits):
        return True
    spellings = (asked.national, f"0{asked.national}", asked.e164.removeprefix("+"))
    told = re.compile(re.sub(r"\*+", "[0-9]+", digits))
    return any(told.fullmatch(spelling) for spelling in spellings)
