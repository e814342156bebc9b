"""What strangers' traffic costs those who are served: acks beside it, memory, and lines in the log.

The app runs as a process of its own behind the sandbox's Slack. Twenty signed commands a second are timed, while requests that
nobody signed come beside them.

    .venv/bin/python -m benchmarks.unsigned [--short]
"""

from __future__ import annotations

import asyncio
import gzip
import math
import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from benchmarks.served import address, rss_of
from bot.sandbox.demo import open_sandbox
from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.slack.http_delivery import FORM, sign
from bot.web import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SECONDS = 6.0
AFTERWARDS = 8.0  # seconds, in which what strangers hold open is ended
ACKS_PER_SECOND = 20
BOMB = gzip.compress(bytes(200 * 1024 * 1024), 9)  # 200 KiB that unpack to 200 MiB
HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Le"
HALF_HEADERS = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 8000) for n in range(120))
HALF_BODY = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nx"
FEW_FILES = 200


class Server:
    """The app in its process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, sink: str, log: Path) -> None:
        self.process = process
        self.url = url
        self.sink = sink  # where its answers go
        self.port = int(url.rsplit(":", 1)[1])
        self._log = log

    @property
    def rss(self) -> float:
        """Resident memory, in MiB."""
        return rss_of(self.process.pid)

    @property
    def files(self) -> int:
        """Open file descriptors."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def log_lines(self) -> int:
        """Lines in the log so far."""
        with self._log.open("rb") as log:
            return sum(1 for _ in log)


@asynccontextmanager
async def served(files: int | None = None) -> AsyncIterator[Server]:
    async def hear(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="ok")

    answers = web.Application()
    answers.router.add_post("/", hear)
    async with open_sandbox() as sandbox, listening(answers, "127.0.0.1", 0) as sink:
        environ = {**os.environ, **sandbox.environ, "SMSSTATUS_USER_RATE": "10000"}
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        with tempfile.NamedTemporaryFile() as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", "--mode", "http", env=environ, stderr=log, preexec_fn=limit
            )
            try:
                yield Server(process, await address(process, Path(log.name)), sink.url, Path(log.name))
            finally:
                process.terminate()
                await process.wait()


async def ack(client: aiohttp.ClientSession, server: Server) -> float:
    command = {
        "command": "/smsstatus",
        "text": "help",
        "user_id": "U0LIWEI01",
        "team_id": "T0SANDBOX",
        "channel_id": "C0INCIDENT",
    }
    body = urlencode({**command, "response_url": f"{server.sink}/", "trigger_id": os.urandom(8).hex()}).encode()
    now = int(time.time())
    headers = {"Content-Type": FORM, "X-Slack-Request-Timestamp": str(now)}
    headers["X-Slack-Signature"] = sign(INSTALLATION.signing_secret, now, body)
    begun = time.perf_counter()
    try:
        async with client.post(server.url + "/slack/events", data=body, headers=headers) as response:
            await response.read()
            return time.perf_counter() - begun if response.status == 200 else float("inf")  # noqa: PLR2004
    except (aiohttp.ClientError, OSError, TimeoutError):
        return float("inf")


async def acks(server: Server, seconds: float) -> list[float]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as client, asyncio.TaskGroup() as group:
        tasks = []
        for _ in range(int(seconds * ACKS_PER_SECOND)):
            tasks.append(group.create_task(ack(client, server)))
            await asyncio.sleep(1 / ACKS_PER_SECOND)
    return [task.result() for task in tasks]


async def raw(port: int, sent: bytes) -> asyncio.StreamWriter | None:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
        writer.write(sent)
    except (OSError, TimeoutError):
        return None
    return writer


async def bombs(server: Server, per_second: float) -> None:
    async with aiohttp.ClientSession() as client:

        async def one() -> None:
            try:
                headers = {"Content-Encoding": "gzip", "Content-Type": FORM}
                async with client.post(server.url + "/slack/events", data=BOMB, headers=headers) as response:
                    await response.read()
            except (aiohttp.ClientError, OSError):
                pass

        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(one())
                await asyncio.sleep(1 / per_second)


async def held(server: Server, sent: bytes, many: int) -> None:
    writers = [await raw(server.port, sent) for _ in range(many)]
    try:
        await asyncio.sleep(3600)
    finally:
        for writer in filter(None, writers):
            writer.close()


@dataclass(frozen=True, slots=True)
class Strangers:
    """What comes beside the commands, and of how many file descriptors the app has at most."""

    name: str
    attack: Callable[[Server], Awaitable[None]] | None = None
    files: int | None = None


ALL = (
    Strangers("nothing"),
    Strangers("2 coded bodies a second", lambda server: bombs(server, 2)),
    Strangers("5 coded bodies a second", lambda server: bombs(server, 5)),
    Strangers("100 coded bodies a second", lambda server: bombs(server, 100)),
    Strangers("400 half-sent heads", lambda server: held(server, HALF, 400)),
    Strangers("400 half-sent heads of a megabyte", lambda server: held(server, HALF_HEADERS, 400)),
    Strangers("400 half-sent bodies", lambda server: held(server, HALF_BODY, 400)),
    Strangers(f"400 connections, {FEW_FILES} file descriptors", lambda server: held(server, HALF, 400), FEW_FILES),
)


async def beside(strangers: Strangers, seconds: float, afterwards: float) -> list[float]:
    """Print a line, and return the seconds to each ack; infinity: there was none."""
    async with served(strangers.files) as server:
        await asyncio.gather(*(acks_warm(server) for _ in range(2)))
        rss, open_files, lines, most = server.rss, server.files, server.log_lines, 0.0
        task = asyncio.ensure_future(strangers.attack(server)) if strangers.attack else None
        await asyncio.sleep(1)
        measured = asyncio.create_task(acks(server, seconds))
        while not measured.done():
            most = max(most, server.rss)
            await asyncio.sleep(0.1)
        times = sorted(measured.result())
        p50, p99 = statistics.median(times) * 1000, times[int(len(times) * 0.99) - 1] * 1000
        late = sum(one > 3 for one in times)  # noqa: PLR2004 - Slack waits for three seconds
        await asyncio.sleep(afterwards)
        print(
            f"{strangers.name:44}{p50:>9.1f}{p99:>9.1f}{late:>7}{rss:>8.0f}{most:>8.0f}"
            f"{server.files - open_files:>8}{server.log_lines - lines:>10,}",
            flush=True,
        )
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return times


async def acks_warm(server: Server) -> None:
    async with aiohttp.ClientSession() as client:
        for _ in range(20):
            await ack(client, server)


async def main(*, short: bool) -> None:
    print(f"{'beside':44}{'p50 ms':>9}{'p99 ms':>9}{'> 3 s':>7}{'MiB':>8}{'most':>8}{'open':>8}{'log lines':>10}")
    for strangers in (ALL[0], ALL[2], ALL[4]) if short else ALL:
        times = await beside(strangers, 1.0 if short else SECONDS, 0.0 if short else AFTERWARDS)
        if short and math.inf in times:
            raise RuntimeError("a command was not acknowledged")


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
