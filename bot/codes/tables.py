"""Reads the catalogue's data: the families (texts) and the tables (codes).

Plain JSON and CSV, because the whole has to load within 30 ms. Structure is checked here (known families, known values); the
quality of texts and sources by `validation.py`. Broken data raises ValueError, with the file and the line.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import InvalidValueError
from bot.i18n import ENGLISH, phrase
from bot.model import CodeKind, Confidence, ExplanationText, Owner, Resend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bot.i18n import Phrase

COLUMNS = ("code", "match", "carrier", "family", "confidence", "source", "checked_on", "en", "zh", "rank")
_SOURCE = COLUMNS.index("source")
MATCHES = frozenset({"", "exact", "prefix", "regex"})
_WORDS = frozenset({"title", "meaning", "causes", "next_step", "next_step_many", "tell"})
_CONFIDENCE = {value.value: value for value in (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE)}


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of result of a message or a call, with its texts.

    `reserved` says why a family may be without rows (empty: it must have some). `keywords` are further words, in both languages,
    by which people look for it; `lesser` are those that mean another family first, each with its weight up to 1.0. `query` is the
    family of its codes when they answer a lookup (empty: this one). For the families of calls, `resend` is about repeating the
    call.
    """

    id: str
    owner: Owner
    resend: Resend
    en: ExplanationText
    zh: ExplanationText
    reserved: str = ""
    keywords: tuple[str, ...] = ()
    lesser: tuple[tuple[str, float], ...] = ()
    query: str = ""

    def words(self, language: str) -> ExplanationText:
        """The texts in `language` ("en" or "zh"; anything else reads English)."""
        return self.zh if language == "zh" else self.en


class CodeEntry(NamedTuple):
    """One row of a table: this vendor's code belongs to that family. Texts are as in the file."""

    vendor: str
    kind: CodeKind
    code: str  # as published; for `prefix` how the code begins; for `regex` a pattern searched for in the folded code
    match: str  # exact (or empty), prefix, regex
    carrier: str  # whose code it is, as published; empty: any, or not known
    family: str
    confidence: Confidence
    source: str  # https://… or "unconfirmed: …", spelt out
    checked_on: str  # ISO date
    en: str  # an own sentence instead of the family's meaning; both languages or none
    zh: str
    rank: str  # order of likelihood among the rows of a code; empty is 1

    @property
    def is_pattern(self) -> bool:
        """Whether the row stands for a group of codes."""
        return self.match in {"prefix", "regex"}

    @property
    def order(self) -> int:
        """The rank as a number."""
        return int(self.rank) if self.rank else 1


def read_families(directory: Traversable | Path) -> dict[str, Family]:
    """The families by id, in the file's order. Raises ValueError or OSError."""
    raw = json.loads((directory / "families.json").read_text(encoding="utf-8"))
    families: dict[str, Family] = {}
    for entry in raw["families"]:
        try:
            family = family_of(entry)
        except (KeyError, TypeError, ValueError) as error:
            name = entry.get("id", "?") if isinstance(entry, dict) else "?"
            raise ValueError(f"families.json: {name}: {error!r}") from error
        if family.id in families:
            raise ValueError(f"families.json: {family.id}: listed twice")
        families[family.id] = family
    return families


def family_of(entry: Mapping[str, Any]) -> Family:
    """A family from its JSON or TOML object. Raises KeyError for a missing key, InvalidValueError for a wrong value."""
    unknown = entry.keys() - {"id", "owner", "resend", "en", "zh", "reserved", "keywords", "lesser", "query"}
    if unknown:
        raise InvalidValueError(phrase("unknown key {keys}", keys=sorted(unknown)))
    return Family(
        id=entry["id"],
        owner=_owner(entry["owner"]),
        resend=_resend(entry["resend"]),
        en=_words(entry["en"], "en"),
        zh=_words(entry["zh"], "zh"),
        reserved=entry.get("reserved", ""),
        keywords=_texts(entry.get("keywords", []), "keywords"),
        lesser=_lesser(entry.get("lesser", {})),
        query=entry.get("query", ""),
    )


def _owner(value: Any) -> Owner:
    try:
        return Owner(value)
    except ValueError:
        raise InvalidValueError(phrase("{value} is not a valid Owner", value=repr(value))) from None


def _resend(value: Any) -> Resend:
    try:
        return Resend(value)
    except ValueError:
        raise InvalidValueError(phrase("{value} is not a valid Resend", value=repr(value))) from None


def _words(entry: object, language: str) -> ExplanationText:
    if not isinstance(entry, dict):
        raise InvalidValueError(phrase("{language} is a table of texts", language=language))
    unknown = entry.keys() - _WORDS
    if unknown:
        raise InvalidValueError(phrase("unknown key {keys}", keys=sorted(unknown)))
    title, meaning, next_step, tell = entry["title"], entry["meaning"], entry["next_step"], entry.get("tell", "")
    many = entry.get("next_step_many", "")
    if not all(isinstance(text, str) for text in (title, meaning, next_step, tell, many)):
        raise InvalidValueError(phrase("title, meaning, next_step and tell are texts"))
    return ExplanationText(title, meaning, _texts(entry["causes"], "causes"), next_step, tell, many)


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InvalidValueError(phrase("{name} is a list of texts", name=name))
    return tuple(value)


def _lesser(value: object) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, dict) or not all(isinstance(part, int | float) and 0 < part < 1 for part in value.values()):
        raise InvalidValueError(phrase("lesser is a table of keywords with numbers between 0 and 1"))
    return tuple(value.items())


class Source(NamedTuple):
    """A source that many rows share. `text` is the address, or why it is not confirmed; `title` is its display name."""

    text: str
    title: str = ""


def read_sources(directory: Traversable | Path) -> dict[str, Source]:
    """The sources of `sources.json` by name: `"name": "text"` or `"name": {"url": …, "title": …}`. Raises ValueError."""
    file = directory / "sources.json"
    raw = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    try:
        return {
            name: Source(entry) if isinstance(entry, str) else Source(entry["url"], entry["title"]) for name, entry in raw.items()
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"sources.json: {error!r}") from error


def read_rows(
    directory: Traversable | Path, families: Mapping[str, Family], sources: Mapping[str, Source]
) -> Iterator[CodeEntry]:
    """The rows of every `tables/<vendor>.<kind>.csv`, files by name, lines in order. Raises ValueError.

    A source may be written `@name`, which `sources` spells out: some stand in thousands of lines.
    """
    files = sorted((directory / "tables").iterdir(), key=lambda file: file.name)
    for file in files:
        if file.name.endswith(".csv"):
            yield from _rows(file, families, {f"@{name}": source.text for name, source in sources.items()})


def _rows(file: Traversable | Path, families: Mapping[str, Family], sources: Mapping[str, str]) -> Iterator[CodeEntry]:
    vendor, _, kind_name = file.name.removesuffix(".csv").rpartition(".")
    try:
        kind = CodeKind(kind_name)
    except ValueError as error:
        raise ValueError(f"{file.name}: a table is named <vendor>.receipt.csv or <vendor>.api.csv") from error
    lines = csv.reader(file.read_bytes().decode("utf-8").splitlines(keepends=True), strict=True)
    if tuple(next(lines, ())) != COLUMNS:
        raise ValueError(f"{file.name}: the first line must be {','.join(COLUMNS)}")
    for cells in lines:
        try:
            # Carriers and sentences repeat by the thousand: interned, each is kept once.
            cells[_SOURCE] = sources.get(cells[_SOURCE], cells[_SOURCE])
            row = row_of(vendor, kind, [*map(sys.intern, cells)])
        except (IndexError, TypeError, ValueError):
            fault: str | None = f"{len(cells)} cells instead of {len(COLUMNS)}"
        else:
            wrong = row_fault(row, families)
            fault = wrong.said_in(ENGLISH) if wrong else None
        if fault:
            raise ValueError(f"{file.name}:{lines.line_num}: {fault}")
        yield row


def row_of(vendor: str, kind: CodeKind, cells: Sequence[str]) -> CodeEntry:
    """The row of `cells`, one for each of COLUMNS. Raises TypeError or ValueError for another number of them."""
    code, match, carrier, family, confidence, *rest = cells
    return CodeEntry._make((vendor, kind, code, match, carrier, family, _CONFIDENCE.get(confidence), *rest))


def row_fault(row: CodeEntry, families: Mapping[str, Family]) -> Phrase | None:
    """What is wrong with the structure of a row, if anything."""
    if row.family not in families:
        return phrase("unknown family {family}", family=repr(row.family))
    if row.match not in MATCHES:
        return phrase("unknown match {match}", match=repr(row.match))
    if row.confidence not in _CONFIDENCE.values():
        return phrase("confidence is none of sure, likely, unsure")
    if not row.code:
        return phrase("no code")
    if row.rank and not (row.rank.isascii() and row.rank.isdigit()):
        return phrase("rank {rank} is not a number", rank=repr(row.rank))
    return None
