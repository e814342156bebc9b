"""Slack's payloads as Bolt and the listeners may rely on them: a field that is there has the type that Slack documents. Pure.

Bolt reads payloads by subscription and by comparison (`body["actions"][0]["action_id"]`), so one odd field would end a request as
an error before any listener sees it. What is empty or of another type is taken out here, which leaves one case to everybody
else: a field may be missing. Fields that are not listed stay as they came; nobody relies on their type. Texts lose what neither
UTF-8 nor PostgreSQL can hold: half a surrogate pair, which JSON can escape and cutting a text leaves behind, and NUL.

Sources: https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api#callback-field and
https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose items have one shape; an item without the field `named` is left out, since nothing tells what it is."""

    shape: Shape
    named: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping whose keys are ours, each of whose values has one shape."""

    shape: Shape


Shape = type | Mapping[str, Any] | Items | Entries
"""A type; a mapping of field -> Shape; a list; a mapping of any keys."""

MAX_DEPTH = 60  # of lists and mappings; Slack's deepest, a list in a table in an attachment, has a third of it
_CHOICE = {"value": str}
_INPUT = {
    "value": str,
    "selected_option": _CHOICE,
    "selected_conversation": str,
    "selected_channel": str,
    "selected_conversations": Items(str),
    "selected_channels": Items(str),
}
_MESSAGE = {"type": str, "user": str, "ts": str, "thread_ts": str}
_TEAM = {"id": str, "enterprise_id": str}
_AUTHORIZATION = {"enterprise_id": str, "team_id": str, "user_id": str, "is_enterprise_install": bool}
_FUNCTION = {"execution_id": str, "function": {"callback_id": str}, "inputs": dict}

_COMMAND = dict.fromkeys(
    ("command", "text", "user_id", "channel_id", "team_id", "enterprise_id", "response_url", "trigger_id", "ssl_check"), str
)
_VIEW = {
    "id": str,
    "hash": str,
    "type": str,
    "callback_id": str,
    "private_metadata": str,
    "team_id": str,
    "app_installed_team_id": str,
    "state": {"values": Entries(Entries(_INPUT))},
}
_INTERACTION = {
    "type": str,
    "user": {"id": str, "team_id": str},
    "team": _TEAM,
    "enterprise": {"id": str},
    "channel": {"id": str},
    "callback_id": str,
    "action_id": str,
    "action_ts": str,
    "message_ts": str,
    "trigger_id": str,
    "response_url": str,
    "response_urls": Items({"channel_id": str, "response_url": str}),
    "container": {"message_ts": str, "channel_id": str, "thread_ts": str, "view_id": str, "is_ephemeral": bool},
    "message": _MESSAGE,
    "view": _VIEW,
    "actions": Items({"action_id": str, "action_ts": str, "value": str, "selected_option": _CHOICE}, named="action_id"),
    "function_data": _FUNCTION,
    "bot_access_token": str,
    "is_enterprise_install": bool,
    "workflow_step": dict,
    "challenge": str,
}
_EVENT = {
    **dict.fromkeys(("type", "subtype", "user", "channel", "channel_type", "text", "ts", "thread_ts"), str),
    **dict.fromkeys(("team", "user_team", "source_team", "team_id", "enterprise_id", "tab", "bot_access_token"), str),
    "function": {"callback_id": str},
    "function_execution_id": str,
    "inputs": dict,
    "item": {"channel": str, "thread_ts": str, "user": str, "team": str},
    "assistant_thread": {"channel_id": str, "thread_ts": str, "user_id": str},
    "message": _MESSAGE,
    "previous_message": _MESSAGE,
    "view": _VIEW,
}
_ENVELOPE = {
    "type": str,
    "event_id": str,
    "event_time": int,
    "authorizations": Items(_AUTHORIZATION),
    "event": _EVENT,
    **dict.fromkeys(("team_id", "enterprise_id", "context_team_id", "context_enterprise_id"), str),
}

_OTHER = {**_ENVELOPE, **_INTERACTION}  # Bolt looks for an event's authorizations in whatever has them


def with_documented_types(body: Mapping[str, Any]) -> dict[str, Any]:
    """A payload without the fields that are empty or of another type than Slack documents."""
    if body.get("type") == "event_callback":
        shape: Mapping[str, Any] = _ENVELOPE
    elif "user_id" in body or "command" in body:
        shape = _COMMAND
    else:
        shape = _OTHER
    checked = _fields(body, shape)
    if isinstance(checked.get("view"), dict):
        checked["view"].setdefault("type", "modal")  # Bolt asks every submission whether it is a workflow's legacy step
    return checked


def _fields(value: Mapping[str, Any], shape: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, held in value.items():
        checked = _checked(held, shape[name]) if name in shape else _encodable(held)
        if name not in shape or checked:
            kept[name] = checked
    return kept


def _checked(value: Any, shape: Shape) -> Any:
    """The value, or what is left of it; empty where it is of another type."""
    match shape:
        case Items():
            items = (_checked(item, shape.shape) for item in value) if isinstance(value, list) else ()
            return [item for item in items if item and (not shape.named or shape.named in item)]
        case Entries():
            entries = (
                {_encodable(key): _checked(held, shape.shape) for key, held in value.items()} if isinstance(value, dict) else {}
            )
            return {key: held for key, held in entries.items() if held}
        case Mapping():
            return _fields(value, shape) if isinstance(value, dict) else None
        case _:
            is_right = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
            return _encodable(value) if is_right else None


def _encodable(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The value with texts that can be encoded and stored, down to `depth`; what lies deeper is left out."""
    if isinstance(value, str):
        return value.encode(errors="ignore").decode().replace("\0", "")
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_encodable(item, depth - 1) for item in value]
    return {_encodable(key): _encodable(held, depth - 1) for key, held in value.items()}
