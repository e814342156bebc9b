"""The app's Home tab: who can be asked, what you asked, what is stored, how it is set up, and what to type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.slack.views.message import context, section
from bot.slack.views.mrkdwn import code, date, prose
from bot.slack.views.notices import help_message
from bot.slack.views.reference import providers
from bot.slack.views.threads import targets, via, window_words
from bot.wording import filter_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.model import Query
    from bot.wording import ProviderState

REPEAT = "home.repeat"
LOOK_UP = "home.look_up"
_LABEL, _VALUE = 60, 100


@dataclass(frozen=True, slots=True)
class Repeat:
    """One of the lookups that somebody made. `length` is how far back it reached, unless its window is closed."""

    answer_id: str
    query: Query
    length: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeStage:
    """For whom and when the Home tab is shown."""

    now: datetime
    zone: tzinfo
    titles: Mapping[str, str]
    command: str
    bot_name: str
    examples: Sequence[str]
    settings: Sequence[tuple[str, str]]  # what it is called, and what it is set to
    kept_days: int  # how long questions are kept
    unlisted: Sequence[tuple[str, str, int]] = ()  # provider, code, how often: met lately and not in our table
    receipt_days: int = 0  # how long receipts are kept; 0: none are
    notice: str = ""


def home(states: Sequence[ProviderState], repeats: Sequence[Repeat], stage: HomeStage) -> dict[str, Any]:
    """The view for `views.publish`."""
    blocks = [section([prose(stage.notice, _VALUE)])] if stage.notice else []
    blocks += [*_lookups(repeats, stage), _divider(), *_providers(states, stage), *_unlisted(stage), _divider()]
    blocks += [*_storage(stage), _divider(), *_settings(stage), _divider()]
    blocks += [_header("Help"), *help_message(stage.examples, stage.command, stage.bot_name).blocks]
    return {"type": "home", "blocks": blocks}


def _lookups(repeats: Sequence[Repeat], stage: HomeStage) -> list[dict[str, Any]]:
    start = {"type": "button", "action_id": LOOK_UP, "text": _plain("New lookup"), "style": "primary"}
    blocks = [_header("Your last lookups")]
    blocks += [_repeat(repeat, stage) for repeat in repeats]
    if not repeats:
        blocks.append(section(["None yet. What you look up shows up here, to be asked again with one click."]))
    blocks.append({"type": "actions", "elements": [start]})
    if repeats:
        blocks.append(context(["The answer comes as a direct message: see the Messages tab."]))
    return blocks


def _repeat(repeat: Repeat, stage: HomeStage) -> dict[str, Any]:
    query = repeat.query
    words = [targets(query.targets), window_words(query.window, repeat.length, stage.zone, stage.now)]
    words += [via(query.providers, stage.titles)] if query.providers else []
    words += [filter_words(query.only)] if query.only else []
    button = {
        "type": "button",
        "action_id": REPEAT,
        "text": _plain("Ask again"),
        "value": repeat.answer_id,
        "accessibility_label": "Make this lookup again, up to now",
    }
    return {**section([" · ".join(words)]), "accessory": button}


def _providers(states: Sequence[ProviderState], stage: HomeStage) -> list[dict[str, Any]]:
    limits = "A lookup takes up to 50 numbers and ids. Nobody is asked further back than a provider keeps."
    shown = providers(states, zone=stage.zone, now=stage.now).blocks
    return [_header("Providers"), *shown, context([f"{limits} As of {date(stage.now, stage.zone, stage.now)}."])]


def _unlisted(stage: HomeStage) -> list[dict[str, Any]]:
    """The codes met lately that nobody has explained yet: an operator can explain them in the overlay."""
    if not stage.unlisted:
        return []
    met = ", ".join(f"{code(word, _VALUE)} × {count} ({prose(provider, _LABEL)})" for provider, word, count in stage.unlisted)
    return [context([f"Codes met that are not in our table: {met}."])]


def _storage(stage: HomeStage) -> list[dict[str, Any]]:
    return [
        _header("What this app stores"),
        section(
            [
                f"• Your questions for {stage.kept_days} days, encrypted: they make the buttons and the threads work.",
                "• Who asked what and when, for the operator's audit: numbers as keyed hashes only.",
                "• The providers' answers in memory only. No message's text, and no number in readable form.",
                f"• Receipts that the providers send here for {stage.receipt_days} days: numbers as keyed hashes."
                if stage.receipt_days
                else "",
            ]
        ),
    ]


def _settings(stage: HomeStage) -> list[dict[str, Any]]:
    lines = [f"{prose(name, _LABEL)}: {code(value, _VALUE)}" for name, value in stage.settings]
    return [_header("Settings"), section(lines or ["–"]), context(["Whoever looks after the app can change them."])]


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": _plain(text)}


def _divider() -> dict[str, Any]:
    return {"type": "divider"}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
