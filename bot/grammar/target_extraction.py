"""Extracts phone numbers and message ids from running text, such as a Slack message.

Stricter than the parser of commands, for nobody said that the text holds a number: a number without its country code must be a
valid mobile number of the region, and a bare word is an id only when it has the form of one. Pure, and never raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phonenumbers import Leniency, PhoneNumberMatcher

from bot.grammar.cursor import pattern
from bot.grammar.message_ids import MAX_ID
from bot.grammar.phone_numbers import is_mobile
from bot.grammar.text import normalize
from bot.model import PhoneNumber, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_TEXT = 12_000  # characters looked at in all: most messages have a tenth of it, and searching holds everybody up

# Logs and consoles label ids (`"BizId": "900…^0"`, `serialNo=5000:104…`); others have a form of their own (see message_ids.py).
_NAMED = r"(?:(?:biz|message|msg)id|serialno)[\"']? *[:=] *[\"']?|\bid:"
_ID = pattern(
    rf"(?<![\w.])(?:{_NAMED})(?P<named>(?=\S*\d)[\w^:.\-]{{6,{MAX_ID}}})"
    rf"|(?<![\w^:.+\-])(?P<bare>\d{{1,8}}:\d{{10,{MAX_ID - 9}}}|\d{{6,40}}\^\d{{1,9}}|\d{{16,{MAX_ID}}})(?![\w^:\-]|\.\d)"
)


def extract_targets(texts: Iterable[str], region: str) -> tuple[Target, ...]:
    """The targets named in `texts`, each once, in the order of reading. `region` is that of national numbers (ISO 3166).

    An id right behind a number belongs to it, as in a command.
    """
    found = dict.fromkeys(target for text in _first(texts) for target in _targets(normalize(text), region))
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


def _is_part(target: Target, numbers: set[PhoneNumber | None], ids: set[str | None]) -> bool:
    """Whether another target includes this one: a message often repeats a number, once with and once without the id."""
    return target.number in numbers if target.message_id is None else target.number is None and target.message_id in ids


def _targets(plain: str, region: str) -> Iterator[Target]:
    ids = [(found.start(), found.end(), str(found["named"] or found["bare"]).rstrip(".:-")) for found in _ID.finditer(plain)]
    numbers = [(start, end, number) for start, end, number in _numbers(plain, region) if not _overlaps(start, end, ids)]
    owned = {}
    for _, end, number in numbers:
        for start, _, value in ids:
            if start >= end and not plain[end:start].strip(" "):
                owned[value] = number
    places = [(start, Target(number)) for start, _, number in numbers if number not in owned.values()]
    places += [(start, Target(owned.get(value), value)) for start, _, value in ids]
    yield from (target for _, target in sorted(places, key=lambda place: place[0]))


def _numbers(plain: str, region: str) -> Iterator[tuple[int, int, PhoneNumber]]:
    for match in PhoneNumberMatcher(plain, region, leniency=Leniency.VALID):
        international = match.raw_string.lstrip("( ").startswith(("+", "00"))
        if international or is_mobile(match.number):
            yield match.start, match.end, PhoneNumber.from_parsed(match.number)


def _overlaps(start: int, end: int, ids: Iterable[tuple[int, int, str]]) -> bool:
    return any(start < last and first < end for first, last, _ in ids)
