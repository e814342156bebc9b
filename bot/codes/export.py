"""The whole catalogue for others to use: a flat CSV, a JSON object, or a page to read (docs/codes.md)."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.codes.catalogue import Catalogue
    from bot.codes.glossary import Term
    from bot.codes.tables import Family, Row
    from bot.model import Words

FORMATS = ("csv", "json", "markdown")
_SIGNS = {Confidence.SURE: "", Confidence.LIKELY: " (likely)", Confidence.UNSURE: " (unsure)"}
_HEAD = """\
# SMS delivery codes, explained

<!-- Written by `smsstatus codes export --format markdown`. Change bot/codes/, not this page. -->

{codes} codes of {vendors} tables, in {families} groups. Each group says what happened, what is behind it, what to do now and what
to tell the customer, in English and in Chinese. The same as data: `smsstatus codes export --format json` (or `csv`).

* **sure**: the vendor documents this very code with this meaning. **likely**: documented, but the code is coarse, or its meaning
  depends on the carrier. **unsure**: from another platform's table, or from the code's group only.
* Look-alikes are different codes: `MK:1` is not `MK:0001`. A code may stand in several groups, as its carrier or source differs.
* A code explains a failure; whether a message failed is told by the status field beside it.
"""


def export(catalogue: Catalogue, form: str) -> str:
    """The catalogue as a text in one of FORMATS. Raises ValueError for another one."""
    match form:
        case "csv":
            return to_csv(catalogue)
        case "json":
            return to_json(catalogue)
        case "markdown":
            return to_markdown(catalogue)
    raise ValueError(f"{form!r} is none of {', '.join(FORMATS)}")


# --- data -----------------------------------------------------------------------------------------------------------------


def to_csv(catalogue: Catalogue) -> str:
    """A line for each row, with its words written out in both languages."""
    text = io.StringIO()
    lines = [_flat(row, catalogue.family(row.family)) for row in catalogue.rows]
    table = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
    table.writeheader()
    table.writerows(lines)
    return text.getvalue()


def _flat(row: Row, family: Family) -> dict[str, str]:
    line = {
        "vendor": row.vendor,
        "kind": row.kind.value,
        "code": row.code,
        "match": row.match or "exact",
        "rank": str(row.order),
        "carrier": row.carrier,
        "family": row.family,
        "owner": family.owner.value,
        "resend": family.resend.value,
        "confidence": row.confidence.value,
        "source": row.source,
        "checked_on": row.checked_on,
    }
    for language, words, own in (("en", family.en, row.en), ("zh", family.zh, row.zh)):
        line |= {
            f"title_{language}": words.title,
            f"meaning_{language}": own or words.meaning,
            f"causes_{language}": "; ".join(words.causes),
            f"next_step_{language}": words.next_step,
            f"tell_{language}": words.tell,
        }
    return line


def to_json(catalogue: Catalogue) -> str:
    """`{"families": […], "codes": […], "terms": […]}`: a code names its family, which has the words."""
    value = {
        "families": [_family(family) for family in catalogue.families.values()],
        "codes": [_row(row) for row in catalogue.rows],
        "terms": [asdict(term) for term in catalogue.glossary.terms],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _family(family: Family) -> dict[str, Any]:
    return {key: value for key, value in asdict(family).items() if value}


def _row(row: Row) -> dict[str, Any]:
    fields = row._asdict() | {"match": row.match or "exact", "rank": row.order}
    return {key: value for key, value in fields.items() if value}


# --- the page -------------------------------------------------------------------------------------------------------------


def to_markdown(catalogue: Catalogue) -> str:
    """A page in Markdown: the terms, then the groups with their words and codes, then the sources."""
    return "\n".join(_page(catalogue))


def _page(catalogue: Catalogue) -> Iterator[str]:
    rows = catalogue.rows
    yield _HEAD.format(
        codes=len({(row.vendor, row.kind, row.code) for row in rows}),
        vendors=len({(row.vendor, row.kind) for row in rows}),
        families=len(catalogue.families),
    )
    yield "## Terms\n"
    yield from (_term(term) for term in catalogue.glossary.terms)
    by_family: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_family[row.family].append(row)
    yield "\n## Groups\n"
    for family in catalogue.families.values():
        yield from _section(family, by_family[family.id])
    yield "## Sources\n"
    yield from _sources(rows)


def _term(term: Term) -> str:
    return f"* **{term.en.title}** · {term.zh.title}: {term.en.text} {term.zh.text}"


def _section(family: Family, rows: list[Row]) -> Iterator[str]:
    yield f"### {family.en.title} · {family.zh.title}\n"
    yield f"`{family.id}` · to fix: {family.owner.value} · resend: {family.resend.value}\n"
    yield from _words(family.en, ("Could be", "Do now", "Tell the customer"), "; ")
    yield from _words(family.zh, ("可能原因", "现在怎么做", "告诉客户"), "；")
    plain = [row for row in rows if not row.en]
    for (vendor, kind, confidence), codes in _grouped(plain, "vendor", "kind", "confidence"):
        yield f"* {vendor}, {kind}{_SIGNS[confidence]}: {codes}"
    for (vendor, kind, confidence, en, zh), codes in _grouped(rows, "vendor", "kind", "confidence", "en", "zh"):
        if en:
            yield f"* {vendor}, {kind}{_SIGNS[confidence]}: {codes}: {en} {zh}"
    if rows:
        yield ""


def _words(words: Words, labels: tuple[str, str, str], between: str) -> Iterator[str]:
    yield f"> {words.meaning}  "
    could_be, do_now, tell = labels
    yield f"> *{could_be}:* {between.join(words.causes)}  "
    yield f"> *{do_now}:* {words.next_step}  "
    yield f"> *{tell}:* {words.tell}\n"


def _grouped(rows: Iterable[Row], *fields: str) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The codes of the rows that agree in `fields`, in the order in which they are first met."""
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, field) for field in fields)].append(_code(row))
    yield from ((key, ", ".join(dict.fromkeys(codes))) for key, codes in groups.items())


def _code(row: Row) -> str:
    """A code in a code span, marked when it stands for a group of codes."""
    pattern = {"prefix": f"{row.code}…", "regex": f"/{row.code}/"}.get(row.match, row.code)
    fence = "``" if "`" in pattern else "`"
    return f"{fence}{pattern}{fence}" + (f" [{row.carrier}]" if row.order > 1 and row.carrier else "")


def _sources(rows: Iterable[Row]) -> Iterator[str]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.source] += 1
    for source, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"* {f'<{source}>' if source.startswith('https://') else source} ({count})"
    yield ""
