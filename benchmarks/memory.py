"""How much memory the app holds: at rest, over different lookups, and where providers answer with far too much.

Beside it stands a stock Bolt app over httpx.

Each runs as a process of its own behind the sandbox's Slack; commands are signed and posted to it, and each is waited for
until its answer has come to the `response_url`. Ours reads a receipt of each number, which was pushed to it: at the vendors'
limits ten thousand lookups would take a quarter of an hour. The stock app, which keeps to none, asks the stand-ins. Ours was
started before, as nearly always: its database is there.

    .venv/bin/python -m benchmarks.memory
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from benchmarks.asker import Asker
from benchmarks.served import rss_of, served
from bot.sandbox.demo import open_sandbox
from bot.web import ConnectionLimits, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.sandbox.demo import Sandbox

OURS = "ours"
APPS: Mapping[str, tuple[str, ...]] = {
    "stock Bolt over httpx": ("-m", "benchmarks.stock_httpx_app"),
    OURS: ("-m", "bot", "serve", "--mode", "http"),
}
LOOKUPS = (2_000, 5_000, 10_000)
REST = 2.0  # seconds after the start
ROUNDS, COMMANDS = 3, 40
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
        taken = False
        while not taken:  # a vendor pushes again what was not taken
            async with self.client.post(f"{self.app_url}/callbacks/tencent/{TOKEN}", json=rows) as response:
                taken = response.status != HTTPStatus.SERVICE_UNAVAILABLE
                if taken:
                    response.raise_for_status()

    @property
    def rss(self) -> float:
        """Resident memory of the app, in MiB."""
        return rss_of(self.process)


@asynccontextmanager
async def running(sandbox: Sandbox, app: str, client: aiohttp.ClientSession, more: Mapping[str, str]) -> AsyncIterator[Pusher]:
    """The app as a process, and what asks it."""
    environ = {**sandbox.environ, "SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_CALLBACK_TOKEN": TOKEN, **more}
    async with served(environ, *APPS[app]) as process:
        asker = Pusher(process.url, process.pid, client)
        sink = web.Application()
        sink.router.add_post("/{id}", asker.hear)
        async with listening(sink, "127.0.0.1", 0, ConnectionLimits(total=4_000, per_peer=4_000)) as server:
            asker.url = server.url
            yield asker


async def look_up(asker: Pusher, numbers: Sequence[int], *, pushed: bool) -> None:
    """Ask for each of the numbers, whose receipts are `pushed` first."""
    if pushed:
        for at in range(0, len(numbers), 100):
            await asker.push(numbers[at], len(numbers[at : at + 100]))
    await asker.ask_all([f"+86{number} since 2h via receipts" for number in numbers])


async def different_lookups(counts: Sequence[int]) -> None:
    """A table: MiB at rest, and after each of these counts of lookups."""
    found: dict[str, list[float]] = {}
    async with open_sandbox() as sandbox, aiohttp.ClientSession() as client, AsyncExitStack() as stack:
        for limits in (sandbox.providers.tencent._limits, sandbox.providers.aliyun._limits):  # noqa: SLF001 - stock keeps to none
            for limit in limits.values():
                limit.calls = 1_000_000
        async with running(sandbox, OURS, client, {}):
            pass
        askers = {app: await stack.enter_async_context(running(sandbox, app, client, {})) for app in APPS}
        await asyncio.sleep(REST)
        for app, asker in askers.items():
            found[app] = [asker.rss]
        for first, last in pairwise((0, *counts)):
            numbers = range(13_000_000_000 + first, 13_000_000_000 + last)
            await asyncio.gather(*(look_up(asker, numbers, pushed=app == OURS) for app, asker in askers.items()))
            for app, asker in askers.items():
                found[app].append(asker.rss)
    print(f"{'MiB of the process':24}{'at rest':>10}" + "".join(f"{count:>10,}" for count in counts))
    for app, figures in found.items():
        print(f"{app:24}" + "".join(f"{figure:>10.0f}" for figure in figures))
    print(f"{'ratio':24}" + "".join(f"{ours / theirs:>10.2f}" for theirs, ours in zip(*found.values(), strict=True)), flush=True)


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


async def huge_answers(rounds: int, commands: int, *, packed: bool) -> None:
    keys = ("TENCENTCLOUD_SMS_ENDPOINT", "ALIBABA_CLOUD_SMS_ENDPOINT")
    async with (
        provider(packed=packed) as url,
        open_sandbox() as sandbox,
        aiohttp.ClientSession() as client,
        running(sandbox, OURS, client, dict.fromkeys(keys, url)) as asker,
    ):
        words = f"answers of 32 MiB{', packed' if packed else ''}: round"
        print(f"{words + ' 0':45}{asker.rss:>8.0f}", flush=True)
        for one in range(rounds):
            numbers = range(13_100_000_000 + one * commands, 13_100_000_000 + (one + 1) * commands)
            await asker.ask_all([f"+86{number} since 2h" for number in numbers])
            print(f"{f'{words} {one + 1}':45}{asker.rss:>8.0f}", flush=True)


async def main(*, short: bool) -> None:
    await different_lookups((100, 200) if short else LOOKUPS)
    for packed in (False, True):
        await huge_answers(*((1, 4) if short else (ROUNDS, COMMANDS)), packed=packed)


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
