"""Delivery over HTTP: a form or JSON, signed as Slack signs it, that must be acknowledged in time.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from time import perf_counter
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.sandbox.slack.model import Ack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.timing.clock import Clock

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_OK = 200


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The X-Slack-Signature, version 0."""
    base = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Posts to the app's request URL."""

    def __init__(self, signing_secret: str, clock: Clock, ack_seconds: float) -> None:
        self._secret = signing_secret
        self._clock = clock
        self._ack_seconds = ack_seconds
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def deliver(self, url: str, body: bytes, content_type: str, *, attempt: int = 0, reason: str = "") -> Ack:
        """POST `body` and read the acknowledgement. A redirect or any status but 200 is a failure."""
        timestamp = int(self._clock().timestamp())
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._secret, timestamp, body),
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        started = perf_counter()
        try:
            async with (
                asyncio.timeout(self._ack_seconds),
                self._session.post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                text = await response.text(errors="replace")
                ms = (perf_counter() - started) * 1000
        except TimeoutError:
            return Ack((perf_counter() - started) * 1000, error="operation_timeout")
        except (aiohttp.ClientError, OSError):
            return Ack((perf_counter() - started) * 1000, error="dispatch_failed")
        if response.status != _OK:
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
            return Ack(ms, response.status, text, error="http_service_error", no_retry=no_retry)
        return Ack(ms, response.status, text, _content(text, response.content_type))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


def _content(text: str, content_type: str) -> Mapping[str, Any] | None:
    """The message in an acknowledgement: JSON, or plain text, or none."""
    if not text.strip():
        return None
    if content_type != JSON:
        return {"text": text}
    try:
        content = json.loads(text)
    except ValueError:
        return {"text": text}
    return content if isinstance(content, dict) and content else None
