"""The error about an unknown word: its message, and whether the correction may remove the word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.bare_code import CODE_WORD
from bot.grammar.cursor import SEPARATORS, WORD_END, Cursor, Edit, ParseError, Span, pattern
from bot.grammar.days import TIME_WORD
from bot.grammar.other_labels import label_before
from bot.grammar.phone_numbers import number_at
from bot.grammar.text import shorten
from bot.grammar.vocabulary import A_NUMBER, A_TIME, COMMANDS, KEYWORDS, NEGATION, STATUSES, closest_word
from bot.grammar.when import read_when
from bot.i18n import phrase

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.partial_lookup import PartialLookup

PLACEHOLDER = re.compile(rf"(?:{A_NUMBER}|{A_TIME}|PROVIDER|STATUS){WORD_END}")
_AMOUNT_BEHIND = pattern(rf" *\d{{1,4}}(?=[\s{SEPARATORS}]|\Z)")
_DIGITS_BEHIND = pattern(r"(?:no|number|id)?[\s.:=#\"'(]*(?=\d{7})")
_BEFORE = pattern(r"(?:older|earlier|prior|longer)(?: than| to)? +(?=\S)")
_COMMANDS = tuple(name for name in COMMANDS.values() if name not in {"watch", "watches"})
_ASKS = pattern("wha")  # `what` is as close to `watch` as a slip of it
_CANONICAL = tuple(dict.fromkeys(KEYWORDS.values()))


def unknown_word_error(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> ParseError:
    """The error about the word at the cursor."""
    span = cursor.word()
    word = cursor.text_of(span)
    if PLACEHOLDER.match(word):
        return ParseError(phrase("`{word}` stands for something that is missing. Put your own in its place."), word=word)
    near = closest_known(word, draft, context)
    if near and near != word.lower():
        problem = phrase("Unknown word `{word}`. Did you mean `{near}`?", near=near)
        without = [] if _has_digits(word) else [[Edit(span, near)], [Edit(span, "")]]
        return ParseError(problem, word=shorten(word), edits=[] if _has_digits(word) else [Edit(span, near)], others=without)
    return removable_word_error(cursor, context)


def closest_known(word: str, draft: PartialLookup, context: ParseContext) -> str | None:
    """The keyword, provider, status or time that `word` is most likely a slip of; the first word of a text may be a command's."""
    first = not draft.mentions and not draft.keywords
    return (
        closest_word(word, ((*_CANONICAL, *_COMMANDS) if first else _CANONICAL))
        or (closest_word(word, ("watch",), cutoff=0.85) if first and not _ASKS.match(word) else None)
        or closest_word(word, ("yesterday", "today", *context.provider_words, *STATUSES), cutoff=0.8)
        or None
    )


def removable_word_error(cursor: Cursor, context: ParseContext) -> ParseError:
    """The error about a word that no keyword is close to. The correction removes it, and an amount after it (`limit 5`).

    It stays where it could be a number or an id, where it negates the question, and where it says that the digits behind it are
    an order's or a case's: without it they would be taken for a message id.
    """
    span = cursor.word()
    word = cursor.text_of(span)
    span = Span(span.start, amount_behind(cursor, span, context) or span.end)
    if TIME_WORD.match(word):
        return ParseError(phrase("Unknown word `{word}`."), word=shorten(word), edits=[Edit(span, A_TIME)])
    kept = _has_digits(word) or NEGATION.match(word) or _labels_another_thing(cursor, span)
    others: list[list[Edit]] = []
    problem = phrase("Unknown word `{word}`.")
    if CODE_WORD.match(word):
        problem = phrase("`{word}` looks like an error code.")
        codes = dict.fromkeys(code for code in cursor.text.split() if CODE_WORD.match(code))
        others = [[Edit(span, "")], *([Edit(Span(0, len(cursor.text)), f"explain {code}")] for code in codes)]
    elif NEGATION.match(word):
        others = [[Edit(Span(span.start, _word_behind(cursor, span)), "")]]
    elif word == cursor.text.strip() and not kept:  # alone: what it means may be asked
        others = [[Edit(Span(0, len(cursor.text)), meant)] for meant in (f"explain {word}", "help")]
    elif before := _BEFORE.match(cursor.text, cursor.at):
        others = [[Edit(Span(cursor.at, before.end()), "until ")], [Edit(Span(cursor.at, before.end()), "")]]
    return ParseError(problem, word=shorten(word), edits=[] if kept else [Edit(span, "")], others=others)


def _word_behind(cursor: Cursor, span: Span) -> int:
    """Where the word after `span` ends."""
    ahead = Cursor(cursor.text, span.end)
    ahead.skip_blanks()
    return ahead.word().end


def amount_behind(cursor: Cursor, span: Span, context: ParseContext) -> int | None:
    """Where an amount after the word ends (`limit 5`); None when there is none, or a number or a time begins there."""
    behind = _AMOUNT_BEHIND.match(cursor.text, span.end)
    if not behind or _means_more(Cursor(cursor.text, behind.end() - len(behind[0].strip())), context):
        return None
    return behind.end()


def _means_more(cursor: Cursor, context: ParseContext) -> bool:
    """Whether the digits at the cursor begin a number or a time."""
    try:
        return bool(number_at(cursor, context.region) or read_when(cursor, context))
    except ParseError:
        return True


def _labels_another_thing(cursor: Cursor, span: Span) -> bool:
    digits = _DIGITS_BEHIND.match(cursor.text, span.end)
    return digits is not None and label_before(cursor.text, digits.end()) is not None


def _has_digits(word: str) -> bool:
    return any(map(str.isdigit, word))
