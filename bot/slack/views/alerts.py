"""An alert in its channel, its ending, and what its buttons show. A button's value is the alert's id alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.alerts.alert import Trouble
from bot.i18n import phrase
from bot.presentation.alerts import (
    cause_words,
    causes_line,
    detail_lines,
    example_lines,
    headline,
    over_line,
    small_lines,
)
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, plain_text, section, text_message
from bot.slack.views.mrkdwn import Tokens, mention, mrkdwn_format

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from bot.alerts.alert import Alert
    from bot.alerts.reader import Evidence
    from bot.i18n import Language, Phrase
    from bot.presentation.wording import TextFormat

PREFIX = "alert."
STATS = "alert.stats"
FAILURES = "alert.failures"
MUTE = "alert.mute"

_LABELS: Mapping[str, tuple[Phrase, Phrase]] = {  # what the button says, and what a screen reader says for it
    STATS: (phrase("Stats"), phrase("Count everybody's messages now")),
    FAILURES: (phrase("Look at failures"), phrase("List the newest failures of this alert")),
    MUTE: (phrase("Mute 1 h"), phrase("No notification about this for an hour")),
}
_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class AlertReader:
    """How alerts are shown, and to whom."""

    zone: tzinfo
    now: datetime
    titles: Mapping[str, str]
    language: Language

    def formats(self) -> tuple[TextFormat, TextFormat]:
        """With Slack's date tokens, and with written times for the text."""
        shown, spoken = (
            mrkdwn_format(None, self.titles, zone=self.zone, now=self.now, language=self.language, tokens=tokens)
            for tokens in (True, False)
        )
        return shown, spoken


@dataclass(frozen=True, slots=True)
class MutedBy:
    """Who wants no notification, until when."""

    user: str
    until: datetime


def alert_message(alert: Alert, evidence: Evidence, reader: AlertReader, muted: MutedBy | None = None) -> Message:
    """An alert that lasts: what fails, who must fix it, why, and three examples."""

    def lines(text_format: TextFormat) -> list[str]:
        first = headline(alert, text_format, bold=_is_bold(text_format))
        return [first, *detail_lines(alert, evidence, text_format), *example_lines(evidence, text_format)]

    def small(text_format: TextFormat) -> list[str]:
        return [_muted(muted, text_format), *small_lines(alert, reader.now, text_format)]

    names = [STATS, *([FAILURES] if alert.trouble is Trouble.FAILING else []), *([] if muted else [MUTE])]
    return _message(lines, reader, small=small, buttons=_buttons(alert, names, reader.language))


def ended_message(alert: Alert, evidence: Evidence, reader: AlertReader) -> Message:
    """The same message when it is over."""

    def lines(text_format: TextFormat) -> list[str]:
        was = headline(alert, text_format).partition(" ")[2]
        over = over_line(alert, text_format, bold=_is_bold(text_format))
        return [over, text_format.say("It was: {line}", line=was), *detail_lines(alert, evidence, text_format)[1:]]

    names = [STATS, *([FAILURES] if alert.trouble is Trouble.FAILING else [])]
    return _message(lines, reader, buttons=_buttons(alert, names, reader.language))


def ended_reply(alert: Alert, reader: AlertReader) -> Message:
    """What the thread is told when it is over."""
    return _message(lambda text_format: [over_line(alert, text_format)], reader)


def still_reply(alert: Alert, user: str, reader: AlertReader) -> Message:
    """What the thread is told when the mute is over and the trouble is not."""

    def lines(text_format: TextFormat) -> list[str]:
        first = text_format.say("{who} The mute is over, the trouble is not:", who=mention(user)).strip()
        return [first, headline(alert, text_format)]

    return _message(lines, reader)


def missed_message(alerts: Sequence[Alert], reader: AlertReader) -> Message:
    """One message about all that came and went in the quiet hours."""

    def lines(text_format: TextFormat) -> list[str]:
        head = text_format.plural(
            len(alerts), "Over already, during quiet hours: one alert", "Over already, during quiet hours: {count} alerts"
        )
        entries = [f"• {headline(alert, text_format)}\n    {over_line(alert, text_format)}" for alert in alerts]
        return [f"🌙 {head}", *entries]

    return _message(lines, reader)


def failures_message(alert: Alert, evidence: Evidence, reader: AlertReader, most: int) -> Message:
    """Why messages failed and the newest of them, masked, for whoever pressed. `most`: so many are shown at most."""

    def lines(text_format: TextFormat) -> list[str]:
        who = cause_words(alert.cause, text_format)
        if not evidence.examples:
            return [text_format.say("No failures kept: {who}", who=who)]
        head = text_format.say("Newest failures: {who}", who=who)
        return [head, causes_line(evidence, text_format), *example_lines(evidence, text_format)]

    def small(text_format: TextFormat) -> list[str]:
        return [text_format.say("Only the newest {count} are shown.", count=most)] if len(evidence.examples) >= most else []

    return _message(lines, reader, small=small)


def gone(*, language: Language) -> Message:
    """The reply to a button of an alert that is not kept any more."""
    return text_message(language, language.say("This alert is no longer kept."))


def over_already(*, language: Language) -> Message:
    """The reply to *Mute* when there is nothing to mute."""
    return text_message(language, language.say("This alert is already over."))


def unavailable(*, language: Language) -> Message:
    """The reply to a button while the database is away."""
    return text_message(language, language.say("The receipt store can't be read just now. Try again in a minute."))


def _muted(muted: MutedBy | None, text_format: TextFormat) -> str:
    if muted is None:
        return ""
    until = text_format.times.minute(muted.until)
    return text_format.say("Muted by {who} until {time}", who=mention(muted.user), time=until)


def _is_bold(text_format: TextFormat) -> bool:
    return isinstance(text_format.times, Tokens)


def _buttons(alert: Alert, names: Sequence[str], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "type": "button",
            "action_id": name,
            "text": plain_text(_LABELS[name][0].said_in(language)),
            "value": alert.id,
            "accessibility_label": _LABELS[name][1].said_in(language),
        }
        for name in names
    ]


def _message(
    lines: Callable[[TextFormat], list[str]],
    reader: AlertReader,
    *,
    small: Callable[[TextFormat], list[str]] = lambda _: [],
    buttons: Sequence[dict[str, Any]] = (),
) -> Message:
    shown, spoken = reader.formats()
    blocks: list[dict[str, Any]] = [section(map(_unbroken, lines(shown)), reader.language)]
    blocks += [context_block(map(_unbroken, small(shown)), reader.language)] if any(small(shown)) else []
    blocks += [{"type": "actions", "elements": list(buttons)}] if buttons else []
    text = [line for line in (*lines(spoken), *small(spoken)) if line]
    return Message(fit(text, (), TEXT_BUDGET, reader.language), tuple(blocks))


def _unbroken(line: str) -> str:
    """The line with no break between a number and its per cent sign: a phone's lines are short."""
    return line.replace(" %", f"{_NO_BREAK}%")
