"""The app manifest: valid by Slack's schema, and with no scope that the app does not use."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.slack.shortcuts import ANYWHERE, OF_MESSAGE
from bot.slack.workflow import STEP

ROOT = Path(__file__).parent.parent
SCHEMA = os.environ.get("SMSSTATUS_MANIFEST_SCHEMA", "")


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.skipif(not Path(SCHEMA).is_file(), reason="SMSSTATUS_MANIFEST_SCHEMA does not name Slack's manifest schema")
def test_the_manifest_is_valid_by_slacks_own_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))

    problems = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(manifest)]

    assert problems == []


METHODS = {
    "chat_postMessage": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_update": "chat:write",
    "users_info": "users:read",
    "usergroups_users_list": "usergroups:read",
    "conversations_open": "im:write",
    "conversations_replies": "channels:history",
    "reactions_add": "reactions:write",
}
EVENTS = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_home_opened": None,
    "function_executed": None,
}


def test_the_manifest_asks_for_the_scopes_of_what_the_app_calls_and_hears_and_for_no_others(manifest: dict[str, Any]) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").rglob("*.py"))
    called = {scope for method, scope in METHODS.items() if f".{method}(" in code}
    heard = {EVENTS[event] for event in manifest["settings"]["event_subscriptions"]["bot_events"]} - {None}
    scopes = manifest["oauth_config"]["scopes"]

    assert set(scopes["bot"]) == (called | heard | {"commands"}) - set(scopes["bot_optional"])
    assert set(scopes["bot_optional"]) == {"chat:write.public", "usergroups:read"}


def test_the_manifest_subscribes_to_no_messages_of_channels(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert [event for event in events if event.startswith("message.")] == ["message.im", "message.mpim"]


def test_what_the_manifest_names_is_what_the_code_listens_to(manifest: dict[str, Any]) -> None:
    shortcuts = {(each["type"], each["callback_id"]) for each in manifest["features"]["shortcuts"]}

    assert shortcuts == {("message", OF_MESSAGE), ("global", ANYWHERE)}
    assert set(manifest["functions"]) == {STEP}


def test_the_manifest_says_how_to_serve_by_http() -> None:
    told = (ROOT / "manifest.yml").read_text(encoding="utf-8")

    for key in ("slash_commands[0].url", "event_subscriptions.request_url", "interactivity.request_url"):
        assert key in told


def test_the_slash_command_comes_unescaped_so_that_numbers_arrive_as_typed(manifest: dict[str, Any]) -> None:
    assert [(c["command"], c["should_escape"]) for c in manifest["features"]["slash_commands"]] == [("/smsstatus", False)]
