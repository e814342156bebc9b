"""Validates the catalogue's data beyond its structure.

Run by the tests over the packaged data and over broken copies, and by `overlay.py` over what an installation adds.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.codes.catalogue import TRANSPORT, Catalogue
from bot.i18n import ENGLISH, phrase
from bot.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from bot.codes.tables import CodeEntry, Family
    from bot.i18n import Phrase
    from bot.model import ExplanationText

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


def validate(directory: Traversable | Path | None = None) -> tuple[str, ...]:
    """Everything that is wrong with the data in `directory` (None: the packaged data), one line each; empty when it is valid."""
    try:
        catalogue = Catalogue.load(directory)
    except (ValueError, KeyError, TypeError, OSError) as error:
        return (f"cannot be loaded: {error}",)
    return tuple(fault.said_in(ENGLISH) for fault in data_faults(catalogue, catalogue.families, catalogue.rows))


def data_faults(catalogue: Catalogue, families: Iterable[str], rows: Iterable[CodeEntry]) -> tuple[Phrase, ...]:
    """What is wrong with these families (ids) and rows of `catalogue`, one line each."""
    return (*_of_families(catalogue, families), *_of_rows(rows), *(_of_terms(catalogue)))


def _of_families(catalogue: Catalogue, families: Iterable[str]) -> Iterator[Phrase]:
    used = {row.family for row in catalogue.rows}
    for family in map(catalogue.family, families):
        for line in _of_family(family):
            yield phrase("family {family}: {problem}", family=family.id, problem=line)
        if bool(family.en.next_step_many) != bool(family.zh.next_step_many):
            yield phrase("family {family}: {problem}", family=family.id, problem=phrase("a text is missing"))
        if family.query and family.query not in catalogue.families:
            yield phrase("family {family}: unknown family {other}", family=family.id, other=repr(family.query))
        if family.id not in used and not family.reserved:
            yield phrase("family {family}: no row leads to it", family=family.id)
    for language in ("en", "zh"):
        titles = Counter(getattr(family, language).title for family in catalogue.families.values())
        for title in (title for title, count in titles.items() if count > 1):
            yield phrase("{language}: the title {title} is used twice", language=language, title=repr(title))


def _of_terms(catalogue: Catalogue) -> Iterator[Phrase]:
    for term in catalogue.glossary.terms:
        for language, words in (("en", term.en), ("zh", term.zh)):
            for line in _of_language(language, (words.text,)):
                yield phrase("term {term}: {language}: {problem}", term=term.id, language=language, problem=line)
            if not words.title.strip() or len(words.text) > LONGEST_SENTENCES[language] * 1.5:
                too_long = phrase("no title, or a text that is too long")
                yield phrase("term {term}: {language}: {problem}", term=term.id, language=language, problem=too_long)


def _of_family(family: Family) -> Iterator[Phrase]:
    for language, words in (("en", family.en), ("zh", family.zh)):
        for line in _of_words(language, words):
            yield phrase("{language}: {problem}", language=language, problem=line)


def _of_words(language: str, words: ExplanationText) -> Iterator[Phrase]:
    texts = (words.title, words.meaning, words.next_step, words.customer_wording, *words.causes)
    if not words.causes or not all(text.strip() for text in texts):
        yield phrase("a text is missing")
        return
    if len(words.title) > LONGEST_TITLE[language]:
        yield phrase("the title is longer than {most}", most=LONGEST_TITLE[language])
    if max(map(len, (words.meaning, words.next_step, words.customer_wording))) > LONGEST_SENTENCES[language]:
        yield phrase("a sentence is longer than {most}", most=LONGEST_SENTENCES[language])
    if max(_sentences(words.meaning) + _sentences(words.next_step), _sentences(words.customer_wording)) > MOST_SENTENCES:
        yield phrase("more than {most} sentences", most=MOST_SENTENCES)
    if any(map(_BUTTON.search, texts)):
        yield phrase("it names a button, which the terminal has not")
    if len(words.causes) > MOST_CAUSES or max(map(len, words.causes)) > LONGEST_CAUSE[language]:
        yield phrase("too many causes, or one that is too long")
    if len(words.next_step_many) > LONGEST_SENTENCES[language] or _sentences(words.next_step_many) > MOST_SENTENCES:
        yield phrase("a sentence is longer than {most}", most=LONGEST_SENTENCES[language])
    yield from _of_language(language, tuple(filter(None, (*texts, words.next_step_many))))


def _sentences(text: str) -> int:
    return len(_SENTENCE.findall(text))


def _of_language(language: str, texts: tuple[str, ...]) -> Iterator[Phrase]:
    if language == "zh" and not all(map(_CHINESE.search, texts)):
        yield phrase("a text is not Chinese")
    if language == "en" and any(map(_CHINESE.search, texts)):
        yield phrase("a text is not English")


def _of_rows(rows: Iterable[CodeEntry]) -> Iterator[Phrase]:
    places: set[tuple[str, ...]] = set()
    readings: set[tuple[str, ...]] = set()
    for row in rows:
        where = f"{row.vendor}.{row.kind}: {row.code}"
        spot = (row.vendor, row.kind, row.code, row.carrier)
        for seen, mark in ((places, (*spot, str(row.order))), (readings, (*spot, row.family))):
            if mark in seen:
                yield phrase("{where}: listed twice", where=where)
                break
            seen.add(mark)
        yield from (phrase("{where}: {problem}", where=where, problem=line) for line in _of_row(row))


def _of_row(row: CodeEntry) -> Iterator[Phrase]:
    if bool(row.en) != bool(row.zh):
        yield phrase("an own sentence in one language only")
    if row.en and row.zh:
        texts = (("en", row.en), ("zh", row.zh))
        for language, text in texts:
            yield from _of_language(language, (text,))
            if len(text) > LONGEST_SENTENCES[language]:
                yield phrase("the {language} sentence is longer than {most}", language=language, most=LONGEST_SENTENCES[language])
    if not _is_source(row.source):
        yield phrase(
            "the source {source} is neither a public https page nor marked as {mark}",
            source=repr(row.source),
            mark=repr(UNCONFIRMED),
        )
    if row.confidence is Confidence.SURE and row.source.startswith(UNCONFIRMED) and row.vendor != TRANSPORT:
        yield phrase("sure, though the source is not confirmed")
    if not _is_date(row.checked_on):
        yield phrase("checked_on {day} is not a date", day=repr(row.checked_on))
    if row.match == "regex" and not _is_pattern(row.code):
        yield phrase("the pattern is not a regular expression")


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
