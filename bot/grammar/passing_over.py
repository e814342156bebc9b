"""Words that no rule knows: which of them mean nothing for the question, and are passed over.

A name, a greeting, what the customer did: the answer names it in its small print. What could change the question is never passed
over: digits, a slip of a keyword, a negation of what is said of providers, statuses and times, a comparison.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.cursor import ANY_HAN, SEPARATORS, WORD_END, Span, one_of, pattern
from bot.grammar.days import TIME_WORD
from bot.grammar.filler_words import TICKET
from bot.grammar.unknown_words import PLACEHOLDER, amount_behind, closest_known
from bot.grammar.vague_times import VAGUE_TIME
from bot.grammar.vocabulary import KEYWORDS, NEGATION, STATUSES

if TYPE_CHECKING:
    from bot.grammar.command import ParseContext
    from bot.grammar.cursor import Cursor
    from bot.grammar.partial_lookup import PartialLookup

_HAN = pattern(f"{ANY_HAN}+")
_COMPARISON = pattern(rf"(?:older|newer|earlier|later|prior|longer|than|more|less|limit|top|ending|ended|ends)(?:{WORD_END}|:)")
_NEGATES = pattern("[不非别除没无勿未]")
_OTHER_COMMAND = pattern(
    rf"(?:watch|unwatch|stats|statistics|signature|monitor|subscribe|notify|alert|remind|resend|send|delete|remove|cancel|stop|block"
    rf"|unblock|reveal|unmask|export){WORD_END}"
)  # what is not done must not seem to be
_HAN_TIMES = (
    rf"{VAGUE_TIME.pattern}|[昨今前]天|[昨今][晚早夜]|[上下]午|凌晨|[早晚]上|中午|周[一二三四五六日天]|星期|礼拜|[上本这]周"
    r"|[从到至自近前](?=\s*[\d今昨前上下本这周一二两三四五六七八九十半])"
)
_MAIL = pattern(r"[^\s@,;]+@[^\s@,;]+\.[a-z]{2,}")
_KNOWN_HAN = [word for word in (*KEYWORDS, *STATUSES) if len(word) > 1 and not word.isascii()]
_LETTERS = re.compile(r"[^\W\d_]+(?:[\-_'.&/][^\W\d_]+)*[\])}>,;:!]*")  # of any script
_LONGEST = 40


def pass_over(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> bool:
    """Pass over the word at the cursor, if it means nothing for the question. Returns whether it was."""
    span = _harmless(cursor, draft, context)
    if span is None:
        return False
    cursor.at = span.end
    draft.ignored.append(cursor.text_of(span))
    draft.unknown.append(span)
    return True


def _harmless(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> Span | None:
    if ticket := cursor.peek(TICKET):
        return Span(cursor.at, ticket.end())
    span = _han(cursor, context) if cursor.peek(_HAN) else _letters(cursor, draft, context)
    if span is None or span.end == span.start or span.end - span.start > _LONGEST:
        return None
    negates = _NEGATES.search(cursor.text_of(span)) or NEGATION.match(cursor.text_of(span))
    return None if negates and _asks_for_a_part(cursor, span.end, context) else span


def _han(cursor: Cursor, context: ParseContext) -> Span | None:
    """The Chinese characters up to a word that is known."""
    run = cursor.peek(_HAN)
    if run is None:
        return None
    known = pattern(f"{one_of((*_KNOWN_HAN, *context.provider_words))}|{_HAN_TIMES}")
    hit = known.search(cursor.text, cursor.at, run.end() + 1)
    return Span(cursor.at, min(hit.start(), run.end()) if hit else run.end())


def _letters(cursor: Cursor, draft: PartialLookup, context: ParseContext) -> Span | None:
    span = cursor.word()
    word = cursor.text_of(span)
    if _MAIL.fullmatch(word):
        return None if re.search(r"\d{5}", word) else span
    bare = word.strip("([{<>}])'\"!?,;:.*")
    if not _LETTERS.fullmatch(bare) or PLACEHOLDER.match(bare) or TIME_WORD.match(bare) or _COMPARISON.match(bare):
        return None
    if _OTHER_COMMAND.match(bare) and not draft.mentions:
        return None
    if closest_known(bare, draft, context) or amount_behind(cursor, span, context):
        return None
    return span


def _asks_for_a_part(cursor: Cursor, at: int, context: ParseContext) -> bool:
    """Whether what follows is a part of the question, which a negation before it would turn round: `not the failed ones`."""
    choice = one_of((*context.provider_words, *STATUSES))
    behind = pattern(
        rf"[\s{SEPARATORS}]*(?:{one_of(KEYWORDS)}|(?:[a-z']+ +){{0,2}}{choice}|{ANY_HAN}{{0,4}}?{choice}|{_HAN_TIMES})"
    )
    return bool(behind.match(cursor.text, at))
