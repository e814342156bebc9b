"""Renders the provider accounts for the terminal: what each answers, how long it keeps it, and how its latest call went."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.cli.table_or_list import TableOrList
from bot.i18n import phrase
from bot.presentation.wording import (
    CODE,
    IDENTIFIER,
    NO_DAY,
    TITLE,
    WORDS,
    fault_words,
    mid_sentence,
    plain_text_format,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from rich.console import RenderableType

    from bot.i18n import Language
    from bot.presentation.wording import ProviderStatus, TextFormat

_HEADINGS = (phrase("Provider"), phrase("Account"), phrase("Answers"), phrase("Keeps"), phrase("State"))


def render_providers(
    states: Sequence[ProviderStatus], *, zone: tzinfo = UTC, now: datetime = NO_DAY, language: Language
) -> RenderableType:
    """A row for each provider account."""
    text_format = plain_text_format(None, {}, zone=zone, now=now, language=language)
    rows = TableOrList([heading.said_in(language) for heading in _HEADINGS])
    for state in states:
        title, answers = text_format.prose(state.title, TITLE), text_format.prose(state.answers, WORDS)
        answers = (
            text_format.language.sentences((text_format.language.with_full_stop(answers), text_format.prose(state.notice, WORDS)))
            if state.notice
            else answers
        )
        account = text_format.quote(state.account, IDENTIFIER) if state.account else ""
        keeps = text_format.plural(state.keeps_days, "{count} day", "{count} days") if state.keeps_days is not None else ""
        said = _state(state, text_format)
        item = " · ".join(part for part in (f"{title} {account}".rstrip(), answers, keeps, said) if part)
        rows.add([title, account or "–", answers, keeps or "–", said], item)
    return rows


def _state(state: ProviderStatus, text_format: TextFormat) -> str:
    if not state.configured:
        return (
            text_format.say("not set up: set {keys}", keys=text_format.language.comma_list(state.keys))
            if state.keys
            else text_format.say("not set up")
        )
    if state.last_error is not None:
        title = text_format.prose(mid_sentence(fault_words(state.last_error, text_format.language).title), TITLE)
        return text_format.say(
            "last check failed: {title} ({code})", title=title, code=text_format.quote(state.last_error.code, CODE)
        )
    if state.last_answer_at is None:
        return text_format.say("not checked yet")
    return text_format.say("last check {time} OK", time=text_format.times.minute(state.last_answer_at))
