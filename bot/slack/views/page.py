"""Pagination of an answer's deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Delivery, Report

PAGE = 10


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its deliveries, its index from 0, and the number of pages."""

    rows: tuple[Delivery, ...]
    index: int
    count: int

    @classmethod
    def of(cls, report: Report, index: int) -> Self:
        """The page with this index, or the nearest one that exists."""
        count = max(1, -(-len(report.shown) // PAGE))
        index = min(max(0, index), count - 1)
        return cls(report.shown[index * PAGE : (index + 1) * PAGE], index, count)

    def words(self, report: Report, language: Language) -> str:
        """`11–20 of 250`; empty when there is one page."""
        if self.count == 1:
            return ""
        start = self.index * PAGE
        return language.say("{first}–{last} of {total}", first=start + 1, last=start + len(self.rows), total=len(report.shown))
