"""Pieces -> Report: one coverage for each account, deliveries unique and newest first, everything explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.codes.receipt_age import waiting_family
from bot.lookup.deduplication import merge_duplicates
from bot.lookup.note_rules import LEAVES_GAPS, NOTHING_FOUND, is_empty_note
from bot.model import (
    CodeKind,
    Confidence,
    Contradiction,
    Coverage,
    Note,
    NoteKind,
    OtherNumbers,
    PartMissing,
    Report,
    RowsUnreadable,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.codes import Catalogue
    from bot.model import Delivery, Explanation, ProviderFault, Query, SkippedAccount, Window


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """What one account told of one target: rows, and whether that is all of it."""

    provider: str
    account: str
    window: Window  # as asked, cut to what the provider keeps
    as_of: datetime
    deliveries: tuple[Delivery, ...] = ()
    notes: tuple[Note, ...] = ()
    requests: int = 0
    cached: bool = False
    error: ProviderFault | None = None


def merge(
    query: Query, pieces: Sequence[PartialAnswer], not_asked: Sequence[SkippedAccount], catalogue: Catalogue, now: datetime
) -> Report:
    """The whole answer. It is as old as its oldest piece."""
    coverage = tuple(
        _coverage([piece for piece in pieces if (piece.provider, piece.account) == account], catalogue)
        for account in dict.fromkeys((piece.provider, piece.account) for piece in pieces)
    )
    as_of = min((part.as_of for part in coverage), default=now)
    return Report(
        query=query,
        as_of=as_of,
        deliveries=_sorted(
            merge_duplicates(_unique(delivery for piece in pieces for delivery in piece.deliveries)), catalogue, as_of
        ),
        coverage=coverage,
        not_asked=tuple(not_asked),
    )


def _coverage(pieces: Sequence[PartialAnswer], catalogue: Catalogue) -> Coverage:
    first = pieces[0]
    errors = [piece.error for piece in pieces if piece.error is not None]
    notes = _together(note for piece in pieces for note in piece.notes)
    if errors and len(pieces) > 1:
        notes += (PartMissing(missing=len(errors), parts=len(pieces)),)
    if not all(is_empty_note(piece.notes) for piece in pieces):
        # Nothing found for one of several numbers is told of that number, not of the account.
        notes = tuple(note for note in notes if note.kind not in NOTHING_FOUND)
    return Coverage(
        provider=first.provider,
        account=first.account,
        window=first.window,
        as_of=min(piece.as_of for piece in pieces),
        complete=not errors and not any(note.kind in LEAVES_GAPS for note in notes),
        requests=sum(piece.requests for piece in pieces),
        cached=any(piece.cached for piece in pieces),
        notes=notes,
        error=explained(errors[0], first.provider, catalogue) if errors else None,
        is_partial=bool(errors) and any(piece.error is None or piece.deliveries or _has_parts(piece) for piece in pieces),
    )


_COUNTED = (RowsUnreadable, OtherNumbers)


def _together(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Each note once; what is counted for each target is added up."""
    several = list(notes)
    totals: Counter[NoteKind] = Counter()
    for note in several:
        if isinstance(note, _COUNTED):
            totals[note.kind] += note.count
    summed = (replace(note, count=totals[note.kind]) if isinstance(note, _COUNTED) else note for note in several)
    return tuple(dict.fromkeys(summed))


def _has_parts(piece: PartialAnswer) -> bool:
    return any(note.kind is NoteKind.PART_MISSING for note in piece.notes)


def explained(fault: ProviderFault, provider: str, catalogue: Catalogue) -> ProviderFault:
    """The fault with its explanation, which is about the lookup: vendors refuse one with the codes of sending, too."""
    return replace(fault, explanation=catalogue.explain(provider, CodeKind.QUERY, fault.code))


def _unique(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """One delivery for each key. Of two, the one that knows more wins: a final status, then the later receipt.

    Rows without a message id cannot be told to be one message unless they are equal in everything.
    """
    best: dict[object, Delivery] = {}
    for delivery in deliveries:
        key = delivery.key if delivery.message_id else delivery
        known = best.get(key)
        if known is None or _knowledge(delivery) > _knowledge(known):
            best[key] = delivery
    return list(best.values())


def _knowledge(delivery: Delivery) -> tuple[bool, datetime, bool]:
    return delivery.status.is_final, delivery.received_at or _NEVER, delivery.sent_at is not None


def _sorted(deliveries: Iterable[Delivery], catalogue: Catalogue, now: datetime) -> tuple[Delivery, ...]:
    """Newest first; those without a time come last. Ties keep one order, so that pages do not shuffle."""
    ordered = sorted(deliveries, key=lambda d: (d.at or _NEVER, d.key), reverse=True)
    return tuple(_with_explanation(delivery, catalogue, now) for delivery in ordered)


def _with_explanation(delivery: Delivery, catalogue: Catalogue, now: datetime) -> Delivery:
    explanation = catalogue.explain(delivery.vendor, CodeKind.RECEIPT, delivery.code) if delivery.code else None
    if delivery.status is Status.PENDING and (explanation is None or not explanation.means_failure):
        return replace(delivery, explanation=_of_waiting(delivery, catalogue, now))
    return replace(delivery, explanation=explanation, notes=_notes(delivery, explanation))


def _notes(delivery: Delivery, explanation: Explanation | None) -> tuple[Note, ...]:
    """The row's notes with a contradiction told; without the vendor's words, often in another language, for a plain arrival."""
    told = delivery.is_contradicted
    if not told and explanation is not None and _contradicts(delivery.status, explanation):
        return (*delivery.notes, Contradiction(code=explanation.code))
    if not told and delivery.status is Status.DELIVERED:
        return tuple(note for note in delivery.notes if note.kind is not NoteKind.PROVIDER_WORDS)
    return delivery.notes


def _of_waiting(delivery: Delivery, catalogue: Catalogue, now: datetime) -> Explanation:
    """What a message without a receipt means by now, where no code says more."""
    family = waiting_family(now - delivery.sent_at if delivery.sent_at else None)
    return catalogue.describe(family, vendor=delivery.vendor, kind=CodeKind.RECEIPT, code=delivery.code or "")


def _contradicts(status: Status, explanation: Explanation) -> bool:
    """Whether a code that is listed means the opposite of the status beside it."""
    if explanation.confidence is Confidence.UNLISTED:
        return False
    if status is Status.DELIVERED:
        return explanation.means_failure
    return status is Status.FAILED and explanation.means_arrival
