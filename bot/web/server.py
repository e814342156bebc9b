"""The HTTP server of `serve`: health, readiness, metrics, and the routes that it is given."""

from __future__ import annotations

import logging
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import SettingsError
from bot.errors.os_errors import CANNOT_LISTEN, listen_error
from bot.timing.rate_limits import Throttle
from bot.web.listener import ConnectionLimits, Connections, Listener, bind
from bot.web.readiness import OK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.observability.metrics import Metrics
    from bot.web.readiness import Readiness

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 5
MAX_HEADERS = 48  # Slack sends fifteen, proxies add a dozen; aiohttp's 128 of 8 KiB each would be a megabyte for half a request
MAX_HEADER_BYTES = 4096
LINGERING_SECONDS = 2.0  # for the rest of a body that is refused: the refusal is lost if the connection breaks before


@dataclass(frozen=True, slots=True)
class HttpServer:
    """A running server."""

    host: str
    port: int
    runner: web.AppRunner
    listener: Listener

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def aclose(self) -> None:
        """Take nothing new, and finish what is being answered."""
        await self.listener.aclose()
        await self.runner.cleanup()


class ServerLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log without a trace for each request that is not HTTP, which anybody can send: a line a minute says how many."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("aiohttp.server"), {})
        self._throttle = Throttle(time.monotonic)

    def exception(self, msg: object, *args: object, exc_info: Any = True, **options: Any) -> None:
        """Log the failure of a handler with its trace."""
        if not isinstance(exc_info, HttpProcessingError):
            super().exception(msg, *args, exc_info=exc_info, **options)
        elif (suppressed := self._throttle.admit("malformed")) is not None:
            log.warning("http.malformed", reason=type(exc_info).__name__, suppressed=suppressed)


def build_http_app(metrics: Metrics, readiness: Readiness, routes: Iterable[web.RouteDef] = ()) -> web.Application:
    """Health, readiness, metrics, and `routes`."""

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        parts = await readiness.parts()
        status = next((said for said in parts.values() if said != OK), OK)
        return web.json_response({"status": status, "parts": parts}, status=200 if status == OK else 503)

    async def measured(_request: web.Request) -> web.Response:
        metrics.observe_ready({part: said == OK for part, said in (await readiness.parts()).items()})
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", measured)
    app.add_routes(routes)
    return app


@asynccontextmanager
async def listening(
    app: web.Application,
    host: str,
    port: int,
    limits: ConnectionLimits = ConnectionLimits(),  # noqa: B008 - a frozen value
) -> AsyncIterator[HttpServer]:
    """Serve `app` until the block is left. Raises SettingsError when the address is taken."""
    limits = limits.within_file_limit()
    connections = Connections(limits)
    app.middlewares.append(connections.watch)
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=limits.idle_seconds,
        lingering_time=LINGERING_SECONDS,
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
        max_headers=MAX_HEADERS,
        logger=ServerLog(),
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        try:
            sockets = await bind(host, port)
        except CANNOT_LISTEN as error:
            raise SettingsError([listen_error(host, port, error)]) from error
        listener = Listener(sockets, cast("web.Server", runner.server), connections)
        stack.push_async_callback(listener.aclose)
        yield HttpServer(host, listener.port, runner, listener)
