"""Notes on rows and on coverage: a `Note` as one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.model import (
    BeyondRetention,
    ClockSkew,
    Contradiction,
    CountedMore,
    CrowdedSecond,
    CutToRetention,
    EmptyReceipts,
    MayChange,
    NeedsMessageId,
    NeedsNumber,
    NewestOnly,
    NoRecord,
    NotChosen,
    OtherNumbers,
    PartMissing,
    ProviderWords,
    Replied,
    RowsUnreadable,
    SendsCovered,
    SendsMissing,
    SendsSkipped,
    StoredSince,
    WindowIgnored,
)
from bot.presentation.wording.text_format import CODE, IDENTIFIER, PLACE, WORDS
from bot.sanitize import mask_code, mask_digits

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Note, SkippedAccount
    from bot.presentation.wording.text_format import TextFormat


def note_sentence(note: Note, text_format: TextFormat, who: str) -> str:  # noqa: C901, PLR0912 - a table of cases
    """The note as one sentence. `who` is the provider's display name."""
    match note:
        case CutToRetention():
            return _cut_to_memory(note, text_format, who)
        case BeyondRetention(days=days):
            return _out_of_memory(days, text_format)
        case CrowdedSecond():
            return _crowded_second(note, text_format, who)
        case CountedMore():
            return _counted_more(note, text_format, who)
        case EmptyReceipts():
            return text_format.say("{who}: no receipt (not back yet, or not sent from this app).", who=who)
        case NoRecord():
            return text_format.say("{who}: no record.", who=who)
        case MayChange():
            return text_format.say("A receipt may still come, up to 72 h after sending.")
        case ClockSkew(minutes=minutes):
            return clock_sentence(minutes, who, text_format.language)
        case RowsUnreadable():
            return _rows_unreadable(note, text_format, who)
        case OtherNumbers():
            return _other_numbers(note, text_format, who)
        case PartMissing():
            return _part_missing(note, text_format, who)
        case Contradiction():
            return _contradiction(note, text_format, who)
        case ProviderWords(words=words):
            return text_format.say("{who} says: {words}", who=who, words=text_format.quote(mask_digits(words, WORDS), WORDS))
        case WindowIgnored():
            return text_format.say("{who} searched all it keeps for the id, not only this window.", who=who)
        case NeedsMessageId():
            return text_format.say("needs a message id")
        case NeedsNumber():
            return text_format.say("needs a number")
        case NotChosen():
            return text_format.say("skipped (via)")
        case StoredSince():
            return _stored_since(note, text_format, who)
        case NewestOnly(shown=shown):
            return text_format.say("{who} has more than the newest {shown}, which are shown.", who=who, shown=shown)
        case Replied():
            return _replied(note, text_format)
        case SendsCovered(hours=hours):
            return text_format.say("Refused and in-flight sends: last {hours} h ({who}).", hours=hours, who=who)
        case SendsMissing(what=what):
            missing = text_format.quote(what, CODE)
            return text_format.say("Refused and in-flight sends: not known ({what} is missing at {who}).", who=who, what=missing)
        case SendsSkipped():
            return text_format.say(
                "Refused and in-flight sends: {who} was not asked about every number, too many at once.", who=who
            )
        case _:
            assert_never(note)


def not_asked(part: SkippedAccount, text_format: TextFormat, who: str) -> str:
    """`Alibaba intl not asked (needs a message id)`."""
    return text_format.say(
        "{who} not asked ({reason})", who=who, reason=note_sentence(part.reason, text_format, who).rstrip(".。")
    )


def clock_sentence(minutes: int, who: str, language: Language) -> str:
    """The sentence on clock skew: "Our clock is 7 min ahead of Tencent's"."""
    if minutes > 0:
        return language.say("Our clock is {minutes} min ahead of {who}'s.", minutes=minutes, who=who)
    return language.say("Our clock is {minutes} min behind {who}'s.", minutes=-minutes, who=who)


def _cut_to_memory(note: CutToRetention, text_format: TextFormat, who: str) -> str:
    return text_format.plural(
        note.days,
        "{who} keeps {count} day; nothing before {since} could be searched.",
        "{who} keeps {count} days; nothing before {since} could be searched.",
        who=who,
        since=text_format.moment(note.since),
    )


def _out_of_memory(days: int, text_format: TextFormat) -> str:
    return text_format.plural(days, "keeps {count} day, and this window is older", "keeps {count} days, and this window is older")


def _crowded_second(note: CrowdedSecond, text_format: TextFormat, who: str) -> str:
    return text_format.say(
        "{who} has more messages at {time} than the {shown} it hands out.",
        who=who,
        time=text_format.moment(note.at),
        shown=note.shown,
    )


def _counted_more(note: CountedMore, text_format: TextFormat, who: str) -> str:
    values = {"who": who, "counted": note.counted, "returned": note.returned}
    if note.day is None:
        return text_format.say("{who} counts {counted} but returned {returned}.", **values)
    day = text_format.prose(note.day.isoformat(), PLACE)
    return text_format.say("{who} counts {counted} on {day} (UTC+8) but returned {returned}.", day=day, **values)


def _rows_unreadable(note: RowsUnreadable, text_format: TextFormat, who: str) -> str:
    return text_format.plural(
        note.count,
        "{who} sent {count} row that could not be read.",
        "{who} sent {count} rows that could not be read.",
        who=who,
    )


def _other_numbers(note: OtherNumbers, text_format: TextFormat, who: str) -> str:
    return text_format.plural(
        note.count,
        "{who} sent {count} row about another number, which is left out.",
        "{who} sent {count} rows about other numbers, which are left out.",
        who=who,
    )


def _part_missing(note: PartMissing, text_format: TextFormat, who: str) -> str:
    return text_format.plural(
        note.parts,
        "{who} did not answer {missing} of the {count} part of the question.",
        "{who} did not answer {missing} of the {count} parts of the question.",
        who=who,
        missing=note.missing,
    )


def _contradiction(note: Contradiction, text_format: TextFormat, who: str) -> str:
    code = text_format.quote(mask_code(note.code, CODE), CODE)
    return text_format.say("{who} contradicts itself: the status and the code {code} disagree.", who=who, code=code)


def _replied(note: Replied, text_format: TextFormat) -> str:
    customer, time = text_format.quote(note.number, IDENTIFIER), text_format.moment(note.at)
    if not note.words:
        return text_format.say("The customer {number} sent a reply, {time}.", number=customer, time=time)
    return text_format.say(
        "The customer {number} replied {words}, {time}: an opt-out, which would explain the block.",
        number=customer,
        words=text_format.quote(mask_digits(note.words, WORDS), WORDS),
        time=time,
    )


def _stored_since(note: StoredSince, text_format: TextFormat, who: str) -> str:
    day = text_format.times.day(note.since)
    return text_format.plural(
        note.count, "{who}: {count:,} receipt since {day}.", "{who}: {count:,} receipts since {day}.", who=who, day=day
    )
