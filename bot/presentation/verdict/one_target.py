"""The verdict on one number or message id. Its newest message decides; earlier ones are mentioned after it."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.codes.receipt_age import NORMAL
from bot.model import Outcome, Status
from bot.model.statistics import Affected
from bot.presentation.times import duration
from bot.presentation.verdict.attempts import attempts
from bot.presentation.verdict.causes import advice_on, causes_in_words, causes_of, reach_of, scope_of
from bot.presentation.verdict.missing_receipts import missing_receipt_advice, missing_receipt_line
from bot.presentation.verdict.model import Scope, Verdict
from bot.presentation.wording import CODE, PLACE, known_numbers
from bot.sanitize import mask_known, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.i18n import Language
    from bot.model import Delivery, Report
_TWO = 2


def one_target_verdict(report: Report, titles: Mapping[str, str], language: Language, *, whole: bool) -> Verdict:
    """The verdict on a report with deliveries of one target. `whole`: every account answered in full, so "all" is true."""
    rows = report.rows_of(report.query.targets[0]) or report.deliveries
    newest = rows[0]
    like = tuple(takewhile(lambda row: _kind(row) == _kind(newest), rows))  # the newest and what ended like it just before
    if newest.status is Status.DELIVERED and len(like) < len(rows):
        like = rows[:1]
    earlier = _earlier(rows, like, report, language)
    counted = _failed_before(rows, language)
    if contradiction := _contradiction(newest, report, titles, language):
        doubt = language.say("Ask the customer whether it arrived")
        scope = Scope.UNCLEAR if newest.status.is_failure else Scope.NOBODY
        return Verdict(
            _outcome(newest),
            contradiction,
            aside=counted,
            earlier=earlier,
            advice=doubt,
            scope=scope,
            affected=Affected.UNCLEAR,
            doubtful=True,
            language=language,
        )
    aside = language.clauses((_try_words(rows, titles, language), counted))
    match newest.status:
        case Status.PENDING:
            return Verdict(
                Outcome.PENDING,
                missing_receipt_line(newest, report, language),
                aside=aside,
                earlier=earlier,
                advice=missing_receipt_advice([newest], report, language),
                language=language,
            )
        case Status.UNKNOWN:
            return replace(_unknown(newest, earlier, report, language), aside=counted)
        case Status.DELIVERED:
            return Verdict(
                Outcome.DELIVERED,
                _delivered_lead(like, language, whole=whole),
                when=(newest.received_at or newest.sent_at) if len(like) == 1 else None,
                aside=aside or (_took(newest, language) if len(like) == 1 else ""),
                earlier=earlier,
                advice=_after_delivery(newest, rows, language),
                language=language,
            )
        case _:
            return _failed(rows, like, report, language, whole=whole, aside=aside)


def _failed(
    rows: Sequence[Delivery], like: Sequence[Delivery], report: Report, language: Language, *, whole: bool, aside: str
) -> Verdict:
    """The verdict where the newest message failed: all failures are counted, the advice is about those since one arrived."""
    newest, failed = rows[0], _failures(rows)
    causes, standing = causes_of(failed), causes_of(like)
    return Verdict(
        _outcome(newest),
        _failed_lead(rows, failed, language, whole=whole),
        when=newest.received_at or newest.sent_at,
        several=len(failed) > 1,
        aside=aside,
        detail=causes_in_words(causes, report, language, advised=standing[0]),
        earlier=_earlier(rows, failed, report, language),
        advice=advice_on(standing, language),
        step=causes[0].step(language) if len(causes) == 1 else "",
        scope=scope_of(standing),
        affected=standing[0].affected,
        reach=reach_of(standing, language),
        language=language,
    )


def _failures(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    return tuple(row for row in rows if row.status.is_failure)


def _failed_before(rows: Sequence[Delivery], language: Language) -> str:
    """`25 of 250 failed`, where the newest did not and several did; tries of one message say so already."""
    failed = _failures(rows)
    if rows[0].status.is_failure or len(failed) == 1 or all(row in rows[: attempts(rows)] for row in failed):
        return ""
    return language.say("{count} of {total} failed", count=len(failed), total=len(rows))


def _unknown(row: Delivery, earlier: str, report: Report, language: Language) -> Verdict:
    """A message with an unreadable status; its code may be explained all the same."""
    detail = language.say("the provider does not say whether it arrived")
    if row.explanation is not None and row.explanation.means_failure:
        detail = language.say("its code says: {cause}", cause=causes_in_words(causes_of([row]), report, language))
    return Verdict(
        Outcome.UNKNOWN,
        language.say("Status unknown"),
        detail=detail,
        earlier=earlier,
        advice=language.say("Ask the customer whether it arrived"),
        language=language,
    )


def _outcome(row: Delivery) -> Outcome:
    return Outcome(row.status.value)


def _kind(row: Delivery) -> Status:
    """The status, with failed and rejected as one."""
    return Status.FAILED if row.status.is_failure else row.status


def _failed_lead(rows: Sequence[Delivery], failed: Sequence[Delivery], language: Language, *, whole: bool) -> str:
    rejected = all(row.status is Status.REJECTED for row in failed)
    count = len(failed)
    if count == 1:
        return language.say("Rejected, never sent") if rejected else language.say("Failed")
    if count < len(rows):
        if rejected:
            return language.say("{count} of {total} rejected, never sent", count=count, total=len(rows))
        return language.say("{count} of {total} failed", count=count, total=len(rows))
    if not whole:
        if rejected:
            return language.say("The last {count} rejected, never sent", count=count)
        return language.say("The last {count} failed", count=count)
    if rejected:
        both = language.say("Both rejected, never sent")
        return both if count == _TWO else language.say("All {total} rejected, never sent", total=count)
    return language.say("Both failed") if count == _TWO else language.say("All {total} failed", total=count)


def _delivered_lead(like: Sequence[Delivery], language: Language, *, whole: bool) -> str:
    count = len(like)
    if count == 1:
        return language.say("Delivered")
    if not whole:
        return language.say("{count} delivered", count=count)
    return language.say("Both delivered") if count == _TWO else language.say("All {total} delivered", total=count)


def _took(row: Delivery, language: Language) -> str:
    if row.sent_at is None or row.received_at is None or row.received_at < row.sent_at:
        return ""
    return language.say("{time} after sending", time=duration(row.received_at - row.sent_at, language))


def _try_words(rows: Sequence[Delivery], titles: Mapping[str, str], language: Language) -> str:
    """`second try, via Alibaba` when the newest message is a retry; the provider only where the attempts differ in it."""
    count = attempts(rows)
    if count == 1:
        return ""
    number = language.say("second try") if count == _TWO else language.say("try {count}", count=count)
    if len({row.provider for row in rows[:count]}) == 1:
        return number
    title = truncate(single_line(titles.get(rows[0].vendor, rows[0].vendor)), PLACE)
    return language.clauses((number, language.say("via {provider}", provider=title)))


def _earlier(rows: Sequence[Delivery], told: Sequence[Delivery], report: Report, language: Language) -> str:
    """What became of the messages before the deciding ones: `an earlier try failed: the phone was switched off (likely)`."""
    of_lead = set(map(id, told))
    others = [row for row in rows if id(row) not in of_lead]
    rest = [row for row in others if row.at is not None]
    failing = [row for row in rest if row.status.is_failure]
    parts = []
    if failing:
        why = causes_in_words(causes_of(failing), report, language)
        tried = attempts(rows) > len(told) and len(failing) == 1
        lead = (
            language.say("an earlier try failed")
            if tried
            else language.plural(len(failing), "an earlier one failed", "{count} earlier ones failed")
        )
        parts.append(language.say("{lead}: {detail}", lead=lead, detail=why))
    counts = {status: sum(1 for row in rest if row.status is status) for status in Status}
    if counts[Status.DELIVERED] == len(others) > 1 and len(told) > 1:
        parts.append(language.say("the others were delivered"))
    elif count := counts[Status.DELIVERED]:
        parts.append(language.plural(count, "an earlier one was delivered", "{count} earlier ones were delivered"))
    if count := counts[Status.PENDING]:
        parts.append(language.plural(count, "an earlier one has no receipt", "{count} earlier ones have no receipt"))
    if count := counts[Status.UNKNOWN]:
        parts.append(language.plural(count, "the status of an earlier one is unknown", "of {count} earlier ones it is unknown"))
    return language.semicolon_list([*parts, *_undated(others, report, language)])


def _undated(rest: Sequence[Delivery], report: Report, language: Language) -> Iterator[str]:
    """What became of further messages without any time, which nobody can call earlier."""
    undated = [row for row in rest if row.at is None]
    if failing := [row for row in undated if row.status.is_failure]:
        lead = language.plural(len(failing), "another one failed at an unknown time", "{count} others failed at unknown times")
        yield language.say("{lead}: {detail}", lead=lead, detail=causes_in_words(causes_of(failing), report, language))
    if count := sum(1 for row in undated if row.status is Status.DELIVERED):
        yield language.plural(
            count, "another one was delivered at an unknown time", "{count} others were delivered at unknown times"
        )
    if count := sum(1 for row in undated if not row.status.is_final):
        yield language.plural(
            count,
            "another one, of an unknown time, has no final status",
            "{count} others, of unknown times, have no final status",
        )


def _after_delivery(newest: Delivery, rows: Sequence[Delivery], language: Language) -> str:
    """What is left to do about a delivered message."""
    late = newest.sent_at and newest.received_at and newest.received_at - newest.sent_at > NORMAL
    if late:
        return language.say("A code in it had expired by then: send a new one")
    failed = [row for row in rows if row.status.is_failure]
    if not failed:
        return ""
    if all(row in rows[: attempts(rows)] for row in failed):
        return language.say("Nothing to resend")
    return language.plural(
        len(failed),
        "Resend the failed one only if it was a different message",
        "Resend the failed ones only if they were different messages",
    )


def _contradiction(row: Delivery, report: Report, titles: Mapping[str, str], language: Language) -> str | None:
    """`Delivered, says Tencent, but with the failure code MK:0001`; None unless status and code disagree.

    Some providers' status is derived from the code, so the code decides which of the two says "delivered".
    """
    if not row.is_contradicted or not row.code:
        return None
    title = truncate(single_line(titles.get(row.vendor, row.vendor)), PLACE)
    code = truncate(mask_known(single_line(row.code), known_numbers(report)), CODE)
    if row.explanation is not None and row.explanation.means_arrival and row.status is not Status.PENDING:
        return language.say("Failed, says {provider}, but with the success code {code}", provider=title, code=code)
    if row.status in {Status.DELIVERED, Status.UNKNOWN}:
        return language.say("Delivered, says {provider}, but with the failure code {code}", provider=title, code=code)
    return None
