"""Collects the rows of one number from the pages of both lists, each row once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import MayChange, OtherNumbers, RowsUnreadable, Status
from bot.providers.number_match import is_about
from bot.providers.twilio.rows import (
    awaits_receipt,
    created_at,
    number_in,
    read_message,
    read_word,
    without_odd_times,
    without_receipt,
)
from bot.receipts.ingestion import body_of_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import Delivery, PhoneNumber, Window
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

    def add(self, rows: Iterable[object], *, is_by_day: bool = True) -> None:
        """Take in the rows of a page, of the list by day or of that which goes back as far as it likes."""
        page: Counter[bytes] = Counter()
        for row in rows:
            body = body_of_row(row)
            page[body] += 1
            if page[body] > self._seen[body]:
                self._take(row, is_by_day=is_by_day)
        self._seen |= page

    def add_notes(self) -> None:
        """Note how many rows were unreadable, and how many were about other numbers, if any."""
        if self.others:
            self._collector.note(OtherNumbers(count=self.others))
        if self.unreadable:
            self._collector.note(RowsUnreadable(count=self.unreadable))

    def _take(self, row: object, *, is_by_day: bool) -> None:
        try:
            found = read_message(row, self._account, self._number)
        except (TypeError, ValueError):
            self.unreadable += 1
            return
        if found is None:
            return
        fields = row if isinstance(row, dict) else {}
        if not is_about(number_in(fields.get("to")), self._number):
            self.others += 1
            return
        found = without_receipt(found, read_word(fields.get("status")), self._now)
        if is_by_day:  # so a time far from the window is an odd one
            found = without_odd_times(found, self._since, self._until)
        if self._is_in_window(found, created_at(row), is_by_day=is_by_day):
            self._collector.add([found])
            if awaits_receipt(found, self._now):
                self._collector.note(MayChange())

    def _is_in_window(self, found: Delivery, made_at: datetime | None, *, is_by_day: bool) -> bool:
        """By its time of sending. What Twilio has still to send is shown whenever it was made; what it never sent, by when."""
        if found.sent_at is not None:
            return self._since <= found.sent_at <= self._until
        is_due = found.status is Status.PENDING
        return is_by_day or is_due or made_at is None or self._since <= made_at <= self._until
