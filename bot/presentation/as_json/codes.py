"""A question to the code catalogue as JSON: the object of `explain --json`, and of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.codes import Family, Resolution, SearchHit, Term
    from bot.model import Explanation

MOST_FOUND = 6  # families of a search


def resolution_to_json(resolution: Resolution) -> dict[str, Any]:
    """The object of `explain --json`: `codes` are the listed codes in the question, `found` the search results."""
    readings = [
        {"vendor": one.vendor, "kind": one.kind.value, "code": one.code, "carrier": one.carrier, "tell": one.en.customer_wording}
        | explanation_to_json(one)
        for one in resolution.readings
    ]
    return {
        "code": resolution.text,
        "listed": bool(resolution.codes),
        "codes": list(resolution.codes),
        "limit": {"per": resolution.limit.span, "count": resolution.limit.most} if resolution.limit else None,
        "readings": readings,
        "similar": list(resolution.similar),
        "term": term_to_json(resolution.term),
        "found": search_to_json(resolution.text, resolution.found, None)["found"],
    }


def search_to_json(query: str, found: Sequence[SearchHit], term: Term | None) -> dict[str, Any]:
    """The object of `explain --search --json`."""
    return {
        "query": query,
        "term": term_to_json(term),
        "found": [
            {
                "family": one.family.id,
                **_words_to_json(one.family),
                "owner": one.family.owner.value,
                "resend": one.family.resend.value,
                "codes": [
                    {"vendor": row.vendor, "kind": row.kind.value, "code": row.code, "confidence": row.confidence.value}
                    for row in one.rows
                    if not row.is_pattern
                ],
            }
            for one in found
        ],
    }


def _words_to_json(family: Family) -> dict[str, dict[str, Any]]:
    """The texts of a family in both languages, under the keys that `explain --json` uses."""
    en, zh = family.en, family.zh
    return {
        "title": {"en": en.title, "zh": zh.title},
        "meaning": {"en": en.meaning, "zh": zh.meaning},
        "causes": {"en": en.causes, "zh": zh.causes},
        "next_step": {"en": en.next_step, "zh": zh.next_step},
        "tell": {"en": en.customer_wording, "zh": zh.customer_wording},
    }


def term_to_json(term: Term | None) -> dict[str, Any] | None:
    """A term in both languages, or None."""
    if term is None:
        return None
    return {"id": term.id} | {
        name: {"title": words.title, "text": words.text} for name, words in (("en", term.en), ("zh", term.zh))
    }


def explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """An explanation of the code catalogue, in English."""
    words = explanation.en
    return {
        "title": words.title,
        "meaning": words.meaning,
        "causes": list(words.causes),
        "next_step": words.next_step,
        "owner": explanation.owner.value,
        "resend": explanation.resend.value,
        "confidence": explanation.confidence.value,
        "source": explanation.source,
    }
