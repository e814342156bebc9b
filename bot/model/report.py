"""Report: the deliveries found, and the coverage of each account."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from bot.model.delivery import Status
from bot.model.note import CountedMore, NoteKind, RowsUnreadable
from bot.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta

    from bot.model.delivery import Delivery
    from bot.model.explanation import Explanation
    from bot.model.note import Note
    from bot.model.query import Query, Target, Window

_MAINLAND_CHINA = 86


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
    is_partial: bool = False  # with an error: something was answered all the same

    @property
    def unreadable(self) -> int:
        """How many rows the account has that are not shown: unreadable ones, and those it counts but did not return."""
        return sum(_unread(note) for note in self.notes)

    @property
    def is_legible(self) -> bool:
        """Whether anything in the answer could be read: rows, or that there are none."""
        return (self.error is None or self.is_partial) and not self.unreadable


@dataclass(frozen=True, slots=True)
class SkippedAccount:
    """An account that was not asked, and why."""

    provider: str
    account: str
    reason: Note

    def could_hold(self, target: Target) -> bool:
        """Whether it could hold the message, so that nothing found elsewhere does not mean "no record"."""
        match self.reason.kind:
            case NoteKind.OUT_OF_MEMORY:
                return True
            case NoteKind.NEEDS_MESSAGE_ID:  # Alibaba's international account sends abroad
                return target.number is not None and target.number.country_code != _MAINLAND_CHINA
            case NoteKind.NEEDS_NUMBER:
                return target.number is None and (target.issuer is None or self.provider.startswith(target.issuer))
            case _:  # `via` named others: whoever asked knows
                return False


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a query: deliveries newest first and unique, coverage of each account asked. `only` is not yet applied."""

    query: Query
    as_of: datetime
    deliveries: tuple[Delivery, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    not_asked: tuple[SkippedAccount, ...] = ()
    shown: tuple[Delivery, ...] = field(init=False, repr=False, compare=False)
    """The deliveries that pass `only`. `failed` includes rejected ones: neither arrived."""
    accounts_told_apart: frozenset[str] = field(init=False, repr=False, compare=False)
    """The providers of which messages of more than one account are shown: only there an account tells them apart."""
    _rows: _RowIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Found once, for an answer asks for each of them at every row. The dataclass is frozen.
        shown = _passing(self.query.only, self.deliveries)
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "accounts_told_apart", _with_several_accounts(shown))
        object.__setattr__(self, "_rows", _RowIndex.of(self.deliveries))

    @property
    def counts(self) -> Mapping[Status, int]:
        """The number of deliveries of each status, zeros included."""
        found = Counter(delivery.status for delivery in self.deliveries)
        return {status: found[status] for status in Status}

    @property
    def cached(self) -> bool:
        """Whether any of it comes from the cache."""
        return any(part.cached for part in self.coverage)

    @property
    def failed_accounts(self) -> tuple[Coverage, ...]:
        """The accounts that did not answer, or not fully."""
        return tuple(part for part in self.coverage if part.error is not None)

    @property
    def targets_without_record(self) -> tuple[Target, ...]:
        """The targets without any delivery."""
        numbers = {d.number.e164 for d in self.deliveries if d.number}
        ids = {d.message_id for d in self.deliveries}
        return tuple(t for t in self.query.targets if not _found(t, numbers, ids))

    @property
    def unreadable(self) -> int:
        """How many messages the accounts have that are not among the deliveries.

        With any, nothing found does not mean "no record".
        """
        return sum(part.unreadable for part in self.coverage)

    @property
    def outcome(self) -> Outcome:
        """The outcome of the lookup: its target's; of several targets, the worst."""
        found = {self.outcome_of(target) for target in self.query.targets}
        return next(outcome for outcome in Outcome if outcome in found)

    def outcome_of(self, target: Target) -> Outcome:
        """The outcome of one target: by its newest message, else by whether all accounts that could hold one answered in full."""
        rows = self.rows_of(target)
        if rows:
            return Outcome(rows[0].status.value)
        return Outcome.NO_RECORD if self.is_whole_for(target) else Outcome.UNANSWERED

    def rows_of(self, target: Target) -> tuple[Delivery, ...]:
        """The deliveries of `target`, newest first."""
        known = self._rows.found.get(target)
        if known is None:
            known = self._rows.found[target] = _newest_first(
                row
                for row in self._rows.near(target)
                if (target.message_id is None or target.message_id == row.message_id)
                and (target.number is None or row.number is None or target.number.e164 == row.number.e164)
            )
        return known

    @property
    def newest_of_targets(self) -> tuple[Delivery, ...]:
        """The newest message of each target that has any, by which the verdict counts."""
        return tuple(rows[0] for target in self.query.targets if (rows := self.rows_of(target)))

    def is_whole_for(self, target: Target) -> bool:
        """Whether every account that could hold a message to `target` answered in full."""
        heard = bool(self.coverage) and all(part.complete and part.error is None for part in self.coverage)
        return heard and not any(part.could_hold(target) for part in self.not_asked)

    def standing(self, rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Those of `rows` that no newer message to the same number, delivered or pending, supersedes: something is left to do.

        A row without any time may be the newest.
        """
        by_number: dict[str, list[Delivery]] = {}
        for delivery in self.deliveries:
            if delivery.number is not None:
                by_number.setdefault(delivery.number.e164, []).append(delivery)
        newest = {number: _newest_first(sent)[0] for number, sent in by_number.items()}

        def is_superseded(row: Delivery) -> bool:
            last = newest.get(row.number.e164) if row.number is not None else None
            is_older = last is not None and last is not row and row.at is not None
            return is_older and last is not None and last.status in {Status.DELIVERED, Status.PENDING}

        return tuple(row for row in rows if not is_superseded(row))


@dataclass(frozen=True, slots=True)
class _RowIndex:
    """Deliveries by message id and by number, so that a thousand targets are not each looked for among all rows.

    `found` are those of the targets that were looked for, newest first: an answer looks for each a dozen times.
    """

    all: tuple[Delivery, ...]
    by_id: Mapping[str | None, Sequence[Delivery]]
    by_number: Mapping[str, Sequence[Delivery]]
    without_number: bool
    found: dict[Target, tuple[Delivery, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, deliveries: tuple[Delivery, ...]) -> Self:
        by_id: dict[str | None, list[Delivery]] = {}
        by_number: dict[str, list[Delivery]] = {}
        for row in deliveries:
            by_id.setdefault(row.message_id, []).append(row)
            if row.number is not None:
                by_number.setdefault(row.number.e164, []).append(row)
        return cls(deliveries, by_id, by_number, any(row.number is None for row in deliveries))

    def near(self, target: Target) -> Sequence[Delivery]:
        """Rows among which those of `target` are, in their order."""
        if target.message_id is not None:
            return self.by_id.get(target.message_id, ())
        if self.without_number or target.number is None:
            return self.all
        return self.by_number.get(target.number.e164, ())


def _passing(only: frozenset[Status], deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    if not only:
        return deliveries
    wanted = only | {status for status in Status if status.is_failure} if Status.FAILED in only else only
    return tuple(row for row in deliveries if row.status in wanted)


def _with_several_accounts(rows: Iterable[Delivery]) -> frozenset[str]:
    many = Counter(provider for provider, _ in {(row.provider, row.account) for row in rows})
    return frozenset(provider for provider, accounts in many.items() if accounts > 1)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _newest_first(rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """By the time of sending; where one has none, by the latest time known of each, so that like is compared with like.

    Those without any time come last, failures before the others.
    """
    found = tuple(rows)
    by_sending = all(row.sent_at for row in found)

    def rank(row: Delivery) -> tuple[datetime, bool]:
        moment = row.at if by_sending else row.received_at or row.sent_at
        return moment or _NEVER, moment is None and row.status.is_failure

    return tuple(sorted(found, key=rank, reverse=True))


def _unread(note: Note) -> int:
    match note:
        case RowsUnreadable(count=count):
            return count
        case CountedMore(counted=counted, returned=returned):
            return counted - returned
        case _:
            return 0


def _found(target: Target, numbers: Iterable[str], ids: Iterable[str | None]) -> bool:
    if target.message_id is not None:
        return target.message_id in ids
    return target.number is not None and target.number.e164 in numbers
