"""Why messages failed: counted, with owner, advice and scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import Confidence, Owner
from bot.model.statistics import Affected
from bot.presentation.verdict.model import Scope
from bot.presentation.wording import (
    CODE,
    SEVERAL,
    STEP,
    TITLE,
    advice,
    confidence_words,
    is_systematic,
    known_numbers,
    mid_sentence,
    owner_words,
)
from bot.sanitize import mask_known, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.i18n import Language, Phrase
    from bot.model import Delivery, Explanation, Report

MOST_NAMED = 3
_BOTH = 2
_WORST_FIRST = (Owner.US, Owner.CONTENT, Owner.PROVIDER, Owner.CARRIER, Owner.UNKNOWN, Owner.RECIPIENT, Owner.NOBODY)
_OF_ONE_NUMBER = frozenset({"frequency", "bad_number"})  # ours to put right, and still about this one number
_OF_ONE_OR_ALL = frozenset({"limit_reached"})  # the code does not tell whose limit it is


@dataclass(frozen=True, slots=True)
class Cause:
    """Failed messages with the same cause."""

    rows: tuple[Delivery, ...]

    @property
    def explanation(self) -> Explanation | None:
        """The explanation of their code; None without a code."""
        return self.rows[0].explanation

    def is_like(self, other: Cause) -> bool:
        """Whether it is the same cause, of other messages perhaps."""
        return _key(self.rows[0]) == _key(other.rows[0])

    @property
    def numbers(self) -> int:
        """The number of customers affected."""
        return len({row.number.e164 if row.number else row.message_id for row in self.rows})

    @property
    def owner(self) -> Owner:
        """Who can fix it, by the explanation."""
        return self.explanation.owner if self.explanation else Owner.UNKNOWN

    @property
    def is_systematic(self) -> bool:
        """Whether so many customers are affected that the cause cannot be theirs."""
        return is_systematic(self.explanation, self.numbers)

    @property
    def scope(self) -> Scope:
        """Who else is affected."""
        family = self.explanation.family if self.explanation else ""
        if family in _OF_ONE_OR_ALL or self.owner in {Owner.CARRIER, Owner.UNKNOWN}:
            return Scope.UNCLEAR
        if family in _OF_ONE_NUMBER or self.owner is Owner.RECIPIENT:
            return Scope.RECIPIENT if self.numbers < SEVERAL else Scope.UNCLEAR
        return Scope.EVERYONE

    @property
    def affected(self) -> Affected:
        """The same, and by what the others are known."""
        family = self.explanation.family if self.explanation else ""
        match self.scope:
            case Scope.RECIPIENT:
                return Affected.CUSTOMER
            case Scope.EVERYONE if self.owner is Owner.CONTENT:
                return Affected.TEXT
            case Scope.EVERYONE if family.startswith("signature"):
                return Affected.SIGNATURE
            case Scope.EVERYONE if family.startswith("template"):
                return Affected.TEMPLATE
            case Scope.EVERYONE:
                return Affected.ROUTE
            case _:
                return Affected.UNCLEAR

    def words(self, report: Report, language: Language) -> str:
        """`the phone was switched off (likely)`; an unlisted code is shown as it is, numbers masked."""
        explanation = self.explanation
        if explanation is None or explanation.confidence is Confidence.UNLISTED:
            code = self.rows[0].code
            if not code:
                return language.say("the provider gives no reason")
            shown = truncate(mask_known(single_line(code), known_numbers(report)), CODE)
            return language.say("unknown code {code}", code=shown)
        title = truncate(mid_sentence(single_line(explanation.words(language.code).title).rstrip(".。")), TITLE)
        doubt = confidence_words(explanation, language)
        return language.say("{title} ({doubt})", title=title, doubt=doubt) if doubt else title

    def step(self, language: Language) -> str:
        """What to do about it; empty where `advice` says so already, or nobody knows."""
        if self.explanation is None or self.is_systematic:
            return ""
        return truncate(single_line(self.explanation.words(language.code).next_step), STEP)

    def advice(self, language: Language) -> str:
        """Who must fix it and whether to resend."""
        if self.explanation is None:
            return language.say("Ask the provider's support, with the message id")
        if self.is_systematic:
            return self.explanation.words(language.code).next_step_many
        return advice(self.explanation, language)


def causes_of(rows: Sequence[Delivery]) -> tuple[Cause, ...]:
    """The causes of failed `rows`: first what we must fix, then the most frequent."""
    groups: defaultdict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        groups[_key(row)].append(row)
    found = [Cause(tuple(group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda cause: (_WORST_FIRST.index(cause.owner), -len(cause.rows))))


def _key(row: Delivery) -> str:
    """The family of the explanation, or the code itself when it is not listed."""
    if row.explanation is None or row.explanation.confidence is Confidence.UNLISTED:
        return f"code {row.vendor} {row.code}"
    return row.explanation.family


def causes_in_words(causes: Sequence[Cause], report: Report, language: Language, *, advised: Cause | None = None) -> str:
    """`the phone was switched off (likely)`, `no signal; number not in use`; of many the most frequent and how many others.

    `advised` is the cause that the advice begins with, by default the first; it is named too.
    """
    total = sum(len(cause.rows) for cause in causes)
    if len(causes) == 1:
        return causes[0].words(report, language)
    if len(causes) == total == _BOTH:
        return language.semicolon_list(cause.words(report, language) for cause in causes)
    most = max(causes, key=lambda cause: len(cause.rows))
    words, count, others = most.words(report, language), len(most.rows), len(causes) - 1
    top = language.say("{cause} ×{count}", cause=words, count=count) if count > 1 else words
    named = language.plural(others, "{cause}, and {count} other cause", "{cause}, and {count} other causes", cause=top)
    first = advised or causes[0]
    return language.semicolon_list((named, "" if first.is_like(most) else first.words(report, language)))


def advice_on(causes: Sequence[Cause], language: Language) -> str:
    """The advice of each cause, in the same order, each once."""
    named = causes[:MOST_NAMED]
    said = dict.fromkeys(cause.advice(language).rstrip(".。") for cause in named)
    owners = {cause.owner for cause in named}
    if len(said) > 1 and len(owners) == 1 and not any(cause.is_systematic or cause.explanation is None for cause in named):
        return language.say("{owner} · resend as noted below", owner=owner_words(owners.pop(), language))
    return language.semicolon_list(said)


def scope_of(causes: Sequence[Cause]) -> Scope:
    """Who else is affected by the first cause, which is the worst."""
    return causes[0].scope


def reach_of(causes: Sequence[Cause], language: Language) -> str:
    """A sentence on the scope of the worst cause: one customer or everyone."""
    several = sum(cause.numbers for cause in causes) > 1 and len({_who(row) for one in causes for row in one.rows}) > 1
    match causes[0].scope:
        case Scope.RECIPIENT if several:
            return language.say("Probably only these customers")
        case Scope.RECIPIENT:
            return language.say("Probably only this customer")
        case Scope.EVERYONE:
            return _OF_EVERYONE[causes[0].affected].said_in(language)
        case _ if several:
            return language.say("Others may be affected too")
        case _:
            return language.say("May affect others: check another number")


_OF_EVERYONE: Mapping[Affected, Phrase] = {
    Affected.TEXT: phrase("Probably every message with this text"),
    Affected.SIGNATURE: phrase("Probably every message with this signature"),
    Affected.TEMPLATE: phrase("Probably every message with this template"),
    Affected.ROUTE: phrase("Probably every message on this route"),
}


def _who(row: Delivery) -> str | None:
    return row.number.e164 if row.number else row.message_id
