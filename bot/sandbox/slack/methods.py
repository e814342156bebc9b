"""The Web API's methods that the app may call, with the error names of their pages under https://docs.slack.dev/reference/methods.

A method takes its arguments and returns the fields of its answer, or raises `ApiError`. Methods that are not in `METHODS` answer
`unknown_method`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.model import TEAM_ID, TEAM_NAME, Conversation, Kind, Message
from bot.sandbox.slack.payloads import message_json

if TYPE_CHECKING:
    from bot.sandbox.slack.faults import ChannelPace
    from bot.sandbox.slack.socket_mode import SocketMode
    from bot.sandbox.slack.state import State

Json = dict[str, Any]
Arguments = Mapping[str, Any]


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, *, fields: Mapping[str, Any] | None = None, retry_after: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.fields = dict(fields or {})
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Desk:
    """What the methods work on."""

    state: State
    socket: SocketMode
    pace: ChannelPace
    base_url: Callable[[], str]  # "http://127.0.0.1:PORT", known once the server listens


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, and the scope and token it wants."""

    run: Callable[[Desk, Arguments], Awaitable[Json]]
    scope: str | None = None
    caller: str = "bot"  # or "app": which of the two tokens it takes
    json_arguments: frozenset[str] = field(default=frozenset())  # sent as JSON text in a form


async def auth_test(desk: Desk, _: Arguments) -> Json:
    """auth.test."""
    bot = desk.state.bot
    return {
        "url": f"{desk.base_url()}/",
        "team": TEAM_NAME,
        "user": bot.display_name,
        "team_id": TEAM_ID,
        "user_id": bot.bot_user_id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


async def connections_open(desk: Desk, _: Arguments) -> Json:
    """apps.connections.open: the address of one Socket Mode connection."""
    address = desk.base_url().replace("http://", "ws://", 1)
    return {"url": f"{address}/link?ticket={desk.socket.open_ticket()}&app_id={desk.state.bot.app_id}"}


async def post_message(desk: Desk, arguments: Arguments) -> Json:
    """chat.postMessage."""
    conversation = _open_to_bot(desk, arguments)
    _refuse_bad_content(arguments)
    thread_ts = _thread(conversation, arguments)
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
    return {"channel": conversation.id, "ts": message.ts, "message": message_json(desk.state.bot, message)}


async def update(desk: Desk, arguments: Arguments) -> Json:
    """chat.update: text and blocks are replaced together, so blocks that are not sent again are gone."""
    conversation, message = _own_message(desk, arguments, "cant_update_message")
    _refuse_bad_content(arguments)
    edited = await desk.state.edit(message, arguments.get("text") or "", arguments.get("blocks") or ())
    shown = message_json(desk.state.bot, edited)
    return {"channel": conversation.id, "ts": edited.ts, "text": edited.text, "message": shown}


async def delete(desk: Desk, arguments: Arguments) -> Json:
    """chat.delete."""
    conversation, message = _own_message(desk, arguments, "cant_delete_message")
    await desk.state.remove(message)
    return {"channel": conversation.id, "ts": message.ts}


async def post_ephemeral(desk: Desk, arguments: Arguments) -> Json:
    """chat.postEphemeral."""
    conversation = _open_to_bot(desk, arguments, public_without_joining=False)
    user = _word(arguments, "user")
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    _refuse_bad_content(arguments)
    message = await desk.state.post(
        conversation,
        desk.state.bot.bot_user_id,
        arguments.get("text") or "",
        arguments.get("blocks") or (),
        ephemeral_to=user,
        thread_ts=_thread(conversation, arguments),
    )
    return {"message_ts": message.ts}


async def users_info(desk: Desk, arguments: Arguments) -> Json:
    """users.info."""
    user = desk.state.users.get(_word(arguments, "user"))
    if user is None:
        raise ApiError("user_not_found")
    fields: Json = {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset(desk.state.clock()),
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": TEAM_ID},
        "is_bot": user.is_bot,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }
    if truth(arguments.get("include_locale")):
        fields["locale"] = user.locale
    return {"user": fields}


async def conversations_open(desk: Desk, arguments: Arguments) -> Json:
    """conversations.open with one user: the direct message between that person and the bot."""
    conversation = desk.state.direct_message(_word(arguments, "users"))
    if conversation is None:
        raise ApiError("user_not_found")
    return {"no_op": True, "already_open": True, "channel": {"id": conversation.id}}


_CONTENT = frozenset({"blocks", "attachments", "metadata"})

METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, caller="app"),
    "chat.postMessage": Method(post_message, "chat:write", json_arguments=_CONTENT),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write", json_arguments=_CONTENT),
    "chat.update": Method(update, "chat:write", json_arguments=_CONTENT),
    "chat.delete": Method(delete, "chat:write"),
    "users.info": Method(users_info, "users:read"),
    "conversations.open": Method(conversations_open, "im:write"),
}


def truth(value: object) -> bool:
    """A boolean as JSON or a form carries it."""
    return value is True or value in ("true", "True", "1")


def _word(arguments: Arguments, name: str) -> str:
    """A string argument; what is missing or no string is empty, and names nothing."""
    value = arguments.get(name)
    return value if isinstance(value, str) else ""


def _open_to_bot(desk: Desk, arguments: Arguments, *, public_without_joining: bool = True) -> Conversation:
    """The conversation that is meant, if the bot may post there.

    A private conversation that the bot is not in does not exist for it.
    """
    bot, state = desk.state.bot, desk.state
    name = _word(arguments, "channel")
    conversation = state.conversation(name) or state.direct_message(name)
    is_member = conversation is not None and bot.bot_user_id in conversation.members
    if conversation is None or (not is_member and conversation.kind is not Kind.PUBLIC):
        raise ApiError("channel_not_found")
    if conversation.is_archived:
        raise ApiError("is_archived")
    if not is_member and not (public_without_joining and "chat:write.public" in bot.scopes):
        raise ApiError("not_in_channel")
    return conversation


def _own_message(desk: Desk, arguments: Arguments, refusal: str) -> tuple[Conversation, Message]:
    """The message that is meant, if it is the bot's and not ephemeral (no method reaches an ephemeral message)."""
    conversation = _open_to_bot(desk, arguments)
    message = conversation.history.get(_word(arguments, "ts"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError("message_not_found")
    if message.user != desk.state.bot.bot_user_id:
        raise ApiError(refusal)
    return conversation, message


def _thread(conversation: Conversation, arguments: Arguments) -> str | None:
    """The thread to post in: its root is a message that everyone sees and no reply itself."""
    if arguments.get("thread_ts") is None:
        return None
    root = conversation.history.get(_word(arguments, "thread_ts"))
    if root is None or root.ephemeral_to is not None or root.thread_ts not in {None, root.ts}:
        raise ApiError("cannot_reply_to_message")
    return root.ts


def _refuse_bad_content(arguments: Arguments) -> None:
    """Raise what Slack raises for a message that breaks its limits; the places are told in `response_metadata`."""
    if arguments.get("attachments"):
        raise ApiError("invalid_attachments", fields=_told(["attachments are not served here: send blocks"]))
    refused = [problem for problem in check_message(arguments) if problem.refused]
    if refused:
        raise ApiError(refused[0].error, fields=_told([str(problem) for problem in refused]))


def _told(messages: list[str]) -> Json:
    return {"errors": messages, "response_metadata": {"messages": messages}}
