"""The catalogue -> what the pages say, as values. Pure. The order of the readings is that of `explain`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.codes.page_address import family_slug, slug_of
from bot.i18n import get_language
from bot.model import Confidence, Owner
from bot.presentation.explanation import group_readings, table_words
from bot.presentation.wording import (
    NO_DAY,
    advice_of,
    capitalised,
    confidence_words,
    owner_words,
    plain_text_format,
    source_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.codes import Catalogue, CodeEntry, Family
    from bot.codes_site.related import RelatedCodes
    from bot.i18n import Language
    from bot.model import Explanation, ExplanationText
    from bot.presentation.wording import TextFormat

LANGUAGES = ("en", "zh")
_OWNERS = (Owner.RECIPIENT, Owner.CARRIER, Owner.US, Owner.CONTENT, Owner.PROVIDER, Owner.UNKNOWN, Owner.NOBODY)


@dataclass(frozen=True, slots=True)
class CodeLink:
    """A code, the name of its page, and what it means likeliest."""

    code: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class CustomerText:
    """What to tell the customer, in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a code. `doubt` is empty when it is sure; `source_address` when there is no page to link."""

    title: str
    doubt: str
    confidence: str
    where: str
    advice: tuple[str, ...]
    words: ExplanationText
    customer: tuple[CustomerText, ...]
    source: str
    source_address: str
    compared: str
    family: FamilyLink


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """A family, the name of its page, its title, and how many codes it has."""

    id: str
    slug: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class CodePage:
    """What there is to say of a code."""

    code: str
    slug: str
    readings: tuple[Reading, ...]
    siblings: tuple[CodeLink, ...]
    look_alikes: tuple[CodeLink, ...]
    wrappers: tuple[CodeLink, ...]


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """What there is to say of a family. `codes` by provider and kind, those that people meet most first."""

    family: FamilyLink
    advice: tuple[str, ...]
    words: ExplanationText
    customer: tuple[CustomerText, ...]
    codes: tuple[tuple[str, tuple[CodeLink, ...]], ...]
    patterns: tuple[str, ...]


class PageMaker:
    """Makes the pages in one language. `titles` are the display names of the providers in it."""

    def __init__(self, catalogue: Catalogue, related: RelatedCodes, titles: Mapping[str, str], language: Language) -> None:
        self._catalogue = catalogue
        self._related = related
        self._language = language
        self._format: TextFormat = plain_text_format(None, titles, now=NO_DAY, language=language)
        self._links: dict[str, CodeLink] = {}

    def code(self, code: str) -> CodePage:
        """The page of a listed code."""
        readings = self._catalogue.find(code)
        rows = self._catalogue.listed(code)
        return CodePage(
            code=code,
            slug=slug_of(code),
            readings=tuple(self._reading(one, same, rows) for one, *same in group_readings(readings)),
            siblings=self.links(self._related.siblings(code, readings[0].family)),
            look_alikes=self.links(self._related.look_alikes(code)),
            wrappers=self.links(self._related.wrappers(code)),
        )

    def family(self, family: Family) -> FamilyPage:
        """The page of a family."""
        rows = self._catalogue.frequent_first(family.id)
        by_table: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if not row.is_pattern:
                by_table[self._table(row)].append(row.code)
        return FamilyPage(
            family=self.family_link(family),
            advice=_chips(advice_of(family.owner, family.resend, self._language)),
            words=family.words(self._language.code),
            customer=self._customer(family.en, family.zh),
            codes=tuple((table, self.links(dict.fromkeys(codes))) for table, codes in by_table.items()),
            patterns=tuple(dict.fromkeys(f"{row.code}…" for row in rows if row.match == "prefix")),
        )

    def family_link(self, family: Family) -> FamilyLink:
        """The link to a family's page."""
        title = capitalised(family.words(self._language.code).title)
        return FamilyLink(family.id, family_slug(family.id), title, len(self._related.of_family(family.id)))

    def families_by_owner(self) -> tuple[tuple[str, tuple[FamilyLink, ...]], ...]:
        """The families that have codes, by who must fix it; the most codes first."""
        found: list[tuple[str, tuple[FamilyLink, ...]]] = []
        for owner in _OWNERS:
            links = [self.family_link(one) for one in self._catalogue.families.values() if one.owner is owner]
            listed = sorted((link for link in links if link.count), key=lambda link: -link.count)
            if listed:
                found.append((owner_words(owner, self._language) or self._language.say("Nothing to fix"), tuple(listed)))
        return tuple(found)

    def codes_by_beginning(self) -> tuple[tuple[str, tuple[CodeLink, ...]], ...]:
        """All codes, by their first character, in the alphabet's order."""
        found: dict[str, list[str]] = defaultdict(list)
        for code in sorted(self._all_codes(), key=lambda code: (code.upper(), code)):
            first = code[:1].upper()
            found[first if first.isalpha() and first.isascii() else "0–9"].append(code)
        return tuple((first, self.links(found[first])) for first in sorted(found))

    def links(self, codes: Mapping[str, None] | list[str]) -> tuple[CodeLink, ...]:
        """The links to the pages of these codes."""
        return tuple(map(self._link, codes))

    def _all_codes(self) -> set[str]:
        return {row.code for row in self._catalogue.rows if not row.is_pattern}

    def _link(self, code: str) -> CodeLink:
        if code not in self._links:
            title = capitalised(self._catalogue.find(code)[0].words(self._language.code).title)
            self._links[code] = CodeLink(code, slug_of(code), title)
        return self._links[code]

    def _reading(self, one: Explanation, same: list[Explanation], rows: tuple[CodeEntry, ...]) -> Reading:
        group = (one, *same)
        dates = [row.checked_on for row in rows for each in group if _is_of(row, each)]
        address = one.source if one.source.startswith("https://") else ""
        return Reading(
            title=capitalised(one.words(self._language.code).title),
            doubt=confidence_words(one, self._language),
            confidence=one.confidence.value if one.confidence is not Confidence.UNLISTED else "unsure",
            where=table_words(one, self._format, *same),
            advice=_chips(advice_of(one.owner, one.resend, self._language)),
            words=one.words(self._language.code),
            customer=self._customer(one.en, one.zh),
            source=source_words(one, self._language),
            source_address=address,
            compared=max(dates, default=""),
            family=self.family_link(self._catalogue.family(one.family)),
        )

    def _customer(self, en: ExplanationText, zh: ExplanationText) -> tuple[CustomerText, ...]:
        texts = (CustomerText("en", en.customer_wording), CustomerText("zh", zh.customer_wording))
        ordered = texts if self._language == get_language("en") else texts[::-1]
        return tuple(one for one in ordered if one.text)

    def _table(self, row: CodeEntry) -> str:
        explanation = next(one for one in self._catalogue.find(row.code) if (one.vendor, one.family) == (row.vendor, row.family))
        return table_words(replace(explanation, carrier=None), self._format)


def _is_of(row: CodeEntry, one: Explanation) -> bool:
    return (row.vendor, row.kind, row.family) == (one.vendor, one.kind, one.family)


def _chips(advice: str) -> tuple[str, ...]:
    return tuple(advice.split(" · "))
