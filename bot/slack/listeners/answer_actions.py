"""What a button, or a word in the thread, makes of an answer that is shown: another question, another page, another filter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Status, Window
from bot.slack.views import buttons
from bot.slack.views.answer_changes import Change

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.model import Query
    from bot.slack.answer_service import Desk
    from bot.slack.locales import Reader
    from bot.slack.state.answers import Shown
    from bot.slack.views import Message

_DONE: Mapping[str, Change] = {
    buttons.REFRESH: Change.REFRESHED,
    buttons.WIDEN_24H: Change.WIDENED,
    buttons.WIDEN_7D: Change.WIDENED,
    buttons.ONLY_FAILED: Change.FILTERED,
    buttons.SHOW_ALL: Change.UNFILTERED,
    buttons.NEWER: Change.TURNED,
    buttons.OLDER: Change.TURNED,
    buttons.EXPLAIN: Change.EXPLAINED,
    buttons.EXPLAIN_LESS: Change.SHORTENED,
}


def asks_anew(action: str) -> bool:
    """Whether the providers are asked."""
    return action == buttons.REFRESH or action in buttons.WIDER


def change_of(action: str) -> Change:
    """What a button does to the answer."""
    return _DONE.get(action, Change.CHANGED)


async def change(
    desk: Desk,
    answer_id: str,
    shown: Shown,
    action: str,
    *,
    user: str,
    reader: Reader,
    say_asking: Callable[[Message], Awaitable[None]],
) -> Shown:
    """The answer as `action` makes it, kept. `say_asking` is called when asking takes long."""
    if asks_anew(action):
        query = requery(shown.query, action, desk.clock())
        language = desk.language_of(shown, reader)
        report = await desk.look_up(query, say_asking, language, refresh=action == buttons.REFRESH)
        # What others did to it meanwhile stays, such as sharing it.
        shown = replace(await desk.answers.find(answer_id) or shown, query=query, report=report, page=0)
        if action in buttons.WIDER:
            shown = replace(shown, span=query.window.length)
    else:
        shown = turn(shown, action)
    if action in _DONE:
        shown = replace(shown, changed=(change_of(action), user))
    await desk.answers.update(answer_id, shown)
    return shown


def requery(query: Query, action: str, now: datetime) -> Query:
    """The question that Refresh or a wider window asks. A window that ends "now" ends at the new now; a closed one stays."""
    now = now.replace(microsecond=0)
    wider = buttons.WIDER.get(action)
    if wider is not None:
        return replace(query, window=Window(now - wider, now))
    if query.window.open:
        return replace(query, window=Window(query.window.since, max(now, query.window.since)))
    return query


def repeat(shown: Shown, now: datetime) -> Query:
    """The same question from now on: a window that went with the time is as long as it was, up to now; a closed one stays."""
    now = now.replace(microsecond=0)
    if shown.span is None:
        return shown.query
    return replace(shown.query, window=Window(now - shown.span, now))


def turn(shown: Shown, action: str) -> Shown:
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
