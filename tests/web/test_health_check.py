"""The image's health check asks this machine, and no proxy."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from aiohttp import web

from bot.cli.readiness import readiness_at
from bot.config.proxy import Proxies
from bot.observability.metrics import Metrics
from bot.slack.transport.web_client import open_session
from bot.web import Readiness, build_http_app, listening

DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"
NOBODY = "http://127.0.0.1:9"
PROXIES = {key: NOBODY for name in ("http_proxy", "https_proxy", "all_proxy") for key in (name, name.upper())}


async def health_check(port: int) -> int | None:
    _, _, command = DOCKERFILE.read_text(encoding="utf-8").partition("HEALTHCHECK")[2].partition("CMD ")
    _, *words = json.loads(command.splitlines()[0])
    environ = {"PATH": os.environ["PATH"], **PROXIES, "SMSSTATUS_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(sys.executable, *words, env=environ, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


async def test_the_image_is_healthy_whatever_proxy_it_has_and_ill_when_nobody_answers() -> None:
    async with listening(build_http_app(Metrics(), Readiness({})), "127.0.0.1", 0) as server:
        assert await health_check(server.port) == 0
    async with listening(web.Application(), "127.0.0.1", 0) as another:
        assert await health_check(another.port) == 1
    assert await health_check(another.port) == 1


async def test_the_readiness_of_a_serve_on_this_machine_is_not_asked_through_a_proxy() -> None:
    async with (
        listening(build_http_app(Metrics(), Readiness({})), "127.0.0.1", 0) as server,
        open_session(Proxies.of(PROXIES)) as session,
    ):
        for host in ("127.0.0.1", "0.0.0.0", "localhost"):  # noqa: S104 - where it listens
            assert await readiness_at(session, host, server.port) == "ok", host
