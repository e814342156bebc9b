"""What `via` and `only` take: one or more of a fixed set of words, with commas or blanks between."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.grammar.ids import ID_NAME, LONG_DIGITS
from bot.grammar.numbers import FRAGMENT
from bot.grammar.reader import Edit, Reader, Span, StumbleError, one_of, pattern
from bot.grammar.text import shorten
from bot.grammar.words import PART, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_COMMA = pattern(r"\s*[,、;]\s*")
_OF = pattern(r"的")  # 只看失败的
_TARGET = pattern(rf"{FRAGMENT.pattern}|{LONG_DIGITS.pattern}|{ID_NAME} *:")


def read_choices(reader: Reader, keyword: Span, words: Mapping[str, T], kind: str) -> tuple[T, ...]:
    """The choices that stand here, each once, in the order given. `kind` says what they are: "a provider".

    Raises StumbleError when the first word, or a word after a comma that is no target and no keyword, is not in `words`.
    """
    known = pattern(one_of(words))
    chosen: dict[T, None] = {}
    comma = None
    while True:
        reader.skip_blanks()
        word = reader.take(known)
        if word:
            chosen[words[word[0].lower()]] = None
            reader.take(_OF)
            comma = reader.take(_COMMA)
        elif chosen and (not comma or reader.ended or reader.sees(PART) or reader.sees(_TARGET)):
            return tuple(chosen)
        else:
            raise _stumble(reader, keyword, words, kind)


def _stumble(reader: Reader, keyword: Span, words: Mapping[str, T], kind: str) -> StumbleError:
    typed = reader.cut(keyword)
    names = list(dict.fromkeys(map(str, words.values())))
    if not names:
        return StumbleError(f"`{typed}` has no {kind} to choose from: none is set up.", word=typed, edits=[Edit(keyword, "")])
    listed = ", ".join(f"`{name}`" for name in names)
    span = reader.word()
    word = reader.cut(span)
    if not word or reader.sees(PART) or reader.sees(_TARGET):
        fix = Edit(Span(keyword.end, keyword.end), f" {names[0]} ")
        return StumbleError(f"`{typed}` needs a {kind} after it: {listed}.", word=typed, edits=[fix])
    near = nearest(word, words)
    hint = f"did you mean `{near}`?" if near else f"there is {listed}."
    fix = Edit(span, near or names[0])
    return StumbleError(f"`{shorten(word)}` is no {kind} that `{typed}` knows: {hint}", word=shorten(word), edits=[fix])
