"""Partial answers -> Report: one coverage for each account, deliveries unique, explained and newest first. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.codes.receipt_age import NOT_SENT, waiting_family
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
from bot.model.one_message import merge_rows
from bot.model.personal_numbers import mask_request_id
from bot.sanitize import mask_code, mask_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.codes import Catalogue
    from bot.model import Delivery, Explanation, ProviderFault, Query, SkippedAccount, Window


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """One account's answer about one target: rows, and whether that is all of it."""

    provider: str
    account: str
    window: Window  # as queried: cut to the provider's retention
    as_of: datetime
    deliveries: tuple[Delivery, ...] = ()
    notes: tuple[Note, ...] = ()
    requests: int = 0
    cached: bool = False
    error: ProviderFault | None = None


def merge(
    query: Query, answers: Sequence[PartialAnswer], not_asked: Sequence[SkippedAccount], catalogue: Catalogue, now: datetime
) -> Report:
    """The report of all partial answers. Its `as_of` is that of the oldest."""
    coverage = tuple(
        _coverage([answer for answer in answers if (answer.provider, answer.account) == account], catalogue)
        for account in dict.fromkeys((answer.provider, answer.account) for answer in answers)
    )
    as_of = min((part.as_of for part in coverage), default=now)
    return Report(
        query=query,
        as_of=as_of,
        deliveries=_sorted(
            merge_duplicates(_unique(delivery for answer in answers for delivery in answer.deliveries)), catalogue, as_of
        ),
        coverage=coverage,
        not_asked=tuple(not_asked),
    )


def _coverage(answers: Sequence[PartialAnswer], catalogue: Catalogue) -> Coverage:
    first = answers[0]
    errors = [answer.error for answer in answers if answer.error is not None]
    notes = _combined(note for answer in answers for note in answer.notes)
    if errors and len(answers) > 1:
        notes += (PartMissing(missing=len(errors), parts=len(answers)),)
    if not all(is_empty_note(answer.notes) for answer in answers):
        # That one of several numbers has no record is said beside that number, not of the account.
        notes = tuple(note for note in notes if note.kind not in NOTHING_FOUND)
    return Coverage(
        provider=first.provider,
        account=first.account,
        window=first.window,
        as_of=min(answer.as_of for answer in answers),
        complete=not errors and not any(note.kind in LEAVES_GAPS for note in notes),
        requests=sum(answer.requests for answer in answers),
        cached=any(answer.cached for answer in answers),
        notes=notes,
        error=explained(errors[0], first.provider, catalogue) if errors else None,
        is_partial=bool(errors) and any(answer.error is None or answer.deliveries or _has_parts(answer) for answer in answers),
    )


_COUNTED = (RowsUnreadable, OtherNumbers)


def _combined(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Each note once; notes with a count are added up over the targets."""
    several = list(notes)
    totals: Counter[NoteKind] = Counter()
    for note in several:
        if isinstance(note, _COUNTED):
            totals[note.kind] += note.count
    if totals:
        several = [replace(note, count=totals[note.kind]) if isinstance(note, _COUNTED) else note for note in several]
    return tuple(dict.fromkeys(several))


def _has_parts(answer: PartialAnswer) -> bool:
    return any(note.kind is NoteKind.PART_MISSING for note in answer.notes)


def explained(fault: ProviderFault, provider: str, catalogue: Catalogue) -> ProviderFault:
    """The fault with its explanation as a query code: vendors reject a lookup with the codes of sending, too."""
    request_id = mask_request_id(fault.request_id) if fault.request_id else None
    explanation = catalogue.explain(provider, CodeKind.QUERY, fault.code)
    return replace(fault, code=mask_code(fault.code), request_id=request_id, explanation=explanation)


def _unique(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """One delivery for each key: two rows of one message are one, see `merge_rows`.

    Rows without a message id count as one message only if they are equal in everything.
    """
    best: dict[object, Delivery] = {}
    for delivery in deliveries:
        key = delivery.key if delivery.message_id else delivery
        known = best.get(key)
        best[key] = delivery if known is None or known == delivery else merge_rows(known, delivery)
    return list(best.values())


def _sorted(deliveries: Iterable[Delivery], catalogue: Catalogue, now: datetime) -> tuple[Delivery, ...]:
    """Newest first; those without a time come last. Ties keep one order, so that pages do not shuffle."""
    ordered = sorted(deliveries, key=lambda d: (d.at or _NEVER, d.key), reverse=True)
    return tuple(_with_explanation(delivery, catalogue, now) for delivery in ordered)


def _with_explanation(delivery: Delivery, catalogue: Catalogue, now: datetime) -> Delivery:
    delivery = _masked(delivery)
    explanation = catalogue.explain(delivery.vendor, delivery.code_kind, delivery.code) if delivery.code else None
    if delivery.status is Status.PENDING and (explanation is None or not explanation.means_failure):
        return replace(delivery, explanation=_waiting_explanation(delivery, catalogue, now))
    return replace(delivery, explanation=explanation, notes=_notes(delivery, explanation))


def _masked(delivery: Delivery) -> Delivery:
    """The row without what may be somebody's number in the fields that are shown as the vendor writes them."""
    return replace(
        delivery,
        code=delivery.code and mask_code(delivery.code),
        carrier=delivery.carrier and mask_digits(delivery.carrier),
        country=delivery.country and mask_digits(delivery.country),
        region=delivery.region and mask_digits(delivery.region),
    )


def _notes(delivery: Delivery, explanation: Explanation | None) -> tuple[Note, ...]:
    """The row's notes, with a contradiction added; without the vendor's words, often in another language, if delivered."""
    is_contradicted = delivery.is_contradicted
    if not is_contradicted and explanation is not None and _contradicts(delivery.status, explanation):
        return (*delivery.notes, Contradiction(code=explanation.code))
    if not is_contradicted and delivery.status is Status.DELIVERED:
        return tuple(note for note in delivery.notes if note.kind is not NoteKind.PROVIDER_WORDS)
    return delivery.notes


def _waiting_explanation(delivery: Delivery, catalogue: Catalogue, now: datetime) -> Explanation:
    """The explanation of a message without a receipt, by its age, where no code says more."""
    family = NOT_SENT if delivery.is_unsent else waiting_family(now - delivery.sent_at if delivery.sent_at else None)
    return catalogue.describe(family, vendor=delivery.vendor, kind=CodeKind.RECEIPT, code=delivery.code or "")


def _contradicts(status: Status, explanation: Explanation) -> bool:
    """True if a listed code means the opposite of the status beside it."""
    if explanation.confidence is Confidence.UNLISTED:
        return False
    if status is Status.DELIVERED:
        return explanation.means_failure
    return status is Status.FAILED and explanation.means_arrival
