"""What every Web API method is made of: its arguments, its answer or error, whom it lets in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.model import Conversation, ConversationKind

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import BlockProblem
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


def truth(value: object) -> bool:
    """A boolean as JSON or a form carries it."""
    return value is True or value in ("true", "True", "1")


def word(arguments: Arguments, name: str) -> str:
    """A string argument; what is missing or no string is empty, and names nothing."""
    value = arguments.get(name)
    return value if isinstance(value, str) else ""


def told(messages: list[str]) -> Json:
    """The fields of an answer that say in words what is wrong."""
    return {"errors": messages, "response_metadata": {"messages": messages}}


def need_scope(state: State, scope: str) -> None:
    """For methods whose scope depends on what they are asked about. Raises ApiError."""
    scopes = state.bot.scopes
    if scope not in scopes:
        raise ApiError("missing_scope", fields={"needed": scope, "provided": ",".join(sorted(scopes))})


def refuse_problems(problems: list[BlockProblem]) -> None:
    """Raise the first problem that Slack refuses; the places of all are told in `response_metadata`."""
    refused = [problem for problem in problems if problem.refused]
    if refused:
        raise ApiError(refused[0].error, fields=told([str(problem) for problem in refused]))


def refuse_bad_content(arguments: Arguments) -> None:
    """Raise what Slack raises for a message that breaks its limits."""
    if arguments.get("attachments"):
        raise ApiError("invalid_attachments", fields=told(["attachments are not served here: send blocks"]))
    refuse_problems(check_message(arguments))


def known_to_bot(state: State, name: str) -> Conversation:
    """The conversation that is meant. A private one that the bot is not in does not exist for it. Raises ApiError."""
    conversation = state.conversation(name) or state.direct_message(name)
    if conversation is None:
        raise ApiError("channel_not_found")
    if state.bot.bot_user_id not in conversation.members and conversation.kind is not ConversationKind.PUBLIC:
        raise ApiError("channel_not_found")
    return conversation


def open_to_bot(state: State, name: str, *, public_without_joining: bool = True) -> Conversation:
    """The conversation that is meant, if the bot may post there. Raises ApiError."""
    bot = state.bot
    conversation = known_to_bot(state, name)
    if conversation.is_archived:
        raise ApiError("is_archived")
    is_member = bot.bot_user_id in conversation.members
    if not is_member and not (public_without_joining and "chat:write.public" in bot.scopes):
        raise ApiError("not_in_channel")
    return conversation


def thread_root(conversation: Conversation, arguments: Arguments) -> str | None:
    """The thread to post in: its root is a message that everyone sees and no reply itself. Raises ApiError."""
    if arguments.get("thread_ts") is None:
        return None
    root = conversation.history.get(word(arguments, "thread_ts"))
    if root is None or root.ephemeral_to is not None or root.thread_ts not in {None, root.ts}:
        raise ApiError("cannot_reply_to_message")
    return root.ts
