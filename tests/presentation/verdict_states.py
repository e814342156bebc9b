"""Every state that a lookup can be in: what was found, what came before or after it, of how many numbers, who answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from bot.model import CodeKind, Contradiction, RowsUnreadable, Status
from tests.packaged import CATALOGUE
from tests.reports import ALIBABA, NOW, SLOW, coverage, delivery, failed, pending, phone, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.model import Coverage, Delivery, Explanation, PhoneNumber, Report

STORE = coverage("receipts", "")
FAMILIES = (
    "unreachable",
    "congestion",
    "signature_unregistered",
    "channel_closed",
    "content_blocked",
    "unexplained",
)  # one of each owner
_SENT = timedelta(minutes=5)


def _family(name: str) -> Explanation:
    return CATALOGUE.describe(name, vendor="tencent", kind=CodeKind.RECEIPT, code="XX:1")


def _failed(why: Explanation) -> Callable[[PhoneNumber], Delivery]:
    return lambda number: failed(why, sent=NOW - _SENT, number=number)


def _waiting(**age: float) -> Callable[[PhoneNumber], Delivery]:
    return lambda number: pending(sent=NOW - timedelta(**age), number=number)


def _contradicted(number: PhoneNumber) -> Delivery:
    note = Contradiction(code="MK:0001")
    return delivery(sent=NOW - _SENT, number=number, code="MK:0001", notes=(note,))


FOUND: dict[str, Callable[[PhoneNumber], Delivery] | None] = {
    "nothing": None,
    "delivered": lambda number: delivery(sent=NOW - _SENT, number=number),
    **{f"failed, {why.owner}": _failed(why) for why in map(_family, FAMILIES)},
    "pending 5 min": _waiting(minutes=5),
    "pending 2 h": _waiting(hours=2),
    "pending 4 days": _waiting(days=4),
    "unreadable": None,
    "contradiction": _contradicted,
}
BESIDE = ("alone", "another before", "another after")
HEARD = ("all answered", "one down", "all down")
NUMBERS = (1, 4)


@dataclass(frozen=True, slots=True)
class State:
    """One row of the table."""

    found: str
    beside: str
    numbers: int
    heard: str

    @property
    def name(self) -> str:
        return f"{self.found} · {self.beside} · {self.numbers} · {self.heard}"

    @property
    def report(self) -> Report:
        return report(*self._rows(), numbers=self.numbers, parts=self._parts(), not_asked=())

    def _rows(self) -> Iterator[Delivery]:
        make = FOUND[self.found]
        for index in range(self.numbers):
            if make is None:
                continue
            row = make(phone(index))
            yield row
            if self.beside != "alone":
                yield self._other(row)

    def _other(self, row: Delivery) -> Delivery:
        """A message that ended otherwise, a minute before or after `row`."""
        gap = timedelta(minutes=1) if self.beside == "another after" else -timedelta(minutes=1)
        sent = (row.sent_at or NOW) + gap
        more: dict[str, Any] = {"number": row.number, "message_id": f"other-{row.number}"}
        return delivery(sent=sent, **more) if row.status is not Status.DELIVERED else failed(sent=sent, **more)

    def _parts(self) -> tuple[Coverage, ...]:
        tencent = coverage()
        if self.found == "unreadable":
            tencent = coverage(notes=(RowsUnreadable(count=1),), complete=False)
        alibaba = ALIBABA if self.heard == "all answered" else replace(ALIBABA, error=SLOW, complete=False)
        if self.heard == "all down":
            tencent = replace(tencent, notes=(), error=SLOW, complete=False)
        return (tencent, alibaba, STORE)


STATES = tuple(
    State(found, beside, numbers, heard)
    for numbers, found, beside, heard in product(NUMBERS, FOUND, BESIDE, HEARD)
    if FOUND[found] is not None or beside == "alone"
)
