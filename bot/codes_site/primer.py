"""The primer: how to read the codes of CMPP, SGIP and SMGP, in both languages. Data, as the explanations are: primer.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Section:
    """A section: paragraphs, and a table with its head first; empty when there is none."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Primer:
    """The primer in one language. `sources` are the titles and addresses of what it says."""

    title: str
    lead: str
    sections: tuple[Section, ...]
    sources: tuple[tuple[str, str], ...]


def read_primer(language: str) -> Primer:
    """The primer in `language`, "en" or "zh". Raises KeyError."""
    raw = json.loads((files("bot.codes_site") / "primer.json").read_text(encoding="utf-8"))
    words = raw[language]
    sources = tuple((one[language], one["url"]) for one in raw["sources"])
    return Primer(words["title"], words["lead"], tuple(map(_section, words["sections"])), sources)


def _section(raw: Mapping[str, Any]) -> Section:
    table: Mapping[str, Sequence[Any]] = raw.get("table", {})
    rows = [table["head"], *table["rows"]] if table else []
    return Section(raw["id"], raw["title"], tuple(raw["paragraphs"]), tuple(map(tuple, rows)))
