"""The code catalogue: explain() maps a code to its explanation. Pure, never raises; a listed code costs two dict lookups.

How a code is matched, within its vendor and its kind, first hit wins:

    1. as it was received
    2. normalised (normalization.py); for the codes of calls also without Alibaba's `isv.` or `isp.`
    3. for receipts, as another vendor lists it, and then the number inside it (nested_codes.py): a code of a carrier is a fact
       about the carrier, whoever passes it on. Both are unsure. A number of a vendor's own list is no carrier's, and stays there.
    4. for the codes of calls, its class: the part before the dot
    5. the vendor's patterns: the longest prefix, then the regular expressions in the order of the file; for receipts also the
       other vendors'
    6. the family `unlisted`, which says so and guesses nothing

A code that several carriers use in different senses, or that sources explain differently, gets the likeliest reading, with the
others in `also`, and is never sure.

A vendor's further product (`tencent-legacy`) reads the vendor's own tables of the kinds for which it has none.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.codes.glossary import Glossary, read_glossary
from bot.codes.index import CodeIndex
from bot.codes.nested_codes import inner_code, is_bare_number, is_vendors_own
from bot.codes.normalization import is_isv_code, normalize_code
from bot.codes.readings import CodeReadings
from bot.codes.search import Search, SearchHit, texts_of
from bot.codes.spelling_index import SpellingIndex
from bot.codes.tables import CodeEntry, Family, read_families, read_rows, read_sources
from bot.model import CodeKind, Confidence, Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bot.codes.glossary import Term

UNLISTED = "unlisted"
TRANSPORT = "transport"  # the table of our own transport faults, whatever vendor was asked
UNLISTED_SOURCE = "not listed: no public table that we know of explains this code"
STATE_SOURCE = "no code: told from the state of the message"
OTHERS_SOURCE = "unconfirmed: explained from another provider's table"
INNER_SOURCE = "unconfirmed: read from the number inside the code, as the carrier's protocol or other codes with it have it"
_TRANSPORT_PREFIX = "TRANSPORT."
_SURENESS = (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE, Confidence.UNLISTED)


class Catalogue:
    """All families, all tables and the glossary. Immutable after loading."""

    def __init__(
        self,
        families: Mapping[str, Family],
        rows: Iterable[CodeEntry],
        glossary: Glossary | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Index `rows`. `titles` are the display names of the sources, by address."""
        self._families = families
        self._titles = titles or {}
        self._readings = CodeReadings(families, self._titles)
        self._rows = tuple(rows)
        self._glossary = glossary or Glossary()
        self._tables: dict[tuple[str, CodeKind], CodeIndex] = {}
        for row in self._rows:
            table = self._tables.get((row.vendor, row.kind))
            if table is None:
                table = self._tables[row.vendor, row.kind] = CodeIndex(row.vendor, row.kind)
            table.add(row)
        for table in self._tables.values():
            table.index()

    @classmethod
    def load(cls, directory: Traversable | Path | None = None) -> Catalogue:
        """Read `families.json`, `glossary.json` and `tables/*.csv` of `directory` (None: the packaged ones).

        Raises ValueError for broken data, OSError when a file cannot be read.
        """
        home = files("bot.codes") if directory is None else directory
        families = read_families(home)
        if UNLISTED not in families:
            raise ValueError(f"families.json: there is no family {UNLISTED!r}")
        sources = read_sources(home)
        titles = {source.text: source.title for source in sources.values() if source.title}
        return cls(families, read_rows(home, families, sources), read_glossary(home), titles)

    @property
    def families(self) -> Mapping[str, Family]:
        """The families by id, in the file's order."""
        return self._families

    @property
    def rows(self) -> tuple[CodeEntry, ...]:
        """Every row of every table, tables by name, rows in the file's order."""
        return self._rows

    @property
    def vendors(self) -> frozenset[str]:
        """The names of the vendors that have tables."""
        return frozenset(vendor for vendor, _ in self._tables if vendor != TRANSPORT)

    @property
    def glossary(self) -> Glossary:
        """The glossary."""
        return self._glossary

    @property
    def titles(self) -> Mapping[str, str]:
        """The display names of the sources, by address."""
        return self._titles

    def family(self, family_id: str) -> Family:
        """The family with this id. Raises KeyError."""
        return self._families[family_id]

    def describe(self, family_id: str, *, vendor: str, kind: CodeKind, code: str = "") -> Explanation:
        """The explanation of a state without a code, such as `pending` for a message without a receipt. Raises KeyError."""
        return self._readings.of_family(family_id, code, vendor, kind, confidence=Confidence.SURE, source=STATE_SOURCE)

    def explain(self, vendor: str, kind: CodeKind, code: str) -> Explanation:
        """What `code` means when it comes from `vendor` as a `kind`. Never raises; `Explanation.code` is as received.

        RECEIPT is the code of a delivery, API the code with which a send was refused, QUERY the code that came instead of the
        answer to a lookup: it is explained about the lookup, never about the message (`isv.BUSINESS_LIMIT_CONTROL` as the answer
        to a lookup says that we asked too often, not that the customer got too many messages).
        """
        normalized = normalize_code(code)
        if normalized.startswith(_TRANSPORT_PREFIX):
            vendor, kind = TRANSPORT, CodeKind.API
        tables = [table for asked in _kinds(kind, normalized) if (table := self._table(vendor, asked))]
        others = self._others(vendor) if kind is CodeKind.RECEIPT else []
        for table in tables:
            if rows := table.listed(code, normalized):
                return self._for_kind(self._readings.of_rows(code, rows), kind)
        if inferred := self._inferred(code, normalized, tables, others):
            return replace(inferred, vendor=vendor)
        for table in tables:
            if row := table.grouped(normalized):
                return self._for_kind(self._readings.of_row(code, row), kind)
        for table in others:
            if row := table.grouped(normalized):
                return replace(self._readings.of_row(code, row), vendor=vendor)
        return self._readings.of_family(UNLISTED, code, vendor, kind, confidence=Confidence.UNLISTED, source=UNLISTED_SOURCE)

    def _for_kind(self, found: Explanation, kind: CodeKind) -> Explanation:
        return self._readings.about_lookup(found) if kind is CodeKind.QUERY else found

    def _others(self, vendor: str) -> list[CodeIndex]:
        """The receipt tables of the other vendors, those of the vendor's own other products first."""
        base = vendor.partition("-")[0]
        own = self._table(vendor, CodeKind.RECEIPT)
        others = [table for (_, kind), table in self._tables.items() if kind is CodeKind.RECEIPT and table is not own]
        return sorted(others, key=lambda table: (table.vendor != base, "-" in table.vendor, table.vendor))

    def _inferred(self, code: str, normalized: str, tables: list[CodeIndex], others: list[CodeIndex]) -> Explanation | None:
        """The meaning of a receipt's code by another vendor's table, or by the number inside it. Never sure."""
        if not others:
            return None
        if not (is_bare_number(normalized) or is_vendors_own(normalized)):
            for table in others:
                if rows := table.listed(code, normalized):
                    return self._readings.inferred(code, rows, OTHERS_SOURCE)
        for inner in inner_code(normalized):
            for table in (*tables, *others):
                rows = [row for row in table.listed(inner.code, inner.code) if inner.carrier in {"", row.carrier}]
                if rows:
                    return self._readings.inferred(code, rows, INNER_SOURCE)
        return None

    def lists(self, text: str) -> bool:
        """Whether a table has this very code, in any spelling."""
        return any(self._listed(text, normalize_code(text)))

    def find(self, text: str) -> tuple[Explanation, ...]:
        """Every reading of a code whose vendor is not known, surest first; empty when there is none.

        Patterns are tried only when no table lists the code, and for one word: they would match parts of any sentence. There is
        one reading for each vendor and family.
        """
        normalized = normalize_code(text)
        found = [
            self._readings.of_row(text, row, doubtful=len(rows) > 1) for rows in self._listed(text, normalized) for row in rows
        ]
        if not found and len(text.split()) == 1:
            inner = self._inferred(text, normalized, [], self._others(""))
            found = [inner, *inner.also] if inner else []
        if not found and len(text.split()) == 1:
            grouped = (table.grouped(normalized) for table in self._tables.values())
            found = [self._readings.of_row(text, row) for row in grouped if row]
        found.sort(key=lambda explanation: _SURENESS.index(explanation.confidence))
        unique: dict[tuple[str, str], Explanation] = {}
        for explanation in found:
            unique.setdefault((explanation.vendor, explanation.family), explanation)
        return tuple(unique.values())

    @cached_property
    def spellings(self) -> SpellingIndex:
        """The index of every spelling of every listed code."""
        return SpellingIndex(row for row in self._rows if not row.is_pattern)

    def listed(self, text: str) -> tuple[CodeEntry, ...]:
        """The rows of this very code, in any spelling, of every table; the likeliest of a table first."""
        return tuple(row for rows in self._listed(text, normalize_code(text)) for row in rows)

    def frequent_first(self, family_id: str) -> tuple[CodeEntry, ...]:
        """The rows of a family, those that people meet most first, patterns last. Raises KeyError."""
        return self._search.frequent_first(family_id)

    @property
    def tables(self) -> tuple[CodeIndex, ...]:
        """The index of each vendor and kind, in the order in which `find` looks into them."""
        return tuple(self._tables.values())

    def search_data(self) -> dict[str, Any]:
        """The index of the full-text search with its rules, as plain data."""
        return self._search.as_data()

    def similar(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """The published codes most similar to `text`, for "did you mean"; at most `limit`, possibly none."""
        return self.spellings.similar(text, limit)

    def term(self, text: str) -> Term | None:
        """The glossary term called `text`, such as `receipt` or `签名`; None when there is none."""
        return self._glossary.find(text)

    def search(self, text: str, limit: int = 10) -> tuple[SearchHit, ...]:
        """The families that `text` is about, in either language, best first, with their codes. Never raises."""
        return self._search.find(text, limit)

    def mentions(self, number: str) -> bool:
        """Whether a text of a family or of a row has this number in it: else no search finds it, and none needs its index."""
        plain = normalize_code(number)
        own = (text for row in self._rows for text in (row.en, row.zh))
        return any(plain in text for family in self._families.values() for text in texts_of(family)) or any(
            plain in text for text in own
        )

    def names_family(self, text: str) -> bool:
        """Whether `text` contains a name of a family. Never raises."""
        return self._search.names_family(text)

    @cached_property
    def _search(self) -> Search:
        """Built on first use: most processes never search."""
        return Search(self._families, self._rows)

    def _table(self, vendor: str, kind: CodeKind) -> CodeIndex | None:
        own = self._tables.get((vendor, kind))
        return own or self._tables.get((vendor.rpartition("-")[0], kind))

    def _listed(self, code: str, normalized: str) -> Iterable[list[CodeEntry]]:
        return (table.listed(code, normalized) for table in self._tables.values())


def _kinds(kind: CodeKind, normalized: str) -> tuple[CodeKind, ...]:
    """Which tables to look in, in order.

    Alibaba also gives `isv.` codes of a call as the code of a receipt: https://help.aliyun.com/document_detail/101347.html
    """
    if kind is CodeKind.QUERY:
        return (CodeKind.QUERY, CodeKind.API)
    if kind is CodeKind.RECEIPT and is_isv_code(normalized):
        return (CodeKind.RECEIPT, CodeKind.API)
    return (kind,)
