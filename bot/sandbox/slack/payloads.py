"""What Slack sends an app, as plain values: a slash command's form, the payload of a pressed button, an event.

Sources: https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.model import TEAM_DOMAIN, TEAM_ID, Kind
from bot.sandbox.slack.state import elements_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.model import BotInstallation, Conversation, Message, User

VERIFICATION_TOKEN = "not-checked-any-more"  # noqa: S105 - Slack's deprecated field; signatures took its place

# What Slack calls a conversation whose name the app has no right to know.
_VEILED = {Kind.PRIVATE: "privategroup", Kind.IM: "directmessage"}


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


def block_actions(
    bot: BotInstallation,
    user: User,
    conversation: Conversation,
    message: Message,
    action: Mapping[str, Any],
    *,
    response_url: str,
    trigger_id: str,
) -> dict[str, Any]:
    """The payload of one pressed element. An ephemeral message is named in `container` only: `message` is not sent."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": conversation.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "api_app_id": bot.app_id,
        "token": VERIFICATION_TOKEN,
        "container": container,
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": conversation.id, "name": _VEILED.get(conversation.kind, conversation.name)},
        "state": {"values": _state_values(message, action)},
        "response_url": response_url,
        "actions": [dict(action)],
    }
    if message.ephemeral_to is None:
        payload["message"] = message_json(bot, message)
    return payload


def pressed(
    message: Message, action_id: str, value: str | None, action_ts: str, *, block_id: str | None = None
) -> dict[str, Any]:
    """The entry of `actions` for an element of `message`. `value` picks the option of a menu; `block_id` narrows the search.

    Raises LookupError when the message has no such element, or the element no such option.
    """
    for block in message.blocks:
        for element in elements_of(block):
            if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
                action = {"type": element["type"], "action_id": action_id, "block_id": block["block_id"], "action_ts": action_ts}
                if element["type"] == "button":
                    return {**action, **{key: element[key] for key in ("text", "value", "style") if key in element}}
                return {**action, "selected_option": _option(element, value)}
    raise LookupError(f"no element with the action_id {action_id}")


def _option(element: Mapping[str, Any], value: str | None) -> Mapping[str, Any]:
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                chosen: Mapping[str, Any] = option
                return chosen
    raise LookupError(f"no option with the value {value}")


def _state_values(message: Message, action: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the menus of the message are set to: buttons and overflow menus have no state."""
    values: dict[str, dict[str, Any]] = {}
    for block in message.blocks:
        for element in elements_of(block):
            if element["type"] == "static_select":
                this_one = (block["block_id"], element["action_id"]) == (action["block_id"], action["action_id"])
                chosen = action.get("selected_option") if this_one else element.get("initial_option")
                values.setdefault(block["block_id"], {})[element["action_id"]] = {
                    "type": "static_select",
                    "selected_option": chosen,
                }
    return values


def message_json(bot: BotInstallation, message: Message) -> dict[str, Any]:
    """A message as Slack shows it to an app."""
    fields: dict[str, Any] = {"type": "message", "user": message.user, "team": TEAM_ID, "ts": message.ts, "text": message.text}
    if message.user == bot.bot_user_id:
        fields |= {"bot_id": bot.bot_id, "app_id": bot.app_id}
    if message.blocks:
        fields["blocks"] = list(message.blocks)
    if message.thread_ts is not None:
        fields["thread_ts"] = message.thread_ts
    if message.edited is not None:
        fields["edited"] = {"user": message.user, "ts": message.edited}
    return fields


def event_callback(bot: BotInstallation, event: Mapping[str, Any], *, event_id: str, event_time: int) -> dict[str, Any]:
    """The envelope of the Events API around one event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": bot.app_id,
        "event": dict(event),
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [{"team_id": TEAM_ID, "user_id": bot.bot_user_id, "is_bot": True, "is_enterprise_install": False}],
    }
