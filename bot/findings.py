"""What a search in the catalogue found, and the field's terms: as text for the terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding

from bot.language import ENGLISH, language_called
from bot.outside import clip, tidy
from bot.prose import Prose
from bot.wording import capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from bot.codes import Finding, Row, Term
    from bot.language import Language

MOST_FOUND = 6
_MOST_CODES = 12  # of one provider
_SHOWN_QUERY = 80


def language_of(text: str, otherwise: Language = ENGLISH) -> Language:
    """The language in which a search was typed: Chinese when it has Chinese characters."""
    return language_called("zh") if any("\u3400" <= char <= "\u9fff" for char in text) else otherwise


def render_search(
    query: str, found: Sequence[Finding], term: Term | None, titles: Mapping[str, str], *, language: Language = ENGLISH
) -> RenderableType:
    """What a search found: each family with its meaning and the codes that lead to it, by provider."""
    parts: list[RenderableType] = [render_term(term, language=language)] if term else []
    for one in found:
        words = one.family.zh if language.code == "zh" else one.family.en
        parts.append(Prose(capitalised(words.title), style="bold"))
        lines = [words.meaning, *_codes(one.rows, titles, language)]
        parts.append(Padding(Prose("\n".join(lines)), (0, 0, 0, 4), expand=False))
    if not parts:
        shown = repr(clip(tidy(query), _SHOWN_QUERY))
        parts.append(Prose(language.say("No meaning in the catalogue has anything of {query}.", query=shown)))
    return Group(*parts)


def render_term(term: Term, *, language: Language = ENGLISH) -> RenderableType:
    """A term of the field and what it is."""
    words = term.words(language.code)
    return Group(Prose(capitalised(words.title), style="bold"), Padding(Prose(words.text), (0, 0, 0, 4), expand=False))


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


def _codes(rows: Sequence[Row], titles: Mapping[str, str], language: Language) -> list[str]:
    """`Tencent: MK:0001, … and 130 more`, a line for each provider, best codes first."""
    by_vendor: dict[str, list[str]] = {}
    for row in rows:
        if not row.is_pattern:
            by_vendor.setdefault(row.vendor, []).append(row.code)
    lines = []
    for vendor, listed in by_vendor.items():
        unique = list(dict.fromkeys(listed))
        codes, rest = language.enumerated(unique[:_MOST_CODES]), len(unique) - _MOST_CODES
        title = titles.get(vendor, vendor)
        lines.append(
            language.say("{provider}: {codes} and {count} more", provider=title, codes=codes, count=rest)
            if rest > 0
            else language.say("{provider}: {codes}", provider=title, codes=codes)
        )
    return lines
