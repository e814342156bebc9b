"""The targets of a lookup: phone numbers and message ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.card_numbers import reject_card
from bot.grammar.cursor import Cursor, Edit, ParseError, Span, one_of, pattern
from bot.grammar.message_ids import read_lone_id, read_own_id
from bot.grammar.phone_numbers import is_number_at, read_number
from bot.grammar.text import shorten
from bot.grammar.vocabulary import A_NUMBER, AN_ID
from bot.i18n import phrase
from bot.model import Target

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.partial_lookup import PartialLookup

MAX_TARGETS = 50
_MOST_MENTIONS = 4 * MAX_TARGETS  # naming a target again is fine, but reading thousands would keep others waiting
_PLACEHOLDER = re.compile(one_of((A_NUMBER, f"id:{AN_ID}")), re.ASCII)  # as we write them, in capitals
_NUMBERING = pattern(r"\d{1,8}: *(?=[+\d])")
_SIGN = pattern(r"\+ *(?=[+(]?\d)|\+ *(?=\+)")


def read_target(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Read a number, with the id right behind it, or an id alone. Returns whether there was one.

    Raises ParseError for a number or an id that is not valid.
    """
    start = cursor.at
    if len(draft.mentions) == _MOST_MENTIONS:
        word = shorten(cursor.text_of(cursor.word()))
        raise ParseError(phrase("Too many targets from `{word}` on: the limit is {most}.", most=MAX_TARGETS), word=word)
    if cursor.trial and cursor.take(_PLACEHOLDER):
        draft.mentions.append((Target(message_id=A_NUMBER), cursor.since(start)))
        return True
    cursor.at = _numbered(cursor, context)
    reject_card(cursor)
    lone = read_lone_id(cursor)
    if lone:
        draft.mentions.append((Target(message_id=lone), cursor.since(start)))
        return True
    number = read_number(cursor, context.region)
    if number is None:
        return False
    end = cursor.at
    cursor.skip_spaces()
    own = read_own_id(cursor) if _numbered(cursor, context) == cursor.at else None
    cursor.at = cursor.at if own else end
    draft.mentions.append((Target(number, own), cursor.since(start)))
    return True


def _numbered(cursor: Cursor, context: ParseContext) -> int:
    """Where the number begins in the list item `1:13711112222`, which would be a SerialNo if no number could follow the colon."""
    numbering = cursor.peek(_NUMBERING)
    return numbering.end() if numbering and is_number_at(cursor, numbering.end(), context.region) else cursor.at


def read_plus(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Read the sign of `A + B` and `A+B`, which is no country code's. `+86… +1…` are two numbers with a country code each."""
    sign = cursor.peek(_SIGN)
    if not sign or not draft.mentions:
        return False
    before = draft.mentions[-1][1]
    glued = before.end == cursor.at and not cursor.text_of(before).startswith(("+", "00", "("))
    spaced = sign[0] != "+"
    if not (glued or spaced) or not (cursor.text[sign.end()] == "+" or is_number_at(cursor, sign.end(), context.region)):
        return False
    cursor.at = sign.end()
    return True


def all_targets(cursor: Cursor, draft: PartialLookup) -> tuple[Target, ...]:
    """The targets, each once; ids that stand alone come first, so that none seems to belong to a number when written again.

    Raises ParseError for none, or more than MAX_TARGETS.
    """
    targets = tuple(dict.fromkeys(target for target, _ in draft.mentions))
    if not targets:
        fix = Edit(Span(0, 0), f"{A_NUMBER} ")
        raise ParseError(phrase("Add a phone number or message ID."), word="", edits=[fix])
    surplus = frozenset(targets[MAX_TARGETS:])
    if surplus:
        word = shorten(cursor.text_of(next(span for target, span in draft.mentions if target in surplus)))
        problem = phrase(
            "Too many targets from `{word}` on: {count}, and the limit is {most}.", count=len(targets), most=MAX_TARGETS
        )
        raise ParseError(problem, word=word)
    return tuple(sorted(targets, key=lambda target: target.number is not None))
