"""What short words do in a conversation: `refresh`, `more`, `all` to the answer shown last, `explain 2` and `summary` beside it.

The answer is edited where it stands, and the one who typed is told where.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import SlackDeliveryError
from bot.grammar import MAX_TARGETS, Lookup
from bot.model import Confidence
from bot.presentation.wording import STATUS_WORDS
from bot.providers.systems import titles
from bot.slack import views
from bot.slack.listeners.answer_actions import apply_action, change_of, refreshed_query
from bot.slack.listeners.batches import answer_batch
from bot.slack.listeners.follow_ups import FollowUpAction
from bot.slack.listeners.posting import post
from bot.slack.requests.context import RequestOutcome
from bot.slack.views import buttons
from bot.slack.views.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.follow_ups import ExplainRow
    from bot.slack.listeners.thread_summary import ThreadSummaries
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.answer_record import AnswerRecord

_BUTTONS: Mapping[FollowUpAction, str] = {
    FollowUpAction.REFRESH: buttons.REFRESH,
    FollowUpAction.MORE: buttons.OLDER,
    FollowUpAction.NEWER: buttons.NEWER,
    FollowUpAction.ALL: buttons.SHOW_ALL,
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ThreadServices:
    """What these words need."""

    answers: AnswerService
    view_client: ViewClient
    summaries: ThreadSummaries


async def apply_follow_up(
    ctx: RequestContext,
    services: ThreadServices,
    message: AnswerMessage,
    command: FollowUpAction | ExplainRow,
    *,
    last: tuple[str, AnswerRecord],
    reader: ReaderLocale,
) -> RequestOutcome:
    """Do what a short word means on top of the `last` answer. Raises SlackDeliveryError, ClaimLostError."""
    answers, record = services.answers, last[1]
    if command is FollowUpAction.SUMMARY:
        summary = await services.summaries.of(ctx, message.thread, reader, shareable=not message.is_direct)
        await message.show(summary or views.no_summary(language=reader.language))
        return RequestOutcome.ANSWERED
    if command is FollowUpAction.REFRESH and len(record.query.targets) > MAX_TARGETS:
        again = Lookup(refreshed_query(record.query, buttons.REFRESH, answers.clock()))
        return await answer_batch(ctx, answers, message, again, reader)
    if record.is_lost:
        await message.show(views.expired_answer(answers.identity.command, language=message.language))
        return RequestOutcome.GONE
    if isinstance(command, FollowUpAction):
        return await _act(ctx, services, message, command, last=last, reader=reader)
    return await _explain_row(ctx, answers, message, command, record=record, reader=reader)


async def _once_posted(answers: AnswerService, answer_id: str, record: AnswerRecord) -> AnswerRecord:
    """The answer once it is known which message shows it: a word said in the instant it appears comes before that is noted."""
    loop, timings = asyncio.get_running_loop(), answers.timings
    ends = loop.time() + timings.posted_wait
    while record.message_ts is None and loop.time() < ends:
        await asyncio.sleep(timings.posted_poll)
        record = await answers.store.find(answer_id) or record
    return record


async def _act(
    ctx: RequestContext,
    services: ThreadServices,
    message: AnswerMessage,
    action: FollowUpAction,
    *,
    last: tuple[str, AnswerRecord],
    reader: ReaderLocale,
) -> RequestOutcome:
    """Apply the action to the last answer and edit its message; if that was deleted, post a new one and track it."""
    answers, answer_id = services.answers, last[0]
    record = await _once_posted(answers, *last)
    if (end := await _end_of_pages(ctx, answers, action, record, reader)) is not None:
        await message.show(end)
        return RequestOutcome.ANSWERED
    shown = replace(message, message_ts=record.message_ts, delay=timedelta())  # it was asked for by another message

    async def progress(announcement: views.Message) -> None:
        if shown.message_ts is not None:  # what is known stays in view
            answer = await answers.render(ctx, answer_id, record, reader)
            announcement = views.with_notice(announcement, answer, language=answers.language_of(record, reader))
        await shown.edit_progress(announcement)

    changed = await apply_action(
        ctx, answers, answer_id, record, _BUTTONS[action], user=message.user, reader=reader, progress=progress
    )
    outcome = await post(answers, shown, await answers.render(ctx, answer_id, changed, reader), reader)
    if outcome is not RequestOutcome.ANSWERED:
        return outcome
    if shown.message_ts != record.message_ts:
        await answers.store.update(answer_id, replace(changed, message_ts=shown.message_ts))
        return RequestOutcome.ANSWERED
    try:
        link = await services.view_client.permalink(message.channel, shown.message_ts or "")
        await message.post_ephemeral(views.change_notice(change_of(_BUTTONS[action]), link, language=reader.language))
    except SlackDeliveryError as error:  # the answer itself is there
        log.info("slack.pointer_refused", reason=error.reason)
    return RequestOutcome.ANSWERED


async def _end_of_pages(
    ctx: RequestContext, answers: AnswerService, action: FollowUpAction, record: AnswerRecord, reader: ReaderLocale
) -> views.Message | None:
    """What is said when there is no page to turn to; None when there is one."""
    if action not in {FollowUpAction.MORE, FollowUpAction.NEWER}:
        return None
    page = Page.of(await answers.report_of(ctx, record), record.page, each=record.detailed)
    if action is FollowUpAction.MORE:
        return views.last_page(language=reader.language) if page.index == page.count - 1 else None
    return views.first_page(language=reader.language) if page.index == 0 else None


async def _explain_row(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    command: ExplainRow,
    *,
    record: AnswerRecord,
    reader: ReaderLocale,
) -> RequestOutcome:
    report = await answers.report_of(ctx, record)
    lines = Page.of(report, record.page, each=record.detailed).entries
    if command.row > len(lines):
        await message.show(views.no_such_row(command.row, len(lines), language=reader.language))
        return RequestOutcome.USAGE
    row, language = lines[command.row - 1].newest, message.posted_language
    if row.explanation is None:
        nothing = views.nothing_to_explain(command.row, STATUS_WORDS[row.status], language=language)
        return await post(answers, message, nothing, reader)
    code = row.explanation.code
    unlisted = row.explanation.confidence is Confidence.UNLISTED
    similar = answers.lookups.catalogue.similar(code) if unlisted else ()
    explained = views.explanations(code, [row.explanation], similar, titles(language), pages=answers.pages, language=language)
    return await post(answers, message, explained, reader)
