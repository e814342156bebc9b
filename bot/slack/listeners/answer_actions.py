"""What a button, or a word in the thread, makes of an answer that is shown: another question, another page, another filter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Status, Window
from bot.slack.views import buttons
from bot.slack.views.answer_changes import AnswerChange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.model import Query
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.state.answers import AnswerRecord
    from bot.slack.views import Message

_DONE: Mapping[str, AnswerChange] = {
    buttons.REFRESH: AnswerChange.REFRESHED,
    buttons.WIDEN_24H: AnswerChange.WIDENED,
    buttons.WIDEN_7D: AnswerChange.WIDENED,
    buttons.ONLY_FAILED: AnswerChange.FILTERED,
    buttons.SHOW_ALL: AnswerChange.UNFILTERED,
    buttons.NEWER: AnswerChange.TURNED,
    buttons.OLDER: AnswerChange.TURNED,
    buttons.EXPLAIN: AnswerChange.EXPLAINED,
    buttons.EXPLAIN_LESS: AnswerChange.SHORTENED,
}


def needs_lookup(action: str) -> bool:
    """Whether the providers are asked."""
    return action == buttons.REFRESH or action in buttons.WIDER


def change_of(action: str) -> AnswerChange:
    """What a button does to the answer."""
    return _DONE.get(action, AnswerChange.CHANGED)


async def apply_action(
    desk: AnswerService,
    answer_id: str,
    shown: AnswerRecord,
    action: str,
    *,
    user: str,
    reader: ReaderLocale,
    say_asking: Callable[[Message], Awaitable[None]],
) -> AnswerRecord:
    """The answer as `action` makes it, kept. `say_asking` is called when asking takes long."""
    if needs_lookup(action):
        query = refreshed_query(shown.query, action, desk.clock())
        language = desk.language_of(shown, reader)
        report = await desk.look_up(query, say_asking, language, refresh=action == buttons.REFRESH)
        # What others did to it meanwhile stays, such as sharing it.
        shown = replace(await desk.answers.find(answer_id) or shown, query=query, report=report, page=0)
        if action in buttons.WIDER:
            shown = replace(shown, relative_length=query.window.length)
    else:
        shown = apply_view_action(shown, action)
    if action in _DONE:
        shown = replace(shown, changed=(change_of(action), user))
    await desk.answers.update(answer_id, shown)
    return shown


def refreshed_query(query: Query, action: str, now: datetime) -> Query:
    """The question that Refresh or a wider window asks. A window that ends "now" ends at the new now; a closed one stays."""
    now = now.replace(microsecond=0)
    wider = buttons.WIDER.get(action)
    if wider is not None:
        return replace(query, window=Window(now - wider, now))
    if query.window.open:
        return replace(query, window=Window(query.window.since, max(now, query.window.since)))
    return query


def rerun_query(shown: AnswerRecord, now: datetime) -> Query:
    """The same question from now on: a window that went with the time is as long as it was, up to now; a closed one stays."""
    now = now.replace(microsecond=0)
    if shown.relative_length is None:
        return shown.query
    return replace(shown.query, window=Window(now - shown.relative_length, now))


def apply_view_action(shown: AnswerRecord, action: str) -> AnswerRecord:
    """Another page, another filter, or more words over the same report."""
    match action:
        case buttons.OLDER:
            return replace(shown, page=shown.page + 1)
        case buttons.NEWER:
            return replace(shown, page=max(0, shown.page - 1))
        case buttons.ONLY_FAILED:
            return replace(shown, query=replace(shown.query, only=frozenset({Status.FAILED})), page=0)
        case buttons.SHOW_ALL:
            return replace(shown, query=replace(shown.query, only=frozenset()), page=0)
        case buttons.EXPLAIN | buttons.EXPLAIN_LESS:
            return replace(shown, explained=action == buttons.EXPLAIN)
        case _:  # a button of a later or earlier version of the app: show the answer as it stands
            return shown
