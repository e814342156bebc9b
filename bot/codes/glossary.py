"""The glossary: the field's terms, such as receipt, signature or ported number, explained once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.codes.normalization import normalize_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TermWords:
    """A term in one language: its name, and what it is in at most three sentences."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term. `names` are all the spellings by which people look for it, in both languages."""

    id: str
    names: tuple[str, ...]
    en: TermWords
    zh: TermWords

    def words(self, language: str) -> TermWords:
        """The texts in `language` ("en" or "zh"; anything else reads English)."""
        return self.zh if language == "zh" else self.en


class Glossary:
    """All terms, found by any of their names."""

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        """Raises ValueError when two terms share a name."""
        self.terms = terms
        self._by_name: dict[str, Term] = {}
        for term in terms:
            for name in term.names:
                if self._by_name.setdefault(normalize_code(name), term) is not term:
                    raise ValueError(f"glossary.json: {term.id}: the name {name!r} is another term's too")

    def find(self, text: str) -> Term | None:
        """The term called `text`, in any case and however spaced; None when there is none."""
        return self._by_name.get(normalize_code(text))


def read_glossary(directory: Traversable | Path) -> Glossary:
    """`glossary.json` of `directory`; an empty glossary where there is no such file. Raises ValueError."""
    file = directory / "glossary.json"
    if not file.is_file():
        return Glossary()
    return Glossary(tuple(_terms(json.loads(file.read_text(encoding="utf-8")))))


def _terms(raw: Mapping[str, Any]) -> Iterator[Term]:
    for entry in raw["terms"]:
        try:
            yield Term(entry["id"], tuple(entry["names"]), TermWords(**entry["en"]), TermWords(**entry["zh"]))
        except (KeyError, TypeError) as error:
            name = entry.get("id", "?") if isinstance(entry, dict) else "?"
            raise ValueError(f"glossary.json: {name}: {error!r}") from error
