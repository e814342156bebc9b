"""Whether a text begins with a keyword, or with one for a time. The keywords are those of `vocabulary.py`."""

from __future__ import annotations

import re

from bot.grammar.cursor import pattern
from bot.grammar.text import normalize
from bot.grammar.traditional import simplify
from bot.grammar.vocabulary import COMMANDS, KEYWORDS, LEADING_WORDS

_OF_TIME = frozenset({"since", "last", "until"})


def _word_of(*words: str) -> str:
    """The source of a pattern for one of `words` at the beginning; unlike `cursor.one_of`, punctuation may follow (`help!`)."""
    longest_first = sorted(words, key=len, reverse=True)
    return rf"(?:{'|'.join(map(re.escape, longest_first))})(?![a-z])"


_WORDS = [
    word for word in (*COMMANDS, *KEYWORDS, *LEADING_WORDS) if word != "?"
]  # by itself it is no word that somebody began with
_COMMAND = pattern(rf"\s*(?:{_word_of(*_WORDS)}|[+(]{{1,2}}\d|\d{{5}})")
_WHEN = pattern(rf"\s*{_word_of(*(word for word, part in KEYWORDS.items() if part in _OF_TIME))}")


def begins_like_a_command(text: str) -> bool:
    """Whether `text` begins with a keyword or with the digits of a number, and so is meant as a command."""
    return bool(_COMMAND.match(simplify(normalize(text))))


def says_when(text: str) -> bool:
    """Whether `text` begins with a keyword for a time: `since 2h`, `past 2h`, `between 9 and 10`. `2h` alone does not."""
    return bool(_WHEN.match(simplify(normalize(text))))
