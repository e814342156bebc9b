"""Exports the whole catalogue: a flat CSV, a JSON object, or a Markdown page (docs/codes.md)."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.catalogue import Catalogue
    from bot.codes.tables import CodeEntry, Family
    from bot.i18n import Language, Phrase

FORMATS = ("csv", "json", "markdown")
# The CSV's header; in English the names by which programs know the columns.
_COLUMNS: Mapping[str, Phrase] = {
    "vendor": phrase("vendor"),
    "kind": phrase("kind"),
    "code": phrase("code"),
    "match": phrase("match"),
    "rank": phrase("rank"),
    "carrier": phrase("carrier"),
    "family": phrase("family"),
    "owner": phrase("owner"),
    "resend": phrase("resend"),
    "confidence": phrase("confidence"),
    "source": phrase("source"),
    "checked_on": phrase("checked_on"),
    "title_en": phrase("title_en"),
    "meaning_en": phrase("meaning_en"),
    "causes_en": phrase("causes_en"),
    "next_step_en": phrase("next_step_en"),
    "tell_en": phrase("tell_en"),
    "title_zh": phrase("title_zh"),
    "meaning_zh": phrase("meaning_zh"),
    "causes_zh": phrase("causes_zh"),
    "next_step_zh": phrase("next_step_zh"),
    "tell_zh": phrase("tell_zh"),
}


def export_catalogue(catalogue: Catalogue, form: str, language: Language = ENGLISH) -> str:
    """The catalogue as a text in one of FORMATS, its headings in `language`. Raises ValueError for another format."""
    match form:
        case "csv":
            return catalogue_to_csv(catalogue, language)
        case "json":
            return catalogue_to_json(catalogue)
        case "markdown":
            return catalogue_to_markdown(catalogue, language)
    raise ValueError(f"{form!r} is none of {', '.join(FORMATS)}")


# --- data -----------------------------------------------------------------------------------------------------------------


def catalogue_to_csv(catalogue: Catalogue, language: Language = ENGLISH) -> str:
    """A line for each row, with its texts in both languages; the header is in `language`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([said.said_in(language) for said in _COLUMNS.values()])
    table.writerows(_cells(row, catalogue.family(row.family)) for row in catalogue.rows)
    return text.getvalue()


def _cells(row: CodeEntry, family: Family) -> list[str]:
    """What a row has in each of _COLUMNS."""
    cells = [row.vendor, row.kind.value, row.code, row.match or "exact", str(row.order), row.carrier, row.family]
    cells += [family.owner.value, family.resend.value, row.confidence.value, row.source, row.checked_on]
    for words, own in ((family.en, row.en), (family.zh, row.zh)):
        causes = "" if own else "; ".join(words.causes)
        cells += [words.title, own or words.meaning, causes, words.next_step, words.customer_wording]
    return cells


def catalogue_to_json(catalogue: Catalogue) -> str:
    """`{"families": […], "codes": […], "terms": […]}`: a code names its family, which has the words."""
    value = {
        "families": families_to_values(catalogue),
        "codes": rows_to_values(catalogue),
        "terms": [asdict(term) for term in catalogue.glossary.terms],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def families_to_values(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The families, each with its words; what is empty is left out."""
    return [_family(family) for family in catalogue.families.values()]


def rows_to_values(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The rows, each with the id of its family; what is empty is left out."""
    return [_row(row) for row in catalogue.rows]


def _family(family: Family) -> dict[str, Any]:
    return {key: value for key, value in asdict(family).items() if value}


def _row(row: CodeEntry) -> dict[str, Any]:
    fields = row._asdict() | {"match": row.match or "exact", "rank": row.order}
    return {key: value for key, value in fields.items() if value}


# --- the page -------------------------------------------------------------------------------------------------------------


def catalogue_to_markdown(catalogue: Catalogue, language: Language = ENGLISH) -> str:
    """The contents list of the catalogue as a Markdown page: a line for each group, for each code and for each source.

    Its headings are in `language`.
    """
    return "\n".join(_page(catalogue, language))


def _page(catalogue: Catalogue, language: Language) -> Iterator[str]:
    by_code: dict[str, list[CodeEntry]] = defaultdict(list)
    for row in catalogue.rows:
        by_code[_code(row)].append(row)
    yield language.say(
        """\
# SMS delivery codes: the contents list

<!-- Written by `smsstatus codes export --format markdown`. Change bot/codes/, not this page. -->

{codes} codes of {tables} tables, in {families} groups. What each group means, what is behind it, what to do now and what to tell
the customer, in English and in Chinese, is on the site that `smsstatus codes site DIR` writes: [codes-site.md](codes-site.md).
One code: `smsstatus explain MK:0001`, or `/smsstatus explain MK:0001` in Slack.

* Look-alikes are different codes: `MK:1` is not `MK:0001`. A code has several groups where its carriers or sources differ, the
  likeliest first.
* A code explains a failure; whether a message failed is told by the status field beside it.
""",
        codes=len({row.code for row in catalogue.rows if not row.is_pattern}),
        tables=len({(row.vendor, row.kind) for row in catalogue.rows}),
        families=len(catalogue.families),
    )
    groups, codes, sources = language.say("Groups"), language.say("Codes"), language.say("Sources")
    yield f"## {groups}\n"
    yield from (_group(family, catalogue, language) for family in catalogue.families.values())
    yield f"\n## {codes}\n"
    yield from (_line(code, by_code[code]) for code in sorted(by_code, key=lambda code: (code.upper(), code)))
    yield f"\n## {sources}\n"
    yield from _sources(catalogue.rows, catalogue.titles, language)


def _group(family: Family, catalogue: Catalogue, language: Language) -> str:
    """``* `blacklist` **the number is on a do-not-send list** · 号码在黑名单中 · to fix: recipient · resend: no · 146``."""
    first, second = (family.zh, family.en) if language.code == "zh" else (family.en, family.zh)
    about = language.say("to fix: {owner} · resend: {resend}", owner=family.owner.value, resend=family.resend.value)
    count = len({row.code for row in catalogue.rows if row.family == family.id and not row.is_pattern})
    return f"* `{family.id}` **{first.title}** · {second.title} · {about} · {count}"


def _line(code: str, rows: list[CodeEntry]) -> str:
    """``* `MK:0001` number_invalid · tencent, aliyun``."""
    rows = sorted(rows, key=lambda row: row.order)
    families = ", ".join(dict.fromkeys(row.family for row in rows))
    return f"* {code} {families} · {', '.join(dict.fromkeys(row.vendor for row in rows))}"


def _code(row: CodeEntry) -> str:
    """A code in a code span, marked when it stands for a group of codes."""
    pattern = {"prefix": f"{row.code}…", "regex": f"/{row.code}/"}.get(row.match, row.code)
    fence = "``" if "`" in pattern else "`"
    return f"{fence}{pattern}{fence}"


def _sources(rows: Iterable[CodeEntry], titles: Mapping[str, str], language: Language) -> Iterator[str]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.source] += 1
    for source, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if source in titles:
            yield f"* [{language.translated(titles[source])}]({source}) ({count})"
        else:
            yield f"* {f'<{source}>' if source.startswith('https://') else language.translated(source)} ({count})"
    yield ""
