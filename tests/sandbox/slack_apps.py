"""Small Bolt apps inside the tests, at home in the local workspace in both of Slack's modes, and a clock that tests set."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import BotInstallation, Shortcut, SlackWorkspace, Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
INSTALLATION = BotInstallation(
    bot_token="xoxb-test",
    app_token="xapp-test",
    signing_secret="a-signing-secret",
    bot_user_id="U0SMSBOT1",
    app_id="A0SMSAPP1",
)
# The same with every surface switched on.
FULL = replace(
    INSTALLATION,
    scopes=INSTALLATION.scopes | {"app_mentions:read", "im:history", "mpim:history", "im:write", "files:write"},
    events=frozenset({"app_mention", "message.im", "message.mpim", "app_home_opened", "function_executed"}),
    shortcuts=(
        Shortcut("Check SMS status", "check_message", "message", "Look up what this message names"),
        Shortcut("Look up an SMS", "check_anything", "global", "Ask about any number"),
    ),
    steps=(
        Step(
            "look_up",
            "Look up SMS status",
            {"properties": {"target": {"type": "string"}, "since": {"type": "string"}}, "required": ["target"]},
            {"properties": {"verdict": {"type": "string"}, "count": {"type": "integer"}}, "required": ["verdict"]},
        ),
    ),
    home=True,
)
MODES = ("http", "socket")


class SetClock:
    """Starts at the present, which signatures need, and moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def client_of(workspace: SlackWorkspace, token: str = INSTALLATION.bot_token) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=workspace.api_url)


def new_app(workspace: SlackWorkspace) -> AsyncApp:
    return AsyncApp(name="sandbox", client=client_of(workspace), signing_secret=INSTALLATION.signing_secret)


@asynccontextmanager
async def running(app: AsyncApp, workspace: SlackWorkspace, mode: str) -> AsyncIterator[None]:
    """Let the workspace reach the app over signed HTTP or through Socket Mode."""
    if mode == "http":
        runner = web.AppRunner(app.server(path="/slack/events").web_app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        workspace.http_entry = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield
        finally:
            await runner.cleanup()
        return
    handler = AsyncSocketModeHandler(app, INSTALLATION.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types
    try:
        await workspace.wait_for(lambda: workspace.socket.connections)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types
