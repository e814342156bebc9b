"""The nouns of the receipt store: what arrives (Raw), what is read from it (Receipt, Reply, Unreadable), what is found (Found).

    queue, callback ── bytes ─► Raw ── a parser ─► Receipt, Reply, Unreadable ── ReceiptStore ─► rows ─► Found

Values only, without I/O. All times are aware datetimes in UTC. Whoever parses makes the texts fit to be shown
(`bot.sanitize`) before they come here; the store seals or hashes whatever could name somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.i18n import Phrase
    from bot.model import Delivery, PhoneNumber, Status


class ReceiptSource(StrEnum):
    """How something came to us."""

    QUEUE = "queue"  # drained from a vendor's queue, which hands it out once
    CALLBACK = "callback"  # pushed by the vendor


class RecordKind(StrEnum):
    """What a raw answer or push holds."""

    RECEIPTS = "receipts"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt, as a vendor told it.

    At least one of `number` and `message_id` is set. `status` is what this receipt says; the store keeps the best of several.
    """

    system: str  # the vendor's system whose code tables explain it: "tencent", "aliyun", "aliyun-intl"
    source: ReceiptSource
    status: Status
    number: PhoneNumber | None = None
    message_id: str | None = None  # Tencent's SerialNo (sid), Alibaba's BizId, Alibaba international's MessageId
    account: str = ""  # the app id or shortened key id, named as the vendor's lookup names it; "" when the push does not say
    code: str | None = None  # as received
    words: str | None = None  # the vendor's own text beside the code, already cleaned by `provider_words`
    sent_at: datetime | None = None
    received_at: datetime | None = None
    carrier: str | None = None
    country: str | None = None
    extra: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # fields nobody knows yet: name, value as JSON; sealed

    def __post_init__(self) -> None:
        if self.number is None and not self.message_id:
            raise ValueError("a receipt needs a number or a message id")


@dataclass(frozen=True, slots=True)
class InboundSms:
    """What a customer sent back, such as `TD` or `STOP`. `text` is short and blanked of digits (`message_text`)."""

    system: str
    source: ReceiptSource
    number: PhoneNumber
    at: datetime
    text: str = field(repr=False)
    account: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One row (or a whole body) that has not the documented shape. Kept sealed until somebody looks at it."""

    system: str
    source: ReceiptSource
    kind: RecordKind
    body: bytes = field(repr=False)  # the row as it came
    reason: Phrase  # what is wrong with it, in words that repeat no value of it; what is filled in are names and codes, as text
    account: str = ""


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body as it came, kept before anything was read from it."""

    id: int
    source: ReceiptSource
    system: str
    kind: RecordKind
    account: str
    body: bytes = field(repr=False)
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An unreadable row as the store keeps it."""

    id: int
    row: Unreadable
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of one intake: `new` receipts, those `repeated` (known already, perhaps with less), and the rest."""

    new: int = 0
    repeated: int = 0
    replies: int = 0  # not known before
    unreadable: int = 0  # not known before


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much the store holds. `since` is when the oldest receipt that is left was taken in."""

    receipts: int = 0
    since: datetime | None = None
    replies: int = 0
    quarantined: int = 0
    waiting: int = 0  # raw bodies that are not taken in yet


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What the store knows of a target. The deliveries' provider is `receipts`; their `system` is the vendor's.

    A delivery that was found by its id alone has a number of which only the mask is known (`PhoneNumber.from_mask`).
    """

    deliveries: tuple[Delivery, ...] = ()  # newest first, each message once
    replies: tuple[InboundSms, ...] = ()  # newest first; of all that is kept up to the window's end
    is_cut: bool = False  # more deliveries lie in the window than were read
    receipts: int = 0  # as in `StoreStats`
    since: datetime | None = None
    unreadable: int = 0  # rows kept aside that hold the number or the id
