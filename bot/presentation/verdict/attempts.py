"""Detects retries: messages to the same number, of the same template or signature, within some minutes.

No vendor marks a message as a retry, so "second try" is said only where all of that holds.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.model import Status
from bot.sanitize import signature_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Delivery

SOON = timedelta(minutes=15)


def attempts(rows: Sequence[Delivery]) -> int:
    """How many of `rows` (one number's, newest first) are attempts at the newest one's message, itself included."""
    count = 1
    for newer, older in pairwise(rows):
        if not _is_try(older, newer):
            break
        count += 1
    return count


def _is_try(older: Delivery, newer: Delivery) -> bool:
    if older.status is Status.DELIVERED:  # nobody tries again what arrived
        return False
    if older.at is None or newer.at is None or abs(newer.at - older.at) > SOON:
        return False
    if older.template and newer.template:
        return older.template == newer.template
    return _signature(newer) is not None and _signature(older) == _signature(newer)


def _signature(row: Delivery) -> str | None:
    return row.signature or signature_of(row.text or "")
