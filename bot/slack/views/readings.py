"""The buttons of a message that asks back: what each reading asks, in as few words as tell it from the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.grammar import CheckSignature, CheckTemplate, Explain, Help, Lookup, Providers, Stats, Watch, Watches
from bot.i18n import phrase
from bot.presentation.times import duration, format_day, format_window, is_today
from bot.presentation.wording import filter_words
from bot.slack.views.message import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.grammar import Command
    from bot.i18n import Language, Phrase
    from bot.model import Query, Window

PREFIX = "reading."
_CHANGES: Mapping[str, Phrase] = {  # to the answer shown last
    "refresh": phrase("Refresh"),
    "more": phrase("Next"),
    "newer": phrase("Previous"),
    "all": phrase("Show all"),
    "summary": phrase("Summary"),
}
_ALONE: Mapping[type, Phrase] = {  # commands of one word
    Watches: phrase("Show watches"),
    Help: phrase("Show help"),
    Stats: phrase("Count everybody's messages"),
    Providers: phrase("Show providers"),
}
_MOST = 75  # characters of a button
_MOST_TARGETS = 2
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what was typed: the id under which it is kept, and what its button says."""

    draft_id: str
    label: str


def reading_buttons(readings: Sequence[Reading]) -> dict[str, Any]:
    """The row of buttons. The action ids differ, as Slack wants them to."""
    elements = [
        {
            "type": "button",
            "action_id": f"{PREFIX}{index}",
            "text": plain_text(reading.label[:_MOST]),
            "value": reading.draft_id,
        }
        for index, reading in enumerate(readings)
    ]
    return {"type": "actions", "elements": elements}


@dataclass(frozen=True, slots=True)
class _QueryWords:
    """What a lookup asks, part by part, in plain words."""

    titles: Mapping[str, str]
    zone: tzinfo
    now: datetime
    language: Language

    def parts(self, query: Query) -> tuple[str, ...]:
        """The window, the providers, the statuses and the targets."""
        say, named = self.language.say, [self.titles.get(name, name) for name in query.providers]
        return (
            self._window(query.window),
            say("via {providers}", providers=self.language.listed(named)) if named else say("via every provider"),
            filter_words(query.only, self.language) if query.only else say("every status"),
            self.language.listed([target.masked for target in query.targets], most=_MOST_TARGETS),
        )

    def _window(self, window: Window) -> str:
        """`last 9 h`, `since 09:00`, `since Nov 9 00:00`, `09:00–11:00`."""
        if not window.open:
            return format_window(window, self.zone, self.now, self.language)
        if not window.length % (_DAY if window.length > 2 * _DAY else _HOUR) or window.length < _HOUR:
            return self.language.say("last {length}", length=duration(window.length, self.language))
        when = f"{window.since.astimezone(self.zone):%H:%M}"
        if not is_today(window.since, self.zone, self.now):
            when = f"{format_day(window.since, self.zone, self.now, self.language)} {when}"
        return self.language.say("since {when}", when=when)


def reading_labels(
    meant: Sequence[Command | str], titles: Mapping[str, str], *, zone: tzinfo, now: datetime, language: Language
) -> list[str]:
    """What each asks, as a button says it: of lookups, what differs between them."""
    words = _QueryWords(titles, zone, now, language)
    lookups = {command: words.parts(command.query) for command in meant if isinstance(command, Lookup)}
    telling = [index for index, values in enumerate(zip(*lookups.values(), strict=True)) if len(set(values)) > 1]
    shares = {command.share for command in lookups}

    def label(command: Command | str) -> str:
        match command:
            case Lookup():
                said = [lookups[command][index] for index in telling]
                said += [language.say("share")] if command.share and len(shares) > 1 else []
                return language.clauses(said) or language.say("Look it up")
            case Explain(code):
                return language.say("Explain {code}", code=code)
            case CheckSignature(name):
                return language.say("Check signature {name}", name=name)
            case CheckTemplate(code):
                return language.say("Check template {code}", code=code)
            case Watch(query, within):
                length = duration(within, language)
                return language.say("Watch {targets} for {length}", targets=words.parts(query)[-1], length=length)
            case str():
                return _CHANGES[command].said_in(language)
            case _:
                return _ALONE[type(command)].said_in(language)

    return [label(command) for command in meant]
