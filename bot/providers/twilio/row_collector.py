"""Collects the rows of one number from the pages of both lists, each row once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import MayChange, OtherNumbers, RowsUnreadable
from bot.providers.number_match import is_about
from bot.providers.twilio.rows import awaits_receipt, is_unsent, read_message, without_odd_times
from bot.receipts.ingestion import body_of_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import PhoneNumber, Window
    from bot.providers.base import ResultCollector


class RowCollector:
    """Takes in pages, whose edges may overlap: of equal rows as many are collected as the page with the most of them has.

    Only rows whose SID is unreadable can be equal and two messages.
    """

    def __init__(self, account: str, number: PhoneNumber, window: Window, collector: ResultCollector, now: datetime) -> None:
        self._account = account
        self._number = number
        self._since, self._until = window.since.replace(microsecond=0), window.until  # a row's times have no fractions
        self._collector = collector
        self._now = now
        self._seen: Counter[bytes] = Counter()
        self.unreadable = self.others = 0

    def add(self, rows: Iterable[object], *, unsent_only: bool = False) -> None:
        """Take in the rows of a page; with `unsent_only`, none of those that have a time of sending: the other list has them."""
        page: Counter[bytes] = Counter()
        for row in rows:
            if unsent_only and isinstance(row, dict) and row and not is_unsent(row):
                continue
            body = body_of_row(row)
            page[body] += 1
            if page[body] > self._seen[body]:
                self._take(row, is_listed_by_day=not unsent_only)
        self._seen |= page

    def add_notes(self) -> None:
        """Note how many rows were unreadable, and how many were about other numbers, if any."""
        if self.others:
            self._collector.note(OtherNumbers(count=self.others))
        if self.unreadable:
            self._collector.note(RowsUnreadable(count=self.unreadable))

    def _take(self, row: object, *, is_listed_by_day: bool) -> None:
        try:
            found = read_message(row, self._account, self._number)
        except (TypeError, ValueError):
            self.unreadable += 1
            return
        if found is None:
            return
        if isinstance(row, dict) and not is_about(row.get("to"), self._number):
            self.others += 1
            return
        if is_listed_by_day:  # so a time far from the window is an odd one, while the other list goes back as far as it likes
            found = without_odd_times(found, self._since, self._until)
        if found.sent_at is None or self._since <= found.sent_at <= self._until:
            self._collector.add([found])
            if awaits_receipt(found, self._now):
                self._collector.note(MayChange())
