"""The lists that `via` and `only` take: one or more words of a fixed set, separated by commas or spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.grammar.cursor import Cursor, Edit, ParseError, Span, one_of, pattern, pattern_of
from bot.grammar.days import TIME_WORD
from bot.grammar.durations import STEP
from bot.grammar.message_ids import ID_NAME, LONG_DIGITS
from bot.grammar.phone_numbers import FRAGMENT
from bot.grammar.text import shorten
from bot.grammar.vague_times import VAGUE_TIME
from bot.grammar.vocabulary import A_PROVIDER, A_STATUS, KEYWORD, NEGATION, closest_word
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Phrase

T = TypeVar("T")
ChoiceSet = Literal["provider", "status"]

_PLACEHOLDER = re.compile(one_of((A_PROVIDER, A_STATUS)), re.ASCII)  # as we write them, in capitals
_MOST_OFFERED = 4
_COMMA = pattern(r"\s*[,、;]\s*")
_OF = pattern(r"的")  # 只看失败的
_TIMES = (STEP, TIME_WORD, VAGUE_TIME, pattern(r"\d|(?:last|this|noon|midnight|now|when)\b|[昨今前上下凌中早晚这本周]"))
_TARGET = pattern(rf"{FRAGMENT.pattern}|{LONG_DIGITS.pattern}|{ID_NAME} *:")


def read_choices(cursor: Cursor, keyword: Span, words: Mapping[str, T], kind: ChoiceSet) -> tuple[T, ...]:
    """The choices at the cursor, each once, in the order given. `kind` names the set in errors.

    Raises ParseError when the first word, or a word after a comma that is no target and no keyword, is not in `words`.
    """
    known = pattern_of(tuple(words))
    chosen: dict[T, None] = {}
    comma = None
    while True:
        cursor.skip_blanks()
        word = cursor.take(known)
        if not word and cursor.trial and cursor.take(_PLACEHOLDER):
            return tuple(chosen)
        if word:
            chosen[words[word[0].lower()]] = None
            cursor.take(_OF)
            comma = cursor.take(_COMMA)
        elif chosen and (
            not comma or cursor.at_end or cursor.peek(KEYWORD) or cursor.peek(_TARGET) or any(map(cursor.peek, _TIMES))
        ):
            return tuple(chosen)
        else:
            raise _choice_error(cursor, keyword, words, kind)


def _choice_error(cursor: Cursor, keyword: Span, words: Mapping[str, T], kind: ChoiceSet) -> ParseError:
    typed = cursor.text_of(keyword)
    names = list(dict.fromkeys(map(str, words.values())))
    if not names:  # statuses there always are
        problem = phrase("`{word}` needs a provider, but none is set up.")
        return ParseError(problem, word=typed, edits=[Edit(Span(keyword.start, cursor.word().end), "")])
    span = cursor.word()
    word = cursor.text_of(span)
    missing = A_PROVIDER if kind == "provider" else A_STATUS
    if not word or cursor.peek(KEYWORD) or cursor.peek(_TARGET):
        fix = Edit(Span(keyword.end, keyword.end), f" {missing} ")
        return ParseError(_missing(names, kind), word=typed, edits=[fix])
    near = closest_word(word, words)
    problem = _misspelt(near, kind) if near else _unknown(names, kind)
    if NEGATION.match(word):
        return ParseError(problem, word=shorten(word))
    without = [] if any(map(str.isdigit, word)) else [[Edit(Span(keyword.start, span.end), "")]]
    likely = [[Edit(span, near)]] if near else [[Edit(span, name)] for name in names[:_MOST_OFFERED]]
    return ParseError(problem, word=shorten(word), edits=[Edit(span, near or missing)], others=[*likely, *without])


# Providers go by names of their own. The statuses are always the same five, so they are written out, and Chinese shows its words.


def _missing(names: Sequence[str], kind: ChoiceSet) -> Phrase:
    match kind:
        case "provider":
            return phrase("`{word}` needs a provider after it: {choices}.", choices=_listed(names))
        case "status":
            return phrase("`{word}` needs a status after it: `failed`, `delivered`, `pending`, `rejected`, `unknown`.")


def _misspelt(near: str, kind: ChoiceSet) -> Phrase:
    match kind:
        case "provider":
            return phrase("Unknown provider `{word}`. Did you mean `{near}`?", near=near)
        case "status":
            return phrase("Unknown status `{word}`. Did you mean `{near}`?", near=near)


def _unknown(names: Sequence[str], kind: ChoiceSet) -> Phrase:
    match kind:
        case "provider":
            return phrase("Unknown provider `{word}`. Use {choices}.", choices=_listed(names))
        case "status":
            return phrase("Unknown status `{word}`. Use `failed`, `delivered`, `pending`, `rejected` or `unknown`.")


def _listed(names: Sequence[str]) -> Phrase | str:
    """The names as a comma-separated list, with the commas of the reader's language."""
    listed: Phrase | str = f"`{names[0]}`"
    for name in names[1:]:
        listed = phrase("{listed}, `{name}`", listed=listed, name=name)
    return listed
