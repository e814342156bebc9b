"""Collects the rows of one query from all of its parts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import OtherNumbers, RowsUnreadable, Status
from bot.providers.tencent.rows import delivery_of, is_row_about
from bot.receipts.ingestion import body_of_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

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
        is_about: Callable[[Mapping[str, Any], PhoneNumber], bool] = is_row_about,
    ) -> None:
        """`read` returns the delivery of a row, or None if it is unreadable; `is_about` whether it is about the number.

        By default, rows are those of API 3.0.
        """
        self._target = target
        self._number = number
        self._read = read or (lambda row: delivery_of(row, account=account, queried=number))
        self._is_about = is_about
        self._collector = collector
        self._seen: Counter[Delivery] = Counter()
        self._unreadable: Counter[bytes] = Counter()
        self._others: Counter[bytes] = Counter()

    @property
    def unreadable(self) -> int:
        """How many rows could not be read."""
        return self._unreadable.total()

    @property
    def others(self) -> int:
        """How many rows were about other numbers."""
        return self._others.total()

    @property
    def is_empty(self) -> bool:
        """True if there was neither a row of the target nor an unreadable one."""
        return not self._seen and not self._unreadable

    def add(self, rows: Iterable[object]) -> None:
        """Add the rows of one part; those of another message or number than the target's are skipped.

        Of a row whose id is unreadable nobody can say whether it is the message asked about: it counts as unreadable then. One
        that was refused may have got none, and is another message.
        """
        wanted: Counter[Delivery] = Counter()
        others: Counter[bytes] = Counter()
        unreadable: Counter[bytes] = Counter()
        for row in rows:
            if not row:  # an answer may have very many of them
                unreadable[b""] += 1
                continue
            if isinstance(row, dict) and not self._is_about(row, self._number):
                others[body_of_row(row)] += 1
                continue
            delivery = self._read(row)
            if delivery is None or self._may_be_meant(delivery):
                unreadable[body_of_row(row)] += 1
            elif self._target.message_id in {None, delivery.message_id}:
                wanted[delivery] += 1
        self._collector.add((wanted - self._seen).elements())
        self._seen |= wanted
        self._unreadable |= unreadable
        self._others |= others

    def _may_be_meant(self, delivery: Delivery) -> bool:
        """Whether a message was asked about by its id, and this one's is not known."""
        return self._target.message_id is not None and delivery.message_id is None and delivery.status is not Status.REJECTED


def note_skipped(collector: ResultCollector, *rows: RowCollector) -> None:
    """Note how many of all these rows were unreadable, and how many were about other numbers, if any."""
    if others := sum(one.others for one in rows):
        collector.note(OtherNumbers(count=others))
    if unreadable := sum(one.unreadable for one in rows):
        collector.note(RowsUnreadable(count=unreadable))
