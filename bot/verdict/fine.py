"""The line when no message failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Status
from bot.moments import duration
from bot.verdict.line import Kind
from bot.verdict.targets import named, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.language import Language
    from bot.model import Delivery, Report


def for_one(report: Report, language: Language) -> tuple[Kind, str, str]:
    """Kind, lead and detail for one target."""
    counts, total = report.counts, len(report.deliveries)
    if counts[Status.DELIVERED] == total:
        return Kind.DELIVERED, *_delivered(report.deliveries, language)
    if counts[Status.PENDING]:
        return Kind.PENDING, *_pending(report, language)
    unknown = counts[Status.UNKNOWN]
    if total == 1:
        return Kind.UNKNOWN, language.say("Status unknown"), language.say("the provider does not say whether it arrived")
    lead = (
        language.say("Status unknown for all {total}", total=total)
        if unknown == total
        else language.say("Status unknown for {part} of {total}", part=unknown, total=total)
    )
    return Kind.UNKNOWN, lead, _rest(counts[Status.DELIVERED], 0, language)


def _delivered(rows: Sequence[Delivery], language: Language) -> tuple[str, str]:
    """Lead and detail when all messages arrived. The newest comes first."""
    newest = rows[0]
    took = ""
    if newest.sent_at and newest.received_at and newest.received_at >= newest.sent_at:
        took = duration(newest.received_at - newest.sent_at, language)
    if len(rows) > 1:
        detail = language.say("the newest {time} after sending", time=took) if took else ""
        return language.say("All {total} delivered", total=len(rows)), detail
    return language.say("Delivered {time} after sending", time=took) if took else language.say("Delivered"), ""


def _pending(report: Report, language: Language) -> tuple[str, str]:
    """Lead and detail when none failed and at least one has no receipt yet."""
    rows, counts, total = report.deliveries, report.counts, len(report.deliveries)
    pending = counts[Status.PENDING]
    oldest = min((row.sent_at for row in rows if row.status is Status.PENDING and row.sent_at), default=None)
    age = duration(report.as_of - oldest, language) if oldest else ""
    if total == 1:
        return language.say("No receipt yet, {age}", age=age) if age else language.say("No receipt yet"), ""
    lead = (
        language.say("No receipt yet for all {total}", total=total)
        if pending == total
        else language.say("No receipt yet for {part} of {total}", part=pending, total=total)
    )
    waiting = language.say("waiting for {age}", age=age) if age else ""
    return lead, language.clauses([_rest(counts[Status.DELIVERED], counts[Status.UNKNOWN], language), waiting])


def _rest(delivered: int, unknown: int, language: Language) -> str:
    parts = (
        language.say("{count} delivered", count=delivered) if delivered else "",
        language.say("{count} unknown", count=unknown) if unknown else "",
    )
    return language.clauses(parts)


def for_several(report: Report, language: Language) -> tuple[Kind, str, str]:
    """Kind, lead and detail for several targets."""
    targets = report.query.targets
    waiting = sum(1 for target in targets if any(row.status is Status.PENDING for row in rows_of(target, report)))
    unknown = sum(1 for target in targets if any(row.status is Status.UNKNOWN for row in rows_of(target, report)))
    quiet = len(report.silent)
    parts = (
        language.say("{count} without a receipt yet", count=waiting) if waiting else "",
        language.say("{count} with an unknown status", count=unknown) if unknown else "",
        language.say("{count} without a record", count=quiet) if quiet else "",
    )
    kind = Kind.PENDING if waiting else Kind.UNKNOWN if unknown else Kind.DELIVERED
    asked = named(targets, language)
    if kind is Kind.DELIVERED and not quiet:
        messages = language.plural(len(report.deliveries), "{count} message", "{count} messages")
        return kind, language.say("All {messages} to {targets} delivered", messages=messages, targets=asked), ""
    return kind, language.say("No failure among {targets}", targets=asked), language.clauses(parts)
