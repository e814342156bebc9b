"""A word that is not understood: what is said about it, and whether the rest may be tried without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.cursor import SEPARATORS, WORD_END, Cursor, Edit, ParseError, Span, pattern
from bot.grammar.days import TIME_WORD
from bot.grammar.phone_numbers import number_at
from bot.grammar.text import shorten
from bot.grammar.vocabulary import A_NUMBER, A_TIME, COMMANDS, KEYWORDS, NEGATION, closest_word
from bot.grammar.when import read_when
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.partial_lookup import PartialLookup

PLACEHOLDER = re.compile(rf"(?:{A_NUMBER}|{A_TIME}|PROVIDER|STATUS){WORD_END}")
_AMOUNT_BEHIND = pattern(rf" *\d{{1,4}}(?=[\s{SEPARATORS}]|\Z)")
_CANONICAL = tuple(dict.fromkeys(KEYWORDS.values()))


def unknown_word(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> ParseError:
    """The error about the word that stands here."""
    span = cursor.word()
    word = cursor.cut(span)
    if PLACEHOLDER.match(word):
        return ParseError(phrase("`{word}` stands for something that is missing. Put your own in its place."), word=word)
    near = _near(word, draft) or closest_word(word, ("yesterday", "today"), cutoff=0.8)
    if near:
        problem = phrase("Unknown word `{word}`. Did you mean `{near}`?", near=near)
        return ParseError(problem, word=shorten(word), edits=[] if _has_digits(word) else [Edit(span, near)])
    return can_be_ignored(cursor, context)


def can_be_ignored(cursor: Cursor, context: ParseContext) -> ParseError:
    """Nothing is near. The word may go, with an amount behind it (`limit 5`).

    It stays where it could be a number or an id, and where it turns the question round.
    """
    span = cursor.word()
    word = cursor.cut(span)
    behind = _AMOUNT_BEHIND.match(cursor.text, span.end)
    if behind and not _means_more(Cursor(cursor.text, behind.end() - len(behind[0].strip())), context):
        span = Span(span.start, behind.end())
    if TIME_WORD.match(word):
        return ParseError(phrase("Unknown word `{word}`."), word=shorten(word), edits=[Edit(span, A_TIME)])
    kept = _has_digits(word) or NEGATION.match(word)
    return ParseError(phrase("Unknown word `{word}`."), word=shorten(word), edits=[] if kept else [Edit(span, "")])


def _means_more(cursor: Cursor, context: ParseContext) -> bool:
    """Whether the digits that stand here begin a number or a time."""
    try:
        return bool(number_at(cursor, context.region) or read_when(cursor, context))
    except ParseError:
        return True


def _near(word: str, draft: PartialLookup) -> str | None:
    first = not draft.mentions and not draft.said
    return closest_word(word, ((*_CANONICAL, *COMMANDS.values()) if first else _CANONICAL))


def _has_digits(word: str) -> bool:
    return any(map(str.isdigit, word))
