"""The slash command: ack at once, then one answer for the asker alone, or with `share` one for the channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

import structlog

from bot.errors import SlackRefusal, UsageError
from bot.grammar import Explain, Help, Lookup, Providers, parse
from bot.slack import views
from bot.slack.request_audit import trail
from bot.slack.state.answers import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import Desk
    from bot.slack.locales import Reader
    from bot.slack.messaging.responder import Reply
    from bot.slack.task_supervisor import Work

log = structlog.get_logger(__name__)


def register(app: AsyncApp, desk: Desk, work: Work, reply_to: Callable[[Mapping[str, Any]], Reply]) -> None:
    """Listen to the slash command."""

    async def listen(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        reply = reply_to(command)
        job = answer_command(desk, reply, command.get("text", ""), command["user_id"], command["channel_id"])
        work.start(desk.guarded("command", reply, job), name="command")

    app.command(desk.command)(listen)


async def answer_command(desk: Desk, reply: Reply, text: str, user: str, channel: str) -> str:
    """Answer what `user` typed in `channel`. Returns how it ended, for the metrics. Raises SlackRefusal."""
    reader = await desk.readers.of(user)
    language = reader.language
    try:
        command = parse(text, desk.asker(reader))
    except UsageError as error:
        await reply.show(views.usage_error(error, desk.command, language=language))
        return "usage"
    trail().command = type(command).__name__.lower()
    match command:
        case Lookup():
            report = await desk.look_up(command.query, reply.show, language, refresh=False)
            shown = replace(Shown.first(command, asked_by=user, channel=channel), report=report)
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


async def _show(desk: Desk, reply: Reply, shown: Shown, reader: Reader) -> str:
    await reply.show(await desk.render(await desk.answers.add(shown), shown, reader))
    return "answered"


async def _publish(desk: Desk, reply: Reply, shown: Shown, reader: Reader) -> str:
    """`share`: the answer goes to the channel; if Slack refuses that, the asker gets it alone, with the reason on top."""
    try:
        await desk.share(shown, reader)
    except SlackRefusal as refusal:
        log.info("slack.share_refused", reason=refusal.reason)
        answer = await desk.render(await desk.answers.add(shown), shown, reader)
        why = views.refused(refusal.reason, desk.command, desk.bot_name, language=reader.language)
        await reply.show(views.above(why, answer, language=reader.language))
        return "refused"
    return "shared"
