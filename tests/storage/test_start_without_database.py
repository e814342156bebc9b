"""`serve` waits for a database server that is not up yet: alive meanwhile, ready afterwards."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
from structlog.testing import capture_logs

from bot.app import serving
from bot.config import load_settings
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.timing.startup import StartupBackoff

if TYPE_CHECKING:
    from tests.conftest import Postgres

WITHIN = 20.0  # seconds, on a busy machine


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_serve_waits_for_its_database_and_goes_on_when_it_comes(postgres: Postgres) -> None:
    port = free_port()
    postgres.stop()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox())
        client = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{port}"))
        more = {"SMSSTATUS_DATABASE_URL": postgres.url, "SMSSTATUS_SECRET_KEY": "x" * 32, "SMSSTATUS_PORT": str(port)}
        settings = load_settings({**sandbox.environ, **more}, VENDORS)
        app = serving(settings, backoff=StartupBackoff(first_pause=0.01, longest_pause=0.01))
        with capture_logs() as logs:
            starting = asyncio.create_task(app.__aenter__())
            async with asyncio.timeout(WITHIN):
                while not any(line["event"] == "startup.waiting" for line in logs):  # noqa: ASYNC110 - it tells nobody else
                    await asyncio.sleep(0)
                alive, ready = await client.get("/healthz"), await client.get("/readyz")
                said = (await ready.json())["status"]
                await asyncio.to_thread(postgres.start)
                await starting
            stack.push_async_exit(app)
            after = await client.get("/readyz")

    assert (alive.status, ready.status, after.status) == (200, 503, 200)
    assert said.startswith("starting: SMSSTATUS_DATABASE_URL: postgresql://smsstatus@/postgres?host=")
    assert len([line for line in logs if line["event"] == "startup.waiting"]) == 1
