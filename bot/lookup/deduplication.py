"""Deduplication: a stored row (receipt store) and a live row (the vendor's lookup) of one message become one delivery. Pure.

Two rows are of one message

by id      if they have the same message id and the same number;
by time    if one of them has no id of the provider's, and both are of the same system and number, their times differ by at most
           two seconds, and their outcomes do not contradict. The nearest times come first, and each row is joined once.
           Alibaba's QuerySendDetails returns no BizId, and the times in its rows and in its pushes are whole seconds.

The live row stays. What it lacks is filled in: times, carrier, country, a real id. The status, the code and the receipt's time
are the stored row's if only that is final, or if both are final and the stored receipt came later.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.model.one_message import merge_pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.model import Delivery, PhoneNumber

MAX_DIFFERENCE_SECONDS = 2


def merge_duplicates(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries, with each stored row merged into the live row of the same message, if there is one."""
    live = _each_system_once(row for row in deliveries if not row.is_stored)
    stored = _each_once(row for row in deliveries if row.is_stored)
    pairs: dict[int, int] = {}  # index in `stored` -> index in `live`; each index once
    for stored_index, live_index in _same_ids(stored, live):
        pairs.setdefault(stored_index, live_index)
    free = set(range(len(live))) - set(pairs.values())
    for _, stored_index, live_index in sorted(_same_times(stored, live, free)):
        if stored_index not in pairs and live_index in free:
            pairs[stored_index] = live_index
            free.remove(live_index)
    for stored_index, live_index in pairs.items():
        live[live_index] = merge_pair(live[live_index], stored[stored_index])
    return live + [row for index, row in enumerate(stored) if index not in pairs]


def _each_system_once(live: Iterable[Delivery]) -> list[Delivery]:
    """Merge the rows that two APIs of one system return of a message, such as Tencent's API 3.0 and its legacy API."""
    rows = list(live)
    first, second = [row for row in rows if row.system is None], [row for row in rows if row.system is not None]
    pairs = dict(_same_ids(second, first))
    for second_index, first_index in pairs.items():
        first[first_index] = merge_pair(first[first_index], second[second_index])
    return first + [row for index, row in enumerate(second) if index not in pairs]


def _each_once(stored: Iterable[Delivery]) -> list[Delivery]:
    """Drop the masked copy of a message that was found both by its number and by its id alone."""
    rows = list(stored)
    whole = {(row.system, row.message_id, row.number.masked) for row in rows if row.number and row.number.is_whole}
    return [
        row
        for row in rows
        if row.number is None or row.number.is_whole or (row.system, row.message_id, row.number.masked) not in whole
    ]


def _same_ids(stored: Sequence[Delivery], live: Sequence[Delivery]) -> Iterator[tuple[int, int]]:
    known: defaultdict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(live):
        if row.message_id and not row.is_row_id:
            known[row.message_id].append(index)
    taken: set[int] = set()
    for stored_index, row in enumerate(stored):
        # The vendor's own lookup first; Tencent's legacy API returns the same messages.
        for live_index in sorted(known.get(row.message_id or "", ()), key=lambda index: live[index].provider != row.system):
            if live_index not in taken and _same_number(row.number, live[live_index].number, unknown=True):
                taken.add(live_index)
                yield stored_index, live_index
                break


def _same_times(stored: Sequence[Delivery], live: Sequence[Delivery], free: Iterable[int]) -> Iterator[tuple[float, int, int]]:
    """Pairs that may be one message, with the seconds between them. Only rows at most two seconds apart are compared."""
    by_second: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for index in free:
        moment = live[index].at
        if moment is not None:
            by_second[live[index].provider, int(moment.timestamp())].append(index)
    for stored_index, row in enumerate(stored):
        if row.at is None or row.system is None:
            continue
        second = int(row.at.timestamp())
        for near in range(second - MAX_DIFFERENCE_SECONDS, second + MAX_DIFFERENCE_SECONDS + 1):
            for live_index in by_second.get((row.system, near), ()):
                gap = _time_difference(row, live[live_index])
                if gap is not None:
                    yield gap, stored_index, live_index


def _time_difference(stored: Delivery, live: Delivery) -> float | None:
    """The seconds between two rows that may be one message; None if they cannot be."""
    both_named = stored.message_id and live.message_id and not live.is_row_id
    if both_named or not _same_number(stored.number, live.number) or _contradict(stored, live):
        return None
    stored_time, live_time = _comparable(stored, live)
    if stored_time is None or live_time is None:
        return None
    gap = abs((stored_time - live_time).total_seconds())
    return gap if gap <= MAX_DIFFERENCE_SECONDS else None


def _comparable(stored: Delivery, live: Delivery) -> tuple[datetime | None, datetime | None]:
    """The two send times; if one is unknown, the two receipt times."""
    if stored.sent_at and live.sent_at:
        return stored.sent_at, live.sent_at
    return stored.received_at, live.received_at


def _contradict(stored: Delivery, live: Delivery) -> bool:
    if not (stored.status.is_final and live.status.is_final):
        return False
    codes = {row.code.upper() for row in (stored, live) if row.code}
    return stored.status is not live.status or len(codes) > 1


def _same_number(stored: PhoneNumber | None, live: PhoneNumber | None, *, unknown: bool = False) -> bool:
    """True if both are the same; of a stored number only the mask may be known. `unknown`: the result if one row has none."""
    if stored is None or live is None:
        return unknown
    if stored.is_whole and live.is_whole:
        return stored.e164 == live.e164
    return stored.masked == live.masked
