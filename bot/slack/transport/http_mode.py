"""HTTP mode: the endpoint that Slack's signed requests come in by."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.errors import SettingsError
from bot.i18n import phrase
from bot.timing.rate_limits import Throttle
from bot.web.request_body import BodyReader, RefusedRequestError, content_coding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_bolt.async_app import AsyncApp

    from bot.config import AppSettings
    from bot.observability.metrics import Metrics

MAX_BODY_BYTES = 256 * 1024  # Slack's largest requests are well below
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
        self._throttle = Throttle(clock)
        self._clock = clock
        self._bodies = BodyReader(MAX_BODY_BYTES)
        self._app: AsyncApp | None = None
        self._valid_count = 0
        self._invalid_count = 0
        self._last_invalid = 0.0

    def open(self, app: AsyncApp) -> None:
        """Dispatch requests to the Bolt app from now on."""
        self._app = app

    def not_ready(self) -> str | None:
        """Readiness error: Slack's requests come in, but no signature was ever valid. Requests of strangers do not count."""
        if self._valid_count or self._invalid_count < MIN_INVALID or self._clock() - self._last_invalid > INVALID_SECONDS:
            return None
        return f"every request of Slack was refused ({self._invalid_count}): {WRONG_SECRET}"

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
        if not _is_signed(self._verifier, body, timestamp, signature):
            self._count_invalid()
            return web.json_response({"error": "invalid request"}, status=401)
        self._valid_count += 1
        self._metrics.observe_signature(valid=True)
        if self._app is None:
            return web.json_response({"error": "starting"}, status=503)
        try:
            bolt_request = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=_headers(request))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return web.json_response({"error": "the body is not what Slack sends"}, status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))

    def _count_invalid(self) -> None:
        """Count a request in Slack's format that was signed with another secret."""
        self._invalid_count += 1
        self._last_invalid = self._clock()
        self._metrics.observe_signature(valid=False)
        if (suppressed := self._throttle.admit("refused")) is not None:
            log.warning("slack.signature_invalid", suppressed=suppressed, valid=self._valid_count, action=WRONG_SECRET)


def _looks_signed(timestamp: str, signature: str) -> bool:
    """True if the headers have Slack's format and are fresh."""
    is_time = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS
    return is_time and bool(_SIGNATURE.fullmatch(signature)) and abs(time.time() - int(timestamp)) <= FRESH_SECONDS


def _is_signed(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(body, timestamp, signature)
    except (ValueError, TypeError):  # a signature that is not ASCII cannot be compared
        return False


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers.items())
