"""What the Web API's methods share: arguments, errors, and access to conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.model import Conversation, ConversationKind

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import BlockProblem
    from bot.sandbox.slack.state import WorkspaceState

Json = dict[str, Any]
Arguments = Mapping[str, Any]


class ApiError(Exception):
    """An error response of the Web API (`ok: false`)."""

    def __init__(self, error: str, *, fields: Mapping[str, Any] | None = None, retry_after: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.fields = dict(fields or {})
        self.retry_after = retry_after


def read_boolean(value: object) -> bool:
    """A boolean from JSON or a form."""
    return value is True or value in ("true", "True", "1")


def string_argument(arguments: Arguments, name: str) -> str:
    """A string argument; empty when it is missing or no string."""
    value = arguments.get(name)
    return value if isinstance(value, str) else ""


def error_details(messages: list[str]) -> Json:
    """The response's fields with messages about what is wrong."""
    return {"errors": messages, "response_metadata": {"messages": messages}}


def need_scope(state: WorkspaceState, scope: str) -> None:
    """Raises ApiError without this scope; for methods whose scope depends on the arguments."""
    scopes = state.bot.scopes
    if scope not in scopes:
        raise ApiError("missing_scope", fields={"needed": scope, "provided": ",".join(sorted(scopes))})


def reject_problems(problems: list[BlockProblem]) -> None:
    """Raises ApiError for the first problem that Slack rejects; the pointers of all are in `response_metadata`."""
    refused = [problem for problem in problems if problem.refused]
    if refused:
        raise ApiError(refused[0].error, fields=error_details([str(problem) for problem in refused]))


def reject_bad_content(arguments: Arguments) -> None:
    """Raises ApiError for a message that breaks Slack's limits."""
    if arguments.get("attachments"):
        raise ApiError("invalid_attachments", fields=error_details(["attachments are not served here: send blocks"]))
    reject_problems(check_message(arguments))


def visible_conversation(state: WorkspaceState, name: str) -> Conversation:
    """The conversation called `name`. Private ones without the bot do not exist for it. Raises ApiError."""
    conversation = state.conversation(name) or state.direct_message(name)
    if conversation is None:
        raise ApiError("channel_not_found")
    if state.bot.bot_user_id not in conversation.members and conversation.kind is not ConversationKind.PUBLIC:
        raise ApiError("channel_not_found")
    return conversation


def postable_conversation(state: WorkspaceState, name: str, *, public_without_joining: bool = True) -> Conversation:
    """The conversation called `name`, if the bot may post there. Raises ApiError."""
    bot = state.bot
    conversation = visible_conversation(state, name)
    if conversation.is_archived:
        raise ApiError("is_archived")
    is_member = bot.bot_user_id in conversation.members
    if not is_member and not (public_without_joining and "chat:write.public" in bot.scopes):
        raise ApiError("not_in_channel")
    return conversation


def thread_root(conversation: Conversation, arguments: Arguments) -> str | None:
    """The ts of the thread to post in: its root is visible to everyone and no reply. Raises ApiError."""
    if arguments.get("thread_ts") is None:
        return None
    root = conversation.history.get(string_argument(arguments, "thread_ts"))
    if root is None or root.ephemeral_to is not None or root.thread_ts not in {None, root.ts}:
        raise ApiError("cannot_reply_to_message")
    return root.ts
