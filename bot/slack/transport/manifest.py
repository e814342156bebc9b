"""The Slack app's manifest, which ships with the code; of a checkout `manifest.yml` at the top is a copy to paste from.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import yaml

EVENTS_PATH, AGENTS_PATH = "/slack/events", "/mcp"
AGENTS_SCOPE = "mcp:connect"  # optional: Slack is still rolling it out, https://docs.slack.dev/ai/slackbot-mcp-client
PORTS = range(1, 65536)
_HOST = re.compile(
    rf"https://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::([0-9]{{1,5}}))?)(?:{EVENTS_PATH})?/?", re.IGNORECASE | re.ASCII
)


def manifest_text() -> str:
    """The manifest as it is written, for Socket Mode, its comments among it."""
    return files("bot.slack.transport").joinpath("manifest.yml").read_text(encoding="utf-8")


def manifest(events_url: str | None = None) -> dict[str, Any]:
    """The manifest as data; with the address that Slack sends everything to, for HTTP mode, and that of the tools of agents."""
    made: dict[str, Any] = yaml.safe_load(manifest_text())
    if events_url is not None:
        settings, agents_url = made["settings"], events_url.removesuffix(EVENTS_PATH) + AGENTS_PATH
        made["mcp_servers"] = {"smsstatus": {"url": agents_url, "auth_type": "slack_identity_auth"}}
        made["oauth_config"]["scopes"]["bot_optional"].append(AGENTS_SCOPE)
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"] = {"request_url": events_url} | settings["event_subscriptions"]
        settings["interactivity"] |= {"request_url": events_url}
        made["features"]["slash_commands"] = [{**one, "url": events_url} for one in made["features"]["slash_commands"]]
    return made


def scopes(*, over_http: bool) -> dict[str, list[str]]:
    """The scopes of the bot token, `bot` and `bot_optional`. Agents ask over HTTP alone."""
    found: dict[str, list[str]] = manifest(f"https://localhost{EVENTS_PATH}" if over_http else None)["oauth_config"]["scopes"]
    return found


def events_url(host: str) -> str | None:
    """The address of the events at `https://HOST`, a port allowed; None for what Slack would not take, or not take as meant."""
    found = _HOST.fullmatch(host)
    return f"https://{found[1].lower()}{EVENTS_PATH}" if found and int(found[2] or 443) in PORTS else None
