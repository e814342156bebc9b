"""Collects the rows of one query from all of its parts."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from bot.model import OtherNumbers, RowsUnreadable
from bot.providers.tencent.rows import delivery_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.model import Delivery, PhoneNumber, Target
    from bot.providers.base import ResultCollector


class RowCollector:
    """Collects rows of overlapping windows and drops duplicates at their shared edges.

    A row in two parts is one row; two equal rows in one part are two messages (only rows without a SerialNo can be equal). So of
    each row as many are collected as the part with the most of them has.
    """

    def __init__(
        self,
        account: str,
        target: Target,
        number: PhoneNumber,
        collector: ResultCollector,
        *,
        read: Callable[[object], Delivery | None] | None = None,
    ) -> None:
        """`read` returns the delivery of a row, or None if it is unreadable; by default, rows are those of API 3.0."""
        self._target = target
        self._number = number
        self._read = read or (lambda row: delivery_of(row, account=account, queried=number))
        self._collector = collector
        self._seen: Counter[Delivery] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._others: Counter[Delivery] = Counter()

    @property
    def is_empty(self) -> bool:
        """True if there was neither a row of the target nor an unreadable one."""
        return not self._seen and not self._unreadable

    def add(self, rows: Iterable[object]) -> None:
        """Add the rows of one part; those of another message or number than the target's are skipped."""
        wanted: Counter[Delivery] = Counter()
        others: Counter[Delivery] = Counter()
        unreadable: Counter[str] = Counter()
        for row in rows:
            delivery = self._read(row)
            if delivery is None:
                unreadable[json.dumps(row, sort_keys=True)] += 1
            elif delivery.number not in {None, self._number}:
                others[delivery] += 1
            elif self._target.message_id in {None, delivery.message_id}:
                wanted[delivery] += 1
        self._collector.add((wanted - self._seen).elements())
        self._seen |= wanted
        self._unreadable |= unreadable
        self._others |= others

    def note_skipped(self) -> None:
        """Note how many rows were unreadable, and how many were about other numbers, if any."""
        if self._others:
            self._collector.note(OtherNumbers(count=self._others.total()))
        if self._unreadable:
            self._collector.note(RowsUnreadable(count=self._unreadable.total()))
