"""The numbers of identity cards and bank cards in a text. They are nobody's phone number and no message id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.cursor import ParseError, pattern
from bot.i18n import phrase
from bot.model.personal_numbers import is_personal, mask_numbers

if TYPE_CHECKING:
    from bot.grammar.cursor import Cursor

_CARD = pattern(
    r"(?<![\w+^:.\-])(?:\d{6}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{3}[\dx]|\d{15}|\d{4}(?:[ \-]?\d{4}){2,3}(?:[ \-]?\d{1,4})?)(?![\w^:])"
)
_NO_NUMBER = "|"


def without_cards(text: str) -> str:
    """`text`, as long as before, with what phonenumbers cannot read in place of the numbers of cards.

    Parts of such a number look like a phone number when it is written in groups.
    """
    return _CARD.sub(lambda found: _NO_NUMBER * len(found[0]) if _is_personal(found) else found[0], text)


def reject_card(cursor: Cursor) -> None:
    """Raise ParseError when a card's number is at the cursor: it must not be sent to a provider as a message id."""
    found = cursor.peek(_CARD)
    if found and _is_personal(found):
        problem = phrase(
            "`{word}` looks like an identity card's or a bank card's number. If it is a message id, write `id:` in front of it."
        )
        raise ParseError(problem, word=mask_numbers(found[0]))


def _is_personal(found: re.Match[str]) -> bool:
    return is_personal(re.sub(r"[ \-]", "", found[0]))
