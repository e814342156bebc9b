"""What to say of a message without a receipt, by how long it has waited: no code says it."""

from __future__ import annotations

from datetime import timedelta

NORMAL = timedelta(minutes=10)
FINAL = timedelta(hours=72)  # no receipt comes later: https://help.aliyun.com/document_detail/102364.html


def waiting_family(age: timedelta | None) -> str:
    """The family whose words fit. `age` None: nobody tells when it was sent, and it may be a minute ago."""
    if age is None or age <= NORMAL:
        return "pending"
    return "no_receipt" if age <= FINAL else "receipt_overdue"
