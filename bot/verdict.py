"""The verdict: a report in one line. What happened, whose it is, what to do, and whether it is one customer or everyone.

Pure. An empty answer is never called a failure, and an answer that is not whole says whose part is missing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model import Confidence, Owner, Status
from bot.moments import duration, listed, plural, reach
from bot.outside import clip, mask_known, tidy
from bot.wording import CODE, PLACE, TITLE, advice, known_numbers, mid_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Delivery, Explanation, Report, Target

_FAILING = frozenset({Status.FAILED, Status.REJECTED})


class Kind(StrEnum):
    """What the report amounts to."""

    DELIVERED = "delivered"
    FAILED = "failed"  # at least one message did not arrive
    PENDING = "pending"  # none failed, at least one has no receipt yet
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"
    UNANSWERED = "unanswered"  # no provider answered: nothing is known
    NOT_ASKED = "not_asked"  # no provider could be asked


class Scope(StrEnum):
    """Who else meets the same failure."""

    RECIPIENT = "recipient"
    EVERYONE = "everyone"
    UNCLEAR = "unclear"
    NOBODY = "nobody"  # nothing failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The line in its parts, all plain words without markup.

    `lead` is what is said first and loudest ("1 of 3 failed"), `detail` why ("the handset could not be reached"), `advice` whose
    it is and whether to resend, `reach` one customer or everyone, `missing` what keeps the answer from being whole.
    """

    kind: Kind
    scope: Scope
    lead: str
    detail: str = ""
    advice: str = ""
    reach: str = ""
    missing: str = ""

    @property
    def whole(self) -> bool:
        """Whether everyone who was asked answered in full."""
        return not self.missing and self.kind not in {Kind.UNANSWERED, Kind.NOT_ASKED}

    @property
    def headline(self) -> str:
        """What happened, such as `1 of 3 failed: the phone was switched off. Tencent did not answer`."""
        line = f"{self.lead}: {self.detail}" if self.detail else self.lead
        return f"{line}. {self.missing}" if self.missing else line

    @property
    def sentence(self) -> str:
        """All of it, for those who read nothing else."""
        line = f"{self.lead}: {self.detail}" if self.detail else self.lead
        return " ".join(f"{part.rstrip('.')}." for part in (line, self.advice, self.reach, self.missing) if part)


def verdict(report: Report, language: str = "en", *, titles: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on `report`. `titles` maps a provider's name to what people call it; without, its name is used."""
    missing = _missing(report, titles or {})
    if not report.coverage:
        return Verdict(Kind.NOT_ASKED, Scope.NOBODY, "No provider could be asked")
    if not report.deliveries:
        return _empty(report, missing)
    failing = [row for row in report.deliveries if row.status in _FAILING]
    if failing:
        return _failed(report, failing, language, missing)
    kind, lead, detail = _several(report) if len(report.query.targets) > 1 else _one(report)
    return Verdict(kind, Scope.NOBODY, lead, detail, missing=missing)


# --- nothing found --------------------------------------------------------------------------------------------------------


def _empty(report: Report, missing: str) -> Verdict:
    if all(part.error is not None and not part.partly for part in report.coverage):
        return Verdict(Kind.UNANSWERED, Scope.NOBODY, "No answer, so nothing is known yet", missing)
    targets = report.query.targets
    over = reach(report.query.window)
    one = "message id" if targets[0].number is None else "number"
    whom = f"this {one}" if len(targets) == 1 else f"any of the {_named(targets, len(targets))}"
    return Verdict(Kind.NO_RECORD, Scope.NOBODY, f"No record of {whom} {over}", missing=missing)


def _named(targets: Sequence[Target], count: int) -> str:
    """`12 numbers`, `2 message ids`, or `5 targets` when they are mixed."""
    if all(target.number for target in targets):
        return plural(count, "number")
    return plural(count, "target" if any(target.number for target in targets) else "message id")


# --- nothing failed -------------------------------------------------------------------------------------------------------


def _one(report: Report) -> tuple[Kind, str, str]:
    rows, total = report.deliveries, len(report.deliveries)
    counts = report.counts
    delivered, pending, unknown = counts[Status.DELIVERED], counts[Status.PENDING], counts[Status.UNKNOWN]
    if delivered == total:
        newest = rows[0]
        took = (
            duration(newest.received_at - newest.sent_at)
            if newest.sent_at and newest.received_at and newest.received_at >= newest.sent_at
            else ""
        )
        if total == 1:
            return Kind.DELIVERED, f"Delivered {took} after sending" if took else "Delivered", ""
        return Kind.DELIVERED, f"All {total} delivered", f"the newest {took} after sending" if took else ""
    if pending:
        oldest = min((row.sent_at for row in rows if row.status is Status.PENDING and row.sent_at), default=None)
        age = duration(report.as_of - oldest) if oldest else ""
        if total == 1:
            return Kind.PENDING, f"No receipt yet, {age}" if age else "No receipt yet", ""
        rest = _rest(delivered, unknown)
        detail = ", ".join(part for part in (rest, f"waiting for {age}" if age else "") if part)
        return Kind.PENDING, f"No receipt yet for {_share(pending, total)}", detail
    if total == 1:
        return Kind.UNKNOWN, "Status unknown", "the provider does not say whether it arrived"
    return Kind.UNKNOWN, f"Status unknown for {_share(unknown, total)}", _rest(delivered, 0)


def _share(part: int, total: int) -> str:
    return f"all {total}" if part == total else f"{part} of {total}"


def _rest(delivered: int, unknown: int) -> str:
    parts = (f"{delivered} delivered" if delivered else "", f"{unknown} unknown" if unknown else "")
    return ", ".join(part for part in parts if part)


def _several(report: Report) -> tuple[Kind, str, str]:
    targets = report.query.targets
    waiting = sum(1 for target in targets if any(row.status is Status.PENDING for row in _rows_of(target, report)))
    unknown = sum(1 for target in targets if any(row.status is Status.UNKNOWN for row in _rows_of(target, report)))
    quiet = len(report.silent)
    parts = (
        f"{waiting} without a receipt yet" if waiting else "",
        f"{unknown} with an unknown status" if unknown else "",
        f"{quiet} without a record" if quiet else "",
    )
    detail = ", ".join(part for part in parts if part)
    kind = Kind.PENDING if waiting else Kind.UNKNOWN if unknown else Kind.DELIVERED
    if kind is Kind.DELIVERED and not quiet:
        return kind, f"All {plural(len(report.deliveries), 'message')} to {_named(targets, len(targets))} delivered", ""
    return kind, f"No failure among {_named(targets, len(targets))}", detail


def _rows_of(target: Target, report: Report) -> list[Delivery]:
    return [
        row
        for row in report.deliveries
        if (target.message_id is None or target.message_id == row.message_id)
        and (target.number is None or row.number is None or target.number.e164 == row.number.e164)
    ]


# --- something failed -----------------------------------------------------------------------------------------------------


def _failed(report: Report, failing: Sequence[Delivery], language: str, missing: str) -> Verdict:
    causes = Counter(_cause(row) for row in failing)
    cause, times = causes.most_common(1)[0]
    alike = [row for row in failing if _cause(row) == cause]
    words = _cause_words(alike[0], report, language)
    lead = _affected(report, failing)
    if 2 * times <= len(failing):  # no cause stands for the whole, so neither its owner nor its advice does
        scopes = {_scope(row.explanation) for row in failing}
        scope = scopes.pop() if len(scopes) == 1 else Scope.UNCLEAR
        often = f"most often ({times} of {len(failing)})" if times > 1 else "among them"
        return Verdict(Kind.FAILED, scope, f"{lead}, for {len(causes)} reasons", f"{often} {words}", missing=missing)
    if len(report.query.targets) > 1 or times < len(failing):
        lead = f"{lead}, {_failures(times, len(failing))}"
    culprits = len({row.number.e164 if row.number else row.message_id for row in alike})
    scope = _scope(alike[0].explanation)
    if scope is Scope.RECIPIENT and culprits >= _TOO_MANY_TO_BE_CHANCE:
        scope = Scope.UNCLEAR
    return Verdict(
        Kind.FAILED,
        scope,
        lead,
        words,
        advice=advice(alike[0].explanation) if alike[0].explanation else "",
        reach=_reach_words(scope, several=culprits > 1),
        missing=missing,
    )


def _affected(report: Report, failing: Sequence[Delivery]) -> str:
    """`1 of 3 failed` for one target, `5 of 12 numbers affected` for several."""
    targets = report.query.targets
    affected = sum(1 for target in targets if any(row.status in _FAILING for row in _rows_of(target, report)))
    if len(targets) > 1 and affected:
        return f"{affected} of {_named(targets, len(targets))} affected"
    verb = "rejected, never sent" if all(row.status is Status.REJECTED for row in failing) else "failed"
    total = len(report.deliveries)
    if total == 1:
        return verb.capitalize()
    return f"All {total} {verb}" if len(failing) == total else f"{len(failing)} of {total} {verb}"


def _failures(alike: int, total: int) -> str:
    if total == 1:
        return "1 failure"
    return f"all {total} failures alike" if alike == total else f"{alike} of {total} failures alike"


def _cause(row: Delivery) -> str:
    """What makes two failures alike: the family of their explanations, or the bare code when it is not listed."""
    if row.explanation is None or row.explanation.confidence is Confidence.UNLISTED:
        return f"code {row.vendor} {row.code}"
    return row.explanation.family


def _cause_words(row: Delivery, report: Report, language: str) -> str:
    explanation = row.explanation
    if explanation is None or explanation.confidence is Confidence.UNLISTED:
        if not row.code:
            return "the provider gives no reason"
        return f"code {clip(mask_known(tidy(row.code), known_numbers(report)), CODE)}, which is not in our table"
    title = clip(mid_sentence(tidy(explanation.words(language).title).rstrip(".")), TITLE)
    doubt = {Confidence.LIKELY: " (likely)", Confidence.UNSURE: " (unsure)"}.get(explanation.confidence, "")
    return f"{title}{doubt}"


# Several phones that are "switched off" at once are no chance: an unregistered signature or a carrier's filter can hide behind
# such a code (https://help.aliyun.com/document_detail/101347.html).
_TOO_MANY_TO_BE_CHANCE = 3
_OF_ONE_NUMBER = frozenset({"frequency", "bad_number"})  # ours to put right, and still about this one number


def _scope(explanation: Explanation | None) -> Scope:
    if explanation is not None and explanation.family in _OF_ONE_NUMBER:
        return Scope.RECIPIENT
    match explanation.owner if explanation else Owner.UNKNOWN:
        case Owner.RECIPIENT:
            return Scope.RECIPIENT
        case Owner.US | Owner.CONTENT | Owner.PROVIDER:
            return Scope.EVERYONE
        case _:
            return Scope.UNCLEAR


def _reach_words(scope: Scope, *, several: bool) -> str:
    match scope:
        case Scope.RECIPIENT:
            return "Probably only these customers" if several else "Probably only this customer"
        case Scope.EVERYONE:
            return "Probably everyone sent this way"
        case _:
            return "Several numbers alike: others may be affected too" if several else "Unclear whether others are affected"


# --- what is missing ------------------------------------------------------------------------------------------------------


def _missing(report: Report, titles: Mapping[str, str]) -> str:
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
    sentences = (_said(gone, "did not answer"), _said(partly, "answered only in part"), _said(short, "could not show all of it"))
    return "; ".join(sentence for sentence in sentences if sentence)


_MAX_NAMED = 4


def _said(names: Sequence[str], what: str) -> str:
    unique = list(dict.fromkeys(names))
    if not unique:
        return ""
    if len(unique) > _MAX_NAMED:
        unique = [*unique[: _MAX_NAMED - 1], f"{len(unique) - _MAX_NAMED + 1} others"]
    return f"{listed(unique)} {what}"
