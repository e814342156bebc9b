"""Pagination of an answer's evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.presentation.evidence import entries

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Delivery, Report
    from bot.presentation.evidence import Entry

PAGE, PAGE_OF_EACH = 10, 20


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its lines, how many precede them, its index from 0, the number of pages, and of lines on all of them."""

    entries: tuple[Entry, ...]
    start: int
    index: int
    count: int
    total: int

    @classmethod
    def of(cls, report: Report, index: int, *, each: bool = False) -> Self:
        """The page with this index, or the nearest one that exists. With `each`, every message has a line of its own."""
        found = entries(report, each=each)
        size = PAGE_OF_EACH if each else PAGE
        count = max(1, -(-len(found) // size))
        index = min(max(0, index), count - 1)
        return cls(found[index * size : (index + 1) * size], index * size, index, count, len(found))

    @property
    def rows(self) -> tuple[Delivery, ...]:
        """The messages that its lines tell of."""
        return tuple(row for entry in self.entries for row in entry.rows)

    def words(self, language: Language) -> str:
        """`11–20 of 250`; empty when there is one page."""
        if self.count == 1:
            return ""
        last = self.start + len(self.entries)
        return language.say("{first}–{last} of {total}", first=self.start + 1, last=last, total=self.total)
