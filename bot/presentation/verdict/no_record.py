"""The verdict when nothing was found. What could not be asked, or was not answered in full, is never called "no record"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Outcome
from bot.presentation.times import describe_window
from bot.presentation.verdict.model import Verdict
from bot.presentation.verdict.targets import count_targets
from bot.presentation.wording import PLACE
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.model import Report
    from bot.presentation.verdict.gaps import Gaps


def no_record_verdict(report: Report, titles: Mapping[str, str], language: Language, gaps: Gaps) -> Verdict:
    """The verdict on a report without deliveries."""
    if report.outcome is Outcome.NO_RECORD:
        return Verdict(Outcome.NO_RECORD, _no_record(report, titles, language), language=language)
    return Verdict(
        Outcome.UNANSWERED,
        language.say("Cannot tell"),
        detail=gaps.why(language),
        advice=language.sentences(map(language.with_full_stop, (gaps.nothing_found(language), _next(gaps, language)))),
        language=language,
    )


def _next(gaps: Gaps, language: Language) -> str:
    """What to try next: asking by number or by id, or again later."""
    if gaps.by_number:
        return language.say("Ask again with the number before the id")
    if gaps.by_id:
        return language.say("Ask again with the message id that the send call returned")
    if gaps.complete or gaps.store_complete:
        return ""
    return language.say("Nothing is known yet: ask again in a minute")


def _no_record(report: Report, titles: Mapping[str, str], language: Language) -> str:
    """`No record of this number in the last 2 h`; with `via`, at which providers."""
    targets, over = report.query.targets, describe_window(report.query.window, language)
    if report.query.providers:
        names = language.listed([truncate(single_line(titles.get(name, name)), PLACE) for name in report.query.providers])
        over = language.say("at {names} {reach}", names=names, reach=over)
    if len(targets) > 1:
        return language.say("No record of any of the {targets} {reach}", targets=count_targets(targets, language), reach=over)
    if targets[0].message_id is not None:
        return language.say("No record of this message id {reach}", reach=over)
    return language.say("No record of this number {reach}", reach=over)
