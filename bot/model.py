"""The nouns: what is asked (Target, Window, Query) and what is answered (Delivery, Coverage, Report).

Values only: frozen, compared by content, and without I/O. All times are aware datetimes in UTC.
A `PhoneNumber` prints itself masked, so that a number reaches a log or an error text only by writing `.e164` on purpose.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta


class Status(StrEnum):
    """What became of one message to one number."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"  # accepted by the provider, no receipt yet
    REJECTED = "rejected"  # refused at submission, never sent
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether no later receipt is expected to change it."""
        return self in {Status.DELIVERED, Status.FAILED, Status.REJECTED}


class Owner(StrEnum):
    """Who can put a failure right."""

    RECIPIENT = "recipient"
    CARRIER = "carrier"
    US = "us"
    PROVIDER = "provider"
    CONTENT = "content"
    NOBODY = "nobody"  # nothing to put right: delivered, or still under way
    UNKNOWN = "unknown"


class Resend(StrEnum):
    """Whether sending the message again helps."""

    YES = "yes"
    LATER = "later"
    NO = "no"
    AFTER_FIX = "after_fix"


class Confidence(StrEnum):
    """How sure an explanation is."""

    SURE = "sure"  # the vendor documents this very code with this meaning
    LIKELY = "likely"  # documented, but the code is coarse or its meaning depends on the carrier
    UNSURE = "unsure"  # from another platform's table, or from the code's family only
    UNLISTED = "unlisted"  # not in the catalogue


class CodeKind(StrEnum):
    """Where a code comes from: the receipt of a message, or the answer to a call."""

    RECEIPT = "receipt"
    API = "api"


@dataclass(frozen=True, slots=True)
class Words:
    """One explanation in one language. Short sentences, for someone who is not an SMS expert."""

    title: str
    meaning: str
    causes: tuple[str, ...]
    next_step: str
    tell: str = ""  # what to tell the customer, in words that can be said as they are


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, whose it is to fix and what to do now. `also` holds other readings, most likely first."""

    code: str  # as received
    vendor: str
    kind: CodeKind
    family: str
    owner: Owner
    resend: Resend
    confidence: Confidence
    source: str  # where the meaning is published, or a remark that it is not confirmed
    en: Words
    zh: Words
    carrier: str | None = None
    also: tuple[Explanation, ...] = ()

    def words(self, language: str = "en") -> Words:
        """The words in `language` ("en" or "zh"; anything else reads English)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """An E.164 number. `str()` and `repr()` are masked; `.e164` is the number itself."""

    e164: str  # "+8613711112222"
    country_code: int  # 86
    national: str  # "13711112222", digits only

    @classmethod
    def from_mask(cls, masked: str) -> PhoneNumber:
        """A number of which only the mask is known, as the receipt store keeps it: its `e164` holds the asterisks too."""
        country_code, _, national = masked.removeprefix("+").partition(" ")
        return cls(f"+{country_code}{national}", int(country_code), national)

    @property
    def is_whole(self) -> bool:
        """Whether all its digits are known."""
        return "*" not in self.national

    @property
    def masked(self) -> str:
        """`+86 137****2222`: the country code, a little of both ends, and never fewer than four digits hidden."""
        length = len(self.national)
        head = min(3, max(0, (length - 4) // 2))
        tail = min(4, max(0, length - 4 - head))
        hidden = "*" * (length - head - tail)
        return f"+{self.country_code} {self.national[:head]}{hidden}{self.national[length - tail :]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"


@dataclass(frozen=True, slots=True)
class Target:
    """What to look up: a number, a message id, or one message (an id beside its number). At least one is set.

    `message_id` is any vendor's: Tencent's SerialNo, Alibaba's BizId, Alibaba international's MessageId.
    """

    number: PhoneNumber | None = None
    message_id: str | None = None

    def __post_init__(self) -> None:
        if self.number is None and not self.message_id:
            raise ValueError("a target needs a number or a message id")

    @property
    def masked(self) -> str:
        """How the target is shown to people: a masked number and the id."""
        return " id:".join(part for part in (str(self.number) if self.number else "", self.message_id or "") if part)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, both ends included. `open` says that its end is "now": asked again later, the end moves on."""

    since: datetime
    until: datetime
    open: bool = True

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError("a window begins before it ends")

    @property
    def length(self) -> timedelta:
        """How long the window is."""
        return self.until - self.since

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies within."""
        return self.since <= moment <= self.until


@dataclass(frozen=True, slots=True)
class Query:
    """One question: which targets, over which window, at which providers (empty: all that can answer)."""

    targets: tuple[Target, ...]
    window: Window
    providers: tuple[str, ...] = ()
    only: frozenset[Status] = frozenset()  # empty: every status


@dataclass(frozen=True, slots=True)
class Note:
    """Something an answer must say besides its rows: a kind and the values that its sentence needs.

    `bot/wording.py` turns it into a sentence; adapters and the lookup never write prose.
    """

    kind: NoteKind
    values: tuple[tuple[str, str | int | datetime], ...] = ()

    @classmethod
    def of(cls, kind: NoteKind, **values: str | int | datetime) -> Note:
        """A note with its values by name."""
        return cls(kind, tuple(sorted(values.items())))

    def value(self, name: str) -> str | int | datetime:
        """The value called `name`. Raises KeyError when the note has none of that name."""
        return dict(self.values)[name]


class NoteKind(StrEnum):
    """What a note says. The comment names its values."""

    CUT_TO_MEMORY = "cut_to_memory"  # days, since: the provider keeps so many days; nothing before `since` was asked
    OUT_OF_MEMORY = "out_of_memory"  # days: the whole window is older than the provider keeps
    CROWDED_SECOND = "crowded_second"  # at, shown: more rows in one second than the provider hands out
    COUNTED_MORE = "counted_more"  # counted, returned, day: the provider counts more rows than it returned
    EMPTY_RECEIPTS = "empty_receipts"  # Tencent: no receipt yet, or never sent from this app
    NO_RECORD = "no_record"  # the provider has no record of it
    MAY_CHANGE = "may_change"  # a pending message may still get its receipt within 72 hours
    CLOCK_OFF = "clock_off"  # minutes (positive: our clock is ahead of the provider's)
    ROWS_UNREADABLE = "rows_unreadable"  # count: rows that did not have the documented shape
    PART_MISSING = "part_missing"  # missing, parts: so many of the window's parts did not come
    CONTRADICTION = "contradiction"  # code: the status and the code of a row disagree
    PROVIDER_WORDS = "provider_words"  # words: the provider's own description of a receipt
    WINDOW_IGNORED = "window_ignored"  # a lookup by message id is not limited to the window
    NEEDS_MESSAGE_ID = "needs_message_id"  # not asked: this provider looks up by message id only
    NEEDS_NUMBER = "needs_number"  # not asked: this provider looks up by number only
    NOT_CHOSEN = "not_chosen"  # not asked: `via` named others
    STORED_SINCE = "stored_since"  # since, count: what the receipt store holds, and since when
    NEWEST_ONLY = "newest_only"  # shown: there are more rows in the window than are read
    REPLIED = "replied"  # at, number (masked), words: the customer asked for no more messages; words empty: another reply


@dataclass(frozen=True, slots=True)
class ProviderFault:
    """Why a provider did not answer. `code` is the vendor's own, or `Transport.…` when no answer could be read."""

    code: str
    message: str = ""  # the vendor's words, shortened; never shown without the explanation
    request_id: str | None = None
    retryable: bool = False  # asking again, unchanged, may work
    retry_after: float | None = None  # seconds that the provider asked us to wait
    skew: timedelta | None = None  # our clock minus the provider's, when it matters here
    explanation: Explanation | None = None  # added by the lookup


STORE = "receipts"
"""The provider name of the receipt store."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one number, as one provider account tells it. `text` is already blanked of digits.

    `system` is set where the row is of another system than its provider's name: on what the receipt store tells, and on what a
    vendor's second way of asking tells. `is_row_id` says that the provider tells no message id, and `message_id` only tells the
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
    notes: tuple[Note, ...] = ()
    explanation: Explanation | None = None  # added by the lookup
    system: str | None = None
    is_row_id: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether the receipt store tells it, and not a provider."""
        return self.provider == STORE

    @property
    def vendor(self) -> str:
        """The provider system whose code tables explain it."""
        return self.system or self.provider

    @property
    def at(self) -> datetime | None:
        """The moment the row is sorted by: when it was sent, or else when its receipt came."""
        return self.sent_at or self.received_at

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a delivery unique in an answer."""
        return (self.provider, self.account, self.message_id or "", self.number.e164 if self.number else "")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one account was asked for, and what it could not show."""

    provider: str
    account: str
    window: Window
    as_of: datetime
    complete: bool = True
    requests: int = 0
    cached: bool = False
    notes: tuple[Note, ...] = ()
    error: ProviderFault | None = None
    partly: bool = False  # with an error: something was answered all the same


@dataclass(frozen=True, slots=True)
class NotAsked:
    """An account that could not be asked, and why."""

    provider: str
    account: str
    reason: Note


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer: deliveries newest first and unique, coverage for each account asked. `only` is not yet applied."""

    query: Query
    as_of: datetime
    deliveries: tuple[Delivery, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many deliveries have each status, zeros included."""
        found = Counter(delivery.status for delivery in self.deliveries)
        return {status: found[status] for status in Status}

    @property
    def shown(self) -> tuple[Delivery, ...]:
        """The deliveries that pass `only`. `failed` lets the rejected through as well: both mean "it never arrived"."""
        wanted = self.query.only
        if Status.FAILED in wanted:
            wanted |= {Status.REJECTED}
        return tuple(d for d in self.deliveries if not wanted or d.status in wanted)

    @property
    def cached(self) -> bool:
        """Whether any of it comes from the cache."""
        return any(part.cached for part in self.coverage)

    @property
    def failing(self) -> tuple[Coverage, ...]:
        """The accounts that did not answer, or not fully."""
        return tuple(part for part in self.coverage if part.error is not None)

    @property
    def silent(self) -> tuple[Target, ...]:
        """The targets for which nobody has a delivery."""
        numbers = {d.number.e164 for d in self.deliveries if d.number}
        ids = {d.message_id for d in self.deliveries}
        return tuple(t for t in self.query.targets if not _found(t, numbers, ids))


def _found(target: Target, numbers: Iterable[str], ids: Iterable[str | None]) -> bool:
    if target.message_id is not None:
        return target.message_id in ids
    return target.number is not None and target.number.e164 in numbers
