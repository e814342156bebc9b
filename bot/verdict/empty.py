"""The line when nothing was found. What could not be asked, or was not answered in full, is never called "no record"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import NoteKind, Outcome
from bot.moments import reach
from bot.verdict.model import Verdict
from bot.verdict.targets import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.language import Language
    from bot.model import Report
    from bot.verdict.gaps import Gaps


def verdict_on(report: Report, titles: Mapping[str, str], language: Language, gaps: Gaps) -> Verdict:
    """The verdict on a report without deliveries."""
    if report.outcome is Outcome.NO_RECORD:
        return Verdict(Outcome.NO_RECORD, _no_record(report, language), language=language)
    skipped = sorted({titles.get(one.provider, one.provider) for one in report.not_asked if _needs_id(one.reason.kind)})
    why = gaps.why(language) or language.say("{names} can be asked by message id only", names=language.listed(skipped))
    return Verdict(
        Outcome.UNANSWERED,
        language.say("Cannot tell"),
        detail=why,
        advice=gaps.nothing_found(language) or language.say("Nothing is known yet: ask again in a minute"),
        language=language,
    )


def _needs_id(kind: NoteKind) -> bool:
    return kind is NoteKind.NEEDS_MESSAGE_ID


def _no_record(report: Report, language: Language) -> str:
    targets, over = report.query.targets, reach(report.query.window, language)
    if len(targets) > 1:
        return language.say("No record of any of the {targets} {reach}", targets=named(targets, language), reach=over)
    if targets[0].number is None:
        return language.say("No record of this message id {reach}", reach=over)
    return language.say("No record of this number {reach}", reach=over)
