"""Numbers that belong to a person: recognised by form and check digit, and masked. Pure.

Without the tables of phonenumbers, which take long to load. What is masked though it is none costs a reader little.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from bot.encoded_text import decode_text

if TYPE_CHECKING:
    from collections.abc import Callable

_HIDDEN = 4  # digits that are hidden at least
_LONGEST_PHONE = 15  # digits (https://www.itu.int/rec/T-REC-E.164)

# Identity cards of mainland China: province, day of birth, serial, check character (GB 11643-1999); fifteen digits until 1999.
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)\d{4}"
_IDENTITY = re.compile(rf"{_PROVINCE}(?:(?P<born>(?:18|19|20)\d{{6}})\d{{3}}[\dXx]|(?P<old>\d{{6}})\d{{3}})", re.ASCII)
_OLD_LENGTH = 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Banks' numbers begin with 2 to 6, in China also with 9; a SIM card's with 89 (ISO/IEC 7812). A MessageId begins with 1.
_CARD = re.compile(r"[2-69]\d{12,18}|89\d{17,18}", re.ASCII)

_MOBILE = r"1[3-9]\d(?:[ .\-]?\d{4}){2}"  # China's
GROUPED_MOBILE = r"1[3-9]\d(?:\D{1,3}\d{4}){2}"
"""China's, in its usual groups with whatever between them: 139~2222~3333. Of other numbers such groups are a list as well."""

_NUMERALS = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖貳參陸"
# Digits in base64, three bytes in four characters: MTM5 for 139, behind Kzg2 for +86. Nine of them are no chance anywhere.
_PACKED_DIGITS, _PACKED_REST = r"(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5])", r"(?:[MNO](?:[DTjz][AEIMQUYcgk]|[AQgw]=?)=?)?"
_PACKED = (
    rf"(?:(?<![A-Za-z0-9+/])(?:Kzg2)?{_PACKED_DIGITS}{{2,}}{_PACKED_REST}(?![A-Za-z0-9+/=])"
    rf"|(?:Kzg2)?{_PACKED_DIGITS}{{3,}}{_PACKED_REST})"
)
ODD_SPELLINGS = "|".join(
    (
        r"(?<!\d)1(?:[^\w\s:]|_)?[3-9](?:(?:[^\w\s:]|_)?\d){9}(?!\d)",  # a mobile number of China's, cut anywhere: 1,3912,345678
        r"(?<!\d)\d(?:[\W_]{1,3}\d(?!\d)){6,}",  # digit by digit: 1|3|9|1|2|3|4
        r"(?<!\d)\+?\d{1,3}(?:,\d{3}){2,}(?!\d)",  # as an amount: 13,912,345,678
        rf"[{_NUMERALS}](?:[ \-]?[{_NUMERALS}]){{6,}}",
        _PACKED,
    )
)
"""A pattern of numbers as nobody dials them. `plain_digits` of a text has those of other scripts as well."""

_CHINESE = re.compile(rf"(?P<country>(?:(?:\+|00)?86)?)[ .\-]?(?P<mobile>{_MOBILE})")
_GROUPED_CHINESE = re.compile(rf"(?P<country>(?:(?:\+|00)?86)?)\D{{0,3}}(?P<mobile>{GROUPED_MOBILE})")
_DAY = r"(?:\d{4}(?P<dash>[\-./])\d{1,2}(?P=dash)\d{1,2}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
_CLOCK = r"(?:[T ]?(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?[0-5]\d)?)?)?"
# What may stand within a number, unless another one begins behind it.
_NEXT = rf"[ .\-()/_·]{{1,2}}(?!(?:{_MOBILE}|{GROUPED_MOBILE})(?!\d)|{_DAY.replace('dash', 'next')}(?!\d)|\d{{1,4}}\*)"
_NUMBER = re.compile(
    rf"(?<![\d+])(?P<time>{_DAY}{_CLOCK})(?!\d)"
    rf"|(?<!\d)(?:(?:\+|00)?86[ .\-]?)?{_MOBILE}(?!\d)"
    rf"|(?<!\d)(?:(?:\+|00)?86[\W_]{{0,3}})?{GROUPED_MOBILE}(?!\d)"
    rf"|{ODD_SPELLINGS}"
    rf"|(?<!\d\*\*\*\*)\+?\(?\d(?:(?:{_NEXT})?\d){{6,}}(?:[Xx](?!\w))?"
)
# What the above leaves: a card's number counts as one when its digits prove it, since a list of codes looks alike.
_GROUPED = re.compile(
    rf"(?<![\d+])(?P<time>{_DAY}{_CLOCK})(?!\d)|(?<!\d){GROUPED_MOBILE}(?!\d)|{ODD_SPELLINGS}"
    r"|(?<!\d)(?P<card>\d{3,16}(?:(?:[^\w:^]|_){1,3}\d{2,16}){1,5}[Xx]?)(?!\w)"  # a SerialNo has a colon, a BizId a ^
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Twilio's ids of messages and requests: https://www.twilio.com/docs/glossary/what-is-a-sid. One without a letter is digits.
_HASH = re.compile(r"(?:[SsMm][Mm]|RQ)(?=\d*[A-Fa-f])[0-9A-Fa-f]{32}")
_PACKED_ALONE = re.compile(_PACKED)
_ABOVE = "\ufe0e\ufe0f\u20e3"  # what makes an emoji of a digit
_BEHIND_A_COLON = re.compile(r"\d:$")
_RUN = re.compile(r"\+?\d(?:[ .\-]?\d){6,}(?:[Xx](?![A-Za-z]))?")
# What no phone number looks like: too few digits, a day and a count, a moment.
_NO_PHONE = re.compile(r"\d{7}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[ .\-]?\d{1,6})?|1\d{9}", re.ASCII)
_MOMENT = r"(?:20\d{6}|20\d{12}|1\d{9}|1\d{12})?"
_CARRIER = r"(?:179(?:0[0189]|11|51)|125(?:20|93))?"  # dialled in front of a number
_GLUED = re.compile(r"(?:(?:(?:00)?86)?1[3-9]\d{9}){2,4}", re.ASCII)
_ONE_OF_GLUED = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}", re.ASCII)
_DATED = re.compile(rf"(?:{_MOMENT}|{_CARRIER})(?P<number>(?:(?:00)?86)?1[3-9]\d{{9}}){_MOMENT}", re.ASCII)


def is_identity_card(text: str) -> bool:
    """Whether `text` is the number of a Chinese identity card: a province, a day of birth and the right check character."""
    if not _like_identity_card(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return len(text) == _OLD_LENGTH or _CHECKS[total % len(_CHECKS)] == text[-1].upper()


def is_card(digits: str) -> bool:
    """Whether `digits` is the number of a bank card or a SIM card: it begins like one, and its check digit (Luhn) is right."""
    if not _CARD.fullmatch(digits):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def is_personal(digits: str) -> bool:
    """Whether a run of digits is the number of a card, so that by its form alone it is no message id."""
    return is_identity_card(digits) or is_card(digits)


def mask_numbers(text: str) -> str:
    """`text` with all that may be a phone number, a card's or an identity number masked, however it is spaced.

    A Chinese mobile number becomes `+86 137****2222` or `137****2222`; of others the ends stay. Days and times are left.
    """
    return _read_plainly(text, lambda plain: _replaced(plain, _masked))


def hide_numbers(text: str) -> str:
    """The same with no digit of a number left."""

    def without_digits(number: str) -> str:
        return "*" * len(number) if _PACKED_ALONE.fullmatch(number) else re.sub(rf"[\dXx{_NUMERALS}]", "*", number)

    return _read_plainly(text, lambda plain: _replaced(plain, without_digits))


def plain_digits(text: str) -> str:
    """`text` with the digits of every script (also ² and ①) as 0 to 9, and without the marks that nobody sees between them."""
    if text.isascii():
        return text
    seen = (char for char in text if char not in _ABOVE and unicodedata.category(char) != "Cf")
    return "".join(char if (digit := unicodedata.digit(char, None)) is None else str(digit) for char in seen)


def _read_plainly(text: str, mask: Callable[[str], str]) -> str:
    """What `mask` makes of the text, decoded and in plain digits, or else as it is; the text itself, if it finds nothing."""
    typed = plain_digits(text)
    for plain in dict.fromkeys((plain_digits(decode_text(text)), typed)):  # decoded, 130%2000%0000 is no number any more
        masked = mask(plain)
        if masked != plain:
            return masked
    return text


def _replaced(text: str, instead: Callable[[str], str]) -> str:
    return _regrouped(_NUMBER.sub(lambda found: found[0] if found["time"] else instead(found[0]), text), instead)


def _regrouped(text: str, instead: Callable[[str], str]) -> str:
    """`text` with `instead` of what is a number by its groups alone."""

    def replaced(found: re.Match[str]) -> str:
        is_none = found["time"] or (found["card"] and not is_personal(re.sub(r"[\W_]", "", found["card"])))
        return found[0] if is_none else instead(found[0])

    return _GROUPED.sub(replaced, text)


def mask_message_id(message_id: str) -> str:
    """A message id with the numbers in it masked.

    Vendors' ids are longer runs of digits: a number is told apart when nothing but a day or a time is beside it. The digits of a
    hash are none.
    """
    if _HASH.fullmatch(message_id):
        return message_id
    return _read_plainly(message_id, lambda plain: _regrouped(_RUN.sub(_masked_run, plain), _masked))


def mask_request_id(request_id: str) -> str:
    """The same of a request's id: most are UUIDs, whose digits are no number."""
    return request_id if _UUID.fullmatch(request_id) else mask_message_id(request_id)


def _masked_run(found: re.Match[str]) -> str:
    plain = re.sub(r"[+ .\-]", "", found[0])
    if _GLUED.fullmatch(plain):
        return _ONE_OF_GLUED.sub(lambda one: _masked(one[0]), plain)
    if dated := _DATED.fullmatch(plain):
        return plain[: dated.start("number")] + _masked(dated["number"]) + plain[dated.end("number") :]
    return found[0] if _is_of_an_id(found, plain) else _masked(found[0])


def _is_of_an_id(found: re.Match[str], plain: str) -> bool:
    """Whether a run of digits within a message id is no number of a person."""
    if _like_identity_card(plain):
        return False
    if found.string[found.end() :][:1] in {":", "^"} or _BEHIND_A_COLON.search(found.string[: found.start()]):
        return True  # a SerialNo, a BizId: a tenth of them has the check digit of a card
    return not is_card(plain) and (len(plain) > _LONGEST_PHONE or bool(_NO_PHONE.fullmatch(found[0])))


def _masked(number: str) -> str:
    """`number` with the digits in its middle hidden."""
    if _PACKED_ALONE.fullmatch(number):
        return "****"
    if found := _CHINESE.fullmatch(number) or _GROUPED_CHINESE.fullmatch(number):
        plain = re.sub(r"\D", "", found["mobile"])
        return f"{'+86 ' if found['country'] else ''}{plain[:3]}****{plain[-4:]}"
    places = [at for at, char in enumerate(number) if char.isdigit() or char in f"Xx{_NUMERALS}"]
    head = min(3, max(0, (len(places) - _HIDDEN) // 2))
    tail = min(4, max(0, len(places) - _HIDDEN - head))
    hidden = set(places[head : len(places) - tail])
    return "".join("*" if at in hidden else char for at, char in enumerate(number))


def _like_identity_card(text: str) -> bool:
    """The same but for the check character: the masks take no account of a slip."""
    found = _IDENTITY.fullmatch(text)
    return found is not None and _is_day(found["born"] or f"19{found['old']}")


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
