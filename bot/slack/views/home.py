"""The Home tab: providers, recent lookups, storage, settings and help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.presentation.wording import filter_words
from bot.slack.views.message import context_block, plain_text, section
from bot.slack.views.mrkdwn import code, mrkdwn_format, prose
from bot.slack.views.notices import help_message
from bot.slack.views.reference import providers
from bot.slack.views.thread_notes import targets, via, window_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.i18n import Language
    from bot.model import Query
    from bot.presentation.wording import ProviderStatus, TextFormat

REPEAT = "home.repeat"
LOOK_UP = "home.look_up"
_LABEL, _VALUE = 60, 100


@dataclass(frozen=True, slots=True)
class RepeatButton:
    """A recent lookup of the person. `length` is that of a relative window, None for a closed one."""

    answer_id: str
    query: Query
    length: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContext:
    """Who sees the Home tab, and when."""

    now: datetime
    zone: tzinfo
    titles: Mapping[str, str]
    command: str
    bot_name: str
    examples: Sequence[str]
    settings: Sequence[tuple[str, str]]  # what it is called, in the reader's language, and what it is set to
    kept_days: int  # how long questions are kept
    unlisted: Sequence[tuple[str, str, int]] = ()  # provider, code, how often: met lately and not in our table
    receipt_days: int = 0  # how long receipts are kept; 0: none are
    notice: str = ""
    language: Language


def home(states: Sequence[ProviderStatus], repeats: Sequence[RepeatButton], context: HomeContext) -> dict[str, Any]:
    """The view for `views.publish`."""
    blocks = [section([prose(context.notice, _VALUE)], context.language)] if context.notice else []
    blocks += [*_lookups(repeats, context), _divider(), *_providers(states, context), *_unlisted(context), _divider()]
    blocks += [*_storage(context), _divider(), *_settings(context), _divider()]
    help_text = help_message(context.examples, context.command, context.bot_name, language=context.language)
    blocks += [_header(context.language.say("Help")), *help_text.blocks]
    return {"type": "home", "blocks": blocks}


def _lookups(repeats: Sequence[RepeatButton], context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    start = {"type": "button", "action_id": LOOK_UP, "text": plain_text(language.say("New lookup")), "style": "primary"}
    blocks = [_header(language.say("Your last lookups"))]
    blocks += [_repeat(repeat, context) for repeat in repeats]
    if not repeats:
        none = language.say("None yet. What you look up shows up here, to be asked again with one click.")
        blocks.append(section([none], language))
    blocks.append({"type": "actions", "elements": [start]})
    if repeats:
        blocks.append(context_block([language.say("The answer comes as a direct message: see the Messages tab.")], language))
    return blocks


def _repeat(repeat: RepeatButton, context: HomeContext) -> dict[str, Any]:
    query, language = repeat.query, context.language
    words = [targets(query.targets, language=language)]
    words.append(window_words(query.window, repeat.length, _text_format(context)))
    words += [via(query.providers, context.titles, language=language)] if query.providers else []
    words += [filter_words(query.only, language)] if query.only else []
    button = {
        "type": "button",
        "action_id": REPEAT,
        "text": plain_text(language.say("Ask again")),
        "value": repeat.answer_id,
        "accessibility_label": language.say("Make this lookup again, up to now"),
    }
    return {**section([" · ".join(words)], language), "accessory": button}


def _providers(states: Sequence[ProviderStatus], context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    shown = providers(states, zone=context.zone, now=context.now, language=language).blocks
    limits = (
        language.say("A lookup takes up to 50 numbers and ids. Nobody is asked further back than a provider keeps."),
        language.say("As of {when}.", when=_text_format(context).moment(context.now)),
    )
    return [_header(language.say("Providers")), *shown, context_block([language.sentences(limits)], language)]


def _unlisted(context: HomeContext) -> list[dict[str, Any]]:
    """The unlisted codes met lately: an operator can explain them in the overlay."""
    if not context.unlisted:
        return []
    say = context.language.say
    met = [
        say("{code} × {count} ({provider})", code=code(word, _VALUE), count=count, provider=prose(provider, _LABEL))
        for provider, word, count in context.unlisted
    ]
    line = say("Codes met that are not in our table: {codes}.", codes=context.language.comma_list(met))
    return [context_block([line], context.language)]


def _storage(context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    lines = [
        language.plural(
            context.kept_days,
            "Your questions for {count} day, encrypted: they make the buttons and the threads work.",
            "Your questions for {count} days, encrypted: they make the buttons and the threads work.",
        ),
        language.say("Who asked what and when, for the operator's audit: numbers as keyed hashes only."),
        language.say("The providers' answers in memory only. No message's text, and no number in readable form."),
    ]
    if context.receipt_days:
        receipts = language.plural(
            context.receipt_days,
            "Receipts that the providers send here for {count} day: numbers as keyed hashes.",
            "Receipts that the providers send here for {count} days: numbers as keyed hashes.",
        )
        lines.append(receipts)
    return [_header(language.say("What this app stores")), section([f"• {line}" for line in lines], language)]


def _settings(context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    lines = [
        language.say("{name}: {value}", name=prose(name, _LABEL), value=code(value, _VALUE)) for name, value in context.settings
    ]
    change = language.say("Whoever looks after the app can change them.")
    return [_header(language.say("Settings")), section(lines or ["–"], language), context_block([change], language)]


def _text_format(context: HomeContext) -> TextFormat:
    return mrkdwn_format(None, context.titles, zone=context.zone, now=context.now, language=context.language)


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": plain_text(text)}


def _divider() -> dict[str, Any]:
    return {"type": "divider"}
