"""Makes explanations out of rows and families."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import CodeKind, Confidence, Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.codes.tables import CodeEntry, Family

QUERY_REFUSED = "query_refused"  # has the words for a customer whose message could not be looked up


class CodeReadings:
    """Makes explanations in the texts of these families; `titles` are the display names of the sources, by address."""

    def __init__(self, families: Mapping[str, Family], titles: Mapping[str, str]) -> None:
        self._families = families
        self._titles = titles

    def of_family(
        self, family_id: str, code: str, vendor: str, kind: CodeKind, *, confidence: Confidence, source: str
    ) -> Explanation:
        """The explanation by a family alone. Raises KeyError."""
        return _explanation(self._families[family_id], code, vendor, kind, confidence=confidence, source=source)

    def of_row(self, code: str, row: CodeEntry, *, doubtful: bool = False) -> Explanation:
        """The explanation by `row`; never sure when `doubtful`, since other rows read the code differently."""
        confidence = Confidence.LIKELY if doubtful and row.confidence is Confidence.SURE else row.confidence
        found = _explanation(
            self._families[row.family], code, row.vendor, row.kind, confidence=confidence, source=row.source, row=row
        )
        title = self._titles.get(row.source, "")
        return replace(found, source_title=title) if title else found

    def of_rows(self, code: str, rows: Sequence[CodeEntry]) -> Explanation:
        """The explanation by the first of `rows`, the likeliest, with the others in `also`."""
        several = len(rows) > 1
        first, *others = (self.of_row(code, row, doubtful=several) for row in rows)
        return replace(first, also=tuple(others)) if several else first

    def inferred(self, code: str, rows: Sequence[CodeEntry], source: str) -> Explanation:
        """The explanation by `rows` of another code or vendor; `source` says why these. Never sure."""
        found = self.of_rows(code, rows)
        also = tuple(replace(other, confidence=Confidence.UNSURE) for other in found.also)
        return replace(found, confidence=Confidence.UNSURE, source=source, source_title="", also=also)

    def about_lookup(self, found: Explanation) -> Explanation:
        """`found` as an explanation of a failed lookup. Whatever the failure, the wording for the customer is the same."""
        family = self._families[self._families[found.family].query or found.family]
        refused = self._families.get(QUERY_REFUSED, family)
        en, zh = (family.en, family.zh) if family.id != found.family else (found.en, found.zh)
        return replace(
            found,
            kind=CodeKind.QUERY,
            family=family.id,
            owner=family.owner,
            resend=family.resend,
            en=replace(en, customer_wording=refused.en.customer_wording),
            zh=replace(zh, customer_wording=refused.zh.customer_wording),
            also=(),
        )


def _explanation(
    family: Family, code: str, vendor: str, kind: CodeKind, *, confidence: Confidence, source: str, row: CodeEntry | None = None
) -> Explanation:
    en, zh = family.en, family.zh
    if row and row.en:  # the family's causes are those of all its codes, and would contradict what is known of this one
        en, zh = replace(en, meaning=row.en, causes=()), replace(zh, meaning=row.zh, causes=())
    return Explanation(
        code=code,
        vendor=vendor,
        kind=kind,
        family=family.id,
        owner=family.owner,
        resend=family.resend,
        confidence=confidence,
        source=source,
        en=en,
        zh=zh,
        carrier=(row.carrier or None) if row else None,
    )
