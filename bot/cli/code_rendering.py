"""Renders explanations, search results and glossary terms of the code catalogue, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group

from bot.cli.rich_text import CjkText, below, lines_of
from bot.codes.text_decoding import has_chinese
from bot.i18n import get_language
from bot.model import Confidence
from bot.presentation.explanation import (
    background_lines,
    code_lines,
    explanation_lines,
    group_readings,
    heading,
    title_with_confidence,
)
from bot.presentation.wording import CODE, NO_DAY, advice_of, capitalised, plain_text_format, source_words
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from bot.codes import SearchHit, Term
    from bot.i18n import Language
    from bot.model import Explanation

_MOST_CODES = 6  # of one provider
_SHOWN_QUERY = 80
_ADDRESS = 800


def detect_language(text: str, otherwise: Language) -> Language:
    """The language of a search text: Chinese if it has Chinese characters, else `otherwise`."""
    return get_language("zh") if has_chinese(text) else otherwise


def render_explanations(
    code: str, readings: Sequence[Explanation], similar: Sequence[str], titles: Mapping[str, str], *, language: Language
) -> RenderableType:
    """All readings of a code, by provider; similar codes for one that is not listed."""
    text_format = plain_text_format(None, titles, now=NO_DAY, language=language)
    listed = [one for one in readings if one.confidence is not Confidence.UNLISTED]
    parts: list[RenderableType] = []
    near = language.comma_list(text_format.quote(other, CODE) for other in similar)
    if listed and near:
        group = language.say("{code} is not listed. Codes of the same group usually mean:", code=text_format.quote(code, CODE))
        parts += [CjkText(language.say("Similar codes: {codes}.", codes=near), style="bold"), CjkText(group)]
    for one, *same in group_readings(listed):
        parts.append(CjkText(heading(one, text_format, *same), style="bold"))
        source = text_format.prose(source_words(one, language), _ADDRESS)
        published = language.say("Source: {source}", source=source)
        parts.append(
            below(
                [
                    title_with_confidence(one, text_format),
                    *explanation_lines(one, text_format, most_readings=None),
                    *background_lines(one, text_format),
                    published,
                ]
            )
        )
    if not listed:
        parts.append(CjkText(language.say("{code} is not listed.", code=text_format.quote(code, CODE)), style="bold"))
        parts += lines_of([language.say("Similar codes: {codes}.", codes=near) if near else ""])
    return Group(*parts)


def render_search(
    query: str, found: Sequence[SearchHit], term: Term | None, titles: Mapping[str, str], *, language: Language
) -> RenderableType:
    """Search results: each family of codes with its meaning and its codes, by provider."""
    parts: list[RenderableType] = [render_term(term, language=language)] if term else []
    text_format = plain_text_format(None, titles, now=NO_DAY, language=language)
    if found:
        parts.append(CjkText(language.say("Codes about {words}:", words=f"“{truncate(single_line(query), _SHOWN_QUERY)}”")))
    for one in found:
        words = one.family.words(language.code)
        parts.append(CjkText(capitalised(words.title), style="bold"))
        lines = [
            words.meaning,
            text_format.say("Do now: {step}", step=words.next_step),
            text_format.say("Tell the customer: {words}", words=words.customer_wording) if words.customer_wording else "",
            advice_of(one.family.owner, one.family.resend, language),
            *code_lines(one.rows, text_format, _MOST_CODES),
        ]
        parts.append(below(lines))
    if not parts:
        shown = repr(truncate(single_line(query), _SHOWN_QUERY))
        parts.append(CjkText(language.say("Nothing in the catalogue matches {query}.", query=shown)))
    return Group(*parts)


def render_term(term: Term, *, language: Language) -> RenderableType:
    """A glossary term and its definition."""
    words = term.words(language.code)
    return Group(CjkText(capitalised(words.title), style="bold"), below([words.text]))
