"""HTTP mode: the endpoint that Slack's requests come in by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response

from bot.encoded_text import read_json
from bot.web.request_body import RefusedRequestError

if TYPE_CHECKING:
    from bot.slack.transport.bolt import Receive
    from bot.slack.transport.signed_body import SignedBodies


class SlackHttpEndpoint:
    """The endpoint of Slack's requests in HTTP mode. Answers 503 until `open`."""

    def __init__(self, bodies: SignedBodies) -> None:
        self._bodies = bodies
        self._receive: Receive | None = None

    def open(self, receive: Receive) -> None:
        """Hand requests on from now on."""
        self._receive = receive

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Hand one request on. 503 before `open`, 400 for a malformed one; others as `SignedBodies` refuses them."""
        # Nothing is parsed that Slack has not signed.
        try:
            body = await self._bodies.read(request)
        except RefusedRequestError as refused:
            return web.json_response({"error": refused.reason}, status=refused.status, headers=refused.headers)
        if self._receive is None:
            return web.json_response({"error": "starting"}, status=503)
        try:
            payload = _parsed(body.decode(), request.content_type)
        except (ValueError, RecursionError):
            return web.json_response({"error": "the body is not what Slack sends"}, status=400)
        return await to_aiohttp_response(await self._receive(payload, request.headers))


def _parsed(body: str, content_type: str) -> dict[str, Any]:
    """The payload: JSON, or a form that is a slash command or holds JSON as `payload`. Raises ValueError, RecursionError.

    Bolt's own parser takes a command that merely has the word "payload" in its text for a form without a payload, and loses it.
    """
    form: dict[str, str] = {}
    text = body
    if content_type != "application/json" and not body.startswith(("{", "[")):
        form = dict(parse_qsl(body, keep_blank_values=True))
        text = form.get("payload", "")
    payload = read_json(text) if text else form
    if not isinstance(payload, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - like JSON that cannot be read
    return payload
