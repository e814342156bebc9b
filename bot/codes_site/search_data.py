"""The index of the search in the browser (static/search.js): the rules of `explain` as data, so that both follow the same ones.

What `explain` does beyond it is not done there: the encodings of links, JSON and mails are not decoded, and the limit in a flow
control's sentence is not told. Within a family the browser lists the frequent codes first, whatever was searched for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.codes import flow_limits, pasted_text, resolution, value_labels
from bot.codes.nested_codes import as_data as wrappers
from bot.codes.normalization import normalize_code
from bot.codes.page_address import family_slug, slug_of
from bot.codes_site.related import codes_of
from bot.model import CodeKind, Confidence
from bot.presentation.wording import advice_of, capitalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.codes import Catalogue, CodeEntry, Family
    from bot.codes.index import CodeIndex
    from bot.codes_site.related import RelatedCodes
    from bot.i18n import Language

NAME = "CATALOGUE"
_SURENESS = (Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE)
_SHOWN_CODES = 6  # of a family among the results
# Python's \b knows the letters of all scripts, JavaScript's those of ASCII.
_EDGE = r"(?:(?<=[\p{L}\p{N}_])(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])(?=[\p{L}\p{N}_]))"


def search_script(catalogue: Catalogue, related: RelatedCodes, languages: tuple[Language, ...]) -> str:
    """The script that defines `CATALOGUE`. A script, since a page that is opened from a folder may fetch nothing."""
    value = json.dumps(search_data(catalogue, related, languages), ensure_ascii=False, separators=(",", ":"))
    # U+2028 and U+2029 end a line in older JavaScript; "</" would end an inline script, should anybody inline it.
    safe = value.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("</", "<\\/")
    return f"const {NAME} = {safe};\n"


def search_data(catalogue: Catalogue, related: RelatedCodes, languages: tuple[Language, ...]) -> dict[str, Any]:
    """All that the search needs."""
    places = {family: place for place, family in enumerate(catalogue.families)}
    search = catalogue.search_data()
    search["weights"] = {
        word: [part for family, weight in families.items() for part in (places[family], weight)]
        for word, families in search["weights"].items()
    }
    names = search["names"]
    names["names"] = [[places[family], *rest] for family, *rest in names["names"]]
    search["other_channels"] = list(map(in_javascript, search["other_channels"]))
    limit, limit_code = flow_limits.as_data()
    rules = {**resolution.as_data(), "vendors": sorted(catalogue.vendors)}
    for name in ("like_a_code", "question", "hyphenated"):
        rules[name] = in_javascript(rules[name])
    return {
        "families": [_family(one, related, languages) for one in catalogue.families.values()],
        "codes": [_code(code, catalogue, places) for code in codes_of(catalogue.rows)],
        "api": codes_of(row for row in catalogue.rows if row.kind is CodeKind.API),
        "terms": [
            [
                term.id,
                list(map(normalize_code, term.names)),
                {
                    language.code: [capitalised(term.words(language.code).title), term.words(language.code).text]
                    for language in languages
                },
            ]
            for term in catalogue.glossary.terms
        ],
        "wrappers": [[in_javascript(pattern), [list(inner) for inner in spellings]] for pattern, spellings in wrappers()],
        "groups": [_groups(table, places) for table in catalogue.tables],
        "spelling": catalogue.spellings.as_data(),
        "rules": rules,
        "pastes": {name: in_javascript(pattern) for name, pattern in pasted_text.as_data().items()},
        "labels": {name: in_javascript(pattern) for name, pattern in value_labels.as_data().items()},
        "limit": [in_javascript(limit), limit_code],
        "search": search,
    }


_LETTERS_OF_ALL_SCRIPTS = {r"[^\W\d_a-zA-Z]": r"(?:(?![a-zA-Z])\p{L})", r"[\w\s]": r"[\p{L}\p{N}_\s]"}
_ANY_CASE = re.compile(r"\(\?i:((?:[^()]|\([^()]*\))*)\)")  # a group that is read in any case; it has at most one level within


def in_javascript(pattern: str) -> str:
    """A pattern of Python's `re` as one of JavaScript with the flag `u`, which takes no escape that is not needed."""
    for ours, theirs in _LETTERS_OF_ALL_SCRIPTS.items():
        pattern = pattern.replace(ours, theirs)
    pattern = _ANY_CASE.sub(lambda found: f"(?:{re.sub('[a-z]', lambda one: f'[{one[0]}{one[0].upper()}]', found[1])})", pattern)
    if "(?i" in pattern:  # which older browsers do not read
        raise ValueError(f"a group in any case is nested too deeply: {pattern}")
    return pattern.replace("(?P<", "(?<").replace(r"\b", _EDGE).replace('\\"', '"')


def _family(family: Family, related: RelatedCodes, languages: tuple[Language, ...]) -> list[Any]:
    """Its id, its title, advice and next step in each language, its most frequent codes, its page."""
    words = {
        language.code: [
            capitalised(family.words(language.code).title),
            advice_of(family.owner, family.resend, language),
            family.words(language.code).next_step,
        ]
        for language in languages
    }
    return [family.id, words, related.of_family(family.id)[:_SHOWN_CODES], family_slug(family.id)]


def _code(code: str, catalogue: Catalogue, places: Mapping[str, int]) -> list[Any]:
    """A code, its page, the families of its readings, likeliest first, and marks.

    The marks: `w` none of the readings is better than unsure, so that a word may be meant; `r` a receipt has it; of a carrier
    (`u` China Unicom, `t` China Telecom) that is.
    """
    found = catalogue.find(code)
    marks = "w" if all(one.confidence is Confidence.UNSURE for one in found) else ""
    of_receipts = [row for row in catalogue.listed(code) if row.kind is CodeKind.RECEIPT]
    carriers = {row.carrier for row in of_receipts}
    marks += "r" * bool(of_receipts) + "u" * ("China Unicom" in carriers) + "t" * ("China Telecom" in carriers)
    usual = code.lower().replace(":", "-")
    slug = slug_of(code)
    families = dict.fromkeys(places[one.family] for one in found)
    return [code, "" if slug == usual else slug, list(families), marks]


def _groups(table: CodeIndex, places: Mapping[str, int]) -> dict[str, Any]:
    """What a table says of a code that it does not list: by its class, by how it begins, by a pattern."""

    def of(row: CodeEntry) -> list[int]:
        return [places[row.family], _SURENESS.index(row.confidence)]

    classes = {key: places[rows[0].family] for key, rows in table.folded.items()} if table.kind is CodeKind.API else {}
    return {
        "vendor": table.vendor,
        "classes": classes,
        "prefixes": [[prefix, *of(row)] for prefix, row in table.prefixes],
        "patterns": [[in_javascript(row.code), *of(row)] for row in table.regexes],
    }
