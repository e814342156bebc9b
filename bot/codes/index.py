"""Index of the codes of one vendor and kind, by every spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.codes.normalization import code_class, normalize_code, without_namespace
from bot.model import CodeKind, Confidence

if TYPE_CHECKING:
    from bot.codes.tables import CodeEntry


class CodeIndex:
    """Filled by `add`, then completed by `index`."""

    __slots__ = ("bare", "exact", "folded", "kind", "prefixes", "regexes", "vendor")

    def __init__(self, vendor: str, kind: CodeKind) -> None:
        self.vendor = vendor
        self.kind = kind
        self.exact: dict[str, list[CodeEntry]] = {}
        self.folded: dict[str, list[CodeEntry]] = {}
        self.bare: dict[str, list[CodeEntry]] = {}
        self.prefixes: list[tuple[str, CodeEntry]] = []
        self.regexes: list[CodeEntry] = []

    def add(self, row: CodeEntry) -> None:
        """Take in a row; rows of one code come in the order of the file."""
        if row.match == "regex":
            self.regexes.append(row)
        elif row.match == "prefix":
            self.prefixes.append((normalize_code(row.code), row))
        else:
            self.exact.setdefault(row.code, []).append(row)

    def index(self) -> None:
        """Add the other spellings once all rows are in.

        Where two published codes normalise to one (`DB:0140` and `DB：0140`), the one that is written so has it.
        """
        for code, rows in self.exact.items():
            if len(rows) > 1:
                rows.sort(key=lambda row: row.order)
            normalized = normalize_code(code)
            if code == normalized:
                self.folded[normalized] = rows
            else:
                self.folded.setdefault(normalized, rows)
            if self.kind is CodeKind.API:
                self.bare.setdefault(without_namespace(normalized), rows)
        self.prefixes.sort(key=lambda entry: -len(entry[0]))

    def listed(self, code: str, normalized: str) -> list[CodeEntry]:
        """The rows of exactly this code, in any spelling, likeliest first."""
        return self.exact.get(code) or self.folded.get(normalized) or self.bare.get(without_namespace(normalized)) or []

    def grouped(self, normalized: str) -> CodeEntry | None:
        """The row whose pattern matches an otherwise unlisted code; None when none does."""
        if self.kind is CodeKind.API and (known := self.folded.get(code_class(normalized))):
            return known[0]._replace(confidence=Confidence.UNSURE)
        for prefix, row in self.prefixes:
            if normalized.startswith(prefix):
                return row
        return next((row for row in self.regexes if re.search(row.code, normalized)), None)
