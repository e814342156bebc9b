"""The names of families in a search query: which families a query names, and how well each name matches.

A name is a family's keyword, title or id. The longest that the query contains whole wins; next best is one all of whose parts
it contains apart, as in "the signature of our shop is still not registered". Some names count less, such as those that say no
more than that nothing came: whatever cause is named beside them goes first. A misspelt Latin word counts as the closest word of a
name.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.codes import traditional_chinese
from bot.codes.traditional_chinese import to_simplified

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_FILLING = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "been", "by", "did", "do", "does", "for", "from", "has", "have", "in", "is", "it"}
    | {"its", "my", "of", "on", "our", "s", "the", "their", "them", "they", "this", "to", "was", "we", "were", "with", "your"}
    | {"his", "her", "complains", "complaining"}  # who asks tells what was said; "complained" stays, which is about the list
)
_SAME = {
    "cannot": "not",
    "cant": "not",
    "didnt": "not",
    "doesnt": "not",
    "isnt": "not",
    "wasnt": "not",
    "wont": "not",
    "never": "not",
    "came": "come",
    "getting": "get",
    "gets": "get",
    "got": "get",
}
_SAME_CHINESE = (("没有", "没"), ("未能", "没"), ("未", "没"), ("唔", "不"))
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST_STEM = 3
_SHORTEST_MISSPELT = 5
_ALIKE = 0.8  # of 1.0
_APART = 0.7  # what a name counts whose parts stand apart
_CHINESE = 3.0  # what a Chinese character counts, against a Latin letter
_PAIR = 2


@dataclass(frozen=True, slots=True)
class _Name:
    family: str
    text: str  # as it must stand in the query: " number not exist " or "号码不存在"
    parts: tuple[str, ...]  # as they may stand apart
    worth: float


class QueryNames:
    """All names of all families."""

    def __init__(self, named: Iterable[tuple[str, str, float]], known: Container[str] = ()) -> None:
        """`named`: a family's id, a name of it, and its weight up to 1.0. `known`: further stems that are no misspellings."""
        self._known = known
        self._names = tuple(dict.fromkeys(name for family, text, part in named if (name := _name(family, text, part))))
        self._words = sorted({part for name in self._names for part in name.parts if part.isascii() and not part.isdigit()})

    def in_text(self, text: str) -> dict[str, float]:
        """The families that `text` names, with the score of the best name of each."""
        shown = self._spelt_right(readable(text))
        found: dict[str, float] = defaultdict(float)
        for name in self._names:
            if name.text in shown:
                found[name.family] = max(found[name.family], name.worth)
            elif len(name.parts) > 1 and all((f" {part} " if part.isascii() else part) in shown for part in name.parts):
                found[name.family] = max(found[name.family], name.worth * _APART)
        return dict(found)

    def spelt_right(self, token: str) -> str:
        """The word of a name that `token`, a stem, is closest to; `token` itself when none is close."""
        if (
            len(token) < _SHORTEST_MISSPELT
            or not token.isascii()
            or token in self._words
            or token in self._known
            or token.isdigit()
        ):
            return token
        near = (word for word in self._words if word[0] == token[0] and len(word) >= _SHORTEST_MISSPELT - 1)
        return next(iter(difflib.get_close_matches(token, list(near), 1, _ALIKE)), token)

    def as_data(self) -> dict[str, Any]:
        """The names with the figures of the rules, as `Search.as_data`."""
        return {
            "names": [[name.family, name.text, name.parts, name.worth] for name in self._names],
            "words": self._words,
            "filling": sorted(_FILLING),
            "same": _SAME,
            "same_chinese": _SAME_CHINESE,
            "simplified": traditional_chinese.as_data(),
            "endings": _ENDINGS,
            "shortest_stem": _SHORTEST_STEM,
            "shortest_misspelt": _SHORTEST_MISSPELT,
            "alike": _ALIKE,
            "apart": _APART,
        }

    def _spelt_right(self, shown: str) -> str:
        return f" {' '.join(self.spelt_right(word) for word in shown.split())} "


def readable(text: str) -> str:
    """The words of `text` joined by spaces: Latin words stemmed, without stop words; Chinese in simplified characters."""
    return f" {' '.join(_words(text))} "


def stem(word: str) -> str:
    """A Latin word without its ending."""
    for ending in _ENDINGS:
        shorter = word.removesuffix(ending)
        if shorter != word and len(shorter) >= _SHORTEST_STEM:
            return shorter
    return word


def _words(text: str) -> list[str]:
    plain = to_simplified(unicodedata.normalize("NFKC", text).lower()).replace("'", "").replace("’", "")
    for one, other in _SAME_CHINESE:
        plain = plain.replace(one, other)
    words = (_SAME.get(word, word) for word in _WORD.findall(plain))
    return [stem(word) if word.isascii() else word for word in words if word not in _FILLING]


def _name(family: str, text: str, part: float) -> _Name | None:
    words = _words(text)
    if not words:
        return None
    worth = part * sum(len(word) * (1.0 if word.isascii() else _CHINESE) for word in words)
    if len(words) == 1 and not words[0].isascii():
        return _Name(family, words[0], tuple(_pairs(words[0])), worth)
    joined = " ".join(words)
    return _Name(family, f" {joined} ", tuple(words), worth)


def _pairs(word: str) -> list[str]:
    """`审核不通过` in pairs: 审核, 不通, 过. A word of three characters or fewer stays whole: its halves say too little."""
    if len(word) <= _PAIR + 1:
        return [word]
    return [word[at : at + _PAIR] for at in range(0, len(word), _PAIR)]
