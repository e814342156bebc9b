"""Phone numbers as people write them, and how many words one number takes.

The joining rule. A number may be spread over several words ("+86 137 1111 2222"), and several numbers may stand beside each
other without a comma, so words made of digits and `+ ( ) - .` are joined like this:

1.  A comma, a semicolon, `、`, a new line or any other word ends a number, and a `+` begins one.
2.  Of what is left, the longest run of words that makes a valid number is taken; if there is none, the longest that makes a
    possible one. So `13711112222 13711113333` are two numbers, since 22 digits make none.
3.  Sixteen bare digits and more are a message id and never part of a number.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumberType, ValidationResult

from bot.grammar.ids import LONG_DIGITS
from bot.grammar.reader import BREAK, HAN, Edit, Reader, StumbleError, pattern
from bot.grammar.text import shorten
from bot.grammar.words import EXAMPLE_NUMBER
from bot.model import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_DIGITS = 17  # fifteen of E.164 and a leading 00
_UNIT = "时分秒天周星点年月日号个小钟"  # "137 1111 2222 2小时前": the second 2 begins a time
FRAGMENT = pattern(rf"\(?\+? ?\(?\d[\d().\-]*+(?=[\s{BREAK}+]|(?![{_UNIT}])[{HAN}]|\Z)")
_PLUS = pattern(r"\(?\+")
_DOUBLE_ZERO = pattern(r"\(?00")

_Parsed = phonenumbers.PhoneNumber


def read_number(reader: Reader, region: str) -> PhoneNumber | None:
    """The number that stands here, read on past it; None when the word is not made of digits. `region` is ISO 3166."""
    start = reader.at
    ends = _run(reader)
    if not ends:
        return None
    for accepts in (phonenumbers.is_valid_number, _is_possible):
        for end in reversed(ends):
            parsed = _parse(reader.text[start:end], region)
            if parsed and accepts(parsed):
                reader.at = end
                _refuse_a_lost_plus(reader, start, parsed)
                return as_number(parsed)
    reader.at = _end_of_wrong_number(reader, start, ends, region)
    _refuse_a_lost_plus(reader, start, _parse(reader.cut(reader.since(start)), region))
    raise _stumble(reader, start, _reason(reader.cut(reader.since(start)), region), EXAMPLE_NUMBER)


def _run(reader: Reader) -> list[int]:
    """Where the number that begins here may end: after its first word, after its second, and so on."""
    ahead, ends, digits = Reader(reader.text, reader.at), list[int](), 0
    while not ahead.sees(LONG_DIGITS) and not (ends and ahead.sees(_PLUS)):
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
    return _length(parsed) == ValidationResult.IS_POSSIBLE


def _length(parsed: _Parsed) -> int:
    """A `ValidationResult`: what is wrong with the number's length for a mobile number."""
    if _mobile_lengths(parsed):
        return phonenumbers.is_possible_number_for_type_with_reason(parsed, PhoneNumberType.MOBILE)
    return phonenumbers.is_possible_number_with_reason(parsed)  # services such as +800 belong to no country and are not mobile


def as_number(parsed: _Parsed) -> PhoneNumber:
    """What phonenumbers read, as ours."""
    return PhoneNumber(
        e164=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        country_code=parsed.country_code or 0,
        national=phonenumbers.national_significant_number(parsed),
    )


def _refuse_a_lost_plus(reader: Reader, start: int, parsed: _Parsed | None) -> None:
    """Stumble over `85291234567` in China: it is no number there, but `+85291234567` is one. Guessing would look up another's."""
    if (
        parsed is None
        or parsed.country_code_source != CountryCodeSource.FROM_DEFAULT_COUNTRY
        or phonenumbers.is_valid_number(parsed)
    ):
        return
    plus = _parse("+" + reader.cut(reader.since(start)).lstrip("( "), "ZZ")
    if plus and phonenumbers.is_valid_number(plus):
        reason = f"is no number of {_country(parsed)}; with a `+` it would be one of {_country(plus)}"
        raise _stumble(reader, start, reason, as_number(plus).e164)


def _end_of_wrong_number(reader: Reader, start: int, ends: list[int], region: str) -> int:
    """Where the wrong number ends: before a word that is a valid number by itself, and after fifteen digits at the latest."""
    last = ends[0]
    for end in ends[1:]:
        parsed = _parse(reader.text[last:end].strip(), region)
        digits = sum(map(str.isdigit, reader.text[start:end]))
        if digits > _MOST_DIGITS - 2 or (parsed and phonenumbers.is_valid_number(parsed)):
            break
        last = end
    return last


def _stumble(reader: Reader, start: int, reason: str, instead: str) -> StumbleError:
    span = reader.since(start)
    word = shorten(reader.cut(span))
    return StumbleError(f"`{word}` {reason}.", word=word, edits=[Edit(span, instead)])


def _reason(text: str, region: str) -> str:
    """Why phonenumbers takes `text` for no number, in words that go on from it."""
    parsed = _parse(text, region)
    if parsed is None:
        return _reason_for_none(text, region)
    lengths = _mobile_lengths(parsed)
    known = f": mobile numbers there have {_either(lengths)} digits" if lengths else ""
    match _length(parsed):
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            problem = "is too short for"
        case ValidationResult.TOO_LONG:
            problem = "is too long for"
        case _:
            problem = "is no number of"
    return f"{problem} {_country(parsed)}{known}"


def _reason_for_none(text: str, region: str) -> str:
    try:
        phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.TOO_LONG:
            return "is too long for a phone number, which has at most 15 digits"
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return "begins with no country code that exists"
    return "is too short for a phone number"


def _mobile_lengths(parsed: _Parsed) -> tuple[int, ...]:
    code = parsed.country_code or 0
    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    lengths = metadata.mobile.possible_length if metadata and metadata.mobile else ()
    return tuple(length for length in lengths if length > 0)


def _either(lengths: tuple[int, ...]) -> str:
    low, high = min(lengths), max(lengths)
    if low == high:
        return str(low)
    return f"{low} {'or' if len(lengths) == 2 else 'to'} {high}"  # noqa: PLR2004 - two of them


def _country(parsed: _Parsed) -> str:
    """Such as `China (+86)`; of several countries that share a code, the main one."""
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    name = _countries().get(region)
    return f"{name} (+{parsed.country_code})" if name else f"+{parsed.country_code}"


@cache
def _countries() -> Mapping[str, str]:
    """Names by ISO 3166 code, from the table that comes with the time zones.

    phonenumbers has names too, but they come with its place names, which take a third of a second to import.
    """
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    return {line[:2]: line[3:] for line in table.splitlines() if not line.startswith("#")}
