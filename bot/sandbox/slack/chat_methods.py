"""chat.* : posting, editing and deleting messages, and links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import (
    ApiError,
    known_to_bot,
    open_to_bot,
    refuse_bad_content,
    thread_root,
    truth,
    word,
)
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.model import Conversation, PostedMessage
    from bot.sandbox.slack.services import MethodServices


async def post_message(desk: MethodServices, arguments: Arguments) -> Json:
    """chat.postMessage."""
    conversation = open_to_bot(desk.state, word(arguments, "channel"))
    refuse_bad_content(arguments)
    thread_ts = thread_root(conversation, arguments)
    wait = desk.pace.refuse(conversation.id)
    if wait is not None:
        raise ApiError("ratelimited", retry_after=wait)
    message = await desk.state.post(
        conversation,
        desk.state.bot.bot_user_id,
        arguments.get("text") or "",
        arguments.get("blocks") or (),
        thread_ts=thread_ts,
        broadcast=truth(arguments.get("reply_broadcast")) and thread_ts is not None,
    )
    return {"channel": conversation.id, "ts": message.ts, "message": message_json(desk.state, message)}


async def update(desk: MethodServices, arguments: Arguments) -> Json:
    """chat.update: text and blocks are replaced together, so blocks that are not sent again are gone."""
    conversation, message = _own_message(desk, arguments, "cant_update_message")
    refuse_bad_content(arguments)
    edited = await desk.state.edit(message, arguments.get("text") or "", arguments.get("blocks") or ())
    shown = message_json(desk.state, edited)
    return {"channel": conversation.id, "ts": edited.ts, "text": edited.text, "message": shown}


async def delete(desk: MethodServices, arguments: Arguments) -> Json:
    """chat.delete."""
    conversation, message = _own_message(desk, arguments, "cant_delete_message")
    await desk.state.remove(message)
    return {"channel": conversation.id, "ts": message.ts}


async def post_ephemeral(desk: MethodServices, arguments: Arguments) -> Json:
    """chat.postEphemeral."""
    conversation = open_to_bot(desk.state, word(arguments, "channel"), public_without_joining=False)
    user = word(arguments, "user")
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    refuse_bad_content(arguments)
    message = await desk.state.post(
        conversation,
        desk.state.bot.bot_user_id,
        arguments.get("text") or "",
        arguments.get("blocks") or (),
        ephemeral_to=user,
        thread_ts=thread_root(conversation, arguments),
    )
    return {"message_ts": message.ts}


async def get_permalink(desk: MethodServices, arguments: Arguments) -> Json:
    """chat.getPermalink: an address of the page, in the form that Slack's have."""
    conversation = known_to_bot(desk.state, word(arguments, "channel"))
    message = conversation.history.get(word(arguments, "message_ts"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    link = f"{desk.base_url()}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts not in {None, message.ts}:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def _own_message(desk: MethodServices, arguments: Arguments, refusal: str) -> tuple[Conversation, PostedMessage]:
    """The message that is meant, if it is the bot's and not ephemeral (no method reaches an ephemeral message)."""
    conversation = open_to_bot(desk.state, word(arguments, "channel"))
    message = conversation.history.get(word(arguments, "ts"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    if message.user != desk.state.bot.bot_user_id:
        raise ApiError(refusal)
    return conversation, message


_CONTENT = frozenset({"blocks", "attachments", "metadata"})

METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(post_message, "chat:write", json_arguments=_CONTENT, tier=None),  # see `ChannelPace`
    "chat.postEphemeral": Method(post_ephemeral, "chat:write", json_arguments=_CONTENT, tier=4),
    "chat.update": Method(update, "chat:write", json_arguments=_CONTENT),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink, tier=None),
}
