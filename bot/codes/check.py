"""What the catalogue's data must fulfil beyond its structure.

Run by the tests over the packaged data and over broken copies, and by `overlay.py` over what an installation adds.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.codes.catalogue import TRANSPORT, Catalogue
from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bot.codes.tables import Family, Row
    from bot.model import Words

# What a phone shows without scrolling; a Chinese character is about as wide as two Latin ones.
LONGEST_TITLE = {"en": 60, "zh": 24}
LONGEST_SENTENCES = {"en": 240, "zh": 100}  # meaning, next step, what to tell the customer; each
LONGEST_CAUSE = {"en": 100, "zh": 40}
MOST_CAUSES = 4
MOST_SENTENCES = 3  # what happened and what to do now; and again what to tell the customer
UNCONFIRMED = "unconfirmed: "
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？]")
_BUTTON = re.compile(r"press refresh|点.?刷新|点击刷新", re.IGNORECASE)


def problems(directory: Traversable | Path | None = None) -> tuple[str, ...]:
    """Everything that is wrong with the data in `directory` (None: the packaged data), one line each; empty when all is well."""
    try:
        catalogue = Catalogue.load(directory)
    except (ValueError, KeyError, TypeError, OSError) as error:
        return (f"cannot be loaded: {error}",)
    return faults(catalogue, catalogue.families, catalogue.rows)


def faults(catalogue: Catalogue, families: Iterable[str], rows: Iterable[Row]) -> tuple[str, ...]:
    """What is wrong with these families (ids) and rows of `catalogue`, one line each."""
    return (*_of_families(catalogue, families), *_of_rows(rows), *(_of_terms(catalogue)))


def _of_families(catalogue: Catalogue, families: Iterable[str]) -> Iterator[str]:
    used = {row.family for row in catalogue.rows}
    for family in map(catalogue.family, families):
        for line in _of_family(family):
            yield f"family {family.id}: {line}"
        if family.id not in used and not family.reserved:
            yield f"family {family.id}: no row leads to it"
    for language in ("en", "zh"):
        titles = Counter(getattr(family, language).title for family in catalogue.families.values())
        yield from (f"{language}: the title {title!r} is used twice" for title, count in titles.items() if count > 1)


def _of_terms(catalogue: Catalogue) -> Iterator[str]:
    for term in catalogue.glossary.terms:
        for language, words in (("en", term.en), ("zh", term.zh)):
            for line in _of_language(language, (words.text,)):
                yield f"term {term.id}: {language}: {line}"
            if not words.title.strip() or len(words.text) > LONGEST_SENTENCES[language] * 1.5:
                yield f"term {term.id}: {language}: no title, or a text that is too long"


def _of_family(family: Family) -> Iterator[str]:
    for language, words in (("en", family.en), ("zh", family.zh)):
        for line in _of_words(language, words):
            yield f"{language}: {line}"


def _of_words(language: str, words: Words) -> Iterator[str]:
    texts = (words.title, words.meaning, words.next_step, words.tell, *words.causes)
    if not words.causes or not all(text.strip() for text in texts):
        yield "a text is missing"
        return
    if len(words.title) > LONGEST_TITLE[language]:
        yield f"the title is longer than {LONGEST_TITLE[language]}"
    if max(map(len, (words.meaning, words.next_step, words.tell))) > LONGEST_SENTENCES[language]:
        yield f"a sentence is longer than {LONGEST_SENTENCES[language]}"
    if max(_sentences(words.meaning) + _sentences(words.next_step), _sentences(words.tell)) > MOST_SENTENCES:
        yield f"more than {MOST_SENTENCES} sentences"
    if any(map(_BUTTON.search, texts)):
        yield "it names a button, which the terminal has not"
    if len(words.causes) > MOST_CAUSES or max(map(len, words.causes)) > LONGEST_CAUSE[language]:
        yield "too many causes, or one that is too long"
    yield from _of_language(language, texts)


def _sentences(text: str) -> int:
    return len(_SENTENCE.findall(text))


def _of_language(language: str, texts: tuple[str, ...]) -> Iterator[str]:
    if language == "zh" and not all(map(_CHINESE.search, texts)):
        yield "a text is not Chinese"
    if language == "en" and any(map(_CHINESE.search, texts)):
        yield "a text is not English"


def _of_rows(rows: Iterable[Row]) -> Iterator[str]:
    places: set[tuple[str, ...]] = set()
    readings: set[tuple[str, ...]] = set()
    for row in rows:
        where = f"{row.vendor}.{row.kind}: {row.code}"
        spot = (row.vendor, row.kind, row.code, row.carrier)
        for seen, mark in ((places, (*spot, str(row.order))), (readings, (*spot, row.family))):
            if mark in seen:
                yield f"{where}: listed twice"
                break
            seen.add(mark)
        yield from (f"{where}: {line}" for line in _of_row(row))


def _of_row(row: Row) -> Iterator[str]:
    if bool(row.en) != bool(row.zh):
        yield "an own sentence in one language only"
    if row.en and row.zh:
        texts = (("en", row.en), ("zh", row.zh))
        for language, text in texts:
            yield from _of_language(language, (text,))
            if len(text) > LONGEST_SENTENCES[language]:
                yield f"the {language} sentence is longer than {LONGEST_SENTENCES[language]}"
    if not _is_source(row.source):
        yield f"the source {row.source!r} is neither a public https page nor marked as {UNCONFIRMED!r}"
    if row.confidence is Confidence.SURE and row.source.startswith(UNCONFIRMED) and row.vendor != TRANSPORT:
        yield "sure, though the source is not confirmed"
    if not _is_date(row.checked_on):
        yield f"checked_on {row.checked_on!r} is not a date"
    if row.match == "regex" and not _is_pattern(row.code):
        yield "the pattern is not a regular expression"


def _is_source(source: str) -> bool:
    if source.startswith(UNCONFIRMED):
        return bool(source.removeprefix(UNCONFIRMED).strip())
    try:
        page = urlsplit(source)
    except ValueError:
        return False
    host = page.hostname or ""
    public = "." in host and not host.endswith((".local", ".internal", ".localhost")) and not host.replace(".", "").isdigit()
    return page.scheme == "https" and public and source.isascii() and not re.search(r"[\s;]", source)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
