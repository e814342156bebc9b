"""The verdict on several numbers or ids: each counts once, by its newest message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import Outcome
from bot.model.statistics import Affected
from bot.presentation.times import describe_window as window_reach
from bot.presentation.times import duration
from bot.presentation.verdict.causes import advice_on, causes_in_words, causes_of, reach_of, scope_of
from bot.presentation.verdict.missing_receipts import age_of, is_outage, missing_receipt_advice
from bot.presentation.verdict.model import Scope, Verdict
from bot.presentation.verdict.targets import none_of_targets, share_of_targets
from bot.presentation.wording import CODE, mid_sentence
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Language, Phrase
    from bot.model import Delivery, Report, Target
    from bot.presentation.verdict.causes import Cause
    from bot.presentation.verdict.gaps import Gaps

_MOST_CODES = 3


def several_targets_verdict(report: Report, language: Language, gaps: Gaps) -> Verdict:
    """The verdict on a report with deliveries of at least one of several targets."""
    worst = report.outcome
    by_outcome: dict[Outcome, list[Target]] = {outcome: [] for outcome in Outcome}
    for target in report.query.targets:
        by_outcome[report.outcome_of(target)].append(target)
    leading = [target for outcome in _alike(worst) for target in by_outcome[outcome]]
    rows = [found[0] for target in leading if (found := report.rows_of(target))]
    waiting = [report.rows_of(target)[0] for target in by_outcome[Outcome.PENDING]]
    causes = causes_of(rows) if worst.is_failure else ()
    asides = tuple(_others(by_outcome, leading, report, language))
    scope = scope_of(causes) if causes else Scope.NOBODY
    others = reach_of(causes, language) if causes else ""
    affected = causes[0].affected if causes else Affected.CUSTOMER
    if is_outage(waiting, report):  # it stands beside the failures, whosever they are
        scope, affected, others = Scope.UNCLEAR, Affected.UNCLEAR, language.say("Others may be affected too")
    return Verdict(
        worst,
        _lead(worst, leading, report, rows, language),
        aside=language.clauses(asides),
        asides=asides,
        detail=causes_in_words(causes, report, language) if causes else _why(worst, gaps, language),
        advice=_advice(causes, waiting, report, language),
        step=causes[0].step(language) if len(causes) == 1 else "",
        scope=scope,
        affected=affected,
        reach=others,
        language=language,
    )


def _alike(outcome: Outcome) -> tuple[Outcome, ...]:
    """The outcomes that are reported as one."""
    return (Outcome.FAILED, Outcome.REJECTED) if outcome is Outcome.FAILED else (outcome,)


def _why(worst: Outcome, gaps: Gaps, language: Language) -> str:
    return gaps.why(language) if worst is Outcome.UNANSWERED else ""


def _advice(causes: Sequence[Cause], waiting: Sequence[Delivery], report: Report, language: Language) -> str:
    """Advice about the failures, and about pending messages where there are no failures or it is an outage."""
    doubtful = not causes and not waiting and _contradicted(report)
    about_doubt = language.say("Ask those customers whether they got it") if doubtful else ""
    about_waiting = ""
    if waiting and (not causes or is_outage(waiting, report)):
        about_waiting = missing_receipt_advice(waiting, report, language)
    return language.sentences(
        map(language.with_full_stop, (advice_on(causes, language) if causes else about_doubt, about_waiting))
    )


def _lead(worst: Outcome, leading: Sequence[Target], report: Report, rows: Sequence[Delivery], language: Language) -> str:
    """`3 of 14 numbers failed`, `Both numbers failed`: the targets that decide."""
    part = share_of_targets(leading, report.query.targets, language)
    match worst:
        case Outcome.FAILED:
            return language.say("{part} failed", part=part)
        case Outcome.REJECTED:
            return language.say("{part} rejected, never sent", part=part)
        case Outcome.UNANSWERED:
            return language.say("Cannot tell for {part}", part=mid_sentence(part))
        case Outcome.PENDING:
            age = age_of(rows, report)
            lead = language.say("No receipt yet for {part}", part=none_of_targets(leading, report.query.targets, language))
            return language.say("{lead}, up to {age} after sending", lead=lead, age=duration(age, language)) if age else lead
        case Outcome.UNKNOWN:
            return language.say("Status unknown for {part}", part=mid_sentence(part))
        case Outcome.NO_RECORD:
            part = none_of_targets(leading, report.query.targets, language)
            return language.say("No record of {part} {reach}", part=part, reach=window_reach(report.query.window, language))
        case Outcome.DELIVERED:
            return language.say("{part} delivered", part=part)


_OTHERS: Mapping[Outcome, Phrase] = {
    Outcome.DELIVERED: phrase("{count} delivered"),
    Outcome.PENDING: phrase("{count} without a receipt"),
    Outcome.UNKNOWN: phrase("{count} with an unknown status"),
    Outcome.UNANSWERED: phrase("{count} not known"),
    Outcome.NO_RECORD: phrase("{count} without a record"),
}


def _others(
    by_outcome: Mapping[Outcome, Sequence[Target]], leading: Sequence[Target], report: Report, language: Language
) -> list[str]:
    """What became of the others, and how many were delivered only after a failure or against their code."""
    leads = frozenset(leading)
    parts = [
        words.filled(count=len(found)).said_in(language)
        for outcome, words in _OTHERS.items()
        if (found := [target for target in by_outcome[outcome] if target not in leads])
    ]
    settled = [report.rows_of(target) for target in (*by_outcome[Outcome.DELIVERED], *by_outcome[Outcome.PENDING])]
    if again := sum(1 for rows in settled if any(row.status.is_failure for row in rows)):
        parts.append(language.say("{count} after an earlier failure", count=again))
    if doubtful := _contradicted(report):
        codes = language.comma_list(dict.fromkeys(truncate(single_line(row.code or ""), CODE) for row in doubtful[:_MOST_CODES]))
        parts.append(language.say("{count} with a code that contradicts the status: {codes}", count=len(doubtful), codes=codes))
    return parts


def _contradicted(report: Report) -> list[Delivery]:
    """The newest messages whose status and code disagree."""
    return [row for row in report.newest_of_targets if row.is_contradicted]
