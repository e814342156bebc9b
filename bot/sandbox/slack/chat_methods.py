"""chat.*: posting, updating and deleting messages, and permalinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import (
    ApiError,
    postable_conversation,
    read_boolean,
    reject_bad_content,
    string_argument,
    thread_root,
    visible_conversation,
)
from bot.sandbox.slack.payloads import message_json
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.model import Conversation, PostedMessage
    from bot.sandbox.slack.services import MethodServices


async def post_message(services: MethodServices, arguments: Arguments) -> Json:
    """chat.postMessage. Raises ApiError."""
    conversation = postable_conversation(services.state, string_argument(arguments, "channel"))
    reject_bad_content(arguments)
    thread_ts = thread_root(conversation, arguments)
    wait = services.pace.retry_after(conversation.id)
    if wait is not None:
        raise ApiError("ratelimited", retry_after=wait)
    message = await services.state.post(
        conversation,
        services.state.bot.bot_user_id,
        arguments.get("text") or "",
        arguments.get("blocks") or (),
        thread_ts=thread_ts,
        broadcast=read_boolean(arguments.get("reply_broadcast")) and thread_ts is not None,
    )
    return {"channel": conversation.id, "ts": message.ts, "message": message_json(services.state, message)}


async def update(services: MethodServices, arguments: Arguments) -> Json:
    """chat.update: replaces text and blocks together, so blocks that are not sent again are gone. Raises ApiError."""
    conversation, message = _own_message(services, arguments, "cant_update_message")
    reject_bad_content(arguments)
    edited = await services.state.edit(message, arguments.get("text") or "", arguments.get("blocks") or ())
    shown = message_json(services.state, edited)
    return {"channel": conversation.id, "ts": edited.ts, "text": edited.text, "message": shown}


async def delete(services: MethodServices, arguments: Arguments) -> Json:
    """chat.delete. Raises ApiError."""
    conversation, message = _own_message(services, arguments, "cant_delete_message")
    await services.state.remove(message)
    return {"channel": conversation.id, "ts": message.ts}


async def post_ephemeral(services: MethodServices, arguments: Arguments) -> Json:
    """chat.postEphemeral: in a thread it is shown only if that has replies already. Raises ApiError."""
    conversation = postable_conversation(services.state, string_argument(arguments, "channel"), public_without_joining=False)
    user = string_argument(arguments, "user")
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    reject_bad_content(arguments)
    thread_ts = thread_root(conversation, arguments)
    if thread_ts is not None and not conversation.replies(thread_ts):
        return {"message_ts": services.state.next_ts()}  # taken, and seen by nobody
    message = await services.state.post(
        conversation,
        services.state.bot.bot_user_id,
        arguments.get("text") or "",
        arguments.get("blocks") or (),
        ephemeral_to=user,
        thread_ts=thread_ts,
    )
    return {"message_ts": message.ts}


async def get_permalink(services: MethodServices, arguments: Arguments) -> Json:
    """chat.getPermalink: an address of the page, in the form of Slack's. Raises ApiError."""
    conversation = visible_conversation(services.state, string_argument(arguments, "channel"))
    message = conversation.history.get(string_argument(arguments, "message_ts"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    link = f"{services.base_url()}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts not in {None, message.ts}:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def _own_message(services: MethodServices, arguments: Arguments, refusal: str) -> tuple[Conversation, PostedMessage]:
    """The bot's message with this ts; no method reaches an ephemeral message. Raises ApiError."""
    conversation = postable_conversation(services.state, string_argument(arguments, "channel"))
    message = conversation.history.get(string_argument(arguments, "ts"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    if message.user != services.state.bot.bot_user_id:
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
