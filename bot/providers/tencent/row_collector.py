"""The rows of one ask, gathered from all of its parts."""

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
    """Puts rows into the findings as they come, those that repeat at the edges of two parts once only.

    A row that two parts bring is one row; two equal rows in one part are two messages (only rows without a SerialNo can be
    equal). So of each row as many are kept as the part with the most of them brought.
    """

    def __init__(
        self,
        account: str,
        target: Target,
        number: PhoneNumber,
        findings: ResultCollector,
        *,
        read: Callable[[object], Delivery | None] | None = None,
    ) -> None:
        """`read` makes a delivery of a row, or None of one that cannot be read; without it, rows are those of API 3.0."""
        self._target = target
        self._number = number
        self._read = read or (lambda row: delivery_of(row, account=account, asked=number))
        self._findings = findings
        self._kept: Counter[Delivery] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._others: Counter[Delivery] = Counter()

    @property
    def none(self) -> bool:
        """Whether nothing is kept and nothing was unreadable."""
        return not self._kept and not self._unreadable

    def keep(self, rows: Iterable[object]) -> None:
        """Keep the rows of one part; those of another message or number than the one asked for are passed over."""
        kept: Counter[Delivery] = Counter()
        others: Counter[Delivery] = Counter()
        unreadable: Counter[str] = Counter()
        for row in rows:
            delivery = self._read(row)
            if delivery is None:
                unreadable[json.dumps(row, sort_keys=True)] += 1
            elif delivery.number not in {None, self._number}:
                others[delivery] += 1
            elif self._target.message_id in {None, delivery.message_id}:
                kept[delivery] += 1
        self._findings.add((kept - self._kept).elements())
        self._kept |= kept
        self._unreadable |= unreadable
        self._others |= others

    def tell_passed_over(self) -> None:
        """Say how many rows did not have the documented shape, and how many were about other numbers, if any."""
        if self._others:
            self._findings.note(OtherNumbers(count=self._others.total()))
        if self._unreadable:
            self._findings.note(RowsUnreadable(count=self._unreadable.total()))
