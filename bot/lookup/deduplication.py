"""What the receipt store tells of a message and what its vendor's lookup tells of it, joined into one delivery. Pure.

Two rows are of one message

by id      when they have the same message id and the same number;
by time    when one of them has no id of the provider's, and both are of the same system and number, their times are at most two
           seconds apart, and their outcomes are not at odds. The nearest times come first, and each row is joined once.
           Alibaba's QuerySendDetails returns no BizId, and the times in its rows and in its pushes are told as whole seconds.

The vendor's row is the one that stays. What it does not know is filled in: times, carrier, country, a real id. The status, the
code and the receipt's time are the store's when only the store's are final, or when both are final and the store's came later.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.model import Delivery, PhoneNumber

APART_SECONDS = 2


def merge_duplicates(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries, with every stored one that a vendor also tells of joined to the vendor's."""
    told = _each_system_once(row for row in deliveries if not row.is_stored)
    stored = _each_once(row for row in deliveries if row.is_stored)
    pairs: dict[int, int] = {}  # place in `stored` -> place in `told`; each place once
    for one, other in _same_ids(stored, told):
        pairs.setdefault(one, other)
    free = set(range(len(told))) - set(pairs.values())
    for _, one, other in sorted(_same_times(stored, told, free)):
        if one not in pairs and other in free:
            pairs[one] = other
            free.remove(other)
    for one, other in pairs.items():
        told[other] = merge_pair(told[other], stored[one])
    return told + [row for place, row in enumerate(stored) if place not in pairs]


def _each_system_once(told: Iterable[Delivery]) -> list[Delivery]:
    """A message that two ways of asking one system tell of, such as Tencent's API 3.0 and its legacy API, is one delivery."""
    rows = list(told)
    first, second = [row for row in rows if row.system is None], [row for row in rows if row.system is not None]
    pairs = dict(_same_ids(second, first))
    for one, other in pairs.items():
        first[other] = merge_pair(first[other], second[one])
    return first + [row for place, row in enumerate(second) if place not in pairs]


def _each_once(stored: Iterable[Delivery]) -> list[Delivery]:
    """A message that was asked for both by its number and by its id alone came twice, once with the mask only."""
    rows = list(stored)
    whole = {(row.system, row.message_id, row.number.masked) for row in rows if row.number and row.number.is_whole}
    return [
        row
        for row in rows
        if row.number is None or row.number.is_whole or (row.system, row.message_id, row.number.masked) not in whole
    ]


def merge_pair(told: Delivery, stored: Delivery) -> Delivery:
    """The vendor's delivery with what the store knows of the same message."""
    settled = _settles(stored, told)
    outcome, other = (stored, told) if settled else (told, stored)
    agree = outcome.status is other.status
    notes = [note for note in told.notes if not (settled and note.kind is NoteKind.CONTRADICTION)]  # it was about their own code
    has_id = told.message_id is not None and not told.is_row_id
    return replace(
        told,
        status=outcome.status,
        code=outcome.code or (other.code if agree else None),
        received_at=outcome.received_at or (other.received_at if agree else None),
        sent_at=told.sent_at or stored.sent_at,
        carrier=told.carrier or stored.carrier,
        country=told.country or stored.country,
        number=told.number or stored.number,
        message_id=told.message_id if has_id else stored.message_id or told.message_id,
        is_row_id=told.is_row_id and stored.message_id is None,
        notes=tuple(dict.fromkeys([*notes, *stored.notes])),
    )


def _settles(stored: Delivery, told: Delivery) -> bool:
    """Whether the outcome is the store's."""
    if not (stored.status.is_final and told.status.is_final):
        return stored.status.is_final
    if stored.received_at is None or told.received_at is None:
        return False
    return stored.received_at > told.received_at


def _same_ids(stored: Sequence[Delivery], told: Sequence[Delivery]) -> Iterator[tuple[int, int]]:
    known: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(told):
        if row.message_id and not row.is_row_id:
            known[row.message_id].append(place)
    taken: set[int] = set()
    for one, row in enumerate(stored):
        # The vendor's own lookup first; Tencent's legacy one tells of the same messages.
        for other in sorted(known.get(row.message_id or "", ()), key=lambda place: told[place].provider != row.system):
            if other not in taken and _same_number(row.number, told[other].number, unknown=True):
                taken.add(other)
                yield one, other
                break


def _same_times(stored: Sequence[Delivery], told: Sequence[Delivery], free: Iterable[int]) -> Iterator[tuple[float, int, int]]:
    """Pairs that may be one message, with how far apart their times are. Only rows of the same two seconds are compared."""
    by_second: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place in free:
        moment = told[place].at
        if moment is not None:
            by_second[told[place].provider, int(moment.timestamp())].append(place)
    for one, row in enumerate(stored):
        if row.at is None or row.system is None:
            continue
        second = int(row.at.timestamp())
        for near in range(second - APART_SECONDS, second + APART_SECONDS + 1):
            for other in by_second.get((row.system, near), ()):
                gap = _gap(row, told[other])
                if gap is not None:
                    yield gap, one, other


def _gap(stored: Delivery, told: Delivery) -> float | None:
    """The seconds between two rows that may be one message; None when they cannot be."""
    both_named = stored.message_id and told.message_id and not told.is_row_id
    if both_named or not _same_number(stored.number, told.number) or _at_odds(stored, told):
        return None
    one, other = _comparable(stored, told)
    if one is None or other is None:
        return None
    gap = abs((one - other).total_seconds())
    return gap if gap <= APART_SECONDS else None


def _comparable(stored: Delivery, told: Delivery) -> tuple[datetime | None, datetime | None]:
    """When both were sent; or, when one does not tell, when both receipts came."""
    if stored.sent_at and told.sent_at:
        return stored.sent_at, told.sent_at
    return stored.received_at, told.received_at


def _at_odds(stored: Delivery, told: Delivery) -> bool:
    if not (stored.status.is_final and told.status.is_final):
        return False
    codes = {row.code.upper() for row in (stored, told) if row.code}
    return stored.status is not told.status or len(codes) > 1


def _same_number(stored: PhoneNumber | None, told: PhoneNumber | None, *, unknown: bool = False) -> bool:
    """Whether both are the same; of a number in the store only the mask may be known. `unknown`: also when one tells none."""
    if stored is None or told is None:
        return unknown
    if stored.is_whole and told.is_whole:
        return stored.e164 == told.e164
    return stored.masked == told.masked
