"""What the notes of an answer say of its rows, and which of them still hold when only a part of its window is asked for. Pure."""

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
"""The notes that say that something of the window could not be shown."""

UNREAD = frozenset({NoteKind.COUNTED_MORE, NoteKind.ROWS_UNREADABLE})
"""The notes that say that the provider has messages which could not be shown: beside them nothing found is no "no record"."""

NOTHING_FOUND = frozenset({NoteKind.EMPTY_RECEIPTS, NoteKind.NO_RECORD})
"""The notes that say that there is nothing."""

_DAY = timedelta(days=1)


def is_empty_note(notes: Iterable[Note]) -> bool:
    """Whether one of the notes says that there is nothing."""
    return any(note.kind in NOTHING_FOUND for note in notes)


def leaves_messages_unread(notes: Iterable[Note]) -> bool:
    """Whether one of the notes says that the provider has messages which could not be shown."""
    return any(note.kind in UNREAD for note in notes)


def revalidate(notes: Sequence[Note], rows: Sequence[Delivery], window: Window, *, limited: bool) -> tuple[Note, ...]:
    """The notes that hold of `rows`, which are those of a longer answer that lie in `window`.

    `limited`: whether the lookup was limited in time at all.
    """
    held = [note for note in notes if _holds(note, rows, window)]
    outside = any(row.at is not None and not _inside(row.at, window) for row in rows)
    if not limited and outside and not any(note.kind is NoteKind.WINDOW_IGNORED for note in held):
        held.append(WindowIgnored())
    return tuple(held)


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
            return day is None or _meets_day(day, window)
        case _:
            return True


def _inside(moment: datetime, window: Window) -> bool:
    return window.since <= moment and (window.open or moment <= window.until)


def _meets_day(day: date, window: Window) -> bool:
    begins = datetime.combine(day, time(), CHINA)
    return begins <= window.until and window.since < begins + _DAY
