"""The HTTP server of `serve`: health, readiness, metrics, and the routes that it is given."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import SettingsError
from bot.errors.os_errors import CANNOT_LISTEN, listen_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from bot.observability.metrics import Metrics

MAX_BODY_BYTES = 256 * 1024  # Slack's largest requests are well below
SHUTDOWN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class HttpServer:
    """A running server."""

    host: str
    port: int
    runner: web.AppRunner

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def aclose(self) -> None:
        """Take nothing new, and finish what is being answered."""
        await self.runner.cleanup()


def build_http_app(
    metrics: Metrics, not_ready: Callable[[], Awaitable[str | None]], routes: Iterable[web.RouteDef] = ()
) -> web.Application:
    """Health, readiness, metrics, and `routes`. `not_ready` returns why requests cannot be answered now, or None."""

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        reason = await not_ready()
        return web.json_response({"status": reason or "ok"}, status=503 if reason else 200)

    async def measured(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", measured)
    app.add_routes(routes)
    return app


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[HttpServer]:
    """Serve `app` until the block is left. Raises SettingsError when the address is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except CANNOT_LISTEN as error:
            raise SettingsError([listen_error(host, port, error)]) from error
        yield HttpServer(host, int(runner.addresses[0][1]), runner)
    finally:
        await runner.cleanup()
