"""Notes: what an answer must say besides its rows, as values. `bot/presentation/wording` words them; adapters write no prose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import date, datetime


class NoteKind(StrEnum):
    """The kind of a note."""

    CUT_TO_MEMORY = "cut_to_memory"
    OUT_OF_MEMORY = "out_of_memory"
    CROWDED_SECOND = "crowded_second"
    COUNTED_MORE = "counted_more"
    EMPTY_RECEIPTS = "empty_receipts"
    NO_RECORD = "no_record"
    MAY_CHANGE = "may_change"
    CLOCK_OFF = "clock_off"
    ROWS_UNREADABLE = "rows_unreadable"
    OTHER_NUMBERS = "other_numbers"
    PART_MISSING = "part_missing"
    CONTRADICTION = "contradiction"
    PROVIDER_WORDS = "provider_words"
    WINDOW_IGNORED = "window_ignored"
    NEEDS_MESSAGE_ID = "needs_message_id"
    NEEDS_NUMBER = "needs_number"
    NOT_CHOSEN = "not_chosen"
    STORED_SINCE = "stored_since"
    NEWEST_ONLY = "newest_only"
    REPLIED = "replied"
    SENDS_COVERED = "sends_covered"
    SENDS_MISSING = "sends_missing"
    SENDS_SKIPPED = "sends_skipped"


@dataclass(frozen=True, slots=True)
class CutToRetention:
    """The window was cut to the provider's retention of `days`; nothing before `since` was asked."""

    kind: ClassVar = NoteKind.CUT_TO_MEMORY
    days: int
    since: datetime


@dataclass(frozen=True, slots=True)
class BeyondRetention:
    """Not asked: the whole window is older than the provider's retention of `days`."""

    kind: ClassVar = NoteKind.OUT_OF_MEMORY
    days: int


@dataclass(frozen=True, slots=True)
class CrowdedSecond:
    """One second has more rows than the provider returns."""

    kind: ClassVar = NoteKind.CROWDED_SECOND
    at: datetime
    shown: int


@dataclass(frozen=True, slots=True)
class CountedMore:
    """The provider counts more rows than it returned: on one day of China's time, or in all."""

    kind: ClassVar = NoteKind.COUNTED_MORE
    counted: int
    returned: int  # what could not be read counts as returned
    day: date | None = None


@dataclass(frozen=True, slots=True)
class EmptyReceipts:
    """Tencent has no receipt yet, or the message was never sent from this app."""

    kind: ClassVar = NoteKind.EMPTY_RECEIPTS


@dataclass(frozen=True, slots=True)
class NoRecord:
    """The provider has no record of it."""

    kind: ClassVar = NoteKind.NO_RECORD


@dataclass(frozen=True, slots=True)
class MayChange:
    """A pending message may still get its receipt within 72 hours."""

    kind: ClassVar = NoteKind.MAY_CHANGE


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """Clock skew against the provider; positive: our clock is ahead."""

    kind: ClassVar = NoteKind.CLOCK_OFF
    minutes: int


@dataclass(frozen=True, slots=True)
class RowsUnreadable:
    """Rows that did not have the documented shape."""

    kind: ClassVar = NoteKind.ROWS_UNREADABLE
    count: int


@dataclass(frozen=True, slots=True)
class OtherNumbers:
    """Rows about other numbers than the one asked about, left out."""

    kind: ClassVar = NoteKind.OTHER_NUMBERS
    count: int


@dataclass(frozen=True, slots=True)
class PartMissing:
    """Parts of the window that could not be fetched."""

    kind: ClassVar = NoteKind.PART_MISSING
    missing: int
    parts: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The status and the code of a row disagree."""

    kind: ClassVar = NoteKind.CONTRADICTION
    code: str


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """The provider's own description of a receipt."""

    kind: ClassVar = NoteKind.PROVIDER_WORDS
    words: str


@dataclass(frozen=True, slots=True)
class WindowIgnored:
    """A lookup by message id is not limited to the window."""

    kind: ClassVar = NoteKind.WINDOW_IGNORED


@dataclass(frozen=True, slots=True)
class NeedsMessageId:
    """Not asked: this provider looks up by message id only."""

    kind: ClassVar = NoteKind.NEEDS_MESSAGE_ID


@dataclass(frozen=True, slots=True)
class NeedsNumber:
    """Not asked: this provider looks up by number only."""

    kind: ClassVar = NoteKind.NEEDS_NUMBER


@dataclass(frozen=True, slots=True)
class NotChosen:
    """Not asked: `via` named others."""

    kind: ClassVar = NoteKind.NOT_CHOSEN


@dataclass(frozen=True, slots=True)
class StoredSince:
    """How many receipts the store holds, and since when."""

    kind: ClassVar = NoteKind.STORED_SINCE
    since: datetime
    count: int


@dataclass(frozen=True, slots=True)
class NewestOnly:
    """There are more rows in the window than are read."""

    kind: ClassVar = NoteKind.NEWEST_ONLY
    shown: int


@dataclass(frozen=True, slots=True)
class Replied:
    """The customer sent a reply; `words` of one that asks for no more messages, else empty."""

    kind: ClassVar = NoteKind.REPLIED
    at: datetime
    number: str  # masked
    words: str


@dataclass(frozen=True, slots=True)
class SendsCovered:
    """Messages that were refused or are on their way are in the answer too, of the last `hours`."""

    kind: ClassVar = NoteKind.SENDS_COVERED
    hours: int


@dataclass(frozen=True, slots=True)
class SendsMissing:
    """They are not: the account lacks `what`, an action or the right to it."""

    kind: ClassVar = NoteKind.SENDS_MISSING
    what: str


@dataclass(frozen=True, slots=True)
class SendsSkipped:
    """They were not asked for: so many other numbers wait that it would have been too late."""

    kind: ClassVar = NoteKind.SENDS_SKIPPED


Note = (
    CutToRetention
    | BeyondRetention
    | CrowdedSecond
    | CountedMore
    | EmptyReceipts
    | NoRecord
    | MayChange
    | ClockSkew
    | RowsUnreadable
    | OtherNumbers
    | PartMissing
    | Contradiction
    | ProviderWords
    | WindowIgnored
    | NeedsMessageId
    | NeedsNumber
    | NotChosen
    | StoredSince
    | NewestOnly
    | Replied
    | SendsCovered
    | SendsMissing
    | SendsSkipped
)
"""Something that an answer must say besides its rows."""
