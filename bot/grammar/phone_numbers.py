"""Phone numbers as people write them, and how many words one number takes.

The joining rule. A number may be spread over several words ("+86 137 1111 2222"), and several numbers may stand beside each
other without a comma, so words made of digits and `+ ( ) - .` are joined like this:

1.  A comma, a semicolon, `、`, a new line or any other word ends a number, and a `+` begins one.
2.  Of what is left, the longest run of words that makes a valid number is taken; if there is none, the longest that makes a
    possible one. So `13711112222 13711113333` are two numbers, since 22 digits make none.
3.  Sixteen bare digits and more are a message id and never part of a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumberType, ValidationResult

from bot.grammar.cursor import ANY_HAN, SEPARATORS, WORD_END, Cursor, Edit, ParseError, pattern
from bot.grammar.message_ids import LONG_DIGITS
from bot.grammar.text import shorten
from bot.i18n import Country, phrase
from bot.model import PhoneNumber

if TYPE_CHECKING:
    from bot.i18n import Phrase

_MOST_DIGITS = 17  # fifteen of E.164 and a leading 00
_UNIT = "时分秒天周星点年月日号个小钟"  # "137 1111 2222 2小时前": the second 2 begins a time
FRAGMENT = pattern(rf"\(?\+? ?\(?\d[\d().\-]*+(?=[\s{SEPARATORS}+]|(?![{_UNIT}]){ANY_HAN}|\Z)")
_PLUS = pattern(r"\(?\+")
_STRAY = pattern(r"[(+ ]*")
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_SPREADSHEET = pattern(
    rf"\+?\d{{1,3}}(?:,\d{{3}}){{2,}}(?!\d)|\+?\d(?:\.\d+)?E\+?\d{{1,2}}{WORD_END}"
)  # 13,912,345,678 and 1.39E+10
_MASKED = pattern(
    rf"\+?(?:\d[\d()\-]* ){{0,3}}\d[\d()\-]*"
    rf"(?: ?[*•●]{{2,}}| ?[?_#]{{2,}}(?= ?\d)| ?x{{3,}}|(?<=\d\d)(?: ?\.{{3,}}| ?-{{3,}})(?= ?\d\d))"
    rf"[^\s{SEPARATORS}]*(?: \d{{2,4}}(?!\d))?"
)
_DOUBLE_ZERO = pattern(r"\(?00")

_Parsed = phonenumbers.PhoneNumber


def read_number(cursor: Cursor, region: str) -> PhoneNumber | None:
    """The phone number at the cursor, which advances past it; None when the word is not made of digits. `region` is ISO 3166.

    Raises ParseError for digits that make no valid or possible number, a masked number, or one that a spreadsheet has changed.
    """
    start = cursor.at
    _reject_changed_number(cursor)
    ends = _run(cursor)
    if not ends:
        return None
    for accepts in (phonenumbers.is_valid_number, _is_possible):
        for end in reversed(ends):
            parsed = _parse(cursor.text[start:end], region)
            if parsed and accepts(parsed):
                cursor.at = end
                _reject_lost_plus(cursor, start, parsed)
                return PhoneNumber.from_parsed(parsed)
        if accepts is phonenumbers.is_valid_number and cursor.peek(_PLUS) and (mobile := read_mobile(cursor, region)):
            return mobile
    cursor.at = _end_of_wrong_number(cursor, start, ends, region)
    _reject_lost_plus(cursor, start, _parse(cursor.text_of(cursor.since(start)), region))
    raise _number_error(cursor, start, _what_is_wrong(cursor.text_of(cursor.since(start)), region))


def read_mobile(cursor: Cursor, region: str) -> PhoneNumber | None:
    """The mobile number of `region` after a stray `+`, as in `A + B`; the cursor advances past it. None when there is none."""
    start = cursor.at
    ahead = Cursor(cursor.text, start)
    ahead.take(_STRAY)
    begins = ahead.at
    for end in reversed(_run(ahead)):
        parsed = _parse(cursor.text[begins:end], region)
        if parsed and is_mobile(parsed):
            cursor.at = end
            return PhoneNumber.from_parsed(parsed)
    return None


def is_number_at(cursor: Cursor, at: int, region: str) -> bool:
    """Whether a valid number begins at `at`."""
    ahead = Cursor(cursor.text, at)
    parsed = (_parse(cursor.text[at:end], region) for end in reversed(_run(ahead)))
    return any(found and phonenumbers.is_valid_number(found) for found in parsed)


def number_at(cursor: Cursor, region: str) -> PhoneNumber | None:
    """The phone number at the cursor, without advancing; None when there is none or it is not valid."""
    try:
        return read_number(Cursor(cursor.text, cursor.at), region)
    except ParseError:
        return None


def is_mobile(parsed: _Parsed) -> bool:
    """Whether it is a valid number that may be a mobile one."""
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _MOBILE


def _reject_changed_number(cursor: Cursor) -> None:
    """Raise ParseError for a number that a spreadsheet or a mask has changed."""
    if changed := cursor.peek(_SPREADSHEET):
        problem = phrase("A spreadsheet changed `{word}`. Format the column as text, then copy the number again.")
        raise ParseError(problem, word=changed[0])
    if masked := cursor.peek(_MASKED):
        raise ParseError(phrase("`{word}` is masked. All digits are needed."), word=shorten(masked[0]))


def _run(cursor: Cursor) -> list[int]:
    """Where the number at the cursor may end: after its first word, after its second, and so on."""
    ahead, ends, digits = Cursor(cursor.text, cursor.at), list[int](), 0
    while not ahead.peek(LONG_DIGITS) and not (ends and ahead.peek(_PLUS)):
        fragment = ahead.take(FRAGMENT)
        digits += sum(map(str.isdigit, fragment[0])) if fragment else 0
        if not fragment or (ends and digits > _MOST_DIGITS):
            break
        ends.append(ahead.at)
        ahead.skip_spaces()
    return ends


def _parse(text: str, region: str) -> _Parsed | None:
    try:
        parsed = phonenumbers.parse(text, region, keep_raw_input=True)
    except NumberParseException:
        parsed = None
    # 00 is dialled before a country code nearly everywhere, but phonenumbers knows it only for regions that do so themselves.
    zeros = _DOUBLE_ZERO.match(text)
    if zeros and not (parsed and phonenumbers.is_valid_number(parsed)):
        return _parse("+" + text[zeros.end() :], region)
    return parsed


def _is_possible(parsed: _Parsed) -> bool:
    """Whether a mobile number may have this length.

    Enough to be looked up, since carriers put ranges to use before the tables list them. Judged by the lengths of mobile
    numbers because a Chinese mobile number that lost a digit would be as long as a landline's.
    """
    return _length(parsed) == ValidationResult.IS_POSSIBLE and _can_be_written(parsed)


def _can_be_written(parsed: _Parsed) -> bool:
    """Whether its E.164 is the same number again: phonenumbers can take zeros for a part of it that it then writes wrongly."""
    number = PhoneNumber.from_parsed(parsed)
    again = _parse(number.e164, "ZZ")
    return again is not None and PhoneNumber.from_parsed(again) == number and number.e164[1:].isdecimal()


def _length(parsed: _Parsed) -> int:
    """A `ValidationResult`: what is wrong with the number's length for a mobile number."""
    if _mobile_lengths(parsed):
        return phonenumbers.is_possible_number_for_type_with_reason(parsed, PhoneNumberType.MOBILE)
    return phonenumbers.is_possible_number_with_reason(parsed)  # services such as +800 belong to no country and are not mobile


def _reject_lost_plus(cursor: Cursor, start: int, parsed: _Parsed | None) -> None:
    """Raise ParseError for `85291234567` in China: no number there, but `+85291234567` is one.

    A guess could be somebody else's.
    """
    if (
        parsed is None
        or parsed.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY
        or phonenumbers.is_valid_number(parsed)
    ):
        return
    plus = _parse("+" + cursor.text_of(cursor.since(start)).lstrip("( "), "ZZ")
    if plus and phonenumbers.is_valid_number(plus):
        problem = phrase(
            "`{word}` is not a number in {country}. With a `+` it is one in {other}.",
            country=_country(parsed),
            other=_country(plus),
        )
        raise _number_error(cursor, start, problem, "+" + cursor.text_of(cursor.since(start)).lstrip("( "))


def _end_of_wrong_number(cursor: Cursor, start: int, ends: list[int], region: str) -> int:
    """Where the wrong number ends: before a word that is a valid number by itself, and after fifteen digits at the latest."""
    last = ends[0]
    for end in ends[1:]:
        parsed = _parse(cursor.text[last:end].strip(), region)
        digits = sum(map(str.isdigit, cursor.text[start:end]))
        if digits > _MOST_DIGITS - 2 or (parsed and phonenumbers.is_valid_number(parsed)):
            break
        last = end
    return last


def _number_error(cursor: Cursor, start: int, problem: Phrase, instead: str | None = None) -> ParseError:
    """The error about an invalid number.

    Nobody can tell which digit is wrong or missing, so `instead` is the only possible correction.
    """
    span = cursor.since(start)
    word = shorten(cursor.text_of(span))
    return ParseError(problem, word=word, edits=[] if instead is None else [Edit(span, instead)])


def _what_is_wrong(text: str, region: str) -> Phrase:
    """The reason why phonenumbers rejects `text`."""
    parsed = _parse(text, region)
    if parsed is None:
        return _why_none(text, region)
    country, lengths = _country(parsed), _mobile_lengths(parsed)
    if not lengths:
        return _no_service(_length(parsed), country=country)
    count = len(phonenumbers.national_significant_number(parsed))
    return phrase(
        "`{word}` has {count} digits; mobile numbers in {country} have {digits}.",
        count=count,
        country=country,
        digits=_either(lengths),
    )


def _no_service(length: int, **values: object) -> Phrase:
    match length:
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return phrase("`{word}` is too short for {country}.", **values)
        case ValidationResult.TOO_LONG:
            return phrase("`{word}` is too long for {country}.", **values)
        case _:
            return phrase("`{word}` is not a number in {country}.", **values)


def _why_none(text: str, region: str) -> Phrase:
    """The reason why `text` cannot be divided into country code and number."""
    try:
        phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.TOO_LONG:
            return phrase("`{word}` is too long: phone numbers have at most 15 digits.")
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return phrase("`{word}` does not start with a valid country code.")
    return phrase("`{word}` is too short for a phone number.")


def _mobile_lengths(parsed: _Parsed) -> tuple[int, ...]:
    code = parsed.country_code or 0
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    lengths = metadata.mobile.possible_length if metadata and metadata.mobile else ()
    return tuple(length for length in lengths if length > 0)


def _either(lengths: tuple[int, ...]) -> Phrase | int:
    low, high = min(lengths), max(lengths)
    if low == high:
        return low
    if len(lengths) == 2:  # noqa: PLR2004 - two of them
        return phrase("{low} or {high}", low=low, high=high)
    return phrase("{low} to {high}", low=low, high=high)


def _country(parsed: _Parsed) -> Phrase:
    """The country as shown: `China (+86)`; of several that share a code, the main one; empty for codes of no country."""
    code = parsed.country_code or 0
    region = phonenumbers.region_code_for_country_code(code)
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return phrase("+{code}", code=code)
    return phrase("{country} (+{code})", country=Country(region), code=code)
