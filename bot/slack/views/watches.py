"""What is said of watches: the card, that one has begun, the outcome, that the time is up, and the list. Numbers are masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.grammar import A_NUMBER
from bot.model import Outcome
from bot.presentation.evidence import ignored_words_line
from bot.presentation.times import duration
from bot.presentation.verdict import verdict
from bot.presentation.wording import IDENTIFIER, OUTCOME_SIGNS, as_of_words
from bot.slack.views.answer import verdict_lines
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, plain_text, section, text_message, with_notice
from bot.slack.views.mrkdwn import Tokens, code, mention, mrkdwn_format

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.i18n import Language
    from bot.model import Query, Report
    from bot.presentation.wording import TextFormat

WAITING = OUTCOME_SIGNS[Outcome.PENDING]
PREFIX = "watch."
STOP = "watch.stop"  # on a card, or where one was just begun
STOP_LISTED = "watch.stop_listed"
MORE = "watch.more"
_MOST_TARGETS = 3
_COMMAND = 40


@dataclass(frozen=True, slots=True)
class WatchView:
    """A watch as it is shown: what, until when, and for whom."""

    watch_id: str  # opaque; the only thing in a button's value
    query: Query
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReader:
    """How and to whom something about watches is shown."""

    zone: tzinfo
    now: datetime
    titles: Mapping[str, str]
    language: Language
    asked_by: str | None = None  # Slack user id, where others read along

    def formats(self, report: Report | None = None) -> tuple[TextFormat, TextFormat]:
        """With date tokens, for the blocks; with times written out, for the text."""
        shown, spoken = (
            mrkdwn_format(report, self.titles, zone=self.zone, now=self.now, language=self.language, tokens=tokens)
            for tokens in (True, False)
        )
        return shown, spoken


def card(watch: WatchView, report: Report | None, reader: WatchReader, passed_over: tuple[str, ...] = ()) -> Message:
    """`⏳ Watching +86 137****2222 until 14:20`, what is known so far, and *Stop*."""
    say = reader.language.say

    def lines(text_format: TextFormat) -> list[str]:
        until = text_format.times.minute(watch.ends_at)
        targets = _targets(watch.query, text_format)
        head = say("Watching {targets} until {until}", targets=targets, until=until)
        return [f"{WAITING} {head}", _state(report, text_format) if report else ""]

    def small(text_format: TextFormat) -> list[str]:
        asked = say("asked by {who}", who=mention(reader.asked_by)) if reader.asked_by else ""
        as_of = as_of_words(report, text_format) if report else ""
        return [ignored_words_line(passed_over, text_format), " · ".join(part for part in (as_of, asked) if part)]

    return _message(lines, reader, small=small, elements=[_stop(watch, STOP, reader.language)], report=report)


def begun_direct(watch: WatchView, reader: WatchReader) -> Message:
    """The reply to the asker alone: the card is in the direct message."""
    say = reader.language.say

    def lines(text_format: TextFormat) -> list[str]:
        until = text_format.times.minute(watch.ends_at)
        targets = _targets(watch.query, text_format)
        head = say("Watching {targets} until {until}.", targets=targets, until=until)
        return [f"{WAITING} {head}", say("I'll tell you in a direct message when it's final.")]

    return _message(lines, reader, elements=[_stop(watch, STOP, reader.language)])


def joined(watch: WatchView, reader: WatchReader) -> Message:
    """The reply where the same person watches the same already."""

    def lines(text_format: TextFormat) -> list[str]:
        until = text_format.times.minute(watch.ends_at)
        targets = _targets(watch.query, text_format)
        head = reader.language.say("You already watch {targets}, until {until}.", targets=targets, until=until)
        return [f"{WAITING} {head}"]

    return _message(lines, reader, elements=[_stop(watch, STOP, reader.language)])


def too_many(typed: str, *, language: Language) -> Message:
    """The reply to one watch more than a person may have."""
    word = language.say("watches")
    listing = code(f"{typed} {word}".strip(), _COMMAND)
    return text_message(
        language,
        language.say("You already have 5 open watches, the most at once."),
        language.say("Stop one first: {command} lists them.", command=listing),
    )


def unavailable(*, language: Language) -> Message:
    """The reply where the database cannot keep a watch."""
    return text_message(
        language, language.say("The watch could not be saved: the app's database is not available. Try again in a minute.")
    )


def final_already(answer: Message, *, language: Language) -> Message:
    """The answer, where nothing is left to wait for."""
    recent = code(language.say("since 5m"), _COMMAND)
    why = language.say("Nothing to wait for: this is final. To wait for a newer message, add {since}.", since=recent)
    return with_notice(text_message(language, why), answer, language=language)


def outcome(report: Report, user: str, reader: WatchReader) -> Message:
    """Says once what became of it, and mentions the asker."""

    def lines(text_format: TextFormat) -> list[str]:
        first, *more = _verdict_lines(report, text_format)
        return [f"{mention(user)} {first}".strip(), *more]

    return _message(lines, reader, report=report)


def time_up(watch: WatchView, report: Report, user: str, within: timedelta, reader: WatchReader) -> Message:
    """Says once that the time is up, what is still open, and offers ten minutes more."""
    language = reader.language

    def lines(text_format: TextFormat) -> list[str]:
        over = language.say("Time is up after {length}. Not final yet:", length=duration(within, language))
        return [f"{mention(user)} ⌛ {over}".strip(), *_verdict_lines(report, text_format)]

    more = {
        "type": "button",
        "action_id": MORE,
        "text": plain_text(language.say("Watch 10 more minutes")),
        "value": watch.watch_id,
    }
    return _message(lines, reader, elements=[more], report=report)


def ended(answer: Message, *, is_final: bool, language: Language) -> Message:
    """The card when all is over: the answer, as of then."""
    notice = language.say("Watch ended: final.") if is_final else language.say("Watch ended: time is up.")
    return with_notice(text_message(language, notice), answer, language=language)


def stopped(query: Query, reader: WatchReader) -> Message:
    """The card of a watch that was stopped."""

    def lines(text_format: TextFormat) -> list[str]:
        return [reader.language.say("Watch stopped: {targets}", targets=_targets(query, text_format))]

    return _message(lines, reader)


def over(*, language: Language) -> Message:
    """The reply to a button of a watch that is over."""
    return text_message(language, language.say("This watch is already over."))


def not_yours(user: str, *, language: Language) -> Message:
    """The reply to whoever presses *Stop* for somebody else."""
    return text_message(language, language.say("Only {who} can stop this watch.", who=mention(user)))


def listed(watches: Sequence[WatchView], typed: str, reader: WatchReader) -> Message:
    """A person's open watches, with *Stop* for each."""
    language = reader.language
    if not watches:
        word = language.say("watch")
        example = code(f"{typed} {word} {A_NUMBER}".strip(), _COMMAND)
        return text_message(language, language.say("No open watches. Start one with {example}.", example=example))
    shown, spoken = reader.formats()
    head = language.plural(len(watches), "You have one open watch:", "You have {count} open watches:")
    blocks = [section([f"*{head}*"], language)]
    for index, watch in enumerate(watches):
        button = _stop(watch, f"{STOP_LISTED}.{index}", language)
        blocks.append({**section([_entry(watch, shown)], language), "accessory": button})
    text = [head, *(f"• {_entry(watch, spoken)}" for watch in watches)]
    return Message(fit(text, (), TEXT_BUDGET, language), tuple(blocks))


def moved(channel: str, reason: str, message: Message, *, language: Language) -> Message:
    """An outcome that Slack did not take where it belongs, as a direct message."""
    where, said = f"<#{channel}>" if channel.startswith(("C", "G")) else "", code(reason, _COMMAND)
    why = language.say("Sent here because Slack rejected the post in {channel} ({reason}).", channel=where, reason=said)
    return with_notice(text_message(language, why), message, language=language)


def _entry(watch: WatchView, text_format: TextFormat) -> str:
    until = text_format.times.minute(watch.ends_at)
    return text_format.say("{targets} until {until}", targets=_targets(watch.query, text_format), until=until)


def _targets(query: Query, text_format: TextFormat) -> str:
    masked = [text_format.quote(target.masked, IDENTIFIER) for target in query.targets]
    return text_format.language.listed(masked, most=_MOST_TARGETS)


def _state(report: Report, text_format: TextFormat) -> str:
    """What is known so far, without the sign that precedes the card itself."""
    return _verdict_lines(report, text_format)[0].removeprefix(f"{WAITING} ")


def _verdict_lines(report: Report, text_format: TextFormat) -> list[str]:
    """What happened and to whom; what is missing; who must fix it. Bold where times are tokens, which is not in the text."""
    result = verdict(report, text_format.language, titles=text_format.titles)
    return verdict_lines(report, result, text_format, bold=isinstance(text_format.times, Tokens))[:3]


def _stop(watch: WatchView, action: str, language: Language) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": plain_text(language.say("Stop")),
        "value": watch.watch_id,
        "accessibility_label": language.say("Stop this watch"),
    }


def _message(
    lines: Callable[[TextFormat], list[str]],
    reader: WatchReader,
    *,
    small: Callable[[TextFormat], list[str]] = lambda _: [],
    elements: Sequence[dict[str, Any]] = (),
    report: Report | None = None,
) -> Message:
    shown, spoken = reader.formats(report)
    blocks: list[dict[str, Any]] = [section(lines(shown), reader.language)]
    blocks += [context_block(small(shown), reader.language)] if any(small(shown)) else []
    blocks += [{"type": "actions", "elements": list(elements)}] if elements else []
    text = [line for line in (*lines(spoken), *small(spoken)) if line]
    return Message(fit(text, (), TEXT_BUDGET, reader.language), tuple(blocks))
