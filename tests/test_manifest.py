"""The app manifest: valid by Slack's schema, and with no scope that the app does not use."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.listeners.shortcuts import ANYWHERE, OF_MESSAGE
from bot.slack.listeners.workflow_step import STEP
from bot.slack.transport.manifest import events_url
from tests.cli.localized_click.pages import ENGLISH_TERMINAL, typed

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "tests" / "data" / "manifest.schema.2.0.0.json"
HOST = "https://sms.example.com"


def printed(*options: str) -> str:
    status, text = typed("manifest", *options, environ=ENGLISH_TERMINAL)
    assert status == 0, text
    return text


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("options", [(), ("--http", HOST)])
def test_the_manifest_is_valid_by_slacks_own_schema(options: tuple[str, ...]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    manifest = yaml.safe_load(printed(*options))

    problems = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(manifest)]

    assert problems == []


METHODS = {
    "chat_postMessage": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_update": "chat:write",
    "users_info": "users:read",
    "usergroups_users_list": "usergroups:read",
    "files_getUploadURLExternal": "files:write",
    "files_completeUploadExternal": "files:write",
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
    assert set(scopes["bot_optional"]) == {"chat:write.public", "files:read", "files:write", "usergroups:read"}


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


def test_the_manifest_to_paste_from_is_the_one_that_ships() -> None:
    to_paste, shipped = ROOT / "manifest.yml", ROOT / "bot" / "slack" / "transport" / "manifest.yml"

    assert to_paste.read_bytes() == shipped.read_bytes(), "cp bot/slack/transport/manifest.yml manifest.yml"


def test_the_command_prints_the_manifest_as_it_is_written() -> None:
    assert printed() == (ROOT / "manifest.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [(), ("--http", HOST)])
def test_json_and_yaml_say_the_same(options: tuple[str, ...]) -> None:
    assert json.loads(printed(*options, "--json")) == yaml.safe_load(printed(*options))


def test_for_http_the_one_address_stands_three_times_with_that_of_agents_and_nothing_else_differs(
    manifest: dict[str, Any],
) -> None:
    url = f"{HOST}/slack/events"
    manifest["settings"]["socket_mode_enabled"] = False
    manifest["settings"]["event_subscriptions"]["request_url"] = url
    manifest["settings"]["interactivity"]["request_url"] = url
    manifest["features"]["slash_commands"][0]["url"] = url
    manifest["mcp_servers"] = {"smsstatus": {"url": f"{HOST}/mcp", "auth_type": "slack_identity_auth"}}
    manifest["oauth_config"]["scopes"]["bot_optional"].append("mcp:connect")

    assert yaml.safe_load(printed("--http", HOST)) == manifest


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("https://sms.example.com", "https://sms.example.com/slack/events"),
        ("https://sms.example.com/", "https://sms.example.com/slack/events"),
        ("https://sms.example.com/slack/events", "https://sms.example.com/slack/events"),
        ("HTTPS://SMS.Example.com:8443", "https://sms.example.com:8443/slack/events"),
    ],
)
def test_the_address_of_the_events_is_made_of_the_host(host: str, url: str) -> None:
    assert events_url(host) == url


@pytest.mark.parametrize(
    "host",
    [
        "",
        "sms.example.com",
        "http://sms.example.com",
        "https://",
        "https://sms.example.com/other",
        "https://sms.example.com?x=1",
        "https://me:secret@sms.example.com",
        "https://sms.example.com:0",
        "https://sms.example.com:99999",
        "https://sms example.com",
        "https://短信.example",
        "https://sms.example.com\n",
    ],
)
def test_what_slack_would_not_take_is_refused_in_one_line(host: str) -> None:
    status, text = typed("manifest", "--http", host, environ=ENGLISH_TERMINAL)

    assert (status, text) == (2, "--http takes https:// and a host, such as https://sms.example.com\n")


@given(st.text())
def test_whatever_is_taken_for_a_host_becomes_an_https_address_of_the_events(text: str) -> None:
    for host in (text, f"https://{text}"):
        url = events_url(host)

        assert url is None or (
            url.startswith("https://") and url.endswith("/slack/events") and url.isascii() and url.isprintable()
        )


def test_what_is_built_holds_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buildapi = pytest.importorskip("flit_core.buildapi", reason="./scripts/setup --dev was not run")
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path))) as wheel:
        in_wheel = wheel.read("bot/slack/transport/manifest.yml")
    with tarfile.open(tmp_path / buildapi.build_sdist(str(tmp_path))) as sdist:
        in_sdist = next(sdist.extractfile(one).read() for one in sdist if one.name.endswith("/bot/slack/transport/manifest.yml"))  # type: ignore[union-attr]

    assert in_wheel == in_sdist == (ROOT / "manifest.yml").read_bytes()
