"""Parses a row of `SendRecordSet` into a Delivery. Pure.

https://cloud.tencent.com/document/api/382/137245. A record is of a message that was handed in; whether it left, and whether a
receipt has come, is its `SendStatus`. Its text is never kept, only the signature in front of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.model import Contradiction, Delivery, Note, PhoneNumber, Status
from bot.providers.tencent import NAME
from bot.providers.tencent.rows import contradiction_of, row_number, row_text, words_of
from bot.providers.tencent.times import unix_time
from bot.receipts.ingestion import field_id
from bot.sanitize import signature_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATUS = {"1": Status.REJECTED, "2": Status.DELIVERED, "3": Status.PENDING, "4": Status.FAILED}
_ACCEPTED = "ok"  # `RequestCode` of a message that was not refused


def sent_delivery_of(row: Any, *, account: str, queried: PhoneNumber) -> Delivery | None:
    """Parse a row; None if it has not the documented shape. Further fields are ignored.

    A row must be an object with one of the four statuses, or a code, or another status and an id; all else may be missing.
    `UserReceiveTime` is 0 unless the message arrived. Without a status, a code of refusal says that it was refused.
    """
    if not isinstance(row, dict):
        return None
    told, message_id = row_text(row, "SendStatus"), field_id(row, "SerialNo")
    refusal, receipt_code = _refusal(row), row_text(row, "StatusCode")
    status = _STATUS.get(told or "", Status.REJECTED if refusal and not receipt_code else Status.UNKNOWN)
    if status is Status.UNKNOWN and receipt_code is None and (told is None or message_id is None):
        return None
    notes = (_contradiction(row, status, receipt_code), words_of(row))
    return Delivery(
        provider=NAME,
        account=account,
        status=status,
        number=row_number(row, queried),
        message_id=message_id,
        code=refusal if status is Status.REJECTED else receipt_code,
        sent_at=unix_time(row.get("SendTime")),
        received_at=unix_time(row.get("UserReceiveTime")),
        signature=_signature(row.get("Content")),
        notes=tuple(note for note in notes if note is not None),
    )


def _refusal(row: Mapping[str, Any]) -> str | None:
    """The code with which the send was refused; None if it was accepted."""
    code = row_text(row, "RequestCode")
    return None if code is None or code.lower() == _ACCEPTED else code


def _contradiction(row: Mapping[str, Any], status: Status, receipt_code: str | None) -> Note | None:
    """The note that the status disagrees with the code of its receipt, or with that of the request."""
    if status is Status.REJECTED:
        is_accepted = _refusal(row) is None and row_text(row, "RequestCode") is not None
        return Contradiction(code=row_text(row, "RequestCode") or "") if is_accepted else None
    return contradiction_of(status, receipt_code)


def _signature(content: object) -> str | None:
    return signature_of(content) if isinstance(content, str) else None
