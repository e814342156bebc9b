"""The `sig` of the legacy API, as `httpx.Auth`: a SHA-256 over the app key, a random number and the time.

    sig = sha256("appkey=<key>&random=<the random of the URL>&time=<the time of the body>")

https://intl.cloud.tencent.com/document/product/382/5810, whose example is a test. Calls that send append `&mobile=…`; those that
pull do not. Every attempt gets its own random and time, for the provider rejects a time more than ten minutes off.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

import httpx

from bot.providers.request_target import address_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from bot.timing.clock import Clock

RANDOM_DIGITS = 10  # as many as the example has


class LegacyAuth(httpx.Auth):
    """Signs each request, a POST of a JSON object, when it is sent: adds `sig` and `time` to it."""

    requires_request_body = True

    def __init__(self, app_id: str, app_key: str, clock: Clock) -> None:
        self._app_id = app_id
        self._app_key = app_key
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a signed copy of `request`: the signature is in the body, its random in the URL.

        Raises ValueError if the body is not JSON.
        """
        number = secrets.randbelow(9 * 10 ** (RANDOM_DIGITS - 1)) + 10 ** (RANDOM_DIGITS - 1)
        time = int(self._clock().timestamp())
        body = {"sig": signature(self._app_key, number, time), "time": time, **json.loads(request.content)}
        headers = {name: value for name, value in request.headers.items() if name not in {"content-length", "content-type"}}
        yield httpx.Request(
            request.method,
            httpx.URL(address_of(request)).copy_merge_params({"sdkappid": self._app_id, "random": str(number)}),
            # Without this very type the provider may answer 60008, a time-out, within a second.
            headers={**headers, "Content-Type": "application/json;charset=utf-8"},
            content=json.dumps(body, separators=(",", ":")).encode(),
        )


def signature(app_key: str, number: int, time: int) -> str:
    """The `sig` of a call that pulls. `number` is the random of its URL, `time` the Unix seconds of its body."""
    return hashlib.sha256(f"appkey={app_key}&random={number}&time={time}".encode()).hexdigest()
