"""Mentions in channels, threads and group DMs, and direct messages. Of a channel nothing without a mention reaches us.

Whether a mention in a group DM comes as `app_mention` or only as a message is told differently by different people, so both are
listened to; when both come, the inbox knows them for one (https://docs.slack.dev/reference/events/app_mention).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.slack.answer_message import is_person
from bot.slack.listeners.conversation import handle_message
from bot.slack.listeners.lists import list_files
from bot.slack.requests.slack_request import WRITTEN_BY_A_PERSON, is_direct_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.slack.answer_message import AnswerMessage
    from bot.slack.listeners.conversation import Conversations
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.transport.identity import AppIdentity

_AROUND = " \t\n:,"  # what separates a name from what is said to it


def register(app: AsyncApp, runner: RequestRunner, conversations: Conversations, responders: Responders) -> None:
    """Listen to mentions and to direct messages."""
    identity = conversations.answers.identity

    async def listen(ack: AsyncAck, ctx: RequestContext, event: dict[str, Any]) -> None:
        await ack()
        if not is_from_a_person(event) or not is_for_the_bot(event, identity):
            return
        message = replace(answer_message(ctx, event, responders), delay=ctx.delay)
        text = strip_mention(event.get("text", ""), identity)
        files = list_files(event.get("files"))
        runner.start(ctx, message, lambda: handle_message(ctx, conversations, message, text, files))

    app.event("app_mention")(listen)
    app.event("message")(listen)


def is_from_a_person(event: Mapping[str, Any]) -> bool:
    """Whether it was said just now by a person: no bot, no edit, nothing that Slack itself says."""
    subtype = event.get("subtype")
    return subtype in WRITTEN_BY_A_PERSON and not event.get("bot_id") and not event.get("edited") and bool(event.get("user"))


def is_for_the_bot(event: Mapping[str, Any], identity: AppIdentity) -> bool:
    """Whether it is said to the bot: by a mention, or in the direct message with it."""
    is_to_us = event.get("type") == "app_mention" or is_direct_message(event)
    return is_to_us or f"<@{identity.bot_user}" in event.get("text", "")


def strip_mention(text: str, identity: AppIdentity) -> str:
    """What is said to the bot: the words behind its name, or, when the name comes last, those before it.

    Whoever pastes an example of the help may have the slash command in it.
    """
    before, *after = re.split(rf"<@{re.escape(identity.bot_user)}(?:\|[^>]*)?>", text)
    words = " ".join(after).strip(_AROUND) or before.strip(_AROUND)
    return re.sub(rf"^/?{re.escape(identity.command.strip('/'))}(?!\S)", "", words, flags=re.IGNORECASE).strip()


def answer_message(ctx: RequestContext, event: Mapping[str, Any], responders: Responders) -> AnswerMessage:
    """The answer to a message: in its thread, or in the one that it begins; in a direct message beside it."""
    if not event.get("channel") or is_person(event["channel"]):  # by the person's id Slack finds the direct message
        return responders.message(ctx, ctx.request.user)
    thread = event.get("thread_ts")
    is_direct = event.get("type") == "message" and is_direct_message(event)
    begins = None if is_direct else event.get("ts")
    return responders.message(ctx, event["channel"], thread_ts=thread or begins, ephemeral_thread_ts=thread)
