"""HTTP mode: the endpoint that Slack's signed requests come in by."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_sdk.signature import SignatureVerifier

from bot.encoded_text import read_json
from bot.errors import SettingsError
from bot.i18n import phrase
from bot.slack.transport.bolt import dispatch
from bot.timing.rate_limits import Throttle
from bot.web.request_body import BodyReader, RefusedRequestError, content_coding

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp

    from bot.config import AppSettings
    from bot.observability.metrics import Metrics

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Above the largest request that Slack can send: a shortcut on a message of 40,000 characters and 50 blocks of 3,000 beside it
(https://docs.slack.dev/reference/methods/chat.postMessage#truncating). In the form a character takes up to 16 bytes (two escaped
surrogates), so that is 3.04 MB; the rest is for attachments."""
MAX_TIMESTAMP_DIGITS = 12
FRESH_SECONDS = 300  # https://docs.slack.dev/authentication/verifying-requests-from-slack
MIN_INVALID = 3  # requests with an invalid signature before the app is not ready
INVALID_SECONDS = 300.0  # after so long without another one, strangers may have sent them
WRONG_SECRET = "SLACK_SIGNING_SECRET is not this app's (Slack: Basic Information, App Credentials)"  # noqa: S105 - a sentence

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

log = structlog.get_logger(__name__)


def open_endpoint(general: AppSettings, metrics: Metrics) -> SlackHttpEndpoint:
    """The endpoint that the settings describe. Raises SettingsError without a signing secret."""
    if general.signing_secret is None:
        raise SettingsError([phrase("SLACK_SIGNING_SECRET is missing")])
    return SlackHttpEndpoint(general.signing_secret.get_secret_value(), metrics)


class SlackHttpEndpoint:
    """The endpoint of Slack's requests in HTTP mode; verifies their signature. Answers 503 until `open`."""

    def __init__(self, signing_secret: str, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._metrics = metrics
        metrics.expect_signatures()
        self._throttle = Throttle(clock)
        self._clock = clock
        self._bodies = BodyReader(MAX_BODY_BYTES)
        self._app: AsyncApp | None = None
        self.valid_count = 0  # of requests, since the start
        self.invalid_count = 0  # in Slack's format, signed with another secret
        self._last_invalid = 0.0

    def open(self, app: AsyncApp) -> None:
        """Dispatch requests to the Bolt app from now on."""
        self._app = app

    def not_ready(self) -> str | None:
        """Readiness error: Slack's requests come in, but no signature was ever valid. Requests of strangers do not count."""
        if self.valid_count or self.invalid_count < MIN_INVALID or self._clock() - self._last_invalid > INVALID_SECONDS:
            return None
        return f"every request of Slack was refused ({self.invalid_count}): {WRONG_SECRET}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Verify and dispatch one request. 401 for an invalid signature, 503 before `open`.

        408, 413, 415 and 503 for a body that is late, too large, packed, or one of too many; 400 for a malformed one.
        """
        # Bolt verifies too, but parses the body first, and a malformed one would end as a 500 for anybody; so nothing is parsed
        # here that Slack has not signed, nothing is read that does not look signed, and nothing is unpacked: Slack packs nothing.
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if content_coding(request):
            return web.json_response({"error": "Slack sends no Content-Encoding"}, status=415)
        if not _looks_signed(timestamp, signature):
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            body = await self._bodies.read(request)
        except RefusedRequestError as refused:
            return web.json_response({"error": refused.reason}, status=refused.status, headers=refused.headers)
        if not self._is_signed(body, timestamp, signature):
            self._count_invalid()
            return web.json_response({"error": "invalid request"}, status=401)
        self.valid_count += 1
        self._metrics.observe_signature(valid=True)
        if self._app is None:
            return web.json_response({"error": "starting"}, status=503)
        try:
            payload = _parsed(body.decode(), request.content_type)
        except (ValueError, RecursionError):
            return web.json_response({"error": "the body is not what Slack sends"}, status=400)
        return await to_aiohttp_response(await dispatch(self._app, payload, dict(request.headers.items())))

    def _is_signed(self, body: bytes, timestamp: str, signature: str) -> bool:
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except ValueError:  # slack_sdk verifies text only
            return False

    def _count_invalid(self) -> None:
        """Count a request in Slack's format that was signed with another secret."""
        self.invalid_count += 1
        self._last_invalid = self._clock()
        self._metrics.observe_signature(valid=False)
        if (suppressed := self._throttle.admit("refused")) is not None:
            log.warning("slack.signature_invalid", suppressed=suppressed, valid=self.valid_count, action=WRONG_SECRET)


def _looks_signed(timestamp: str, signature: str) -> bool:
    """True if the headers have Slack's format and are fresh."""
    is_time = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS
    return is_time and bool(_SIGNATURE.fullmatch(signature)) and abs(time.time() - int(timestamp)) <= FRESH_SECONDS


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
