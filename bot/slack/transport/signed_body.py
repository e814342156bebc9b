"""Requests that Slack has signed: whatever comes over HTTP is read and believed here, or refused.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import structlog
from slack_sdk.signature import SignatureVerifier

from bot.errors import SettingsError
from bot.i18n import phrase
from bot.timing.rate_limits import Throttle
from bot.web.request_body import BodyReader, RefusedRequestError, content_coding

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

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


def open_signed_bodies(general: AppSettings, metrics: Metrics) -> SignedBodies:
    """The reader that the settings describe. Raises SettingsError without a signing secret."""
    if general.signing_secret is None:
        raise SettingsError([phrase("SLACK_SIGNING_SECRET is missing")])
    return SignedBodies(general.signing_secret.get_secret_value(), metrics)


class SignedBodies:
    """Reads the bodies of requests that carry Slack's signature, and counts those that carry another."""

    def __init__(self, signing_secret: str, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._metrics = metrics
        metrics.expect_signatures()
        self._throttle = Throttle(clock)
        self._clock = clock
        self._bodies = BodyReader(MAX_BODY_BYTES)
        self.valid_count = 0  # of requests, since the start
        self.invalid_count = 0  # in Slack's format, signed with another secret
        self._last_invalid = 0.0

    def not_ready(self) -> str | None:
        """Readiness error: Slack's requests come in, but no signature was ever valid. Requests of strangers do not count."""
        if self.valid_count or self.invalid_count < MIN_INVALID or self._clock() - self._last_invalid > INVALID_SECONDS:
            return None
        return f"every request of Slack was refused ({self.invalid_count}): {WRONG_SECRET}"

    async def read(self, request: web.Request) -> bytes:
        """The body of a request that Slack has signed.

        Raises RefusedRequestError: 401 for an invalid signature; 408, 413, 415 and 503 for a body that is late, too large,
        packed, or one of too many.
        """
        # Nothing is read that does not look signed, and nothing is unpacked: Slack packs nothing.
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if content_coding(request):
            raise RefusedRequestError(415, "Slack sends no Content-Encoding")
        if not _looks_signed(timestamp, signature):
            raise RefusedRequestError(401, "invalid request")
        body = await self._bodies.read(request)
        if not self._is_signed(body, timestamp, signature):
            self._count_invalid()
            raise RefusedRequestError(401, "invalid request")
        self.valid_count += 1
        self._metrics.observe_signature(valid=True)
        return body

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
