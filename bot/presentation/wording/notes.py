"""What an answer must say besides its rows: a `Note` as one sentence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.model import NoteKind
from bot.presentation.wording.text_format import CODE, IDENTIFIER, PLACE, WORDS
from bot.sanitize import mask_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.i18n import Language
    from bot.model import Note, SkippedAccount
    from bot.presentation.wording.text_format import TextFormat


def note_sentence(note: Note, medium: TextFormat, who: str) -> str:
    """What a note says, as one sentence. `who` is the provider as it is to be called."""
    return _NOTES[note.kind](note, medium, who)


def not_asked(part: SkippedAccount, medium: TextFormat, who: str) -> str:
    """`Alibaba intl not asked (needs a message id)`."""
    return medium.say("{who} not asked ({reason})", who=who, reason=note_sentence(part.reason, medium, who).rstrip(".。"))


def clock_sentence(minutes: int, who: str, language: Language) -> str:
    """As in "Our clock is 7 min ahead of Tencent's"."""
    if minutes > 0:
        return language.say("Our clock is {minutes} min ahead of {who}'s.", minutes=minutes, who=who)
    return language.say("Our clock is {minutes} min behind {who}'s.", minutes=-minutes, who=who)


def _count(note: Note, name: str) -> int:
    return int(str(note.value(name)))


def _when(note: Note, name: str, medium: TextFormat) -> str:
    value = note.value(name)
    return medium.moment(value) if isinstance(value, datetime) else medium.prose(str(value), PLACE)


def _cut_to_memory(note: Note, medium: TextFormat, who: str) -> str:
    return medium.plural(
        _count(note, "days"),
        "{who} keeps {count} day: nothing before {since} was asked.",
        "{who} keeps {count} days: nothing before {since} was asked.",
        who=who,
        since=_when(note, "since", medium),
    )


def _out_of_memory(note: Note, medium: TextFormat, _: str) -> str:
    return medium.plural(
        _count(note, "days"), "keeps {count} day, and this window is older", "keeps {count} days, and this window is older"
    )


def _crowded_second(note: Note, medium: TextFormat, who: str) -> str:
    return medium.say(
        "{who} has more messages at {time} than the {shown} it hands out.",
        who=who,
        time=_when(note, "at", medium),
        shown=_count(note, "shown"),
    )


def _counted_more(note: Note, medium: TextFormat, who: str) -> str:
    if not note.has("day"):
        return medium.say(
            "{who} counts {counted} but returned {returned}.",
            who=who,
            counted=_count(note, "counted"),
            returned=_count(note, "returned"),
        )
    return medium.say(
        "{who} counts {counted} on {day} (UTC+8) but returned {returned}.",
        who=who,
        counted=_count(note, "counted"),
        day=_when(note, "day", medium),
        returned=_count(note, "returned"),
    )


def _rows_unreadable(note: Note, medium: TextFormat, who: str) -> str:
    return medium.plural(
        _count(note, "count"),
        "{who} sent {count} row that could not be read.",
        "{who} sent {count} rows that could not be read.",
        who=who,
    )


def _other_numbers(note: Note, medium: TextFormat, who: str) -> str:
    return medium.plural(
        _count(note, "count"),
        "{who} sent {count} row about another number, which is left out.",
        "{who} sent {count} rows about other numbers, which are left out.",
        who=who,
    )


def _part_missing(note: Note, medium: TextFormat, who: str) -> str:
    return medium.plural(
        _count(note, "parts"),
        "{who} did not answer {missing} of the {count} part of the question.",
        "{who} did not answer {missing} of the {count} parts of the question.",
        who=who,
        missing=_count(note, "missing"),
    )


def _contradiction(note: Note, medium: TextFormat, who: str) -> str:
    return medium.say(
        "{who} contradicts itself: the status and the code {code} disagree.",
        who=who,
        code=medium.quote(str(note.value("code")), CODE),
    )


def _provider_words(note: Note, medium: TextFormat, who: str) -> str:
    return medium.say("{who} says: {words}", who=who, words=medium.quote(mask_digits(str(note.value("words"))), WORDS))


def _replied(note: Note, medium: TextFormat, _: str) -> str:
    customer = medium.quote(str(note.value("number")), IDENTIFIER)
    words = str(note.value("words"))
    time = _when(note, "at", medium)
    if not words:
        return medium.say("The customer {number} sent a reply, {time}.", number=customer, time=time)
    return medium.say(
        "The customer {number} replied {words}, {time}: an opt-out, which explains a blacklist.",
        number=customer,
        words=medium.quote(mask_digits(words), WORDS),
        time=time,
    )


def _stored_since(note: Note, medium: TextFormat, who: str) -> str:
    since = note.value("since")
    when = medium.times.day(since) if isinstance(since, datetime) else medium.prose(str(since), PLACE)
    values = {"who": who, "day": when}
    return medium.plural(
        _count(note, "count"), "{who}: {count:,} receipt since {day}.", "{who}: {count:,} receipts since {day}.", **values
    )


_NOTES: Mapping[NoteKind, Callable[[Note, TextFormat, str], str]] = {
    NoteKind.CUT_TO_MEMORY: _cut_to_memory,
    NoteKind.OUT_OF_MEMORY: _out_of_memory,
    NoteKind.CROWDED_SECOND: _crowded_second,
    NoteKind.COUNTED_MORE: _counted_more,
    NoteKind.EMPTY_RECEIPTS: lambda _, medium, who: medium.say(
        "{who} has no receipt: none has come yet, or it was never sent from this app.", who=who
    ),
    NoteKind.NO_RECORD: lambda _, medium, who: medium.say("{who} has no record of it.", who=who),
    NoteKind.MAY_CHANGE: lambda _, medium, __: medium.say("A receipt may still come, up to 72 h after sending."),
    NoteKind.CLOCK_OFF: lambda note, medium, who: clock_sentence(_count(note, "minutes"), who, medium.language),
    NoteKind.ROWS_UNREADABLE: _rows_unreadable,
    NoteKind.OTHER_NUMBERS: _other_numbers,
    NoteKind.PART_MISSING: _part_missing,
    NoteKind.CONTRADICTION: _contradiction,
    NoteKind.PROVIDER_WORDS: _provider_words,
    NoteKind.WINDOW_IGNORED: lambda _, medium, who: medium.say(
        "{who} looked the id up in all it keeps, not only in this window.", who=who
    ),
    NoteKind.NEEDS_MESSAGE_ID: lambda _, medium, __: medium.say("needs a message id"),
    NoteKind.NEEDS_NUMBER: lambda _, medium, __: medium.say("needs a number"),
    NoteKind.NOT_CHOSEN: lambda _, medium, __: medium.say("left out by via"),
    NoteKind.STORED_SINCE: _stored_since,
    NoteKind.NEWEST_ONLY: lambda note, medium, who: medium.say(
        "{who} has more than the newest {shown}, which are shown.", who=who, shown=_count(note, "shown")
    ),
    NoteKind.REPLIED: _replied,
}
