"""The values of the receipt store, without I/O.

    queue, callback ── RawBody ─► parser ─► Receipt, InboundSms, Unreadable ── ReceiptStore.ingest ─► rows ── find ─► StoreResult

All times are aware datetimes in UTC. Parsers sanitize texts (`bot.sanitize`) before they come here; the store seals or hashes
all personal data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.i18n import Phrase
    from bot.model import Delivery, PhoneNumber, Status


class ReceiptSource(StrEnum):
    """How a record reached the store."""

    QUEUE = "queue"  # drained from a vendor's queue, which hands it out once
    CALLBACK = "callback"  # pushed by the vendor


class RecordKind(StrEnum):
    """What a raw body holds."""

    RECEIPTS = "receipts"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One delivery receipt (DLR) of a vendor.

    At least one of `number` and `message_id` is set; otherwise raises ValueError. `status` is this receipt's own; of several
    receipts the store keeps the one of highest precedence.
    """

    system: str  # the vendor's system whose code tables explain it: "tencent", "aliyun", "aliyun-intl"
    source: ReceiptSource
    status: Status
    number: PhoneNumber | None = None
    message_id: str | None = None  # Tencent's SerialNo (sid), Alibaba's BizId, Alibaba international's MessageId
    account: str = ""  # the app id or abbreviated key id, as in the vendor's `Provider.account`; "" if the push has none
    code: str | None = None  # as received
    words: str | None = None  # the vendor's error text beside the code, cleaned by `sanitize_provider_text`
    sent_at: datetime | None = None
    received_at: datetime | None = None
    carrier: str | None = None
    country: str | None = None
    extra: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # unknown fields: name, value as JSON; sealed

    def __post_init__(self) -> None:
        if self.number is None and not self.message_id:
            raise ValueError("a receipt needs a number or a message id")


@dataclass(frozen=True, slots=True)
class InboundSms:
    """A customer's reply, such as `TD` or `STOP`. `text` is sanitized: short, its digits blanked (`sanitize_reply_text`)."""

    system: str
    source: ReceiptSource
    number: PhoneNumber
    at: datetime
    text: str = field(repr=False)
    account: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A malformed row, several of them as a JSON array, or a whole body. Quarantined, sealed, until an operator looks at it."""

    system: str
    source: ReceiptSource
    kind: RecordKind
    body: bytes = field(repr=False)  # the raw row
    reason: Phrase  # what is wrong with it, without a value of it; what is filled in are names of fields and codes, as text
    account: str = ""
    rows: int = 1  # how many there are in it


@dataclass(frozen=True, slots=True)
class RawBody:
    """A raw body, stored before it is parsed."""

    id: int
    source: ReceiptSource
    system: str
    kind: RecordKind
    account: str
    body: bytes = field(repr=False)
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An unreadable row in the store."""

    id: int
    row: Unreadable
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class IngestResult:
    """The counts of one ingestion: `new` receipts, `repeated` ones (already stored, perhaps with less), and the rest."""

    new: int = 0
    repeated: int = 0
    replies: int = 0  # new ones
    unreadable: int = 0  # new ones


@dataclass(frozen=True, slots=True)
class StoreStats:
    """The store's row counts. `since` is the ingestion time of the oldest receipt."""

    receipts: int = 0
    since: datetime | None = None
    replies: int = 0
    quarantined: int = 0
    waiting: int = 0  # raw bodies that are not parsed yet


@dataclass(frozen=True, slots=True)
class ReceiptCounts:
    """How many receipts of one group there are; `of` says which group."""

    of: Mapping[str, str]
    delivered: int
    failed: int
    slow: int  # of `timed`, those that took more than five minutes
    timed: int  # of which is known how long they took
    at: datetime | None = None  # the beginning of their step


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What the store has about a target. The deliveries' provider is `receipts`; their `system` is the vendor's.

    A delivery found by its id alone has a number of which only the mask is known (`PhoneNumber.from_mask`).
    """

    deliveries: tuple[Delivery, ...] = ()  # newest first, each message once
    replies: tuple[InboundSms, ...] = ()  # newest first; all that are stored up to the window's end
    is_cut: bool = False  # the window has more deliveries than were read
    receipts: int = 0  # as in `StoreStats`
    since: datetime | None = None
    unreadable: int = 0  # quarantined rows that contain the number or the id
