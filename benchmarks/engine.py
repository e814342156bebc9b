"""One call of a provider, without TLS, by three clients in turns: our engine, httpx on its own, and aiohttp alone: the floor.

Calls a second and CPU milliseconds of the client, with 1 to 200 calls in flight. The server, a process of its own, does nothing
else; what aiohttp alone reaches with 200 in flight is what the server can do.

.venv/bin/python -m benchmarks.engine [--short]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import httpx
from aiohttp import web

from bot.config.proxy import Proxies
from bot.providers.engine import Engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from multiprocessing.connection import Connection

    Call = Callable[[], Awaitable[None]]

BODY = b"{}"
IN_FLIGHT = (1, 8, 50, 200)
MOST_BYTES = 1024 * 1024


def serve(pipe: Connection) -> None:
    """The server's process: sends its URL, and answers until something is sent to it."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"Response": {"PullSmsSendStatusSet": [], "RequestId": "0"}})

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await asyncio.to_thread(pipe.recv)
        await runner.cleanup()

    asyncio.run(run())


@asynccontextmanager
async def clients(url: str) -> AsyncIterator[dict[str, Call]]:
    """A call by each of them."""

    def ignore() -> None:
        pass

    async with AsyncExitStack() as stack:
        own = Engine(Proxies(), most=max(IN_FLIGHT), connect_seconds=10)
        stack.push_async_callback(own.aclose)
        httpx_client = await stack.enter_async_context(
            httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=max(IN_FLIGHT)))
        )
        bare = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=max(IN_FLIGHT)), cookie_jar=aiohttp.DummyCookieJar())
        )

        async def by_ours() -> None:
            request = httpx.Request("POST", url, content=BODY)
            await own.exchange(request, bytearray(), most_bytes=MOST_BYTES, on_written=ignore, on_answered=ignore)

        async def by_httpx() -> None:
            (await httpx_client.post(url, content=BODY)).raise_for_status()

        async def by_aiohttp() -> None:
            async with bare.post(url, data=BODY) as response:
                await response.read()

        yield {"ours": by_ours, "httpx": by_httpx, "aiohttp": by_aiohttp}


async def measure(call: Call, in_flight: int, calls: int) -> tuple[float, float]:
    """Calls a second, and CPU milliseconds a call."""
    slots = asyncio.Semaphore(in_flight)

    async def one() -> None:
        async with slots:
            await call()

    await asyncio.gather(*(one() for _ in range(in_flight)))  # open the connections first
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(calls)))
    return calls / (time.perf_counter() - begun), (time.process_time() - cpu) * 1000 / calls


async def compare(url: str, *, calls: int, rounds: int) -> None:
    """Print a row for each number of calls in flight."""
    names = ("ours", "httpx", "aiohttp")
    print(f"{'in flight':>10}" + "".join(f"{f'{name}, calls/s':>18}{'CPU ms':>8}" for name in names) + f"{'CPU: ours/httpx':>18}")
    async with clients(url) as by_name:
        for in_flight in IN_FLIGHT:
            taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    taken[name].append(await measure(by_name[name], in_flight, calls))
            medians = {name: [statistics.median(column) for column in zip(*taken[name], strict=True)] for name in names}
            cells = "".join(f"{medians[name][0]:>18.0f}{medians[name][1]:>8.2f}" for name in names)
            print(f"{in_flight:>10}{cells}{medians['ours'][1] / medians['httpx'][1]:>18.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="few calls: whether it runs, not how fast")
    short = parser.parse_args().short
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    server = spawning.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        asyncio.run(compare(ours.recv(), calls=50 if short else 1_000, rounds=1 if short else 5))
    finally:
        ours.send(None)
        server.join()


if __name__ == "__main__":
    main()
