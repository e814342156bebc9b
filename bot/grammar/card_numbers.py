"""The numbers of identity cards and bank cards in a text. They are nobody's phone number and no message id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.grammar.cursor import ParseError, pattern
from bot.i18n import phrase
from bot.model.personal_numbers import is_card, is_identity_card, mask_numbers

if TYPE_CHECKING:
    from bot.grammar.cursor import Cursor

_START = pattern(r"(?<![\w+^:.\-])\d")
_GROUP = pattern(r"\d+x?(?![\w^:])")
_MOST_DIGITS = 20  # of a SIM card; a bank card has nineteen at most
_LONGEST_GROUP = 6  # 6222 0212 …, 622202 1234…; two phone numbers beside each other are no card
_NO_NUMBER = "|"


def without_cards(text: str) -> str:
    """`text`, as long as before, with what phonenumbers cannot read in place of the numbers of cards.

    Parts of such a number look like a phone number when it is written in groups.
    """
    bare, end = "", 0
    for start in (found.start() for found in _START.finditer(text)):
        if start >= end and (card := _end_of_card(text, start)):
            bare += text[end:start] + _NO_NUMBER * (card - start)
            end = card
    return bare + text[end:]


def reject_card(cursor: Cursor) -> None:
    """Raise ParseError when a card's number is at the cursor: it must not be sent to a provider as a message id."""
    if _START.match(cursor.text, cursor.at) and (end := _end_of_card(cursor.text, cursor.at)):
        problem = phrase(
            "`{word}` looks like an identity card's or a bank card's number. If it is a message id, write `id:` in front of it."
        )
        raise ParseError(problem, word=mask_numbers(cursor.text[cursor.at : end]))


def _end_of_card(text: str, start: int) -> int:
    """Where the longest number of a card ends that begins at `start`, in one group or several; 0 when there is none."""
    groups: list[str] = []
    at, end = start, 0
    while (group := _GROUP.match(text, at)) and len("".join(groups)) + len(group[0]) <= _MOST_DIGITS:
        groups.append(group[0])
        at = group.end()
        if _is_card(groups):
            end = at
        if text[at : at + 1] not in {" ", "-"}:
            break
        at += 1
    return end


def _is_card(groups: list[str]) -> bool:
    number = "".join(groups)
    in_order = len(groups) == 1 or max(map(len, groups[:-1])) <= _LONGEST_GROUP
    return is_identity_card(number) or (in_order and is_card(number))
