"""What an answer must say besides its rows, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Note:
    """Something an answer must say besides its rows: a kind and the values that its sentence needs.

    `bot/wording` turns it into a sentence; adapters and the lookup never write prose.
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

    def has(self, name: str) -> bool:
        """Whether the note has a value called `name`."""
        return any(known == name for known, _ in self.values)


class NoteKind(StrEnum):
    """What a note says. The comment names its values."""

    CUT_TO_MEMORY = "cut_to_memory"  # days, since: the provider keeps so many days; nothing before `since` was asked
    OUT_OF_MEMORY = "out_of_memory"  # days: the whole window is older than the provider keeps
    CROWDED_SECOND = "crowded_second"  # at, shown: more rows in one second than the provider hands out
    COUNTED_MORE = "counted_more"  # counted, returned, perhaps day: the provider counts more rows than it returned
    EMPTY_RECEIPTS = "empty_receipts"  # Tencent: no receipt yet, or never sent from this app
    NO_RECORD = "no_record"  # the provider has no record of it
    MAY_CHANGE = "may_change"  # a pending message may still get its receipt within 72 hours
    CLOCK_OFF = "clock_off"  # minutes (positive: our clock is ahead of the provider's)
    ROWS_UNREADABLE = "rows_unreadable"  # count: rows that did not have the documented shape
    OTHER_NUMBERS = "other_numbers"  # count: rows about other numbers than the one asked about, left out
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
