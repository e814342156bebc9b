"""Compares the phone number of a row with the number queried, in every spelling, and reads the numbers of pushes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import phonenumbers

from bot.model import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

MAINLAND = re.compile(r"1[3-9][0-9]{9}")
"""A mobile number of mainland China in its national spelling."""

# What people and programs put between digits: blanks, brackets, dots, slashes, dashes, wide ones too; marks that nobody sees.
_PUNCTUATION = re.compile(r"[\s()+./\-\uff08\uff09\uff0b\uff0d\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FRACTION = re.compile(r"(?<=\d{7})\.0+\Z")  # 13711112222.0: a table has read the number as a fraction
_MAX_LENGTH = 64  # characters of a field that are looked at; no number has as many
_USUAL_LENGTH = 12  # digits; a few countries' numbers are longer
_DIGITS = re.compile(r"(?!0+$)[0-9*]{5,20}")
_E164 = re.compile(r"\+[0-9]{5,15}")
_COUNTRY = re.compile(r"[1-9][0-9]{0,2}")


def is_about(value: object, queried: PhoneNumber, country: object = None) -> bool:
    """True if a row whose number is `value` is about `queried`: national, with the country code, with + or 00, or masked.

    `country` is the row's own field of the country code, if it has one: two countries have many national numbers in common. A
    row without a number, or with an unreadable one, is about the only number queried.
    """
    digits = digits_of(value)
    if digits is None or _is_too_long(digits):
        return True
    spellings = [queried.e164.removeprefix("+")]
    if country_of(country) in {None, str(queried.country_code)}:
        spellings += [queried.national, f"0{queried.national}"]
    if "*" not in digits:  # a pattern for each number would be compiled anew for each, once they are more than Python keeps
        return digits in spellings
    pattern = re.compile(re.sub(r"\*+", "[0-9]+", digits))
    return any(pattern.fullmatch(spelling) for spelling in spellings)


def digits_of(value: object) -> str | None:
    """The digits of a number, masked ones as asterisks, without + or 00 in front; None if it is not a number's spelling."""
    digits = _bare(value)
    return digits if _DIGITS.fullmatch(digits) else None


def country_of(value: object) -> str | None:
    """The country code of a field, `86` of 86, `+86` or `0086`; None if it is none."""
    digits = _bare(value)
    return digits if _COUNTRY.fullmatch(digits) and int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE else None


def _is_too_long(digits: str) -> bool:
    """Whether so many digits are no country's number: a moment or an id that stands in the number's field."""
    return len(digits) > _USUAL_LENGTH and "*" not in digits and possible(f"+{digits}") is None


def first_valid(spellings: Iterable[str]) -> PhoneNumber | None:
    """The first of these E.164 spellings that is a valid number; None if none is."""
    return next((possible(spelling) for spelling in spellings if _is_valid(spelling)), None)


def possible(spelling: str) -> PhoneNumber | None:
    """The number of an E.164 spelling; None if no number has so many digits.

    Those of the mainland, which are nearly all, are read without phonenumbers: a push may bring a thousand.
    """
    if _is_mainland(spelling):
        return PhoneNumber(spelling, 86, spelling.removeprefix("+86"))
    parsed = _parsed(spelling)
    return PhoneNumber.from_parsed(parsed) if parsed else None


def _is_valid(spelling: str) -> bool:
    if _is_mainland(spelling):
        return True
    parsed = _parsed(spelling)
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def _is_mainland(spelling: str) -> bool:
    return spelling.startswith("+86") and MAINLAND.fullmatch(spelling, 3) is not None


def _bare(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, int) and value < 0):
        return ""
    text = _PUNCTUATION.sub("", _FRACTION.sub("", str(value)[:_MAX_LENGTH]))
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    return text.removeprefix("00")


def _parsed(spelling: str) -> phonenumbers.PhoneNumber | None:
    if not _E164.fullmatch(spelling):  # a masked number would be read as what stands before the mask
        return None
    try:
        parsed = phonenumbers.parse(spelling)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None
