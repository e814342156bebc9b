"""What an answer must say besides its rows: a `Note` as one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.model import (
    ClockOff,
    Contradiction,
    CountedMore,
    CrowdedSecond,
    CutToMemory,
    EmptyReceipts,
    MayChange,
    NeedsMessageId,
    NeedsNumber,
    NewestOnly,
    NoRecord,
    NotChosen,
    OtherNumbers,
    OutOfMemory,
    PartMissing,
    ProviderWords,
    Replied,
    RowsUnreadable,
    StoredSince,
    WindowIgnored,
)
from bot.presentation.wording.text_format import CODE, IDENTIFIER, PLACE, WORDS
from bot.sanitize import mask_digits

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Note, SkippedAccount
    from bot.presentation.wording.text_format import TextFormat


def note_sentence(note: Note, medium: TextFormat, who: str) -> str:  # noqa: C901, PLR0912 - a table of cases
    """What a note says, as one sentence. `who` is the provider as it is to be called."""
    match note:
        case CutToMemory():
            return _cut_to_memory(note, medium, who)
        case OutOfMemory(days=days):
            return _out_of_memory(days, medium)
        case CrowdedSecond():
            return _crowded_second(note, medium, who)
        case CountedMore():
            return _counted_more(note, medium, who)
        case EmptyReceipts():
            return medium.say("{who} has no receipt: none has come yet, or it was never sent from this app.", who=who)
        case NoRecord():
            return medium.say("{who} has no record of it.", who=who)
        case MayChange():
            return medium.say("A receipt may still come, up to 72 h after sending.")
        case ClockOff(minutes=minutes):
            return clock_sentence(minutes, who, medium.language)
        case RowsUnreadable():
            return _rows_unreadable(note, medium, who)
        case OtherNumbers():
            return _other_numbers(note, medium, who)
        case PartMissing():
            return _part_missing(note, medium, who)
        case Contradiction():
            return _contradiction(note, medium, who)
        case ProviderWords(words=words):
            return medium.say("{who} says: {words}", who=who, words=medium.quote(mask_digits(words), WORDS))
        case WindowIgnored():
            return medium.say("{who} looked the id up in all it keeps, not only in this window.", who=who)
        case NeedsMessageId():
            return medium.say("needs a message id")
        case NeedsNumber():
            return medium.say("needs a number")
        case NotChosen():
            return medium.say("left out by via")
        case StoredSince():
            return _stored_since(note, medium, who)
        case NewestOnly(shown=shown):
            return medium.say("{who} has more than the newest {shown}, which are shown.", who=who, shown=shown)
        case Replied():
            return _replied(note, medium)
        case _:
            assert_never(note)


def not_asked(part: SkippedAccount, medium: TextFormat, who: str) -> str:
    """`Alibaba intl not asked (needs a message id)`."""
    return medium.say("{who} not asked ({reason})", who=who, reason=note_sentence(part.reason, medium, who).rstrip(".。"))


def clock_sentence(minutes: int, who: str, language: Language) -> str:
    """As in "Our clock is 7 min ahead of Tencent's"."""
    if minutes > 0:
        return language.say("Our clock is {minutes} min ahead of {who}'s.", minutes=minutes, who=who)
    return language.say("Our clock is {minutes} min behind {who}'s.", minutes=-minutes, who=who)


def _cut_to_memory(note: CutToMemory, medium: TextFormat, who: str) -> str:
    return medium.plural(
        note.days,
        "{who} keeps {count} day: nothing before {since} was asked.",
        "{who} keeps {count} days: nothing before {since} was asked.",
        who=who,
        since=medium.moment(note.since),
    )


def _out_of_memory(days: int, medium: TextFormat) -> str:
    return medium.plural(days, "keeps {count} day, and this window is older", "keeps {count} days, and this window is older")


def _crowded_second(note: CrowdedSecond, medium: TextFormat, who: str) -> str:
    return medium.say(
        "{who} has more messages at {time} than the {shown} it hands out.",
        who=who,
        time=medium.moment(note.at),
        shown=note.shown,
    )


def _counted_more(note: CountedMore, medium: TextFormat, who: str) -> str:
    values = {"who": who, "counted": note.counted, "returned": note.returned}
    if note.day is None:
        return medium.say("{who} counts {counted} but returned {returned}.", **values)
    day = medium.prose(note.day.isoformat(), PLACE)
    return medium.say("{who} counts {counted} on {day} (UTC+8) but returned {returned}.", day=day, **values)


def _rows_unreadable(note: RowsUnreadable, medium: TextFormat, who: str) -> str:
    return medium.plural(
        note.count,
        "{who} sent {count} row that could not be read.",
        "{who} sent {count} rows that could not be read.",
        who=who,
    )


def _other_numbers(note: OtherNumbers, medium: TextFormat, who: str) -> str:
    return medium.plural(
        note.count,
        "{who} sent {count} row about another number, which is left out.",
        "{who} sent {count} rows about other numbers, which are left out.",
        who=who,
    )


def _part_missing(note: PartMissing, medium: TextFormat, who: str) -> str:
    return medium.plural(
        note.parts,
        "{who} did not answer {missing} of the {count} part of the question.",
        "{who} did not answer {missing} of the {count} parts of the question.",
        who=who,
        missing=note.missing,
    )


def _contradiction(note: Contradiction, medium: TextFormat, who: str) -> str:
    code = medium.quote(note.code, CODE)
    return medium.say("{who} contradicts itself: the status and the code {code} disagree.", who=who, code=code)


def _replied(note: Replied, medium: TextFormat) -> str:
    customer, time = medium.quote(note.number, IDENTIFIER), medium.moment(note.at)
    if not note.words:
        return medium.say("The customer {number} sent a reply, {time}.", number=customer, time=time)
    return medium.say(
        "The customer {number} replied {words}, {time}: an opt-out, which explains a blacklist.",
        number=customer,
        words=medium.quote(mask_digits(note.words), WORDS),
        time=time,
    )


def _stored_since(note: StoredSince, medium: TextFormat, who: str) -> str:
    day = medium.times.day(note.since)
    return medium.plural(
        note.count, "{who}: {count:,} receipt since {day}.", "{who}: {count:,} receipts since {day}.", who=who, day=day
    )
