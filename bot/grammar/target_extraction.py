"""Extracts phone numbers and message ids from running text, such as a Slack message.

Stricter than the parser of commands, for nobody said that the text holds a number: a number without its country code must be a
valid mobile number of the region, and a bare word is an id only when it has the form of one and is nothing else: no identity or
bank card, no order, no case. Whatever is found here is sent to the providers. Pure, and never raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phonenumbers import Leniency, PhoneNumberMatcher

from bot.encoded_text import decode_text
from bot.grammar.card_numbers import without_cards
from bot.grammar.cursor import pattern
from bot.grammar.other_labels import label_before
from bot.grammar.phone_numbers import is_mobile
from bot.grammar.text import normalize
from bot.model import PhoneNumber, Target
from bot.model.message_ids import ID_FORMS, MAX_ID
from bot.model.personal_numbers import is_personal

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

MAX_TEXT = 12_000  # characters looked at in all: most messages have a tenth of it, and searching holds everybody up

# Logs and consoles label ids (`"BizId": "900…^0"`, `serialNo=5000:104…`); others have a form of their own.
_NAMED = r"(?P<label>(?:biz|message|msg)s?id|serialno)[\"']? *[:=] *[\"']?|\bid:"
# An id is taken whole or not at all: what follows one in a text is no character that an id can have.
_WHOLE = r"(?![\w^:\-*%\\+/=@$~#])"
_ID = pattern(
    rf"(?<![\w.])(?:{_NAMED})(?P<named>(?=\S*\d)[\w^:.\-]{{6,{MAX_ID}}}+){_WHOLE}"
    rf"|(?<![\w^:.+\-])(?P<bare>{'|'.join(form.in_text for form in ID_FORMS)}){_WHOLE}(?!\.\d)"
)
# A date and a time with whatever follows, as orders have it; micro- and nanoseconds since 1970.
_MOMENT = pattern(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d{2,}|1[5-9]\d{14}|1[5-9]\d{17}")
_PARTS = pattern(r"[\^:]")
_MOBILE = pattern(r"(?:(?:00)?86)?1[3-9]\d{9}")  # China's; anybody's is judged by phonenumbers, in `_numbers`


def extract_targets(texts: Iterable[str], region: str) -> tuple[Target, ...]:
    """The targets named in `texts`, each once, in the order of reading. `region` is that of national numbers (ISO 3166).

    An id right behind a number belongs to it, as in a command.
    """
    found = dict.fromkeys(target for text in _first(texts) for target in _targets(_plain(text), region))
    whole = {target.number for target in found if target.message_id}
    ids = {target.message_id for target in found if target.number}
    return tuple(target for target in found if not _is_part(target, whole, ids))


def _first(texts: Iterable[str]) -> Iterator[str]:
    room = MAX_TEXT
    for text in texts:
        yield text[:room]
        room -= len(text)
        if room <= 0:
            break


def _plain(text: str) -> str:
    """`text` in plain characters, and what was copied out of a link, JSON or a mail decoded."""
    plain = normalize(text)
    decoded = decode_text(plain)
    return plain if decoded == plain else normalize(decoded)


def _is_part(target: Target, numbers: set[PhoneNumber | None], ids: set[str | None]) -> bool:
    """Whether another target includes this one: a message often repeats a number, once with and once without the id."""
    return target.number in numbers if target.message_id is None else target.number is None and target.message_id in ids


def _targets(plain: str, region: str) -> Iterator[Target]:
    ids = [(found.start(), found.end(), value) for found in _ID.finditer(plain) if (value := _message_id(found))]
    numbers = [(start, end, number) for start, end, number in _numbers(plain, region) if not _overlaps(start, end, ids)]
    owned = {}
    for _, end, number in numbers:
        for start, _, value in ids:
            if start >= end and not plain[end:start].strip(" "):
                owned[value] = number
    places = [(start, Target(number)) for start, _, number in numbers if number not in owned.values()]
    places += [(start, Target(owned.get(value), value)) for start, _, value in ids]
    yield from (target for _, target in sorted(places, key=lambda place: place[0]))


def _message_id(found: re.Match[str]) -> str:
    """The message id in a match; empty when the digits are a card's or a phone number, or something else by the word before."""
    value = str(found["named"] or found["bare"]).rstrip(".:-")
    if found["label"]:  # whoever writes MessageId means one
        return value
    if any(is_personal(part) or _MOBILE.fullmatch(part) for part in _PARTS.split(value)):
        return ""
    if found["bare"] and not value.isdigit():  # a form of its own
        return value
    is_other = label_before(found.string, found.start()) or (found["bare"] and _MOMENT.fullmatch(value))
    return "" if is_other else value


def _numbers(plain: str, region: str) -> Iterator[tuple[int, int, PhoneNumber]]:
    for match in PhoneNumberMatcher(without_cards(plain), region, leniency=Leniency.VALID):
        international = match.raw_string.lstrip("( ").startswith(("+", "00"))
        label = None if international else label_before(plain, match.start)
        if international or (is_mobile(match.number) and not (label and label.of_numbers)):
            yield match.start, match.end, PhoneNumber.from_parsed(match.number)


def _overlaps(start: int, end: int, ids: Iterable[tuple[int, int, str]]) -> bool:
    return any(start < last and first < end for first, last, _ in ids)
