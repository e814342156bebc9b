"""What stands beside a code: other codes of its family, look-alikes with another meaning, the same number in other wrappers."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.codes.nested_codes import inner_code
from bot.codes.normalization import letters_and_digits, normalize_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.codes import Catalogue, CodeEntry

MOST = 12  # of each kind
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def codes_of(rows: Iterable[CodeEntry]) -> list[str]:
    """The codes of these rows, each once, in their order; no patterns."""
    return list(dict.fromkeys(row.code for row in rows if not row.is_pattern))


class RelatedCodes:
    """The relations between all codes of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        codes = codes_of(catalogue.rows)
        self._of_family = {family: codes_of(catalogue.frequent_first(family)) for family in catalogue.families}
        self._alike = _grouped((_look(code), code) for code in codes)
        self._wrapped = self._wrappers(codes)

    def of_family(self, family_id: str) -> list[str]:
        """All codes of a family, those that people meet most first. Raises KeyError."""
        return self._of_family[family_id]

    def siblings(self, code: str, family_id: str) -> list[str]:
        """Other codes of the family, those that people meet most first. Raises KeyError."""
        return [other for other in self._of_family[family_id] if other != code][:MOST]

    def look_alikes(self, code: str) -> list[str]:
        """The codes that differ from this one in case, punctuation or zeros only: `MK:0001` beside `MK:1`."""
        return [other for other in self._alike[_look(code)] if other != code][:MOST]

    def wrappers(self, code: str) -> list[str]:
        """The codes with the same number of the same protocol: `SGIP:5` beside `2:05`. A guess: prefixes are no standard."""
        alike = set(self.look_alikes(code))
        return [other for other in self._wrapped.get(code, ()) if other != code and other not in alike][:MOST]

    def _wrappers(self, codes: list[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for code in codes:
            for inner in inner_code(normalize_code(code)):
                listed = [row.code for row in self._catalogue.listed(inner.code) if inner.carrier in {"", row.carrier}]
                for other in dict.fromkeys(listed):
                    found[code].append(other)
                    found[other].append(code)
        return {code: list(dict.fromkeys(others)) for code, others in found.items()}


def _look(code: str) -> str:
    """What two codes have in common that are taken for each other."""
    return _ZEROS.sub("", letters_and_digits(code))


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
