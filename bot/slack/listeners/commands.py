"""The slash command: ack at once, then one answer for the asker alone, or with `share` one for the channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

import structlog

from bot.errors import SlackDeliveryError, UsageError
from bot.grammar import Explain, Help, Lookup, Providers, parse
from bot.slack import views
from bot.slack.requests.audit import trail
from bot.slack.state.answers import AnswerRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.task_supervisor import TaskSupervisor

log = structlog.get_logger(__name__)


def register(
    app: AsyncApp, desk: AnswerService, work: TaskSupervisor, reply_to: Callable[[Mapping[str, Any]], ResponseUrlResponder]
) -> None:
    """Listen to the slash command."""

    async def listen(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(command)
        job = handle_command(desk, reply, command.get("text", ""), command["user_id"], command["channel_id"])
        work.spawn(desk.guarded("command", reply, job), name="command")

    app.command(desk.command)(listen)


async def handle_command(desk: AnswerService, reply: ResponseUrlResponder, text: str, user: str, channel: str) -> str:
    """Answer what `user` typed in `channel`. Returns how it ended, for the metrics. Raises SlackRefusal."""
    reader = await desk.readers.resolve(user)
    language = reader.language
    try:
        command = parse(text, desk.parse_context(reader))
    except UsageError as error:
        await reply.show(views.usage_error(error, desk.command, language=language))
        return "usage"
    trail().command = type(command).__name__.lower()
    match command:
        case Lookup():
            report = await desk.look_up(command.query, reply.show, language, refresh=False)
            shown = replace(AnswerRecord.first(command, asked_by=user, channel=channel), report=report)
            return await _publish(desk, reply, shown, reader) if command.share else await _show(desk, reply, shown, reader)
        case Explain(code):
            await reply.show(desk.explain(code, language))
        case Providers():
            await reply.show(desk.providers(reader))
        case Help():
            await reply.show(desk.help(desk.command, language))
        case _:
            assert_never(command)
    return "answered"


async def _show(desk: AnswerService, reply: ResponseUrlResponder, shown: AnswerRecord, reader: ReaderLocale) -> str:
    await reply.show(await desk.render(await desk.answers.add(shown), shown, reader))
    return "answered"


async def _publish(desk: AnswerService, reply: ResponseUrlResponder, shown: AnswerRecord, reader: ReaderLocale) -> str:
    """`share`: the answer goes to the channel; if Slack refuses that, the asker gets it alone, with the reason on top."""
    try:
        await desk.share(shown, reader)
    except SlackDeliveryError as refusal:
        log.info("slack.share_refused", reason=refusal.reason)
        answer = await desk.render(await desk.answers.add(shown), shown, reader)
        why = views.delivery_failed(refusal.reason, desk.command, desk.bot_name, language=reader.language)
        await reply.show(views.with_notice(why, answer, language=reader.language))
        return "refused"
    return "shared"
