"""The HTTP server of `serve`: Slack's requests in HTTP mode, and what an operator's probes ask for in both modes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from slack_bolt.async_app import AsyncApp

    from bot.metrics import Metrics

MAX_BODY_BYTES = 256 * 1024  # Slack's largest requests are well below
MAX_TIMESTAMP_DIGITS = 12


@dataclass(frozen=True, slots=True)
class SlackEntry:
    """HTTP mode: the app that answers Slack's requests, and the secret that they are signed with."""

    app: AsyncApp
    signing_secret: str = field(repr=False)


def build_web(
    metrics: Metrics, not_ready: Callable[[], Awaitable[str | None]], slack: SlackEntry | None, more: Iterable[web.RouteDef] = ()
) -> web.Application:
    """The routes, and `more` of them.

    `slack` is given in HTTP mode; `not_ready` returns why requests cannot be answered now, or None.
    """

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
    app.add_routes(more)
    return app


def _slack_entry(slack: SlackEntry) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    verifier = SignatureVerifier(slack.signing_secret)

    async def enter(request: web.Request) -> web.StreamResponse:
        # Bolt verifies too, but reads the body first, and a body that it cannot read would end as a 500 for anybody; so
        # nothing is read here that Slack has not signed.
        body = await request.read()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        is_time = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS
        if not is_time or not _is_signed(verifier, body, timestamp, request.headers.get("X-Slack-Signature", "")):
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=_headers(request))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return web.json_response({"error": "the body is not what Slack sends"}, status=400)
        return await to_aiohttp_response(await slack.app.async_dispatch(asked))

    return enter


def _is_signed(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(body, timestamp, signature)
    except (ValueError, TypeError):  # a signature that is not ASCII cannot be compared
        return False


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers.items())
