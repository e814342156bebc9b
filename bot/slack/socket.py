"""Socket Mode: Slack's requests over a WebSocket that we open.

slack_sdk reconnects by itself, but goes on trying an expired address for ever when a reconnect failed late (its `connect()`
asks for a new one only when it has none). The watchdog takes the address away from it, which makes it ask.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import SettingsError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.config import General

PING_SECONDS = 3.0  # slack_sdk calls a connection stale after four pings without an answer
WATCH_SECONDS = 5.0

log = structlog.get_logger(__name__)


class SocketMode:
    """One supervised connection."""

    def __init__(self, app: AsyncApp, general: General) -> None:
        if general.app_token is None:
            raise SettingsError(["SLACK_APP_TOKEN is missing"])
        self._handler = AsyncSocketModeHandler(app, general.app_token.get_secret_value(), ping_interval=PING_SECONDS)
        self._watchdog: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open the connection. Raises SettingsError when Slack refuses the token or cannot be reached."""
        client = self._handler.client
        try:
            client.wss_uri = await client.issue_new_wss_url()
            await client.connect()  # type: ignore[no-untyped-call]  # slack_sdk annotates no return here
        except SlackApiError as error:
            await self.close()
            reason = error.response.get("error", "an error")
            raise SettingsError([f"SLACK_APP_TOKEN: Slack answers {reason}; it needs the scope connections:write"]) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            await self.close()
            raise SettingsError([f"SLACK_API_URL: Socket Mode cannot be opened ({type(error).__name__})"]) from error
        self._watchdog = asyncio.create_task(self._watch(), name="socket watchdog")

    async def is_connected(self) -> bool:
        """Whether requests reach us: judged by the age of the last pong, not by a flag."""
        return bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        """Close the connection."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # nor here
        await self._handler.client.aiohttp_client_session.close()

    async def _watch(self) -> None:
        down_before = False
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            down = not await self.is_connected()
            if down and down_before:
                log.warning("slack.socket_down", action="asking Slack for a new address")
                self._handler.client.wss_uri = None
            down_before = down
