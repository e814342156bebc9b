"""A place in the text of a command, and how reading fails.

The grammar reads without a separate splitting step, because Chinese is written without blanks ("最近2小时只看失败") and a
number has them inside. All patterns are matched on clean text, where ASCII classes are enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from bot.i18n import ENGLISH, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

HAN = r"\u3005\u3007\u3400-\u9fff"
SEPARATORS = r",;、。"  # what people put between targets, besides a new line
# Where an English word or a number may end. None of these has a case: told so, `re` need not look for that of 27,000 characters.
WORD_END = rf"(?=(?-i:[\s{SEPARATORS}{HAN}])|\Z)"


def pattern(source: str) -> re.Pattern[str]:
    """`source` compiled as all patterns of the grammar are: ASCII only, so that "İ" is no spelling of "i"; case ignored."""
    return re.compile(source, re.ASCII | re.IGNORECASE)


def one_of(words: Iterable[str]) -> str:
    """The source of a pattern for any of `words`, the longest first. A word in Chinese may be followed by anything."""
    longest_first = sorted(words, key=lambda word: (len(word), _is_chinese(word)), reverse=True)
    alike = (
        ("|".join(map(re.escape, some)), "" if chinese else WORD_END) for chinese, some in groupby(longest_first, _is_chinese)
    )
    return f"(?:{'|'.join(f'(?:{some}){end}' for some, end in alike)})" if longest_first else r"(?!)"


def _is_chinese(word: str) -> bool:
    return re.match(f"[{HAN}]", word[-1]) is not None


_BLANKS = pattern(r"\s*")
_SPACES = pattern(r" *")
_BREAKS = pattern(rf"[\s{SEPARATORS}]*")
_WORD = pattern(rf"[{HAN}]+|[^\s{SEPARATORS}{HAN}]+|[{SEPARATORS}]")


class Span(NamedTuple):
    """A part of the text, from `start` up to but not including `end`."""

    start: int
    end: int


class Edit(NamedTuple):
    """A part of the text and what to write in its place."""

    span: Span
    text: str


class ParseError(Exception):
    """A word is not understood. Never leaves this package: the parser turns it into a `UsageError`.

    `problem` is the whole sentence, in which `{word}` is filled in from `word`. `edits` are what would put it right, as far as is
    known; the corrected text is read again before anyone sees it. None: nothing safe can be proposed.
    """

    def __init__(self, problem: Phrase, *, word: str, edits: Iterable[Edit] = ()) -> None:
        super().__init__(problem)
        self.problem = Phrase(problem.text, (*problem.values, ("word", word)))
        self.word = word
        self.edits = tuple(edits)

    def __str__(self) -> str:
        return self.problem.said_in(ENGLISH)


@dataclass(slots=True)
class Cursor:
    """Clean text and how far it has been read. `trial`: a correction is tried, so placeholders stand for what is missing."""

    text: str
    at: int = 0
    trial: bool = False

    def take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """Read on past `what` if it stands here."""
        found = what.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def sees(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """`what` if it stands here, without reading on."""
        return what.match(self.text, self.at)

    def skip_spaces(self) -> None:
        """Read on past blanks within a line."""
        self.take(_SPACES)

    def skip_blanks(self) -> None:
        """Read on past blanks and new lines."""
        self.take(_BLANKS)

    def skip_breaks(self) -> None:
        """Read on past blanks and everything else that stands between targets."""
        self.take(_BREAKS)

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def word(self) -> Span:
        """The word that stands here; empty at the end of the text."""
        found = self.sees(_WORD)
        return Span(self.at, found.end() if found else self.at)

    def since(self, start: int) -> Span:
        """The part read since `start`."""
        return Span(start, self.at)

    def cut(self, span: Span) -> str:
        """The text of `span`."""
        return self.text[span.start : span.end]
