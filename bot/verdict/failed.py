"""The line when at least one message failed: how many are affected, why, whose it is, and who else may be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Confidence, Owner, Status
from bot.outside import clip, mask_known, tidy
from bot.verdict.line import Kind, Scope, Verdict
from bot.verdict.targets import named, rows_of
from bot.wording import CODE, TITLE, advice, known_numbers, mid_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.language import Language
    from bot.model import Delivery, Explanation, Report


def failed(report: Report, failing: Sequence[Delivery], language: Language, missing: str) -> Verdict:
    """The verdict on `failing`, which are the rows of `report` that did not arrive."""
    causes = Counter(_cause(row) for row in failing)
    cause, times = causes.most_common(1)[0]
    alike = [row for row in failing if _cause(row) == cause]
    words = _cause_words(alike[0], report, language)
    lead = _affected(report, failing, language)
    if 2 * times <= len(failing):  # no cause stands for the whole, so neither its owner nor its advice does
        scopes = {_scope(row.explanation) for row in failing}
        scope = scopes.pop() if len(scopes) == 1 else Scope.UNCLEAR
        lead = language.say("{lead}, for {count} reasons", lead=lead, count=len(causes))
        often = (
            language.say("most often ({times} of {total}) {cause}", times=times, total=len(failing), cause=words)
            if times > 1
            else language.say("among them {cause}", cause=words)
        )
        return Verdict(Kind.FAILED, scope, lead, often, missing=missing, language=language)
    if len(report.query.targets) > 1 or times < len(failing):
        lead = language.clauses([lead, _failures(times, len(failing), language)])
    culprits = len({row.number.e164 if row.number else row.message_id for row in alike})
    scope = _scope(alike[0].explanation)
    if scope is Scope.RECIPIENT and culprits >= _TOO_MANY_TO_BE_CHANCE:
        scope = Scope.UNCLEAR
    return Verdict(
        Kind.FAILED,
        scope,
        lead,
        words,
        advice=advice(alike[0].explanation, language) if alike[0].explanation else "",
        reach=_reach_words(scope, language, several=culprits > 1),
        missing=missing,
        language=language,
    )


def _affected(report: Report, failing: Sequence[Delivery], language: Language) -> str:
    """`1 of 3 failed` for one target, `5 of 12 numbers affected` for several."""
    targets = report.query.targets
    affected = sum(1 for target in targets if any(row.status.is_failure for row in rows_of(target, report)))
    if len(targets) > 1 and affected:
        return language.say("{count} of {targets} affected", count=affected, targets=named(targets, language))
    part, total = len(failing), len(report.deliveries)
    if all(row.status is Status.REJECTED for row in failing):
        if total == 1:
            return language.say("Rejected, never sent")
        if part == total:
            return language.say("All {total} rejected, never sent", total=total)
        return language.say("{part} of {total} rejected, never sent", part=part, total=total)
    if total == 1:
        return language.say("Failed")
    if part == total:
        return language.say("All {total} failed", total=total)
    return language.say("{part} of {total} failed", part=part, total=total)


def _failures(alike: int, total: int, language: Language) -> str:
    if total == 1:
        return language.say("1 failure")
    if alike == total:
        return language.say("all {total} failures alike", total=total)
    return language.say("{part} of {total} failures alike", part=alike, total=total)


def _cause(row: Delivery) -> str:
    """What makes two failures alike: the family of their explanations, or the bare code when it is not listed."""
    if row.explanation is None or row.explanation.confidence is Confidence.UNLISTED:
        return f"code {row.vendor} {row.code}"
    return row.explanation.family


def _cause_words(row: Delivery, report: Report, language: Language) -> str:
    explanation = row.explanation
    if explanation is None or explanation.confidence is Confidence.UNLISTED:
        if not row.code:
            return language.say("the provider gives no reason")
        code = clip(mask_known(tidy(row.code), known_numbers(report)), CODE)
        return language.say("code {code}, which is not in our table", code=code)
    title = clip(mid_sentence(tidy(explanation.words(language.code).title).rstrip(".。")), TITLE)
    match explanation.confidence:
        case Confidence.LIKELY:
            return language.say("{title} (likely)", title=title)
        case Confidence.UNSURE:
            return language.say("{title} (unsure)", title=title)
        case _:
            return title


# Several phones that are "switched off" at once are no chance: an unregistered signature or a carrier's filter can hide behind
# such a code (https://help.aliyun.com/document_detail/101347.html).
_TOO_MANY_TO_BE_CHANCE = 3
_OF_ONE_NUMBER = frozenset({"frequency", "bad_number"})  # ours to put right, and still about this one number
_OF_ONE_OR_ALL = frozenset({"limit_reached"})  # the code does not tell whose limit it is


def _scope(explanation: Explanation | None) -> Scope:
    if explanation is not None and explanation.family in _OF_ONE_NUMBER:
        return Scope.RECIPIENT
    if explanation is not None and explanation.family in _OF_ONE_OR_ALL:
        return Scope.UNCLEAR
    match explanation.owner if explanation else Owner.UNKNOWN:
        case Owner.RECIPIENT:
            return Scope.RECIPIENT
        case Owner.US | Owner.CONTENT | Owner.PROVIDER:
            return Scope.EVERYONE
        case _:
            return Scope.UNCLEAR


def _reach_words(scope: Scope, language: Language, *, several: bool) -> str:
    match scope:
        case Scope.RECIPIENT if several:
            return language.say("Probably only these customers")
        case Scope.RECIPIENT:
            return language.say("Probably only this customer")
        case Scope.EVERYONE:
            return language.say("Probably everyone sent this way")
        case _ if several:
            return language.say("Several numbers alike: others may be affected too")
        case _:
            return language.say("Unclear whether others are affected")
