"""The cursor of the parser, and `ParseError`.

The grammar has no separate tokenizer, because Chinese is written without spaces ("最近2小时只看失败") and a number has spaces
inside. All patterns are matched on normalised text, where ASCII classes are enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.i18n import ENGLISH, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

HAN = r"\u3005\u3007\u3400-\u9fff"
SEPARATORS = r",;、。"  # what people put between targets, besides a new line
ANY_HAN = rf"(?-i:[{HAN}])"  # `-i`, because none of them has a case, which `re` would look up for all 27,000
# Where an English word or a number may end, also where letters of another script begin: "2h内". Not written with HAN, because
# `re` takes a millisecond for it in each of a hundred patterns.
WORD_END = rf"(?=[\s{SEPARATORS}]|(?u:[^\W\0-\u024f])|\Z)"


def pattern(source: str) -> re.Pattern[str]:
    """Compile `source` as all patterns of the grammar are: ASCII only, so that "İ" is no spelling of "i"; case ignored."""
    return re.compile(source, re.ASCII | re.IGNORECASE)


def one_of(words: Iterable[str]) -> str:
    """The source of a pattern for any of `words`, the longest first. A Chinese word may be followed by anything.

    All Chinese ones go first, for none of them begins an English one.
    """
    longest_first = sorted(words, key=len, reverse=True)
    chinese = [re.escape(word) for word in longest_first if _is_chinese(word)]
    english = "|".join(re.escape(word) for word in longest_first if not _is_chinese(word))
    return f"(?:{'|'.join([*chinese, *([f'(?:{english}){WORD_END}'] if english else [])])})" if longest_first else r"(?!)"


@lru_cache(maxsize=64)
def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern for any of `words`, which are known only when a command is read; to make it takes longer than to read."""
    return pattern(one_of(words))


def _is_chinese(word: str) -> bool:
    return not word[-1].isascii()


_BLANKS = pattern(r"\s*")
_SPACES = pattern(r" *")
_BREAKS = pattern(rf"[\s{SEPARATORS}]*")
_WORD = pattern(rf"{ANY_HAN}+|(?-i:[^\s{SEPARATORS}{HAN}])+|[{SEPARATORS}]")


class Span(NamedTuple):
    """A part of the text: the half-open range from `start` to `end`."""

    start: int
    end: int


class Edit(NamedTuple):
    """A correction: replace `span` with `text`."""

    span: Span
    text: str


class ParseError(Exception):
    """A word is not understood. Internal to this package: the parser turns it into a `UsageError`.

    `problem` is the whole sentence, in which `{word}` is filled in from `word`. `edits` correct the text as far as a correction
    is known; the corrected text is parsed again before anyone sees it. Without edits no correction is safe. `others` are what
    else may have been meant, each as edits of its own. `can_be_corrected` is false where no other words would do.
    """

    def __init__(
        self,
        problem: Phrase,
        *,
        word: str,
        edits: Iterable[Edit] = (),
        others: Iterable[Iterable[Edit]] = (),
        can_be_corrected: bool = True,
    ) -> None:
        super().__init__(problem)
        self.problem = Phrase(problem.text, (*problem.values, ("word", word)))
        self.word = word
        self.edits = tuple(edits)
        self.others = tuple(map(tuple, others))
        self.can_be_corrected = can_be_corrected

    def __str__(self) -> str:
        return self.problem.said_in(ENGLISH)


@dataclass(slots=True)
class Cursor:
    """Normalised text and the position in it. `trial`: a correction is being tried, so placeholders are accepted."""

    text: str
    at: int = 0
    trial: bool = False

    def take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """Match `what` at the cursor and advance past it; None, and no move, without a match."""
        found = what.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def peek(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """Match `what` at the cursor without advancing."""
        return what.match(self.text, self.at)

    def skip_spaces(self) -> None:
        """Advance past spaces within a line."""
        self.take(_SPACES)

    def skip_blanks(self) -> None:
        """Advance past spaces and newlines."""
        self.take(_BLANKS)

    def skip_breaks(self) -> None:
        """Advance past spaces, newlines and the separators between targets."""
        self.take(_BREAKS)

    @property
    def at_end(self) -> bool:
        """Whether nothing is left to read."""
        return self.at >= len(self.text)

    def word(self) -> Span:
        """The word at the cursor; empty at the end of the text."""
        found = self.peek(_WORD)
        return Span(self.at, found.end() if found else self.at)

    def since(self, start: int) -> Span:
        """The span from `start` to the cursor."""
        return Span(start, self.at)

    def text_of(self, span: Span) -> str:
        """The text of `span`."""
        return self.text[span.start : span.end]
