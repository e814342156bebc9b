"""What the stock apps of the benchmarks have in common: how they authorize and how they serve, as Bolt's documentation has it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING, Never

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.authorization import AuthorizeResult

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp


async def authorize() -> AuthorizeResult:
    """The sandbox's workspace, without asking it."""
    return AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_user_id="U1", bot_id="B1", bot_token="xoxb-x")  # noqa: S106


async def serve(bolt: AsyncApp) -> Never:
    """Serve at `SMSSTATUS_PORT` (0: a free port) until the process ends; the log's line is that of our app."""

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(os.environ["SMSSTATUS_PORT"]), backlog=1024)
    await site.start()
    await say_serving(f"http://127.0.0.1:{runner.addresses[0][1]}")


async def say_serving(url: str) -> Never:
    """Tell the log, as our app does, and stay."""
    sys.stderr.write(json.dumps({"event": "serving", "url": url}) + "\n")
    sys.stderr.flush()
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")
