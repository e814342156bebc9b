"""What a button, or a word in a thread, changes about an answer: its query, its page, its filter, its detail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Status, Window
from bot.slack.views import buttons
from bot.slack.views.answer_changes import AnswerChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Query
    from bot.slack.answer_service import AnswerService, Progress
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.answer_record import AnswerRecord

_DONE: Mapping[str, AnswerChange] = {
    buttons.REFRESH: AnswerChange.REFRESHED,
    buttons.WIDEN_24H: AnswerChange.WIDENED,
    buttons.WIDEN_7D: AnswerChange.WIDENED,
    buttons.ONLY_FAILED: AnswerChange.FILTERED,
    buttons.SHOW_ALL: AnswerChange.UNFILTERED,
    buttons.NEWER: AnswerChange.TURNED,
    buttons.OLDER: AnswerChange.TURNED,
    buttons.DETAILS: AnswerChange.EXPLAINED,
    buttons.DETAILS_LESS: AnswerChange.SHORTENED,
}


def needs_lookup(action: str) -> bool:
    """Whether the providers are asked."""
    return action == buttons.REFRESH or action in buttons.WIDER


def change_of(action: str) -> AnswerChange:
    """What a button does to the answer."""
    return _DONE.get(action, AnswerChange.CHANGED)


async def apply_action(
    ctx: RequestContext,
    answers: AnswerService,
    answer_id: str,
    record: AnswerRecord,
    action: str,
    *,
    user: str,
    reader: ReaderLocale,
    progress: Progress,
) -> AnswerRecord:
    """The answer as `action` makes it, stored. `progress` is called when the lookup takes long."""
    if needs_lookup(action):
        query = refreshed_query(record.query, action, answers.clock())
        language = answers.language_of(record, reader)
        report = await answers.look_up(ctx, query, progress, language, refresh=action == buttons.REFRESH)
        # What others did to it meanwhile stays, such as sharing it.
        record = replace(await answers.store.find(answer_id) or record, query=query, report=report, page=0)
        if action in buttons.WIDER:
            record = replace(record, relative_length=query.window.length)
    else:
        record = apply_view_action(record, action)
    if action in _DONE:
        record = replace(record, changed=(change_of(action), user))
    await answers.store.update(answer_id, record, claim=ctx.claim)
    return record


def refreshed_query(query: Query, action: str, now: datetime) -> Query:
    """The question that Refresh or a wider window asks. A window that ends "now" ends at the new now; a closed one stays."""
    now = now.replace(microsecond=0)
    wider = buttons.WIDER.get(action)
    if wider is not None:
        return replace(query, window=Window(now - wider, now))
    if query.window.open:
        return replace(query, window=Window(query.window.since, max(now, query.window.since)))
    return query


def rerun_query(record: AnswerRecord, now: datetime) -> Query:
    """The same question from now on: a window that went with the time is as long as it was, up to now; a closed one stays."""
    now = now.replace(microsecond=0)
    if record.relative_length is None:
        return record.query
    return replace(record.query, window=Window(now - record.relative_length, now))


def apply_view_action(record: AnswerRecord, action: str) -> AnswerRecord:
    """Another page, another filter, or more words over the same report."""
    match action:
        case buttons.OLDER:
            return replace(record, page=record.page + 1)
        case buttons.NEWER:
            return replace(record, page=max(0, record.page - 1))
        case buttons.ONLY_FAILED:
            return replace(record, query=replace(record.query, only=frozenset({Status.FAILED})), page=0)
        case buttons.SHOW_ALL:
            return replace(record, query=replace(record.query, only=frozenset()), page=0)
        case buttons.DETAILS | buttons.DETAILS_LESS:
            return replace(record, detailed=action == buttons.DETAILS, page=0)
        case _:  # a button of a later or earlier version of the app: show the answer as it stands
            return record
