"""How much memory the app holds: over many different lookups, and against providers whose answers are far too large.

The app runs as a process of its own behind the sandbox's Slack; commands are signed and posted to it, and each is waited for
until its answer has come to the `response_url`.

    .venv/bin/python benchmarks/memory.py
"""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from benchmarks.asker import Asker
from benchmarks.unsigned import address
from bot.sandbox.demo import open_sandbox
from bot.web import ConnectionLimits, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

LOOKUPS, STEP = 5_000, 500
ROUNDS, COMMANDS = 4, 200
TOKEN = "benchmark-callback-token-0001"  # noqa: S105 - of this script's own app
HUGE = b'{"Response": "' + b" " * (32 * 1024 * 1024) + b'"}'
PACKED = gzip.compress(HUGE)


class Pusher(Asker):
    """Pushes receipts too, and tells how much memory the app holds."""

    async def push(self, first: int, many: int) -> None:
        """Push a receipt for each of so many numbers."""
        rows = [
            {
                "user_receive_time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3600)),
                "nationcode": "86",
                "mobile": str(number),
                "report_status": "FAIL",
                "errmsg": "MK:0008",
                "description": "no signal",
                "sid": f"2028:f825e6d16e23f73f4123{number}",
            }
            for number in range(first, first + many)
        ]
        async with self.client.post(f"{self.app_url}/callbacks/tencent/{TOKEN}", json=rows) as response:
            response.raise_for_status()

    @property
    def rss(self) -> float:
        """Resident memory of the app, in MiB."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20


@asynccontextmanager
async def asking(more: Mapping[str, str] | None = None) -> AsyncIterator[Pusher]:
    async with open_sandbox() as sandbox, aiohttp.ClientSession() as client:
        environ = {**os.environ, **sandbox.environ, "SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_CALLBACK_TOKEN": TOKEN}
        log = sandbox.data / "log"
        with log.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", "--mode", "http", env={**environ, **(more or {})}, stderr=stderr
            )
        try:
            asker = Pusher(await address(log), process.pid, client)
            sink = web.Application()
            sink.router.add_post("/{id}", asker.hear)
            async with listening(sink, "127.0.0.1", 0, ConnectionLimits(total=4_000, per_peer=4_000)) as server:
                asker.url = server.url
                yield asker
        finally:
            process.terminate()
            await process.wait()


async def different_lookups() -> None:
    async with asking() as asker:
        for first in range(13000000000, 13000000000 + LOOKUPS, 100):
            await asker.push(first, 100)
        await asker.ask_all([f"+86{13000000000 + LOOKUPS - 1 - one} since 2h via receipts" for one in range(50)])
        print(f"{'different lookups':45}{'MiB':>8}")
        print(f"{0:<45,}{asker.rss:>8.0f}", flush=True)
        for done in range(0, LOOKUPS, STEP):
            numbers = range(13000000000 + done, 13000000000 + done + STEP)
            await asker.ask_all([f"+86{number} since 2h via receipts" for number in numbers])
            print(f"{done + STEP:<45,}{asker.rss:>8.0f}", flush=True)


@asynccontextmanager
async def provider(*, packed: bool) -> AsyncIterator[str]:
    """A provider whose every answer is 32 MiB."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        headers = {"Content-Encoding": "gzip"} if packed else {}
        return web.Response(body=PACKED if packed else HUGE, headers=headers, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with listening(app, "127.0.0.1", 0, ConnectionLimits(total=4_000, per_peer=4_000)) as server:
        yield server.url


async def huge_answers(*, packed: bool) -> None:
    keys = ("TENCENTCLOUD_SMS_ENDPOINT", "ALIBABA_CLOUD_SMS_ENDPOINT")
    async with provider(packed=packed) as url, asking(dict.fromkeys(keys, url)) as asker:
        words = f"answers of 32 MiB{', packed' if packed else ''}: round"
        print(f"{words + ' 0':45}{asker.rss:>8.0f}", flush=True)
        for one in range(ROUNDS):
            numbers = range(13100000000 + one * COMMANDS, 13100000000 + (one + 1) * COMMANDS)
            await asker.ask_all([f"+86{number} since 2h" for number in numbers])
            print(f"{f'{words} {one + 1}':45}{asker.rss:>8.0f}", flush=True)


async def main() -> None:
    await different_lookups()
    await huge_answers(packed=False)
    await huge_answers(packed=True)


if __name__ == "__main__":
    asyncio.run(main())
