"""The listener of Bolt's own documentation, which acks and then works, in a stock Bolt app of its own. Run by `ack.py`.

Over HTTP as `AsyncApp.start` serves it (Bolt's aiohttp adapter), over Socket Mode by Bolt's AsyncSocketModeHandler.

python -m benchmarks.stock_ack http|socket
"""

from __future__ import annotations

import asyncio
import os
import sys

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.stock_server import authorize, say_serving, serve

WORK_SECONDS = 0.5


def build() -> AsyncApp:
    client = AsyncWebClient(base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize, client=client)

    @app.command("/smsstatus")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(WORK_SECONDS)

    return app


async def main(mode: str) -> None:
    bolt = build()
    if mode == "http":
        await serve(bolt)
    handler = AsyncSocketModeHandler(bolt, os.environ["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]  # it has no types in Bolt
    await say_serving("socket")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
