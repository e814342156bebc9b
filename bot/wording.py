"""Values into sentences: notes, faults, labels and explanations, in words for people who are not SMS experts.

One set of sentences serves every place where they are read. A `Medium` says how the place sets them: what it escapes, how it
quotes what came from outside, and how it writes a moment. Slack's is in `bot/slack/views/mrkdwn.py`, the terminal's is `plain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.model import Confidence, NoteKind, Owner, Resend, Status, Words
from bot.moments import day, duration, listed, plural, written
from bot.outside import clip, mask_digits, mask_known, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

    from bot.model import Coverage, Delivery, Explanation, NotAsked, Note, PhoneNumber, ProviderFault, Report

CODE, ACCOUNT, IDENTIFIER, PLACE, TITLE, STEP, WORDS = 48, 32, 64, 40, 120, 320, 200
"""How many characters of each kind of value are shown."""

CLOCK_MATTERS = timedelta(minutes=1)
STILL_FRESH = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """One provider account, or one system that is not switched on, as `providers` shows it."""

    title: str
    account: str | None = None
    configured: bool = True
    answers: str = ""  # what it can be asked, in one short line
    keeps_days: int | None = None  # None: no limit that is known
    last_answer_at: datetime | None = None  # when its latest call ended, well or not
    last_error: ProviderFault | None = None  # of that call; None when it was answered
    keys: tuple[str, ...] = ()  # the settings that switch it on


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """How sentences are set where they will be read. The text and a limit go in, at most so many characters come out."""

    zone: tzinfo
    now: datetime
    titles: Mapping[str, str]  # provider name -> "Tencent"
    quote: Callable[[str, int], str]  # a value from outside, such as a code or an id, set apart from our own words
    prose: Callable[[str, int], str]  # running text
    moment: Callable[[datetime], str]
    language: str = "en"

    def title(self, provider: str) -> str:
        """What people call the provider."""
        return self.prose(self.titles.get(provider, provider), PLACE)

    def at(self, moment: datetime) -> str:
        """A moment within a sentence, always written out in the asker's zone."""
        return written(moment, self.zone, self.now)


def plain(
    report: Report | None,
    titles: Mapping[str, str],
    *,
    zone: tzinfo = UTC,
    now: datetime,
    reveal: bool = False,
    language: str = "en",
) -> Medium:
    """The medium without any markup: a terminal, or a JSON value."""
    numbers = () if reveal or report is None else known_numbers(report)

    def safe(text: str, limit: int) -> str:
        return clip(mask_known(tidy(text, limit), numbers), limit) or "–"

    return Medium(
        zone=zone,
        now=now,
        titles=titles,
        quote=safe,
        prose=safe,
        moment=lambda moment: written(moment, zone, now),
        language=language,
    )


def known_numbers(report: Report) -> tuple[PhoneNumber, ...]:
    """Every number that the report knows, longest first: what must not appear written out in what a provider says."""
    found = {d.number.e164: d.number for d in report.deliveries if d.number}
    found |= {t.number.e164: t.number for t in report.query.targets if t.number}
    return tuple(sorted(found.values(), key=lambda number: len(number.national), reverse=True))


# --- labels ---------------------------------------------------------------------------------------------------------------

SIGNS = {Status.DELIVERED: "✓", Status.FAILED: "✗", Status.PENDING: "…", Status.REJECTED: "⊘", Status.UNKNOWN: "?"}
"""A sign always stands beside the word for it, never alone."""

STATUS_WORDS = {
    Status.DELIVERED: "delivered",
    Status.FAILED: "failed",
    Status.PENDING: "no receipt yet",
    Status.REJECTED: "rejected, never sent",
    Status.UNKNOWN: "status unknown",
}
_OWNERS = {
    Owner.RECIPIENT: "Theirs to fix",
    Owner.CARRIER: "The carrier's to fix",
    Owner.US: "Ours to fix",
    Owner.PROVIDER: "The provider's to fix",
    Owner.CONTENT: "Ours to fix: the text",
    Owner.NOBODY: "",
    Owner.UNKNOWN: "Unclear whose to fix",
}
_RESENDS = {
    Resend.YES: "resend now",
    Resend.LATER: "resend later",
    Resend.NO: "don't resend",
    Resend.AFTER_FIX: "resend after the fix",
}
_CONFIDENCE = {
    Confidence.SURE: "",
    Confidence.LIKELY: "likely",
    Confidence.UNSURE: "unsure, not from this provider's own table",
    Confidence.UNLISTED: "not in our table",
}


def status_words(delivery: Delivery, as_of: datetime, code: str = "") -> str:
    """`delivered in 3 s`, ``failed `MK:0008` after 20 s``, `no receipt yet, 10 min`: the status and how long it took or takes."""
    word = f"{STATUS_WORDS[delivery.status]} {code}".rstrip()
    if delivery.sent_at is None:
        return word
    if delivery.status is Status.PENDING:
        return f"{word}, {duration(as_of - delivery.sent_at)}"
    if delivery.received_at is None or delivery.received_at < delivery.sent_at:
        return word
    took = duration(delivery.received_at - delivery.sent_at)
    match delivery.status:
        case Status.DELIVERED:
            return f"{word} in {took}"
        case Status.FAILED:
            return f"{word} after {took}"
        case _:
            return word


def advice(explanation: Explanation) -> str:
    """`Theirs to fix · resend later`."""
    return " · ".join(part for part in (_OWNERS[explanation.owner], _RESENDS[explanation.resend]) if part)


def confidence_words(explanation: Explanation) -> str:
    """`likely`, `not in our table`; empty when the meaning is sure."""
    return _CONFIDENCE[explanation.confidence]


def name_of(provider: str, account: str, medium: Medium, several: Iterable[str]) -> str:
    """`Tencent`, with the account when the provider is one of `several` that were asked with more than one."""
    title = medium.title(provider)
    return f"{title} {medium.quote(account, ACCOUNT)}" if provider in several and account else title


def origin_of(row: Delivery, medium: Medium, several: Iterable[str]) -> str:
    """Who tells of a row: `Tencent`, with its account as in `name_of`; `Tencent, from the store` when only the store does."""
    if row.is_stored:
        return f"{medium.title(row.vendor)}, from the store"
    return name_of(row.provider, row.account, medium, several)


def with_several_accounts(report: Report) -> frozenset[str]:
    """The providers of which the report names more than one account."""
    pairs = {(part.provider, part.account) for part in report.coverage}
    pairs |= {(row.provider, row.account) for row in report.deliveries}
    pairs |= {(part.provider, part.account) for part in report.not_asked}
    names = [provider for provider, _ in pairs]
    return frozenset(name for name in names if names.count(name) > 1)


# --- notes ----------------------------------------------------------------------------------------------------------------


def note_sentence(note: Note, medium: Medium, who: str) -> str:
    """What a note says, as one sentence. `who` is the provider as it is to be called."""
    return _NOTES[note.kind](note, medium, who)


def _count(note: Note, name: str) -> int:
    return int(str(note.value(name)))


def _when(note: Note, name: str, medium: Medium) -> str:
    value = note.value(name)
    return medium.at(value) if isinstance(value, datetime) else medium.prose(str(value), PLACE)


def _clock_off(note: Note, _: Medium, who: str) -> str:
    return clock_sentence(_count(note, "minutes"), who)


def clock_sentence(minutes: int, who: str) -> str:
    """As in "Our clock is 7 min ahead of Tencent's"."""
    return f"Our clock is {abs(minutes)} min {'ahead of' if minutes > 0 else 'behind'} {who}'s."


def _provider_words(note: Note, medium: Medium, who: str) -> str:
    return f"{who} says: {medium.quote(mask_digits(str(note.value('words'))), WORDS)}"


def _replied(note: Note, medium: Medium, _: str) -> str:
    customer = f"The customer {medium.quote(str(note.value('number')), IDENTIFIER)}"
    words = str(note.value("words"))
    if not words:
        return f"{customer} sent a reply, {_when(note, 'at', medium)}."
    return (
        f"{customer} replied {medium.quote(mask_digits(words), WORDS)}, {_when(note, 'at', medium)}: "
        "an opt-out, which explains a blacklist."
    )


def _stored_since(note: Note, medium: Medium, who: str) -> str:
    since = note.value("since")
    when = day(since, medium.zone, medium.now) if isinstance(since, datetime) else medium.prose(str(since), PLACE)
    return f"{who}: receipts stored since {when}, {_count(note, 'count'):,}."


_NOTES: Mapping[NoteKind, Callable[[Note, Medium, str], str]] = {
    NoteKind.CUT_TO_MEMORY: lambda note, medium, who: (
        f"{who} keeps {plural(_count(note, 'days'), 'day')}: nothing before {_when(note, 'since', medium)} was asked."
    ),
    NoteKind.OUT_OF_MEMORY: lambda note, _, __: f"keeps {plural(_count(note, 'days'), 'day')}, and this window is older",
    NoteKind.CROWDED_SECOND: lambda note, medium, who: (
        f"{who} has more messages at {_when(note, 'at', medium)} than the {_count(note, 'shown')} it hands out."
    ),
    NoteKind.COUNTED_MORE: lambda note, medium, who: (
        f"{who} counts {_count(note, 'counted')} on {_when(note, 'day', medium)} but returned {_count(note, 'returned')}."
    ),
    NoteKind.EMPTY_RECEIPTS: lambda _, __, who: f"{who} has no receipt: none has come yet, or it was never sent from this app.",
    NoteKind.NO_RECORD: lambda _, __, who: f"{who} has no record of it.",
    NoteKind.MAY_CHANGE: lambda _, __, ___: "A receipt may still come, up to 72 h after sending.",
    NoteKind.CLOCK_OFF: _clock_off,
    NoteKind.ROWS_UNREADABLE: lambda note, _, who: f"{who} sent {plural(_count(note, 'count'), 'row')} that could not be read.",
    NoteKind.PART_MISSING: lambda note, _, who: (
        f"{who} did not answer {_count(note, 'missing')} of the {plural(_count(note, 'parts'), 'part')} of the question."
    ),
    NoteKind.CONTRADICTION: lambda note, medium, who: (
        f"{who} contradicts itself: the status and the code {medium.quote(str(note.value('code')), CODE)} disagree."
    ),
    NoteKind.PROVIDER_WORDS: _provider_words,
    NoteKind.WINDOW_IGNORED: lambda _, __, who: f"{who} looked the id up in all it keeps, not only in this window.",
    NoteKind.NEEDS_MESSAGE_ID: lambda _, __, ___: "needs a message id",
    NoteKind.NEEDS_NUMBER: lambda _, __, ___: "needs a number",
    NoteKind.NOT_CHOSEN: lambda _, __, ___: "left out by via",
    NoteKind.STORED_SINCE: _stored_since,
    NoteKind.NEWEST_ONLY: lambda note, _, who: f"{who} has more than the newest {_count(note, 'shown')}, which are shown.",
    NoteKind.REPLIED: _replied,
}


def not_asked(part: NotAsked, medium: Medium, who: str) -> str:
    """`Alibaba intl not asked (needs a message id)`."""
    return f"{who} not asked ({note_sentence(part.reason, medium, who).rstrip('.')})"


# --- faults ---------------------------------------------------------------------------------------------------------------


def fault_words(fault: ProviderFault, language: str = "en") -> Words:
    """The words for a fault: its explanation's, or for a code that is not in our table the provider's own."""
    explanation = fault.explanation
    if explanation is not None and explanation.confidence is not Confidence.UNLISTED:
        return explanation.words(language)
    said = mask_digits(fault.message)
    step = "Ask again." if fault.retryable else "Show the code to whoever looks after this provider's account."
    return Words("An error that is not in our table", said or "The provider gave no words for it.", (), step)


def fault_sentence(part: Coverage, medium: Medium, who: str, *, partly: bool, brief: bool = False) -> str:
    """One line for a provider that did not answer: who, what, the next step, and the id to quote to its support."""
    fault = part.error
    if fault is None:
        raise ValueError("this part has no fault")
    words = fault_words(fault, medium.language)
    unlisted = fault.explanation is None or fault.explanation.confidence is Confidence.UNLISTED
    pieces = [
        f"{who} {'answered only in part' if partly else 'did not answer'}: {medium.prose(mid_sentence(words.title), TITLE)}."
    ]
    if unlisted:
        pieces.append(f"Code {medium.quote(fault.code, CODE)}." if brief or not fault.message else "")
    if unlisted and fault.message and not brief:
        pieces.append(f"Code {medium.quote(fault.code, CODE)}, it says {medium.quote(mask_digits(fault.message), WORDS)}.")
    if fault.skew is not None and abs(fault.skew) >= CLOCK_MATTERS:
        pieces.append(clock_sentence(round(fault.skew / timedelta(minutes=1)), who))
    if not brief:
        pieces.append(medium.prose(words.next_step, STEP))
    if fault.request_id:
        pieces.append(f"Request id {medium.quote(fault.request_id, IDENTIFIER)}")
    return " ".join(piece for piece in pieces if piece)


def mid_sentence(title: str) -> str:
    """A title as it reads after a colon: its first letter small, unless the word is a name or an abbreviation."""
    first = title.split(" ", 1)[0]
    return title if first.startswith(_NAMES) or not first[1:].islower() else title[:1].lower() + title[1:]


_NAMES = ("Tencent", "Alibaba", "Aliyun", "Slack", "China", "Android", "Apple")


def capitalised(sentence: str) -> str:
    """The first letter large, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


# --- what an answer says of itself ----------------------------------------------------------------------------------------


def freshness(report: Report, medium: Medium) -> str:
    """`as of 14:05:31, fresh`, `as of 14:05:13, cached 18 s ago`, or which parts are cached when only some are."""
    answered = [part for part in report.coverage if part.error is None]
    cached = [part for part in answered if part.cached]
    if answered and len(cached) == len(answered):
        oldest = min(part.as_of for part in cached)
        return f"as of {medium.at(oldest)}, cached {duration(medium.now - oldest)} ago"
    as_of = min((part.as_of for part in answered if not part.cached), default=report.as_of)
    age = medium.now - as_of
    whole = f"as of {medium.at(as_of)}, {'fresh' if age < STILL_FRESH else f'{duration(age)} ago'}"
    parts = {medium.title(part.provider): duration(medium.now - part.as_of) for part in cached}
    return " · ".join([whole, *(f"{title} cached {ago} ago" for title, ago in parts.items())])


def filter_words(only: Iterable[Status]) -> str:
    """`only failed`, `only delivered and pending`: the words as they are typed."""
    return f"only {listed(sorted(status.value for status in only))}"
