"""Note rules: which notes mean missing data, and which remain valid for a sub-window. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.model import CountedMore, CrowdedSecond, EmptyReceipts, MayChange, NoRecord, NoteKind, Status, WindowIgnored
from bot.providers.china_time import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Delivery, Note, Window

LEAVES_GAPS = frozenset(
    {
        NoteKind.CUT_TO_MEMORY,
        NoteKind.OUT_OF_MEMORY,
        NoteKind.CROWDED_SECOND,
        NoteKind.COUNTED_MORE,
        NoteKind.ROWS_UNREADABLE,
        NoteKind.PART_MISSING,
        NoteKind.NEWEST_ONLY,
    }
)
"""The notes that mean that a part of the window is missing."""

UNREAD = frozenset({NoteKind.COUNTED_MORE, NoteKind.ROWS_UNREADABLE})
"""The notes that mean that the provider has messages which could not be shown: an empty answer with one is no "no record"."""

NOTHING_FOUND = frozenset({NoteKind.EMPTY_RECEIPTS, NoteKind.NO_RECORD})
"""The notes that mean an empty answer."""

_DAY = timedelta(days=1)


def is_empty_note(notes: Iterable[Note]) -> bool:
    """True if one of the notes means an empty answer."""
    return any(note.kind in NOTHING_FOUND for note in notes)


def leaves_messages_unread(notes: Iterable[Note]) -> bool:
    """True if one of the notes means that the provider has messages which could not be shown."""
    return any(note.kind in UNREAD for note in notes)


def revalidate(notes: Sequence[Note], rows: Sequence[Delivery], window: Window, *, limited: bool) -> tuple[Note, ...]:
    """The notes of a cached answer that are still valid for its `rows` within the sub-window `window`.

    `limited`: whether the query had a time limit at all.
    """
    valid = [note for note in notes if _holds(note, rows, window)]
    outside = any(row.at is not None and not _inside(row.at, window) for row in rows)
    if not limited and outside and not any(note.kind is NoteKind.WINDOW_IGNORED for note in valid):
        valid.append(WindowIgnored())
    return tuple(valid)


def _holds(note: Note, rows: Sequence[Delivery], window: Window) -> bool:
    match note:
        case MayChange():
            return any(row.status is Status.PENDING for row in rows)
        case EmptyReceipts() | NoRecord():
            return not rows
        case WindowIgnored():
            return any(row.at is not None and not _inside(row.at, window) for row in rows)
        case CrowdedSecond(at=at):
            return _inside(at, window)
        case CountedMore(day=day):
            return day is None or _overlaps_day(day, window)
        case _:
            return True


def _inside(moment: datetime, window: Window) -> bool:
    return window.since <= moment and (window.open or moment <= window.until)


def _overlaps_day(day: date, window: Window) -> bool:
    begins = datetime.combine(day, time(), CHINA)
    return begins <= window.until and window.since < begins + _DAY
