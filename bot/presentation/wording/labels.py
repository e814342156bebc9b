"""Labels: statuses, owners, advice, confidence, sources, names of providers and accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, phrase
from bot.model import Confidence, Outcome, Owner, Resend, Status
from bot.presentation.times import duration
from bot.presentation.wording.text_format import ACCOUNT
from bot.providers.systems import RECEIPTS, SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.i18n import Language, Phrase
    from bot.model import Delivery, Explanation, Report
    from bot.presentation.wording.text_format import TextFormat

SIGNS = {Status.DELIVERED: "✓", Status.FAILED: "✗", Status.PENDING: "…", Status.REJECTED: "⊘", Status.UNKNOWN: "?"}
"""A sign is always beside the word for it, never alone."""

OUTCOME_SIGNS: Mapping[Outcome, str] = {
    Outcome.DELIVERED: "✅",
    Outcome.FAILED: "❌",
    Outcome.REJECTED: "❌",
    Outcome.PENDING: "⏳",
    Outcome.UNANSWERED: "⚠️",
    Outcome.UNKNOWN: "❔",
    Outcome.NO_RECORD: "❔",
}
DOUBT = "⚠️"

STATUS_WORDS: Mapping[Status, Phrase] = {
    Status.DELIVERED: phrase("delivered"),
    Status.FAILED: phrase("failed"),
    Status.PENDING: phrase("no receipt yet"),
    Status.REJECTED: phrase("rejected, never sent"),
    Status.UNKNOWN: phrase("status unknown"),
}
_OWNERS: Mapping[Owner, Phrase] = {
    Owner.RECIPIENT: phrase("Fix: customer"),
    Owner.CARRIER: phrase("Fix: carrier"),
    Owner.US: phrase("Fix: us"),
    Owner.PROVIDER: phrase("Fix: provider"),
    Owner.CONTENT: phrase("Fix: us (message text)"),
    Owner.UNKNOWN: phrase("Owner unknown"),
}
_RESENDS: Mapping[Resend, Phrase] = {
    Resend.YES: phrase("resend now"),
    Resend.LATER: phrase("resend later"),
    Resend.NO: phrase("don't resend"),
    Resend.AFTER_FIX: phrase("resend after the fix"),
}
_CONFIDENCE: Mapping[Confidence, Phrase] = {
    Confidence.LIKELY: phrase("likely"),
    Confidence.UNSURE: phrase("unconfirmed"),
    Confidence.UNLISTED: phrase("unlisted"),
}


_HEDGED = re.compile(r"\b(?:may|might|likely|probably|perhaps)\b|疑似|可能|多半")


def status_words(delivery: Delivery, as_of: datetime, language: Language, code: str = "") -> str:
    """`delivered in 3 s`, ``failed `MK:0008` after 20 s``, `no receipt yet, 10 min`: the status and how long it took or takes."""
    if delivery.is_unsent and delivery.status is Status.PENDING:
        return language.say("not sent yet")
    word = f"{STATUS_WORDS[delivery.status].said_in(language)} {code}".rstrip()
    if delivery.sent_at is None:
        return word
    if delivery.status is Status.PENDING:
        return language.say("{status}, {time}", status=word, time=duration(as_of - delivery.sent_at, language))
    if delivery.received_at is None or delivery.received_at < delivery.sent_at:
        return word
    took = duration(delivery.received_at - delivery.sent_at, language)
    match delivery.status:
        case Status.DELIVERED:
            return language.say("{status} in {time}", status=word, time=took)
        case Status.FAILED:
            return language.say("{status} after {time}", status=word, time=took)
        case _:
            return word


def advice(explanation: Explanation, language: Language) -> str:
    """Owner and resend advice of an explanation: `Fix: customer · resend later`."""
    return advice_of(explanation.owner, explanation.resend, language)


SEVERAL = 3  # numbers that fail alike, or are silent at once, are no chance


def is_systematic(explanation: Explanation | None, numbers: int) -> bool:
    """Whether so many customers have a recipient's failure at once that the cause cannot be theirs.

    An unregistered signature or a carrier's filter can hide behind a code such as "switched off"
    (https://help.aliyun.com/document_detail/101347.html).
    """
    return numbers >= SEVERAL and explanation is not None and bool(explanation.en.next_step_many)


def advice_of(owner: Owner, resend: Resend, language: Language) -> str:
    """The same, by owner and resend alone."""
    return " · ".join(part.said_in(language) for part in (_OWNERS.get(owner), _RESENDS[resend]) if part)


def owner_words(owner: Owner, language: Language) -> str:
    """`Fix: customer`; empty where there is nothing to fix."""
    return _OWNERS[owner].said_in(language) if owner in _OWNERS else ""


def confidence_words(explanation: Explanation, language: Language) -> str:
    """`likely`, `unlisted`; empty when the meaning is sure, or the title says itself that it may be otherwise."""
    doubt = _CONFIDENCE.get(explanation.confidence)
    if explanation.confidence is Confidence.LIKELY and _HEDGED.search(explanation.words(language.code).title):
        return ""
    return doubt.said_in(language) if doubt else ""


def carrier_words(carrier: str, language: Language) -> str:
    """The display name of a carrier of the code tables; an unknown one unchanged."""
    return language.translated(carrier)


def source_words(explanation: Explanation, language: Language) -> str:
    """Where an explanation is published: the page's title, else its address; or why it is not confirmed."""
    if explanation.source_title:
        return language.translated(explanation.source_title)
    return explanation.source if explanation.source.startswith("https://") else language.translated(explanation.source)


def name_of(provider: str, account: str, text_format: TextFormat, several: Iterable[str]) -> str:
    """`Tencent`, with the account when the provider is among `several`, those asked with more than one."""
    title = text_format.title(provider)
    return f"{title} {text_format.quote(account, ACCOUNT)}" if provider in several and account else title


def origin_of(row: Delivery, text_format: TextFormat, several: Iterable[str]) -> str:
    """Who reports a row: `Tencent`, with its account as in `name_of`; `Tencent, from the store` for a stored receipt."""
    if row.is_stored:
        return text_format.say("{provider}, from the store", provider=text_format.title(row.vendor))
    return name_of(row.provider, row.account, text_format, several)


def with_several_accounts(report: Report) -> frozenset[str]:
    """The providers of which the report names more than one account."""
    pairs = {(part.provider, part.account) for part in report.coverage}
    pairs |= {(row.provider, row.account) for row in report.deliveries}
    pairs |= {(part.provider, part.account) for part in report.not_asked}
    names = [provider for provider, _ in pairs]
    return frozenset(name for name in names if names.count(name) > 1)


def filter_words(only: Iterable[Status], language: Language) -> str:
    """`only failed`, `only delivered and pending`: the filter as it is typed, in Chinese `只看失败`."""
    typed = {status: _TYPED[status].said_in(language) for status in only}
    return language.say("only {statuses}", statuses=language.listed(sorted(typed.values())))


def nothing_shown(only: Iterable[Status], language: Language) -> str:
    """What is said where the filter leaves nothing: `No failures in this window.` for `only failed`."""
    if set(only) == {Status.FAILED}:
        return language.say("No failures in this window.")
    return language.say("Nothing in this window with {filter}.", filter=filter_words(only, language))


_TYPED: Mapping[Status, Phrase] = {
    Status.DELIVERED: phrase("delivered"),
    Status.FAILED: phrase("failed"),
    Status.PENDING: phrase("pending"),
    Status.REJECTED: phrase("rejected"),
    Status.UNKNOWN: phrase("unknown"),
}


def mid_sentence(title: str) -> str:
    """A title within a sentence: its first letter in lower case, unless the word is a name or an abbreviation."""
    first = title.split(" ", 1)[0]
    is_plain = first[1:].islower() or first == "A"
    return title[:1].lower() + title[1:] if is_plain and not first.startswith(_NAMES) else title


_NAMES = (
    *(system.title.said_in(ENGLISH).split(" ", 1)[0] for system in SYSTEMS if system is not RECEIPTS),
    *("Aliyun", "Slack", "China", "Android", "Apple"),
)


def capitalised(sentence: str) -> str:
    """The sentence with its first letter in upper case."""
    return sentence[:1].upper() + sentence[1:]
