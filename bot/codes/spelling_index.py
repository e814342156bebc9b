"""Index of all published codes by their spellings: exact matches, typos and similar codes."""

from __future__ import annotations

import difflib
import heapq
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.codes.normalization import letters_and_digits, normalize_code, without_namespace
from bot.model import CodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.tables import CodeEntry

_ALIKE = 0.6  # of 1.0; what difflib itself suggests
_LONGEST_GUESS = 64  # characters; no published code is longer than that, and comparing grows with the square
_SHORTEST_TYPO = 8  # letters; among shorter codes many differ by one


class SpellingIndex:
    """Index of the published codes."""

    def __init__(self, rows: Iterable[CodeEntry]) -> None:
        """`rows` of codes, without patterns."""
        self._codes: set[str] = set()
        self._folded: dict[str, str] = {}
        business: list[str] = []
        for row in rows:
            normalized = normalize_code(row.code)
            self._codes.add(row.code)
            if row.code == normalized:
                self._folded[normalized] = row.code  # of two codes that fold into one, the one that is written folded has it
            else:
                self._folded.setdefault(normalized, row.code)
            if row.kind is CodeKind.API:
                business.append(normalized)
        self._business: dict[str, str] = {}  # with Alibaba's prefixes, or without
        for normalized in business:
            plain = without_namespace(normalized)
            for spelt in (plain, f"ISV.{plain}", f"ISP.{plain}"):
                if spelt not in self._folded:
                    self._business.setdefault(spelt, self._folded[normalized])

    @staticmethod
    def as_data() -> dict[str, Any]:
        """The figures of the rules, for a search that follows them elsewhere."""
        return {"alike": _ALIKE, "longest_guess": _LONGEST_GUESS, "shortest_typo": _SHORTEST_TYPO}

    def published(self, text: str) -> str | None:
        """The listed code that `text` is a spelling of, as it was published; None when it is none."""
        if text in self._codes:
            return text
        normalized = normalize_code(text)
        return self._folded.get(normalized) or self._business.get(normalized)

    def same_letters(self, text: str) -> tuple[str, ...]:
        """The listed codes with the letters and digits of `text`: `MK:0001` for `MK0001` and `mk.0001`."""
        asked = letters_and_digits(text)
        return () if asked.isdigit() else self._by_letters.get(asked, ())

    def typo_of(self, text: str) -> str | None:
        """The one listed code that `text` is a typo of (a letter added, missing, wrong or swapped); None otherwise."""
        asked = letters_and_digits(text)
        if len(asked) < _SHORTEST_TYPO:
            return None
        meant = {
            codes for known, codes in self._by_letters.items() if len(known) >= _SHORTEST_TYPO and _is_one_typo(asked, known)
        }
        codes = {code for each in meant for code in each}
        return codes.pop() if len(codes) == 1 else None

    def similar(self, text: str, limit: int) -> tuple[str, ...]:
        """The codes most similar to `text`, at most `limit`. No number is similar to another."""
        normalized = normalize_code(text)[:_LONGEST_GUESS]
        if limit < 1 or not normalized or letters_and_digits(normalized).isdigit():
            return ()
        return tuple(self._folded[key] for _, key in heapq.nsmallest(limit, _alike(normalized, self._folded)))

    @cached_property
    def _by_letters(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for normalized, code in (*self._folded.items(), *self._business.items()):
            key = letters_and_digits(normalized)
            if code not in found.get(key, ()):
                found[key] = (*found.get(key, ()), code)
        return found


def _is_one_typo(one: str, other: str) -> bool:
    """Whether two texts differ by one typo in a letter; a differing digit is another code."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    shorter = min(len(one), len(other))
    start = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    end = next((at for at in range(shorter - start) if one[-1 - at] != other[-1 - at]), shorter - start)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if not (left + right).isalpha():
        return False
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])  # noqa: PLR2004 - two neighbours


def _alike(normalized: str, keys: Iterable[str]) -> Iterator[tuple[float, str]]:
    """The similar keys, each with its distance. `difflib.get_close_matches`, but ties go by the alphabet."""
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(normalized)
    for key in keys:
        matcher.set_seq1(key)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
            yield (1.0 - ratio, key)
