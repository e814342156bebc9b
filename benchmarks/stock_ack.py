"""The listener of Bolt's own documentation, which acks and then works, in a stock Bolt app of its own. Run by `ack.py`.

Over HTTP as `AsyncApp.start` serves it (Bolt's aiohttp adapter), over Socket Mode by Bolt's AsyncSocketModeHandler.

python -m benchmarks.stock_ack http|socket
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

WORK_SECONDS = 0.5


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_user_id="U1", bot_id="B1", bot_token="xoxb-x")  # noqa: S106


def build() -> AsyncApp:
    client = AsyncWebClient(base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize, client=client)

    @app.command("/smsstatus")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(WORK_SECONDS)

    return app


def say_serving(url: str) -> None:
    sys.stderr.write(json.dumps({"event": "serving", "url": url}) + "\n")
    sys.stderr.flush()


async def serve_http(bolt: AsyncApp) -> None:
    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    say_serving(f"http://127.0.0.1:{runner.addresses[0][1]}")


async def main(mode: str) -> None:
    bolt = build()
    if mode == "http":
        await serve_http(bolt)
    else:
        handler = AsyncSocketModeHandler(bolt, os.environ["SLACK_APP_TOKEN"])
        await handler.connect_async()  # type: ignore[no-untyped-call]  # it has no types in Bolt
        say_serving("socket")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
