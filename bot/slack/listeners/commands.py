"""The slash command: ack at once, then one answer for the asker alone, or with `share` one for the channel."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import COMMAND_NAMES, CheckSignature, CheckTemplate, Doctor, Lookup, Stats, Watch, Watches, parse
from bot.slack import views
from bot.slack.answer_message import is_unconfirmed
from bot.slack.listeners.batches import answer_batch_alone
from bot.slack.listeners.doctor import answer_doctor
from bot.slack.listeners.follow_ups import follow_up_word
from bot.slack.listeners.lists import read_pasted
from bot.slack.listeners.statistics import answer_statistics
from bot.slack.listeners.watches import list_watches, watch_by_command
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.drafts import ModalDraft

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import ParseContext
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.conversation import Conversations, OtherCommand
    from bot.slack.listeners.lists import ListedLookup
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders


def register(app: AsyncApp, runner: RequestRunner, conversations: Conversations, responders: Responders) -> None:
    """Listen to the slash command."""

    async def listen(ack: AsyncAck, ctx: RequestContext, command: dict[str, Any]) -> None:
        await ack()
        responder = responders.by_response_url(ctx)
        runner.start(ctx, responder, lambda: handle_command(ctx, conversations, responder, command.get("text", "")))

    app.command(conversations.answers.identity.command)(listen)


async def handle_command(
    ctx: RequestContext, conversations: Conversations, responder: ResponseUrlResponder, text: str
) -> RequestOutcome:
    """Answer what was typed. Raises SlackDeliveryError, ClaimLostError."""
    answers = conversations.answers
    reader = await answers.locales.resolve(ctx.request.user)
    language = reader.language
    asker = answers.parse_context(reader, ctx.delay)
    try:
        command = parse(text, asker)
    except UsageError as error:
        if (pasted := await _pasted(text, asker)) is not None:
            ctx.audit.command, notes = "lookup", pasted.notes(language)
            channel = ctx.request.channel
            return await answer_batch_alone(ctx, answers, responder, pasted.command, reader, channel=channel, notes=notes)
        if word := follow_up_word(text):
            await responder.show(views.works_in_a_thread(word, answers.identity.bot_name, language=language))
            return RequestOutcome.USAGE
        draft = ModalDraft(channel=ctx.request.channel, alone=True, words=text)
        await responder.show(await conversations.readings.offer(error, asker, answers.identity.command, draft, reader))
        return RequestOutcome.USAGE
    ctx.audit.command = COMMAND_NAMES[type(command)]
    if not isinstance(command, Lookup):
        return await _other_command(ctx, conversations, responder, command, reader)
    report = await answers.look_up(ctx, command.query, responder.progress, language, refresh=False)
    record = AnswerRecord.first(command, asked_by=ctx.request.user, channel=ctx.request.channel)
    record = replace(record, report=report)
    if command.share:
        return await _share(ctx, answers, responder, record, reader)
    ctx.audit.expected = RequestOutcome.ANSWERED
    answer_id = await answers.store.add(record, claim=ctx.claim)
    await responder.show(await answers.render(ctx, answer_id, record, reader))
    return RequestOutcome.ANSWERED


async def _other_command(
    ctx: RequestContext,
    conversations: Conversations,
    responder: ResponseUrlResponder,
    command: OtherCommand,
    reader: ReaderLocale,
) -> RequestOutcome:
    """Answer what is no lookup. Raises SlackDeliveryError, ClaimLostError."""
    answers, watches = conversations.answers, conversations.watches
    match command:
        case CheckSignature() | CheckTemplate():
            await responder.show(await answers.check(ctx, [command], responder.progress, reader))
        case Stats():
            return await answer_statistics(ctx, answers, responder, command, reader)
        case Doctor():
            return await answer_doctor(
                ctx, answers, conversations.doctor, reader, progress=responder.progress, show=responder.show
            )
        case Watch():
            return await watch_by_command(ctx, watches, responder, command, reader)
        case Watches():
            await responder.show(await list_watches(watches, ctx.request.user, answers.identity.command, reader))
        case _:
            ctx.audit.expected = RequestOutcome.ANSWERED
            await responder.show(answers.reference(command, reader, answers.identity.command))
    return RequestOutcome.ANSWERED


async def _pasted(text: str, asker: ParseContext) -> ListedLookup | None:
    """The lookup of a list longer than a command takes."""
    with suppress(UsageError):
        return await read_pasted(text, asker)
    return None


async def _share(
    ctx: RequestContext, answers: AnswerService, responder: ResponseUrlResponder, record: AnswerRecord, reader: ReaderLocale
) -> RequestOutcome:
    """`share`: the answer goes to the channel; if Slack does not take it, the asker gets it alone, with the reason on top."""
    try:
        await answers.share(ctx, record, reader)
    except SlackDeliveryError as error:
        reason = answers.delivery_failed(error, reader.language)
        answer = await answers.render(ctx, await answers.store.add(record), record, reader)
        await responder.show(views.with_notice(reason, answer, language=reader.language))
        return RequestOutcome.UNCONFIRMED if is_unconfirmed(error) else RequestOutcome.REFUSED
    return RequestOutcome.SHARED
