"""Asks a running app as Slack does: signed commands by HTTP, and a `response_url` of one's own where the answers are heard."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.slack.http_delivery import FORM, sign

if TYPE_CHECKING:
    import aiohttp

AT_ONCE = 8


class Asker:
    """Posts commands, and hears the answers at a `response_url` of its own."""

    def __init__(self, app_url: str, process: int, client: aiohttp.ClientSession) -> None:
        self.app_url = app_url
        self.process = process
        self.client = client
        self._answers: dict[str, asyncio.Event] = {}
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        """An answer has come."""
        await request.read()
        if heard := self._answers.get(request.match_info["id"]):  # None: the second message of a slow one
            heard.set()
        return web.Response(text="ok")

    async def ask(self, text: str) -> None:
        """Post a command, and wait for its answer."""
        which = os.urandom(8).hex()
        heard = self._answers[which] = asyncio.Event()
        await self.post(text, which)
        async with asyncio.timeout(60):
            await heard.wait()
        del self._answers[which]

    async def post(self, text: str, which: str) -> None:
        """Post a command, and no more. Raises aiohttp.ClientError where it is not acknowledged."""
        person = {"user_id": "U0LIWEI01", "team_id": "T0SANDBOX", "channel_id": "C0INCIDENT", "trigger_id": which}
        body = urlencode({"command": "/smsstatus", "text": text, "response_url": f"{self.url}/{which}", **person}).encode()
        now = int(time.time())
        headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": str(now)}
        headers["X-Slack-Signature"] = sign(INSTALLATION.signing_secret, now, body)
        async with self.client.post(f"{self.app_url}/slack/events", data=body, headers=headers) as response:
            response.raise_for_status()

    async def ask_all(self, texts: list[str]) -> None:
        """Ask all of them, some at once."""
        waiting = iter(texts)

        async def work() -> None:
            for text in waiting:
                await self.ask(text)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
