"""Exports the whole catalogue: a flat CSV, a JSON object, or a Markdown page (docs/codes.md)."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH, phrase
from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.codes.catalogue import Catalogue
    from bot.codes.glossary import Term
    from bot.codes.tables import CodeEntry, Family
    from bot.i18n import Language, Phrase
    from bot.model import ExplanationText

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
        "families": [_family(family) for family in catalogue.families.values()],
        "codes": [_row(row) for row in catalogue.rows],
        "terms": [asdict(term) for term in catalogue.glossary.terms],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _family(family: Family) -> dict[str, Any]:
    return {key: value for key, value in asdict(family).items() if value}


def _row(row: CodeEntry) -> dict[str, Any]:
    fields = row._asdict() | {"match": row.match or "exact", "rank": row.order}
    return {key: value for key, value in fields.items() if value}


# --- the page -------------------------------------------------------------------------------------------------------------


def catalogue_to_markdown(catalogue: Catalogue, language: Language = ENGLISH) -> str:
    """A Markdown page: the terms, then the families with their texts and codes, then the sources.

    Its headings are in `language`.
    """
    return "\n".join(_page(catalogue, language))


def _page(catalogue: Catalogue, language: Language) -> Iterator[str]:
    rows = catalogue.rows
    yield language.say(
        """\
# SMS delivery codes, explained

<!-- Written by `smsstatus codes export --format markdown`. Change bot/codes/, not this page. -->

{codes} codes of {vendors} tables, in {families} groups. Each group says what happened, what is behind it, what to do now and what
to tell the customer, in English and in Chinese. The same as data: `smsstatus codes export --format json` (or `csv`).

* **sure**: the vendor documents this very code with this meaning. **likely**: documented, but the code is coarse, or its meaning
  depends on the carrier. **unsure**: from another platform's table, or from the code's group only.
* Look-alikes are different codes: `MK:1` is not `MK:0001`. A code may stand in several groups, as its carrier or source differs.
* A code explains a failure; whether a message failed is told by the status field beside it.
""",
        codes=len({(row.vendor, row.kind, row.code) for row in rows}),
        vendors=len({(row.vendor, row.kind) for row in rows}),
        families=len(catalogue.families),
    )
    terms, groups, sources = language.say("Terms"), language.say("Groups"), language.say("Sources")
    yield f"## {terms}\n"
    yield from (_term(term, language) for term in catalogue.glossary.terms)
    by_family: dict[str, list[CodeEntry]] = defaultdict(list)
    for row in rows:
        by_family[row.family].append(row)
    yield f"\n## {groups}\n"
    for family in catalogue.families.values():
        yield from _section(family, by_family[family.id], language)
    yield f"## {sources}\n"
    yield from _sources(rows, catalogue.titles, language)


def _term(term: Term, language: Language) -> str:
    first, second = (term.zh, term.en) if language.code == "zh" else (term.en, term.zh)
    return f"* **{first.title}** · {second.title}: {first.text} {second.text}"


def _section(family: Family, rows: list[CodeEntry], language: Language) -> Iterator[str]:
    both = [
        _words(family.en, ("Could be", "Do now", "Tell the customer"), "; "),
        _words(family.zh, ("可能原因", "现在怎么做", "告诉客户"), "；"),
    ]
    titles = [family.en.title, family.zh.title]
    if language.code == "zh":
        both.reverse()
        titles.reverse()
    yield f"### {' · '.join(titles)}\n"
    about = language.say("to fix: {owner} · resend: {resend}", owner=family.owner.value, resend=family.resend.value)
    yield f"`{family.id}` · {about}\n"
    for words in both:
        yield from words
    plain = [row for row in rows if not row.en]
    for (vendor, kind, confidence), codes in _grouped(plain, language, "vendor", "kind", "confidence"):
        yield f"* {_table(vendor, kind, confidence, language)}: {codes}"
    for (vendor, kind, confidence, en, zh), codes in _grouped(rows, language, "vendor", "kind", "confidence", "en", "zh"):
        if en:
            meanings = f"{zh} {en}" if language.code == "zh" else f"{en} {zh}"
            yield f"* {_table(vendor, kind, confidence, language)}: {codes}: {meanings}"
    if rows:
        yield ""


def _table(vendor: str, kind: str, confidence: Confidence, language: Language) -> str:
    match confidence:
        case Confidence.LIKELY:
            return language.say("{vendor}, {kind} (likely)", vendor=vendor, kind=kind)
        case Confidence.UNSURE:
            return language.say("{vendor}, {kind} (unsure)", vendor=vendor, kind=kind)
        case _:
            return language.clauses([vendor, kind])


def _words(words: ExplanationText, labels: tuple[str, str, str], between: str) -> Iterator[str]:
    yield f"> {words.meaning}  "
    could_be, do_now, tell = labels
    yield f"> *{could_be}:* {between.join(words.causes)}  "
    yield f"> *{do_now}:* {words.next_step}  "
    yield f"> *{tell}:* {words.customer_wording}\n"


def _grouped(rows: Iterable[CodeEntry], language: Language, *fields: str) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The codes of the rows that agree in `fields`, in order of first occurrence."""
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, field) for field in fields)].append(_code(row, language))
    yield from ((key, ", ".join(dict.fromkeys(codes))) for key, codes in groups.items())


def _code(row: CodeEntry, language: Language) -> str:
    """A code in a code span, marked when it stands for a group of codes."""
    pattern = {"prefix": f"{row.code}…", "regex": f"/{row.code}/"}.get(row.match, row.code)
    fence = "``" if "`" in pattern else "`"
    return f"{fence}{pattern}{fence}" + (f" [{language.translated(row.carrier)}]" if row.order > 1 and row.carrier else "")


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
