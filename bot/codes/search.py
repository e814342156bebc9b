"""Search in the catalogue's meanings, in both languages: "blacklist" finds every code that means it, by any vendor.

An inverted index over the words of the families, their keywords and the rows' own sentences. Latin words are cut to their stem,
Chinese is taken in pairs of characters, which needs no dictionary. A hit counts by where it is (a title more than a remark) and
by how rare the word is; all of a query's words count much more than some of them, and a whole keyword or title most. Built at
the first search.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.tables import Family, Row
    from bot.model import Words

LONGEST_QUERY = 200  # characters that are looked at
_TITLE, _KEYWORD, _MEANING, _OWN, _CAUSE, _STEP = 8.0, 8.0, 3.0, 3.0, 2.0, 1.0
_WHOLE = 2.0  # how much more a family counts of which the query is a keyword or the title
_BEGINNING = 0.6  # what a word counts of which only the beginning was typed
_SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST_STEM = 3
_NOISE = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "can", "did", "do", "does", "for", "from", "has", "have", "how", "i", "if"}
    | {"in", "is", "it", "its", "no", "of", "on", "or", "our", "so", "that", "the", "their", "them", "then", "there", "they"}
    | {"this", "to", "was", "we", "what", "when", "which", "why", "will", "with", "yet", "you", "your"}
)
_SURENESS = (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE)


@dataclass(frozen=True, slots=True)
class Finding:
    """A family that a search found, and the codes that lead to it: those whose own sentence was found first, then the surest."""

    family: Family
    rows: tuple[Row, ...]


class Search:
    """The index."""

    def __init__(self, families: Mapping[str, Family], rows: Iterable[Row]) -> None:
        self._families = families
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)  # token -> family id -> the best place it stands in
        self._sentences: dict[str, set[str]] = {}  # an own sentence -> its tokens
        self._phrases: dict[str, set[str]] = defaultdict(set)  # a keyword or title -> the families that it names
        for family in families.values():
            for text, weight in _texts(family):
                self._add(family.id, text, weight)
                if weight >= _KEYWORD:
                    self._phrases[_phrase(text)].add(family.id)
        for row in rows:
            self._rows[row.family].append(row)
            for text in (row.en, row.zh):
                if text and text not in self._sentences:
                    self._sentences[text] = set(tokens(text))
                    self._add(row.family, text, _OWN)

    def find(self, text: str, limit: int = 10) -> tuple[Finding, ...]:
        """The families that `text` is about, best first; at most `limit`, possibly none. Never raises."""
        asked = list(dict.fromkeys(tokens(text[:LONGEST_QUERY])))
        scores: dict[str, float] = defaultdict(float)
        found: dict[str, int] = defaultdict(int)
        for token in asked:
            for family_id, score in self._hits(token).items():
                scores[family_id] += score
                found[family_id] += 1
        for name in self._phrases.get(_phrase(text[:LONGEST_QUERY]), ()):
            scores[name] *= _WHOLE
        ranked = sorted(scores, key=lambda name: (-scores[name] * (found[name] / len(asked)) ** 2, name))
        return tuple(self._finding(family_id, asked) for family_id in ranked[: max(limit, 0)])

    def _add(self, family_id: str, text: str, weight: float) -> None:
        for token in tokens(text):
            places = self._weights[token]
            places[family_id] = max(weight, places.get(family_id, 0.0))

    def _hits(self, token: str) -> dict[str, float]:
        """What `token` is worth in each family: as it is, or else as the beginning of longer words."""
        words = {token: 1.0} if token in self._weights else {}
        if not words and len(token) >= _SHORTEST_BEGINNING and token.isascii():
            words = {word: _BEGINNING for word in self._weights if word.startswith(token)}
        elif not words and len(token) == 1:
            words = {word: _BEGINNING for word in self._weights if token in word}
        hits: dict[str, float] = {}
        for word, part in words.items():
            rarity = math.log(1 + len(self._families) / len(self._weights[word]))
            for family_id, weight in self._weights[word].items():
                hits[family_id] = max(part * rarity * weight, hits.get(family_id, 0.0))
        return hits

    def _finding(self, family_id: str, asked: list[str]) -> Finding:
        def place(row: Row) -> tuple[bool, int, int]:
            own = self._sentences.get(row.en, set()) | self._sentences.get(row.zh, set())
            return row.is_pattern, -sum(token in own for token in asked), _SURENESS.index(row.confidence)

        return Finding(self._families[family_id], tuple(sorted(self._rows[family_id], key=place)))


def tokens(text: str) -> Iterator[str]:
    """The words of `text` as they are indexed: stems of Latin words, pairs of Chinese characters (one alone as it is)."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if not word.isascii():
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif word not in _NOISE:
            yield _stem(word)


def _phrase(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            return stem
    return word


def _texts(family: Family) -> Iterator[tuple[str, float]]:
    yield family.id.replace("_", " "), _KEYWORD
    for keyword in family.keywords:
        yield keyword, _KEYWORD
    for words in (family.en, family.zh):
        yield from _of_words(words)


def _of_words(words: Words) -> Iterator[tuple[str, float]]:
    yield words.title, _TITLE
    yield words.meaning, _MEANING
    yield from ((cause, _CAUSE) for cause in words.causes)
    yield words.next_step, _STEP
    yield words.tell, _STEP
