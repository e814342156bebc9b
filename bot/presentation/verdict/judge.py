"""Report -> Verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Outcome
from bot.presentation.verdict.gaps import gaps
from bot.presentation.verdict.model import Verdict
from bot.presentation.verdict.no_record import no_record_verdict
from bot.presentation.verdict.one_target import one_target_verdict
from bot.presentation.verdict.several_targets import several_targets_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.model import Report


def verdict(report: Report, language: Language, *, titles: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on `report`. `titles` maps a provider's name to its display name, by default the name itself."""
    names = titles or {}
    if not report.coverage:
        return Verdict(Outcome.UNANSWERED, language.say("No provider could be asked"), whole=False, language=language)
    missing = gaps(report, names)
    if not report.deliveries:
        result = no_record_verdict(report, names, language, missing)
    elif len(report.query.targets) > 1:
        result = several_targets_verdict(report, language, missing)
    else:
        result = one_target_verdict(report, names, language, whole=not missing.any)
    unanswered = result.outcome is Outcome.UNANSWERED  # then what is missing is the answer itself
    return replace(result, missing="" if unanswered else missing.missing(language), whole=not (missing.any or unanswered))
