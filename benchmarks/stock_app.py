"""What people would write instead: a stock Bolt app that asks by the official SDKs and posts a section. Run by `command.py`.

It makes the calls that our app makes for the same question, all at once in threads, since the SDKs block.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from benchmarks.sdk_alibaba import alibaba, today
from benchmarks.sdk_tencent import tencent
from benchmarks.stock_server import authorize, serve


def build() -> AsyncApp:
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize)
    calls = [*tencent(), alibaba(today())]  # two hours are of one day, but after midnight

    @app.command("/smsstatus")
    async def look_up(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        number = command["text"].split()[0]
        found = await asyncio.gather(*(asyncio.to_thread(call, number) for call in calls))
        lines = [json.dumps(row, ensure_ascii=False)[:200] for rows in found for row in rows] or ["No record."]
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:3000]}}
        await respond(text=lines[0], blocks=[section])

    return app


if __name__ == "__main__":
    asyncio.run(serve(build()))
