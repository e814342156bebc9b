"""httpx on its own engine and on aiohttp's, side by side in one run: calls a second and CPU, one at a time and many at once.

.venv/bin/python benchmarks/engine.py
"""

from __future__ import annotations

import asyncio
import time

import httpx
from aiohttp import web
from httpx_aiohttp import AiohttpTransport

CALLS = 1_000
IN_FLIGHT = (1, 8, 50, 200)


async def answer(_request: web.Request) -> web.Response:
    return web.json_response({"Response": {"PullSmsSendStatusSet": [], "RequestId": "0"}})


async def measure(client: httpx.AsyncClient, url: str, in_flight: int) -> tuple[float, float]:
    """Calls a second, and CPU milliseconds a call (the server's share is in both engines' figures alike)."""
    slots = asyncio.Semaphore(in_flight)

    async def call() -> None:
        async with slots:
            response = await client.post(url, content=b"{}")
            response.raise_for_status()

    await asyncio.gather(*(call() for _ in range(in_flight)))  # open the connections first
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call() for _ in range(CALLS)))
    return CALLS / (time.perf_counter() - begun), (time.process_time() - cpu) * 1000 / CALLS


async def main() -> None:
    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    print(f"{'in flight':>10}{'httpx calls/s':>16}{'aiohttp calls/s':>18}{'ratio':>8}{'CPU ratio':>12}")
    for in_flight in IN_FLIGHT:
        limits = httpx.Limits(max_connections=in_flight)
        async with (
            httpx.AsyncClient(timeout=30, limits=limits) as own,
            httpx.AsyncClient(timeout=30, transport=AiohttpTransport(limits=limits)) as other,
        ):
            slow, slow_cpu = await measure(own, url, in_flight)
            fast, fast_cpu = await measure(other, url, in_flight)
        print(f"{in_flight:>10}{slow:>16.0f}{fast:>18.0f}{fast / slow:>8.1f}{slow_cpu / fast_cpu:>12.1f}")
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
