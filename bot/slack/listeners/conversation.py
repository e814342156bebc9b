"""What somebody says to the bot, in a thread or in a direct message, and its answer in the same place.

A question gets one message: "asking …" is edited into the answer. What changes no question (`refresh`, `more`, `all`) edits the
answer that is there already, and the one who typed is told where. A new question, also one on top of the last, is a new message
that says what it builds on; the old answer stays as the record of what was known then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from bot.errors import UsageError
from bot.grammar import (
    COMMAND_NAMES,
    CheckSignature,
    CheckTemplate,
    Doctor,
    Help,
    Lookup,
    Stats,
    Watch,
    Watches,
)
from bot.slack import views
from bot.slack.listeners import follow_ups
from bot.slack.listeners.doctor import answer_doctor
from bot.slack.listeners.follow_ups import ExplainRow, FollowUpAction
from bot.slack.listeners.list_answers import answer_files, answer_list
from bot.slack.listeners.lists import read_pasted
from bot.slack.listeners.lookup_answer import answer_lookup
from bot.slack.listeners.posting import post
from bot.slack.listeners.statistics import question_of, statistics_message
from bot.slack.listeners.thread_actions import apply_follow_up
from bot.slack.listeners.watches import list_watches, watch_in_conversation
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.drafts import ModalDraft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.grammar import Explain, ParseContext, Providers
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.doctor.service import SlackDoctor
    from bot.slack.listeners.readings import Readings
    from bot.slack.listeners.thread_actions import ThreadServices
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext
    from bot.slack.state.help_throttle import HelpThrottle
    from bot.slack.transport.files import FileDownloads
    from bot.slack.watching.service import WatchService

OtherCommand: TypeAlias = "Stats | CheckSignature | CheckTemplate | Watch | Watches | Explain | Providers | Doctor | Help"

_NAMES: Mapping[type, str] = {**COMMAND_NAMES, ExplainRow: "explain"}  # in the audit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Conversations:
    """What conversations need beside answers."""

    answers: AnswerService
    help_throttle: HelpThrottle
    readings: Readings
    in_threads: ThreadServices
    downloads: FileDownloads
    watches: WatchService
    doctor: SlackDoctor


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
        typed = _address(answers, message)
        return await answer_files(ctx, answers, message, text, files, downloads=conversations.downloads, typed=typed)
    last = await answers.latest_answer(message.thread)
    reader = await answers.locales.resolve(message.user)
    parse_context = replace(answers.parse_context(reader, message.delay), last=last[1].query if last else None)
    try:
        command = follow_ups.parse_follow_up(text, parse_context)
    except UsageError as error:
        return await _misread(ctx, conversations, message, text, error, parse_context=parse_context, reader=reader)
    ctx.audit.command = command.value if isinstance(command, FollowUpAction) else _NAMES[type(command)]
    if isinstance(command, FollowUpAction | ExplainRow):
        if last is None:
            raise RuntimeError("a follow-up was read though there is nothing to follow")
        return await apply_follow_up(ctx, conversations.in_threads, message, command, last=last, reader=reader)
    if isinstance(command, Lookup):
        previous = parse_context.last if command.follows else None
        command = replace(command, query=answers.reaching_now(command.query))
        return await answer_lookup(ctx, answers, message, command, reader, previous=previous)
    return await _other_command(ctx, conversations, message, command, reader)


async def _other_command(
    ctx: RequestContext,
    conversations: Conversations,
    message: AnswerMessage,
    command: OtherCommand,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Answer what follows no lookup. Raises SlackDeliveryError, ClaimLostError."""
    answers = conversations.answers
    if isinstance(command, CheckSignature | CheckTemplate):
        checked = await answers.check(ctx, [command], message.progress, message.audience)
        return await post(answers, message, checked, reader)
    if isinstance(command, Stats):
        question = question_of(command)
        language = message.posted_language
        report = await answers.count(ctx, question, message.progress, language)
        posted = statistics_message(answers, report, message.audience, command.ignored, public=not message.is_direct)
        return await post(answers, message, posted, reader)
    typed = _address(answers, message)
    if isinstance(command, Watch):
        watched = await watch_in_conversation(ctx, conversations.watches, message, command, reader)
        asked = Lookup(answers.reaching_now(command.query), ignored=command.ignored)
        return watched or await answer_lookup(ctx, answers, message, asked, reader, is_final=True)
    if isinstance(command, Watches):
        await message.show(await list_watches(conversations.watches, message.user, typed, reader))
        return RequestOutcome.ANSWERED
    if isinstance(command, Doctor):
        return await answer_doctor(ctx, answers, conversations.doctor, reader, progress=message.progress_alone, show=message.show)
    if isinstance(command, Help):
        await message.show(answers.reference(command, reader, typed))
        return RequestOutcome.ANSWERED
    return await post(answers, message, answers.reference(command, message.audience, typed), reader)


async def _misread(
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
        return await _misunderstood(conversations, message, text, wrong_list, parse_context, reader=reader)
    if pasted is None:
        return await _misunderstood(conversations, message, text, error, parse_context, reader=reader)
    return await answer_list(ctx, conversations.answers, message, pasted, reader)


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
