"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0, as `httpx.Auth`.

https://cloud.tencent.com/document/api/382/38780 has the steps. The usual mistakes, and how they are avoided: the very bytes that
are sent are hashed, the Content-Type is signed exactly as sent, the Host with its port, the date is UTC, and every attempt gets
a new timestamp and signature, for the provider rejects one that is more than five minutes old.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator

    from bot.timing.clock import Clock

ALGORITHM = "TC3-HMAC-SHA256"
VERSION = "2021-01-11"
SERVICE = "sms"
SIGNED_HEADERS = "content-type;host"  # the two that the vendor asks for and its own SDK signs


@dataclass(frozen=True, slots=True)
class TencentCredentials:
    """A key pair; with a token, a temporary one. Its repr is empty."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def call_headers(action: str, region: str) -> dict[str, str]:
    """The headers of every call.

    X-TC-Language is the language of error messages. The region matters: data is kept apart by region, so the wrong one answers
    with an empty list (https://intl.cloud.tencent.com/document/product/382/13299).
    """
    return {
        "Content-Type": "application/json",
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Region": region,
        "X-TC-Language": "en-US",
    }


class Tc3Auth(httpx.Auth):
    """Signs each request when it is sent."""

    requires_request_body = True

    def __init__(self, credentials: TencentCredentials, clock: Clock, *, service: str = SERVICE) -> None:
        self._credentials = credentials
        self._clock = clock
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set X-TC-Timestamp, X-TC-Token if there is one, and Authorization. Raises KeyError without a Content-Type."""
        timestamp = int(self._clock().timestamp())
        request.headers["X-TC-Timestamp"] = str(timestamp)
        if self._credentials.token:
            request.headers["X-TC-Token"] = self._credentials.token  # by the vendor's definition not part of the signature
        request.headers["Authorization"] = tc3_authorization(
            self._credentials,
            timestamp=timestamp,
            content_type=request.headers["Content-Type"],
            host=request.headers["Host"],
            body=request.content,
            service=self._service,
        )
        yield request


def tc3_authorization(
    credentials: TencentCredentials, *, timestamp: int, content_type: str, host: str, body: bytes, service: str = SERVICE
) -> str:
    """The value of the Authorization header of a POST at `timestamp` (Unix seconds).

    The path is signed as "/" whatever it is: API 3.0 has no other, and one in front of it belongs to a proxy of ours.
    """
    date = datetime.fromtimestamp(timestamp, UTC).date().isoformat()
    scope = f"{date}/{service}/tc3_request"
    headers = f"content-type:{content_type}\nhost:{host}\n"
    canonical = "\n".join(("POST", "/", "", headers, SIGNED_HEADERS, _hash(body)))
    to_sign = "\n".join((ALGORITHM, str(timestamp), scope, _hash(canonical.encode())))
    key = _mac(_mac(_mac(f"TC3{credentials.secret_key}".encode(), date), service), "tc3_request")
    signature = _mac(key, to_sign).hex()
    return f"{ALGORITHM} Credential={credentials.secret_id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
