"""What somebody says to the bot, in a thread or in a direct message, and its answer in the same place.

A question gets one message: "asking …" is edited into the answer. What changes no question (`refresh`, `more`, `all`) edits the
answer that is there already, and the one who typed is told where. A new question, also one on top of the last, is a new message
that says what it builds on; the old answer stays as the record of what was known then.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import (
    COMMAND_NAMES,
    MAX_TARGETS,
    CheckSignature,
    CheckTemplate,
    Help,
    Lookup,
    Stats,
    Watch,
    Watches,
    parse,
)
from bot.model import Confidence
from bot.presentation.wording import STATUS_WORDS
from bot.providers.systems import titles
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners import follow_ups
from bot.slack.listeners.answer_actions import apply_action, change_of, refreshed_query
from bot.slack.listeners.batches import answer_batch
from bot.slack.listeners.follow_ups import ExplainRow, FollowUpAction
from bot.slack.listeners.lists import read_files, read_pasted
from bot.slack.listeners.statistics import question_of, statistics_message
from bot.slack.listeners.watches import list_watches, watch_in_conversation
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import AnswerRecord
from bot.slack.state.drafts import ModalDraft
from bot.slack.views import buttons
from bot.slack.views.page import Page
from bot.slack.views.watches import final_already

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.grammar import Explain, ParseContext, Providers
    from bot.model import Query
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.lists import ListedLookup
    from bot.slack.listeners.readings import Readings
    from bot.slack.listeners.thread_summary import ThreadSummaries
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.view_client import ViewClient
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.help_throttle import HelpThrottle
    from bot.slack.transport.files import FileDownloads
    from bot.slack.watching.service import WatchService

_BUTTONS: Mapping[FollowUpAction, str] = {
    FollowUpAction.REFRESH: buttons.REFRESH,
    FollowUpAction.MORE: buttons.OLDER,
    FollowUpAction.NEWER: buttons.NEWER,
    FollowUpAction.ALL: buttons.SHOW_ALL,
}
_NAMES: Mapping[type, str] = {**COMMAND_NAMES, ExplainRow: "explain"}  # in the audit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Conversations:
    """What conversations need beside answers."""

    answers: AnswerService
    help_throttle: HelpThrottle
    views: ViewClient
    readings: Readings
    summaries: ThreadSummaries
    downloads: FileDownloads
    watches: WatchService


async def handle_message(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    text: str,
    files: Sequence[Mapping[str, Any]] = (),
) -> RequestOutcome:
    """Answer what was said, or the list in `files`. Raises SlackDeliveryError, ClaimLostError."""
    answers = conversations.answers
    if files:
        return await _answer_files(ctx, conversations, message, text, files)
    last = await answers.latest_answer(message.thread)
    reader = await answers.locales.resolve(message.user)
    parse_context = replace(answers.parse_context(reader, message.delay), last=last[1].query if last else None)
    try:
        command = follow_ups.parse_follow_up(text, parse_context)
    except UsageError as error:
        return await _answer_pasted(ctx, conversations, message, text, error, parse_context=parse_context, reader=reader)
    ctx.audit.command = command.value if isinstance(command, FollowUpAction) else _NAMES[type(command)]
    if isinstance(command, FollowUpAction | ExplainRow):
        if last is None:
            raise RuntimeError("a follow-up was read though there is nothing to follow")
        return await _follow_up(ctx, conversations, message, command, last=last, reader=reader)
    if isinstance(command, Lookup):
        previous = parse_context.last if command.follows else None
        command = replace(command, query=answers.reaching_now(command.query))
        return await answer_lookup(ctx, answers, message, command, reader, previous=previous)
    return await _other_command(ctx, conversations, message, command, reader)


async def _other_command(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    command: Stats | CheckSignature | CheckTemplate | Watch | Watches | Explain | Providers | Help,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Answer what follows no lookup. Raises SlackDeliveryError, ClaimLostError."""
    answers = conversations.answers
    if isinstance(command, CheckSignature | CheckTemplate):
        checked = await answers.check(ctx, [command], message.progress, message.audience)
        return await _post(answers, message, checked, reader)
    if isinstance(command, Stats):
        question = question_of(command)
        language = message.posted_language
        report = await answers.count(ctx, question, message.progress, language)
        posted = statistics_message(answers, report, message.audience, command.ignored, public=not message.is_direct)
        return await _post(answers, message, posted, reader)
    typed = _address(answers, message)
    if isinstance(command, Watch):
        watched = await watch_in_conversation(ctx, conversations.watches, message, command, reader)
        asked = Lookup(answers.reaching_now(command.query), ignored=command.ignored)
        return watched or await answer_lookup(ctx, answers, message, asked, reader, is_final=True)
    if isinstance(command, Watches):
        await message.show(await list_watches(conversations.watches, message.user, typed, reader))
        return RequestOutcome.ANSWERED
    if isinstance(command, Help):
        await message.show(answers.reference(command, reader, typed))
        return RequestOutcome.ANSWERED
    return await _post(answers, message, answers.reference(command, message.audience, typed), reader)


async def _follow_up(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    command: FollowUpAction | ExplainRow,
    *,
    last: tuple[str, AnswerRecord],
    reader: ReaderLocale,
) -> RequestOutcome:
    answers, record = conversations.answers, last[1]
    if command is FollowUpAction.SUMMARY:
        summary = await conversations.summaries.of(ctx, message.thread, reader, shareable=not message.is_direct)
        await message.show(summary or views.no_summary(language=reader.language))
        return RequestOutcome.ANSWERED
    if command is FollowUpAction.REFRESH and len(record.query.targets) > MAX_TARGETS:
        again = Lookup(refreshed_query(record.query, buttons.REFRESH, answers.clock()))
        return await answer_batch(ctx, answers, message, again, reader)
    if record.is_lost:
        await message.show(views.expired_answer(answers.identity.command, language=message.language))
        return RequestOutcome.GONE
    if isinstance(command, FollowUpAction):
        return await _act(ctx, conversations, message, command, last=last, reader=reader)
    return await _explain_row(ctx, answers, message, command, record=record, reader=reader)


async def _answer_pasted(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    text: str,
    error: UsageError,
    *,
    parse_context: ParseContext,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Answer a long list among the words, which the grammar does not take, or say what is not understood."""
    try:
        pasted = await read_pasted(text, parse_context)
    except UsageError as wrong_list:
        pasted, error = None, wrong_list
    if pasted is not None:
        return await _answer_list(ctx, conversations.answers, message, pasted, reader)
    return await _misunderstood(conversations, message, text, error, parse_context, reader=reader)


async def _answer_files(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    text: str,
    files: Sequence[Mapping[str, Any]],
) -> RequestOutcome:
    """Answer the list in a file. Raises SlackDeliveryError, ClaimLostError."""
    answers = conversations.answers
    reader = await answers.locales.resolve(message.user)
    parse_context = answers.parse_context(reader, message.delay)
    try:
        found = await read_files(conversations.downloads, files, text, parse_context)
    except UsageError as error:
        if (command := _lookup_of(text, parse_context)) is not None:  # the file may be a log, beside the number that it is about
            problem = error.masked_problem.said_in(message.posted_language)
            return await answer_lookup(ctx, answers, message, command, reader, notes=(problem,))
        await message.show(views.usage_error(error, _address(answers, message), language=message.language))
        return RequestOutcome.USAGE
    return await _answer_list(ctx, answers, message, found, reader)


def _lookup_of(text: str, parse_context: ParseContext) -> Lookup | None:
    """The lookup that the words ask for by themselves."""
    with suppress(UsageError):
        command = parse(text, parse_context)
        return command if isinstance(command, Lookup) else None
    return None


async def _answer_list(
    ctx: RequestContext, answers: AnswerService, message: AnswerMessage, found: ListedLookup, reader: ReaderLocale
) -> RequestOutcome:
    ctx.audit.command = "lookup"
    command = found.command
    if message.delay:  # else the second that the file took would make 2 h and a second of 2 h
        command = replace(command, query=answers.reaching_now(command.query))
    return await answer_lookup(ctx, answers, message, command, reader, notes=found.notes(message.posted_language))


async def _post(answers: AnswerService, message: AnswerMessage, answer: views.Message, reader: ReaderLocale) -> RequestOutcome:
    """Post `answer`; where Slack takes no post, the asker gets it alone, with the reason.

    Raises SlackDeliveryError, ClaimLostError.
    """
    try:
        await message.post(answer)
    except SlackDeliveryError as error:
        reason = answers.delivery_failed(error, reader.language)
        if is_unconfirmed(error):  # it may have been posted: not a second time
            await message.post_ephemeral(views.unconfirmed(language=reader.language))
            return RequestOutcome.UNCONFIRMED
        await message.post_ephemeral(views.with_notice(reason, answer, language=reader.language))
        return RequestOutcome.REFUSED
    return RequestOutcome.ANSWERED


async def answer_lookup(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    command: Lookup,
    reader: ReaderLocale,
    *,
    previous: Query | None = None,
    notes: Sequence[str] = (),
    is_final: bool = False,
) -> RequestOutcome:
    """Look up and answer by `message`; where Slack takes no post, the asker gets it alone, with the reason.

    `is_final`: it was to be watched, and nothing is left to wait for, which is said above it.

    Raises SlackDeliveryError, ClaimLostError.
    """
    if len(command.query.targets) > MAX_TARGETS:
        return await answer_batch(ctx, answers, message, command, reader, notes=notes, previous=previous)
    record = AnswerRecord.first(
        command, asked_by=message.user, channel=message.channel, public=not message.is_direct, previous=previous
    )
    record = replace(record, notes=tuple(notes))
    # It is of its thread from now on, so that a follow-up finds it that comes before the answer does.
    record = replace(record, thread=message.thread if message.thread_ts or message.is_direct else None)
    answer_id = await answers.store.add(record)
    language = answers.language_of(record, reader)
    report = await answers.look_up(ctx, command.query, message.progress, language, refresh=False)
    record = replace(record, report=report)
    try:
        answer = await answers.render(ctx, answer_id, replace(record, thread=message.thread), reader)
        await message.post(final_already(answer, language=language) if is_final and report.coverage else answer)
    except SlackDeliveryError as error:
        reason = answers.delivery_failed(error, reader.language)
        if is_unconfirmed(error):  # it may have been posted: not a second time
            await message.post_ephemeral(views.unconfirmed(language=reader.language))
            return RequestOutcome.UNCONFIRMED
        private = replace(record, public=False, thread=None)
        await answers.store.update(answer_id, private)
        answer = await answers.render(ctx, answer_id, private, reader)
        await message.post_ephemeral(views.with_notice(reason, answer, language=reader.language))
        return RequestOutcome.REFUSED
    await answers.store.update(answer_id, replace(record, thread=message.thread, message_ts=message.message_ts))
    return RequestOutcome.ANSWERED


async def _misunderstood(
    conversations: Conversations,
    message: AnswerMessage,
    text: str,
    error: UsageError,
    parse_context: ParseContext,
    *,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Say what is not understood; to somebody who just talks in a direct message, what can be asked, in full once a day."""
    answers = conversations.answers
    typed = _address(answers, message)
    if message.is_direct and follow_ups.is_thanks(text):
        await message.show(views.thanks(language=reader.language))
        return RequestOutcome.INTRODUCED
    if message.is_direct and not follow_ups.is_addressed(text, answers.identity.region):
        if not await conversations.help_throttle.is_due(message.user):
            await message.show(views.not_a_question(language=reader.language))
            return RequestOutcome.INTRODUCED
        await message.show(answers.reference(Help(), reader, typed))
        return RequestOutcome.INTRODUCED
    draft = ModalDraft(channel=message.channel, thread_ts=message.thread_ts, words=text)
    await message.show(await conversations.readings.offer(error, parse_context, typed, draft, reader))
    return RequestOutcome.USAGE


def _address(answers: AnswerService, message: AnswerMessage) -> str:
    """Prefix for example commands: `@bot` in channels, nothing in direct messages."""
    return "" if message.is_direct else f"@{answers.identity.bot_name}"


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
    conversations: Conversations,
    message: AnswerMessage,
    action: FollowUpAction,
    *,
    last: tuple[str, AnswerRecord],
    reader: ReaderLocale,
) -> RequestOutcome:
    """Apply the action to the last answer and edit its message; if that was deleted, post a new one and track it."""
    answers, answer_id = conversations.answers, last[0]
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
    outcome = await _post(answers, shown, await answers.render(ctx, answer_id, changed, reader), reader)
    if outcome is not RequestOutcome.ANSWERED:
        return outcome
    if shown.message_ts != record.message_ts:
        await answers.store.update(answer_id, replace(changed, message_ts=shown.message_ts))
        return RequestOutcome.ANSWERED
    try:
        link = await conversations.views.permalink(message.channel, shown.message_ts or "")
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
        return await _post(answers, message, nothing, reader)
    code = row.explanation.code
    unlisted = row.explanation.confidence is Confidence.UNLISTED
    similar = answers.lookups.catalogue.similar(code) if unlisted else ()
    explained = views.explanations(code, [row.explanation], similar, titles(language), language=language)
    return await _post(answers, message, explained, reader)
