"""Report -> Verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Outcome
from bot.presentation.verdict import no_record, one_target, several_targets
from bot.presentation.verdict.gaps import gaps
from bot.presentation.verdict.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.model import Report


def verdict(report: Report, language: Language, *, titles: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on `report`. `titles` maps a provider's name to what people call it; without, its name is used."""
    names = titles or {}
    if not report.coverage:
        return Verdict(Outcome.UNANSWERED, language.say("No provider could be asked"), whole=False, language=language)
    missing = gaps(report, names)
    if not report.deliveries:
        said = no_record.verdict_on(report, names, language, missing)
    elif len(report.query.targets) > 1:
        said = several_targets.verdict_on(report, language, missing)
    else:
        said = one_target.verdict_on(report, names, language, whole=not missing.any)
    told = said.outcome is Outcome.UNANSWERED  # then what is missing is the answer itself
    return replace(said, missing="" if told else missing.missing(language), whole=not (missing.any or told))
