"""What a search in the catalogue found, and the field's terms: as text for the terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from bot.outside import clip, tidy
from bot.wording import capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from bot.codes import Finding, Row, Term

MOST_FOUND = 6
_MOST_CODES = 12  # of one provider
_SHOWN_QUERY = 80


def language_of(text: str) -> str:
    """The language in which a search was typed: "zh" when it has Chinese characters, otherwise "en"."""
    return "zh" if any("\u3400" <= char <= "\u9fff" for char in text) else "en"


def render_search(
    query: str, found: Sequence[Finding], term: Term | None, titles: Mapping[str, str], *, language: str = "en"
) -> RenderableType:
    """What a search found: each family with its meaning and the codes that lead to it, by provider."""
    parts: list[RenderableType] = [render_term(term, language=language)] if term else []
    for one in found:
        words = one.family.zh if language == "zh" else one.family.en
        parts.append(Text(capitalised(words.title), style="bold"))
        parts.append(Padding(Text("\n".join([words.meaning, *_codes(one.rows, titles)])), (0, 0, 0, 4), expand=False))
    if not parts:
        parts.append(Text(f"No meaning in the catalogue has anything of {clip(tidy(query), _SHOWN_QUERY)!r}."))
    return Group(*parts)


def render_term(term: Term, *, language: str = "en") -> RenderableType:
    """A term of the field and what it is."""
    words = term.words(language)
    return Group(Text(capitalised(words.title), style="bold"), Padding(Text(words.text), (0, 0, 0, 4), expand=False))


def search_to_json(query: str, found: Sequence[Finding], term: Term | None) -> dict[str, Any]:
    """As `explain --search --json` prints it."""
    return {
        "query": query,
        "term": term_to_json(term),
        "found": [
            {
                "family": one.family.id,
                "title": {"en": one.family.en.title, "zh": one.family.zh.title},
                "meaning": {"en": one.family.en.meaning, "zh": one.family.zh.meaning},
                "codes": [
                    {"vendor": row.vendor, "kind": row.kind.value, "code": row.code, "confidence": row.confidence.value}
                    for row in one.rows
                    if not row.is_pattern
                ],
            }
            for one in found
        ],
    }


def term_to_json(term: Term | None) -> dict[str, Any] | None:
    """A term in both languages, or None."""
    if term is None:
        return None
    return {"id": term.id} | {
        name: {"title": words.title, "text": words.text} for name, words in (("en", term.en), ("zh", term.zh))
    }


def _codes(rows: Sequence[Row], titles: Mapping[str, str]) -> list[str]:
    """`Tencent: MK:0001, … and 130 more`, a line for each provider, best codes first."""
    by_vendor: dict[str, list[str]] = {}
    for row in rows:
        if not row.is_pattern:
            by_vendor.setdefault(row.vendor, []).append(row.code)
    lines = []
    for vendor, listed in by_vendor.items():
        unique = list(dict.fromkeys(listed))
        more = f" and {len(unique) - _MOST_CODES} more" if len(unique) > _MOST_CODES else ""
        lines.append(f"{titles.get(vendor, vendor)}: {', '.join(unique[:_MOST_CODES])}{more}")
    return lines
