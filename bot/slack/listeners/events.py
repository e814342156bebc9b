"""Mentions in channels, threads and group DMs, and direct messages. Of a channel nothing without a mention reaches us.

Whether a mention in a group DM comes as `app_mention` or only as a message is told differently by different people, so both are
listened to; when both come, the intake knows them for one (https://docs.slack.dev/reference/events/app_mention).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.slack.answer_message import AnswerMessage
from bot.slack.listeners.conversation import handle_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_service import AnswerService
    from bot.slack.requests.task_supervisor import TaskSupervisor

_AROUND = " \t\n:,"  # what stands between a name and what is said to it
_SAID = frozenset({None, "file_share", "thread_broadcast"})  # the subtypes of a message that a person wrote


def register(app: AsyncApp, desk: AnswerService, work: TaskSupervisor) -> None:
    """Listen to mentions and to direct messages."""

    async def mentioned(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        if is_from_a_person(event):
            place = answer_message_for_mention(desk, event)
            job = handle_message(desk, place, strip_mention(event.get("text", ""), desk))
            work.spawn(desk.guarded("mention", place, job), name="mention")

    async def messaged(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        if not is_from_a_person(event):
            return
        if event.get("channel_type") == "im":
            place = answer_message_for_direct(desk, event)
            job = handle_message(desk, place, strip_mention(event.get("text", ""), desk))
            work.spawn(desk.guarded("direct", place, job), name="direct message")
        elif f"<@{desk.bot_user}" in event.get("text", ""):
            await mentioned(ack, event)

    app.event("app_mention")(mentioned)
    app.event("message")(messaged)


def is_from_a_person(event: Mapping[str, Any]) -> bool:
    """Whether it was said just now by a person: no bot, no edit, nothing that Slack itself says."""
    return event.get("subtype") in _SAID and not event.get("bot_id") and "edited" not in event and bool(event.get("user"))


def strip_mention(text: str, desk: AnswerService) -> str:
    """What is said to the bot: the words behind its name, or, when the name comes last, those before it.

    Whoever pastes an example of the help may have the slash command in it.
    """
    before, *after = re.split(rf"<@{re.escape(desk.bot_user)}(?:\|[^>]*)?>", text)
    words = " ".join(after).strip(_AROUND) or before.strip(_AROUND)
    return re.sub(rf"^/?{re.escape(desk.command.strip('/'))}(?!\S)", "", words, flags=re.IGNORECASE).strip()


def answer_message_for_mention(desk: AnswerService, event: Mapping[str, Any]) -> AnswerMessage:
    """The thread in which the bot was named, or the one that its answer begins."""
    root = event.get("thread_ts")
    return AnswerMessage(
        desk.poster,
        desk.readers,
        desk.team,
        event["channel"],
        event["user"],
        thread_ts=root or event["ts"],
        ephemeral_thread_ts=root,
    )


def answer_message_for_direct(desk: AnswerService, event: Mapping[str, Any]) -> AnswerMessage:
    """The direct message, or the thread within it."""
    root = event.get("thread_ts")
    return AnswerMessage(
        desk.poster, desk.readers, desk.team, event["channel"], event["user"], thread_ts=root, ephemeral_thread_ts=root
    )
