"""Delivery: one message to one number, and its status."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model.explanation import CodeKind
from bot.model.note import NoteKind

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.explanation import Explanation
    from bot.model.note import Note
    from bot.model.number import PhoneNumber


class Status(StrEnum):
    """The status of one message to one number."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"  # accepted by the provider, no receipt yet
    REJECTED = "rejected"  # refused at submission, never sent
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether no later receipt is expected to change it."""
        return self is Status.DELIVERED or self.is_failure

    @property
    def is_failure(self) -> bool:
        """Whether the message did not arrive: failed, or rejected at submission."""
        return self in {Status.FAILED, Status.REJECTED}


STORE = "receipts"
"""The provider name of the receipt store."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one number, as one provider account reports it. `text` is already blanked.

    `signature` is the sender's registered name, the 【…】 of the text, also where the text itself is not kept.

    `system` is set where the row's system is not its provider's: for rows of the receipt store, and of a vendor's second API.
    `is_unsent`: the provider has still to send it. `is_row_id`: the provider gives no message id, and `message_id` only tells the
    rows apart.
    """

    provider: str
    account: str
    status: Status
    number: PhoneNumber | None = None
    message_id: str | None = None
    code: str | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    template: str | None = None
    carrier: str | None = None
    country: str | None = None
    region: str | None = None
    text: str | None = field(default=None, repr=False)
    signature: str | None = None
    notes: tuple[Note, ...] = ()
    explanation: Explanation | None = None  # added by the lookup
    system: str | None = None
    is_row_id: bool = False
    is_unsent: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether it comes from the receipt store and not from a provider."""
        return self.provider == STORE

    @property
    def is_contradicted(self) -> bool:
        """Whether its status and its code disagree."""
        return any(note.kind is NoteKind.CONTRADICTION for note in self.notes)

    @property
    def vendor(self) -> str:
        """The provider system whose code tables explain it."""
        return self.system or self.provider

    @property
    def code_kind(self) -> CodeKind:
        """Which table explains its code: of a message that was refused at submission, that of sending."""
        return CodeKind.API if self.status is Status.REJECTED else CodeKind.RECEIPT

    @property
    def at(self) -> datetime | None:
        """The time to sort by: when it was sent, or else when its receipt came."""
        return self.sent_at or self.received_at

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a delivery unique in an answer."""
        return (self.provider, self.account, self.message_id or "", self.number.e164 if self.number else "")
