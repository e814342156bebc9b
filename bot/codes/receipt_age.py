"""The explanation of a message without a receipt, by how long it has waited, for it has no code."""

from __future__ import annotations

from datetime import timedelta

NOT_SENT = "not_sent_yet"  # the family of a message that its provider has still to send, however long it has had it
NORMAL = timedelta(minutes=10)
FINAL = timedelta(hours=72)  # no receipt comes later: https://help.aliyun.com/document_detail/102364.html


def waiting_family(age: timedelta | None) -> str:
    """The family for this age. `age` is None when nobody says when it was sent: it may be a minute ago."""
    if age is None or age <= NORMAL:
        return "pending"
    return "no_receipt" if age <= FINAL else "receipt_overdue"
