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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_bolt.async_app import AsyncApp

    from bot.config import AppSettings
    from bot.observability.metrics import Metrics

PATH = "/slack/events"
MAX_TIMESTAMP_DIGITS = 12
FRESH_SECONDS = 300  # https://docs.slack.dev/authentication/verifying-requests-from-slack
REFUSED_TO_TELL = 3  # requests
REFUSED_SECONDS = 300.0  # after so long without another one, strangers may have sent those
WRONG_SECRET = "SLACK_SIGNING_SECRET is not this app's (Slack: Basic Information, App Credentials)"  # noqa: S105 - a sentence

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

log = structlog.get_logger(__name__)


def open_endpoint(general: AppSettings, metrics: Metrics) -> SlackHttpEndpoint:
    """The endpoint that the settings describe. Raises SettingsError without a signing secret."""
    if general.signing_secret is None:
        raise SettingsError([phrase("SLACK_SIGNING_SECRET is missing")])
    return SlackHttpEndpoint(general.signing_secret.get_secret_value(), metrics)


class SlackHttpEndpoint:
    """HTTP mode: where Slack's requests come in. Closed until there is an app that answers them."""

    def __init__(self, signing_secret: str, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._metrics = metrics
        self._throttle = Throttle(clock)
        self._clock = clock
        self._app: AsyncApp | None = None
        self._held = 0
        self._refused = 0
        self._last_refused = 0.0

    def open(self, app: AsyncApp) -> None:
        """Hand requests to the app from now on."""
        self._app = app

    def not_ready(self) -> str | None:
        """That not one signature has held so far, as long as Slack goes on sending. Strangers' requests do not count."""
        if self._held or self._refused < REFUSED_TO_TELL or self._clock() - self._last_refused > REFUSED_SECONDS:
            return None
        return f"every request of Slack was refused ({self._refused}): {WRONG_SECRET}"

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        # Bolt verifies too, but reads the body first, and a body that it cannot read would end as a 500 for anybody; so
        # nothing is read here that Slack has not signed.
        body = await request.read()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        is_time = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MAX_TIMESTAMP_DIGITS
        if not is_time or not _is_signed(self._verifier, body, timestamp, signature):
            if is_time and _SIGNATURE.fullmatch(signature) and abs(time.time() - int(timestamp)) <= FRESH_SECONDS:
                self._refuse()
            return web.json_response({"error": "invalid request"}, status=401)
        self._held += 1
        self._metrics.observe_signature(holds=True)
        if self._app is None:
            return web.json_response({"error": "starting"}, status=503)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=_headers(request))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return web.json_response({"error": "the body is not what Slack sends"}, status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _refuse(self) -> None:
        """Count a request that has all of Slack's form, and the signature of another secret."""
        self._refused += 1
        self._last_refused = self._clock()
        self._metrics.observe_signature(holds=False)
        if (held_back := self._throttle.admit("refused")) is not None:
            log.warning("slack.signature_refused", held_back=held_back, held_so_far=self._held, action=WRONG_SECRET)


def _is_signed(verifier: SignatureVerifier, body: bytes, timestamp: str, signature: str) -> bool:
    try:
        return verifier.is_valid(body, timestamp, signature)
    except (ValueError, TypeError):  # a signature that is not ASCII cannot be compared
        return False


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers.items())
