"""What a report amounts to, and whose part of it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.moments import reach
from bot.outside import clip, tidy
from bot.verdict.failed import failed
from bot.verdict.fine import for_one, for_several
from bot.verdict.line import Kind, Scope, Verdict
from bot.verdict.targets import named
from bot.wording import PLACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.language import Language
    from bot.model import Report

_MAX_NAMED = 4


def verdict(report: Report, language: Language, *, titles: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on `report`. `titles` maps a provider's name to what people call it; without, its name is used."""
    missing = _missing(report, titles or {}, language)
    if not report.coverage:
        return Verdict(Kind.NOT_ASKED, Scope.NOBODY, language.say("No provider could be asked"), language=language)
    if not report.deliveries:
        return _empty(report, missing, language)
    failing = [row for row in report.deliveries if row.status.is_failure]
    if failing:
        return failed(report, failing, language, missing)
    kind, lead, detail = for_several(report, language) if len(report.query.targets) > 1 else for_one(report, language)
    return Verdict(kind, Scope.NOBODY, lead, detail, missing=missing, language=language)


def _empty(report: Report, missing: str, language: Language) -> Verdict:
    if all(part.error is not None and not part.partly for part in report.coverage):
        lead = language.say("No answer, so nothing is known yet")
        return Verdict(Kind.UNANSWERED, Scope.NOBODY, lead, missing, language=language)
    targets = report.query.targets
    over = reach(report.query.window, language)
    if len(targets) > 1:
        lead = language.say("No record of any of the {targets} {reach}", targets=named(targets, language), reach=over)
    elif targets[0].number is None:
        lead = language.say("No record of this message id {reach}", reach=over)
    else:
        lead = language.say("No record of this number {reach}", reach=over)
    return Verdict(Kind.NO_RECORD, Scope.NOBODY, lead, missing=missing, language=language)


def _missing(report: Report, titles: Mapping[str, str], language: Language) -> str:
    """`Tencent did not answer`, `Alibaba answered only in part`: why the answer is not whole."""
    gone: list[str] = []
    partly: list[str] = []
    short: list[str] = []
    for part in report.coverage:
        title = clip(tidy(titles.get(part.provider, part.provider)), PLACE)
        if part.error is not None:
            (partly if part.partly else gone).append(title)
        elif not part.complete:
            short.append(title)
    sentences = (
        language.say("{names} did not answer", names=_few(gone, language)) if gone else "",
        language.say("{names} answered only in part", names=_few(partly, language)) if partly else "",
        language.say("{names} could not show all of it", names=_few(short, language)) if short else "",
    )
    return language.loosely(sentences)


def _few(names: Sequence[str], language: Language) -> str:
    """`Tencent and Alibaba`, each once, the first three of many."""
    unique = list(dict.fromkeys(names))
    if len(unique) > _MAX_NAMED:
        rest = language.say("{count} others", count=len(unique) - _MAX_NAMED + 1)
        unique = [*unique[: _MAX_NAMED - 1], rest]
    return language.listed(unique)
