"""Report -> Verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Outcome
from bot.verdict import empty, one_target, several
from bot.verdict.gaps import gaps
from bot.verdict.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.language import Language
    from bot.model import Report


def verdict(report: Report, language: Language, *, titles: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on `report`. `titles` maps a provider's name to what people call it; without, its name is used."""
    names = titles or {}
    if not report.coverage:
        return Verdict(Outcome.UNANSWERED, language.say("No provider could be asked"), whole=False, language=language)
    missing = gaps(report, names)
    if not report.deliveries:
        said = empty.verdict_on(report, names, language, missing)
    elif len(report.query.targets) > 1:
        said = several.verdict_on(report, language, missing)
    else:
        said = one_target.verdict_on(report, names, language, whole=not missing.any)
    told = said.outcome is Outcome.UNANSWERED  # then what is missing is the answer itself
    return replace(said, missing="" if told else missing.missing(language), whole=not (missing.any or told))
