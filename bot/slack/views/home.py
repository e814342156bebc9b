"""The Home tab: what is wrong now, a new lookup, recent lookups, help, providers. Settings are behind a button (`about.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Outcome
from bot.presentation.wording import fault_words, filter_words, mid_sentence
from bot.slack.views.message import context_block, plain_text, section
from bot.slack.views.mrkdwn import code, link, mrkdwn_format, prose
from bot.slack.views.notices import help_message
from bot.slack.views.reference import providers
from bot.slack.views.thread_notes import targets, via, window_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from bot.i18n import Language, Phrase
    from bot.model import ProviderFault, Query
    from bot.presentation.wording import ProviderStatus, TextFormat

REPEAT = "home.repeat"
LOOK_UP = "home.look_up"
SETTINGS = "home.settings"
OUTCOMES: Mapping[str, tuple[str, Phrase]] = {
    Outcome.DELIVERED: ("✅", phrase("Delivered")),
    Outcome.FAILED: ("❌", phrase("Failed")),
    Outcome.REJECTED: ("❌", phrase("Rejected")),
    Outcome.PENDING: ("⏳", phrase("No receipt yet")),
    Outcome.UNANSWERED: ("⚠️", phrase("Cannot tell")),
    Outcome.NO_RECORD: ("∅", phrase("No record")),
    Outcome.UNKNOWN: ("❔", phrase("Unknown")),
}
_LABEL, _VALUE = 60, 100


@dataclass(frozen=True, slots=True)
class RepeatButton:
    """A recent lookup of the person. `length` is that of a relative window, None for a closed one."""

    answer_id: str
    query: Query
    length: timedelta | None
    outcome: str = ""  # an Outcome's value, when it was last asked; empty: not known
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContext:
    """Who sees the Home tab, and when."""

    now: datetime
    zone: tzinfo
    titles: Mapping[str, str]
    command: str
    bot_name: str
    examples: Sequence[str]
    unlisted: Sequence[tuple[str, str, int]] = ()  # provider, code, how often: met lately and not in our table
    notice: str = ""  # mrkdwn
    codes: str = ""  # the address of the site of the codes; empty: there is none
    language: Language


def home(states: Sequence[ProviderStatus], repeats: Sequence[RepeatButton], context: HomeContext) -> dict[str, Any]:
    """The view for `views.publish`: what is wrong now, what to do, what was asked, and only then what rarely matters."""
    language = context.language
    blocks = [section([context.notice], language)] if context.notice else []
    blocks += [*_faults(states, context), _buttons(language), *_lookups(repeats, context), _divider()]
    help_text = help_message(context.examples, context.command, context.bot_name, language=language)
    all_codes = link(context.codes, language.say("All codes, explained"))
    blocks += [_header(language.say("Help")), *help_text.blocks]
    blocks += [*([context_block([all_codes], language)] if all_codes else []), _divider()]
    blocks += [*_providers(states, context), *_unlisted(context)]
    return {"type": "home", "blocks": blocks}


def _faults(states: Sequence[ProviderStatus], context: HomeContext) -> list[dict[str, Any]]:
    """Whose latest call failed: an answer that is missing is looked for there first."""
    lines = [f"⚠️ {_fault(state, state.last_error, context)}" for state in states if state.last_error is not None]
    return [section(lines, context.language)] if lines else []


def _fault(state: ProviderStatus, fault: ProviderFault, context: HomeContext) -> str:
    say = context.language.say
    provider = f"*{prose(state.title, _LABEL)}*" + (f" {code(state.account, _LABEL)}" if state.account else "")
    why = prose(mid_sentence(fault_words(fault, context.language).title), _VALUE)
    if state.last_answer_at is None:
        return say("No answer from {provider}: {why}", provider=provider, why=why)
    when = _text_format(context).times.minute(state.last_answer_at)
    return say("No answer from {provider} at {when}: {why}", provider=provider, when=when, why=why)


def _buttons(language: Language) -> dict[str, Any]:
    start = {"type": "button", "action_id": LOOK_UP, "text": plain_text(language.say("New lookup")), "style": "primary"}
    about = {"type": "button", "action_id": SETTINGS, "text": plain_text(language.say("Settings"))}
    return {"type": "actions", "elements": [start, about]}


def _lookups(repeats: Sequence[RepeatButton], context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    blocks = [_header(language.say("Recent lookups"))]
    blocks += [_repeat(repeat, context) for repeat in repeats]
    if not repeats:
        none = language.say("None yet. Your lookups are listed here, with a button to run each again.")
        return [*blocks, section([none], language)]
    return [*blocks, context_block([language.say("Answers come as direct messages: see the Messages tab.")], language)]


def _repeat(repeat: RepeatButton, context: HomeContext) -> dict[str, Any]:
    """What came of it and when, then the question."""
    query, language, text_format = repeat.query, context.language, _text_format(context)
    outcome = OUTCOMES.get(repeat.outcome)
    seen = [f"{outcome[0]} *{outcome[1].said_in(language)}*"] if outcome else []
    seen += [text_format.moment(repeat.as_of)] if repeat.as_of else []
    words = [targets(query.targets, language=language)]
    words.append(window_words(query.window, repeat.length, text_format))
    words += [via(query.providers, context.titles, language=language)] if query.providers else []
    words += [filter_words(query.only, language)] if query.only else []
    button = {
        "type": "button",
        "action_id": REPEAT,
        "text": plain_text(language.say("Run again")),
        "value": repeat.answer_id,
        "accessibility_label": language.say("Run this lookup again, up to now"),
    }
    return {**section([" · ".join(seen), " · ".join(words)], language), "accessory": button}


def _providers(states: Sequence[ProviderStatus], context: HomeContext) -> list[dict[str, Any]]:
    language = context.language
    shown = providers(states, zone=context.zone, now=context.now, language=language).blocks
    limits = (
        language.say("Up to 50 numbers or message IDs at once. Windows are limited to what each provider keeps."),
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
    line = say("Unknown codes seen: {codes}.", codes=context.language.comma_list(met))
    return [context_block([line], context.language)]


def _text_format(context: HomeContext) -> TextFormat:
    return mrkdwn_format(None, context.titles, zone=context.zone, now=context.now, language=context.language)


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": plain_text(text)}


def _divider() -> dict[str, Any]:
    return {"type": "divider"}
