"""Payloads that Slack sends an app, as plain values: slash commands, block actions, shortcuts, views, events.

Sources: https://docs.slack.dev/interactivity/implementing-slash-commands and the pages under
https://docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.files import file_json
from bot.sandbox.slack.inputs import entry_of, has_state, state_values
from bot.sandbox.slack.installation import bot_id_of
from bot.sandbox.slack.model import TEAM_DOMAIN, TEAM_ID, ConversationKind
from bot.sandbox.slack.state import elements_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.inputs import Given, Place
    from bot.sandbox.slack.installation import BotInstallation, Shortcut
    from bot.sandbox.slack.model import Conversation, PostedMessage, User
    from bot.sandbox.slack.state import WorkspaceState

Json = dict[str, Any]

VERIFICATION_TOKEN = "not-checked-any-more"  # noqa: S105 - Slack's deprecated field; signatures took its place

# What Slack calls a conversation whose name the app has no right to know.
_VEILED = {ConversationKind.PRIVATE: "privategroup", ConversationKind.IM: "directmessage"}


def slash_command(
    bot: BotInstallation, user: User, conversation: Conversation, text: str, *, response_url: str, trigger_id: str
) -> dict[str, str]:
    """The fields of a slash command. There is no thread_ts and no message ts among them."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": conversation.id,
        "channel_name": _VEILED.get(conversation.kind, conversation.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": bot.command,
        "text": text,
        "api_app_id": bot.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _interaction(kind: str, bot: BotInstallation, user: User, trigger_id: str) -> Json:
    """The fields that all interactive payloads share."""
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": bot.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(conversation: Conversation) -> Json:
    return {"id": conversation.id, "name": _VEILED.get(conversation.kind, conversation.name)}


def block_actions(
    state: WorkspaceState,
    user: User,
    conversation: Conversation,
    message: PostedMessage,
    action: Mapping[str, Any],
    *,
    response_url: str,
    trigger_id: str,
    given: Given,
) -> Json:
    """The payload of one pressed element of a message. Raises LookupError as `state_values` does.

    An ephemeral message is named in `container` only: `message` is not sent. `given` holds the values of the menus.
    """
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": conversation.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload = {
        **_interaction("block_actions", state.bot, user, trigger_id),
        "container": container,
        "channel": _channel(conversation),
        "state": {"values": state_values(message.blocks, given)},
        "response_url": response_url,
        "actions": [dict(action)],
    }
    if message.ephemeral_to is None:
        payload["message"] = message_json(state, message)
    return payload


def view_actions(bot: BotInstallation, user: User, view: Json, action: Mapping[str, Any], *, trigger_id: str) -> Json:
    """The payload of one pressed element of a view: there is no message, no channel and no response_url."""
    return {
        **_interaction("block_actions", bot, user, trigger_id),
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "actions": [dict(action)],
    }


def message_shortcut(
    state: WorkspaceState,
    user: User,
    conversation: Conversation,
    message: PostedMessage,
    shortcut: Shortcut,
    *,
    response_url: str,
    trigger_id: str,
    action_ts: str,
) -> Json:
    """The payload of a message shortcut, whoever wrote the message and wherever it is."""
    return {
        **_interaction("message_action", state.bot, user, trigger_id),
        "callback_id": shortcut.callback_id,
        "action_ts": action_ts,
        "channel": _channel(conversation),
        "message_ts": message.ts,
        "message": message_json(state, message),
        "response_url": response_url,
    }


def global_shortcut(bot: BotInstallation, user: User, shortcut: Shortcut, *, trigger_id: str, action_ts: str) -> Json:
    """The payload of a global shortcut: it has no channel and no response_url."""
    payload = _interaction("shortcut", bot, user, trigger_id)
    return {**payload, "callback_id": shortcut.callback_id, "action_ts": action_ts}


def view_submission(
    bot: BotInstallation, user: User, view: Json, *, trigger_id: str, response_urls: Sequence[Mapping[str, str]]
) -> Json:
    """The payload of a submitted modal."""
    payload = _interaction("view_submission", bot, user, trigger_id)
    return {**payload, "view": view, "response_urls": [dict(each) for each in response_urls]}


def view_closed(bot: BotInstallation, user: User, view: Json, *, is_cleared: bool) -> Json:
    """The payload of a modal that was closed without submission. It has no trigger_id."""
    payload = _interaction("view_closed", bot, user, "")
    del payload["trigger_id"]
    return {**payload, "view": view, "is_cleared": is_cleared}


def pressed(
    blocks: Sequence[Mapping[str, Any]], action_id: str, value: Any, action_ts: str, *, block_id: str | None = None
) -> tuple[Json, dict[str | Place, Any]]:
    """The entry of `actions` for an element of `blocks`, and the change of the inputs' state.

    `value` is what a person chooses or enters; `block_id` narrows the search. Raises LookupError when there is no such element,
    when it has no such option, or when it is an input that does not dispatch actions.
    """
    for block in blocks:
        for element in elements_of(block):
            if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
                if block["type"] == "input" and not block.get("dispatch_action"):
                    raise LookupError(f"the input {action_id} tells nothing until the view is submitted")
                action = {"type": element["type"], "action_id": action_id, "block_id": block["block_id"], "action_ts": action_ts}
                action |= {
                    key: element[key] for key in ("text", "value", "style") if element["type"] == "button" and key in element
                }
                place: Place = (block["block_id"], action_id)
                entered: dict[str | Place, Any] = {place: value} if has_state(element) else {}
                return {**action, **entry_of(element, value)}, entered
    raise LookupError(f"no element with the action_id {action_id}")


def message_json(state: WorkspaceState, message: PostedMessage) -> Json:
    """A message as Slack shows it to an app."""
    author = state.users[message.user]
    fields: Json = {"type": "message", "user": message.user, "team": author.team_id, "ts": message.ts, "text": message.text}
    if author.is_bot:
        fields["bot_id"] = bot_id_of(message.user)
        if message.user == state.bot.bot_user_id:
            fields["app_id"] = state.bot.app_id
    else:
        fields["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, message.channel + message.ts))
    if message.blocks:
        fields["blocks"] = list(message.blocks)
    if message.attachments:
        fields["attachments"] = list(message.attachments)
    if message.files:
        fields["files"] = [file_json(file, state.base_url()) for file in message.files]
    if message.thread_ts is not None:
        fields["thread_ts"] = message.thread_ts
        root = state.conversations[message.channel].history.get(message.thread_ts)
        if root is not None and message.ts != message.thread_ts:
            fields["parent_user_id"] = root.user
    if message.edited is not None:
        fields["edited"] = {"user": message.user, "ts": message.edited}
    return fields


def event_callback(
    bot: BotInstallation,
    event: Mapping[str, Any],
    *,
    event_id: str,
    event_time: int,
    team_id: str = TEAM_ID,
    is_ext_shared_channel: bool = False,
) -> Json:
    """The envelope of the Events API around one event. `team_id` is the workspace in which it happened."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": None,
        "api_app_id": bot.app_id,
        "event": dict(event),
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [{"team_id": team_id, "user_id": bot.bot_user_id, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": is_ext_shared_channel,
        "event_context": f"4-{event_id}",
    }
