"""The HTTP server of `serve`: Slack's requests in HTTP mode, and what an operator's probes ask for in both modes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp

    from bot.metrics import Metrics

MAX_BODY_BYTES = 256 * 1024  # Slack's largest requests are well below
MAX_TIMESTAMP_DIGITS = 12


def build_web(metrics: Metrics, not_ready: Callable[[], Awaitable[str | None]], slack: AsyncApp | None) -> web.Application:
    """The routes. `slack` is given in HTTP mode; `not_ready` returns why requests cannot be answered now, or None."""

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
    if slack is not None:
        app.router.add_post("/slack/events", _slack_entry(slack))
    return app


def _slack_entry(slack: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def enter(request: web.Request) -> web.StreamResponse:
        # slack_sdk does arithmetic on the timestamp before it looks at the signature; what is no number of seconds would end
        # as a 500 there, so it is looked at here.
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS):
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            bolt_request = await to_bolt_request(request)
        except UnicodeDecodeError:
            return web.json_response({"error": "the body is not UTF-8"}, status=400)
        return await to_aiohttp_response(await slack.async_dispatch(bolt_request))

    return enter
