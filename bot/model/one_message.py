"""Two rows of one message become one delivery (docs/decisions/0020-one-message.md). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.model.note import NoteKind

if TYPE_CHECKING:
    from bot.model.delivery import Delivery

_NEVER = datetime.min.replace(tzinfo=UTC)


def rank(row: Delivery) -> tuple[bool, datetime, bool]:
    """Of two rows of one message the one of higher rank decides: a final status, then the later receipt."""
    return row.status.is_final, row.received_at or _NEVER, row.sent_at is not None


def merge_rows(one: Delivery, other: Delivery) -> Delivery:
    """Two rows with one `key`: that of higher rank, completed from the other."""
    lower, higher = sorted((one, other), key=rank)
    return merge_pair(higher, lower)


def merge_pair(live: Delivery, other: Delivery) -> Delivery:
    """The row `live`, completed from `other`, which may be another account's or the store's.

    The status, the code and the receipt's time are those of `other` if only that is final, or if both are final and its receipt
    came later.
    """
    is_other = _decides(other, live)
    outcome, rest = (other, live) if is_other else (live, other)
    agree = outcome.status is rest.status
    notes = [
        note
        for row in (live, other)
        for note in row.notes
        if row is outcome or note.kind is not NoteKind.CONTRADICTION  # which is about the row's own code
    ]
    has_id = live.message_id is not None and not live.is_row_id
    return replace(
        live,
        status=outcome.status,
        code=outcome.code or (rest.code if agree else None),
        received_at=outcome.received_at or (rest.received_at if agree else None),
        sent_at=live.sent_at or other.sent_at,
        carrier=live.carrier or other.carrier,
        country=live.country or other.country,
        signature=live.signature or other.signature,
        number=live.number or other.number,
        message_id=live.message_id if has_id else other.message_id or live.message_id,
        is_row_id=live.is_row_id and other.message_id is None,
        notes=tuple(dict.fromkeys(notes)),
    )


def _decides(other: Delivery, live: Delivery) -> bool:
    """True if the outcome is that of `other`."""
    if not (other.status.is_final and live.status.is_final):
        return other.status.is_final
    if other.received_at is None or live.received_at is None:
        return False
    return other.received_at > live.received_at
