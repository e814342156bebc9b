"""The value of a message in each dimension, and what became of the messages with each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Status
from bot.presentation.mix.model import Dimension, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Delivery, PhoneNumber


class Value(NamedTuple):
    """A value, and whether it is only guessed. None: nobody says it."""

    text: str | None
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A message with its value in each dimension."""

    row: Delivery
    values: Mapping[Dimension, Value]

    @property
    def has_arrived(self) -> bool:
        """Whether it was delivered, and its code does not say otherwise."""
        return self.row.status is Status.DELIVERED and not self.row.is_contradicted


def placed(rows: Iterable[Delivery]) -> list[Placed]:
    """The messages with their values. Each number's carrier is looked up once."""
    carriers: dict[PhoneNumber | None, Value] = {}
    found = []
    for row in rows:
        if row.number not in carriers:
            name = carrier_by_range(row.number)
            carriers[row.number] = Value(name or None, is_guess=bool(name))
        values = {
            Dimension.CARRIER: Value(row.carrier) if row.carrier else carriers[row.number],
            Dimension.PROVIDER: Value(row.vendor),
            Dimension.ACCOUNT: Value(row.account or None),
            Dimension.TEMPLATE: Value(row.template or None),
            Dimension.SIGNATURE: Value(row.signature or None),
        }
        found.append(Placed(row, values))
    return found


def shares_of(messages: Iterable[Placed], dimension: Dimension) -> tuple[Share, ...]:
    """What became of the messages with each value: the one with the most failures first, the unknown last."""
    groups: dict[str | None, list[Placed]] = {}
    for message in messages:
        groups.setdefault(message.values[dimension].text, []).append(message)
    shares = (
        Share(
            value,
            total=len(group),
            failed=sum(message.row.status.is_failure for message in group),
            arrived=sum(message.has_arrived for message in group),
            is_guess=any(message.values[dimension].is_guess for message in group),
        )
        for value, group in groups.items()
    )
    return tuple(sorted(shares, key=lambda share: (share.value is None, -share.failed, -share.total)))


def carrier_by_range(number: PhoneNumber | None) -> str:
    """The carrier to which the number's range was given, or nothing; a number that was ported since has another.

    Of a masked number too little is known. The library's tables take 11 MB, so they are loaded when they are first needed.
    """
    if number is None or not number.is_whole:
        return ""
    import phonenumbers  # noqa: PLC0415
    from phonenumbers import carrier  # noqa: PLC0415

    return carrier.name_for_number(phonenumbers.parse(number.e164), "en")
