"""The whole answer: the deliveries, and what each account was asked for and could not show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model.delivery import Status
from bot.model.note import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from bot.model.delivery import Delivery
    from bot.model.explanation import Explanation
    from bot.model.note import Note
    from bot.model.query import Query, Target, Window


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

    @property
    def unreadable(self) -> int:
        """How many rows the account has that could not be shown: unreadable ones, and those it counts but did not return."""
        return sum(_unread(note) for note in self.notes)


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
    def unreadable(self) -> int:
        """How many messages the accounts have that are not among the deliveries. With any, nothing found is no "no record"."""
        return sum(part.unreadable for part in self.coverage)

    @property
    def silent(self) -> tuple[Target, ...]:
        """The targets for which nobody has a delivery."""
        numbers = {d.number.e164 for d in self.deliveries if d.number}
        ids = {d.message_id for d in self.deliveries}
        return tuple(t for t in self.query.targets if not _found(t, numbers, ids))


def _unread(note: Note) -> int:
    match note.kind:
        case NoteKind.ROWS_UNREADABLE:
            return int(str(note.value("count")))
        case NoteKind.COUNTED_MORE:  # what could not be read counts as returned there
            return int(str(note.value("counted"))) - int(str(note.value("returned")))
        case _:
            return 0


def _found(target: Target, numbers: Iterable[str], ids: Iterable[str | None]) -> bool:
    if target.message_id is not None:
        return target.message_id in ids
    return target.number is not None and target.number.e164 in numbers
