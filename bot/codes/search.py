"""Full-text search of the catalogue, in both languages: "blacklist" finds every code that means it, by any vendor.

A family that the query names comes first, the longest name before the others (query_names.py). Where it names none, an inverted
index is searched, over the texts of the families, their keywords and the rows' own sentences. Latin words are stemmed, Chinese is
split into pairs of characters, which needs no dictionary. A hit is scored by its field (a title more than a remark) and by the
rarity of the word; all of a query's words count much more than some of them. The words found must weigh as much as those not
found, so that "coffee machine down" does not find everything that can be down. Built at the first search.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.codes import other_channels
from bot.codes.other_channels import is_about_other_channel
from bot.codes.query_names import QueryNames, stem
from bot.codes.traditional_chinese import to_simplified
from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.tables import CodeEntry, Family

LONGEST_QUERY = 200  # characters that are looked at
_NAME, _MEANING, _OWN, _CAUSE = 8.0, 3.0, 3.0, 2.0
_DISTINCTIVE = 2.0  # the least rarity of one found word: "sms" and "failed" are in a third of all families
_NOWHERE = 0.5  # how many families a word counts as having that none has
_BEGINNING = 0.6  # what a word counts of which only the beginning was typed
_SHORTEST_BEGINNING = 3
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_ENOUGH_LATIN, _ENOUGH_CHINESE = 0.5, 0.6  # how much of what a query tells must be found, of one that names nothing
_NOISE = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "by", "can", "did", "do", "does", "for", "from", "has", "have", "how", "i", "if"}
    | {"in", "is", "it", "its", "no", "of", "on", "or", "our", "so", "that", "the", "their", "them", "then", "there", "they"}
    | {"this", "to", "was", "we", "what", "when", "which", "why", "will", "with", "yet", "you", "your"}
)
_SURENESS = (Confidence.LIKELY, Confidence.SURE, Confidence.UNSURE)
# The codes that people meet most: those of China Mobile's gateways and centres, then the words that vendors write themselves.
_COMMON = (r"MK:0\d{3}", r"MI:0\d{3}", r"(?:MN|MB|CB|DB|ID):0\d{3}", r"(?:MOBILE_|FailedOperation\.|isv\.)\w+")


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A family that a search found, and its codes.

    First those whose own sentence was found, unless the query names the family; then those of a common form, in the order of
    `_COMMON`; of these the likely ones, which carriers send, before the sure and the unsure ones; patterns last.
    """

    family: Family
    rows: tuple[CodeEntry, ...]


class Search:
    """The inverted index."""

    def __init__(self, families: Mapping[str, Family], rows: Iterable[CodeEntry]) -> None:
        self._families = families
        self._rows: dict[str, list[CodeEntry]] = defaultdict(list)
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)  # token -> family id -> the best place it stands in
        self._sentences: dict[str, set[str]] = {}  # an own sentence -> its tokens
        for family in families.values():
            for text, weight in _weighed(family):
                self._add(family.id, text, weight)
        named = ((family.id, text, part) for family in families.values() for text, part in _named(family))
        self._names = QueryNames(named, known=self._weights)
        for row in rows:
            self._rows[row.family].append(row)
            for text in (row.en, row.zh):
                if text and text not in self._sentences:
                    self._sentences[text] = set(tokens(text))
                    self._add(row.family, text, _OWN)

    def names_family(self, text: str) -> bool:
        """Whether `text` contains a name of a family."""
        return bool(self._names.in_text(text[:LONGEST_QUERY]))

    def find(self, text: str, limit: int = 10) -> tuple[SearchHit, ...]:
        """The families that `text` is about, best first; at most `limit`, possibly none. Never raises."""
        query = text[:LONGEST_QUERY]
        if is_about_other_channel(query):
            return ()
        wanted = list(dict.fromkeys(self._known(token) for token in tokens(query)))
        scores: dict[str, float] = defaultdict(float)
        found: dict[str, float] = defaultdict(float)
        rarest: dict[str, float] = defaultdict(float)
        for token in wanted:
            for family_id, score in self._hits(token).items():
                scores[family_id] += score
                found[family_id] += self._rarity(token)
                rarest[family_id] = max(rarest[family_id], self._rarity(token))
        named = self._names.in_text(query)
        whole = sum(map(self._rarity, wanted)) or 1.0
        enough = _ENOUGH_LATIN if query.isascii() else _ENOUGH_CHINESE
        eligible = named or [
            name for name in scores if found[name] / whole >= enough and (rarest[name] >= _DISTINCTIVE or len(wanted) == 1)
        ]
        ranked = sorted(
            eligible,
            key=lambda name: (-named.get(name, 0.0), -scores[name] * (found[name] / whole) ** 2, name),
        )
        looked_for = [] if named else wanted
        return tuple(self._hit(family_id, looked_for) for family_id in ranked[: max(limit, 0)])

    def frequent_first(self, family_id: str) -> tuple[CodeEntry, ...]:
        """The rows of a family, those that people meet most first. Raises KeyError."""
        return self._hit(family_id, []).rows

    def as_data(self) -> dict[str, Any]:
        """The index with the figures of its rules, for a search that follows them elsewhere: in a browser."""
        return {
            "weights": self._weights,
            "names": self._names.as_data(),
            "noise": sorted(_NOISE),
            "other_channels": other_channels.as_data(),
            "most_characters": LONGEST_QUERY,
            "distinctive": _DISTINCTIVE,
            "nowhere": _NOWHERE,
            "beginning": _BEGINNING,
            "shortest_beginning": _SHORTEST_BEGINNING,
            "enough_latin": _ENOUGH_LATIN,
            "enough_chinese": _ENOUGH_CHINESE,
        }

    def _known(self, token: str) -> str:
        """`token`, or the word of a keyword that it is a misspelling of."""
        return token if token in self._weights else self._names.spelt_right(token)

    def _add(self, family_id: str, text: str, weight: float) -> None:
        for token in tokens(text):
            places = self._weights[token]
            places[family_id] = max(weight, places.get(family_id, 0.0))

    def _hits(self, token: str) -> dict[str, float]:
        """The score of `token` in each family: as a whole word, or else as a prefix of longer words."""
        words = {token: 1.0} if token in self._weights else {}
        if not words and len(token) >= _SHORTEST_BEGINNING and token.isascii():
            words = {word: _BEGINNING for word in self._weights if word.startswith(token)}
        elif not words and len(token) == 1:
            words = {word: _BEGINNING for word in self._weights if token in word}
        hits: dict[str, float] = {}
        for word, part in words.items():
            rarity = self._rarity(word)
            for family_id, weight in self._weights[word].items():
                hits[family_id] = max(part * rarity * weight, hits.get(family_id, 0.0))
        return hits

    def _rarity(self, token: str) -> float:
        """The inverse document frequency: the fewer families have a word the higher; highest when none has it."""
        return math.log(1 + len(self._families) / (len(self._weights.get(token, ())) or _NOWHERE))

    def _hit(self, family_id: str, wanted: list[str]) -> SearchHit:
        def place(row: CodeEntry) -> tuple[bool, int, int, int, int]:
            own = self._sentences.get(row.en, set()) | self._sentences.get(row.zh, set())
            common = next((at for at, form in enumerate(_COMMON) if re.fullmatch(form, row.code)), len(_COMMON))
            sureness = _SURENESS.index(row.confidence)
            unsure = int(row.confidence is Confidence.UNSURE)
            return row.is_pattern, -sum(token in own for token in wanted), unsure, common, sureness

        return SearchHit(self._families[family_id], tuple(sorted(self._rows[family_id], key=place)))


def tokens(text: str) -> Iterator[str]:
    """The index tokens of `text`: stems of Latin words, pairs of Chinese characters (one alone as it is)."""
    for word in _WORD.findall(to_simplified(unicodedata.normalize("NFKC", text).lower())):
        if not word.isascii():
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif word not in _NOISE:
            yield stem(word)


def texts_of(family: Family) -> Iterator[str]:
    """All texts of a family that are searched."""
    return (text for text, _ in _weighed(family))


def _weighed(family: Family) -> Iterator[tuple[str, float]]:
    """The texts of a family, each with its weight."""
    yield from ((name, _NAME * part) for name, part in _named(family))
    for words in (family.en, family.zh):
        yield words.meaning, _MEANING
        yield from ((cause, _CAUSE) for cause in words.causes)


def _named(family: Family) -> Iterator[tuple[str, float]]:
    """The names of a family, each with its weight up to 1.0."""
    for name in (family.id.replace("_", " "), *family.keywords, family.en.title, family.zh.title):
        yield name, 1.0
    yield from family.lesser
