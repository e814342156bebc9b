"""ACS3-HMAC-SHA256, the signature of Alibaba Cloud's API gateway, as `httpx.Auth`.

    request ─► x-acs-date, -nonce, -content-sha256, -security-token ─► Authorization

httpx runs `auth_flow` once for each request sent, so a repeated call carries a new date, nonce and signature: the gateway
refuses a nonce that it has seen (SignatureNonceUsed) and a date more than 15 minutes off (InvalidTimeStamp.Expired).

The rules: https://www.alibabacloud.com/help/en/doc-detail/2593177.htm
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from bot.providers.request_target import target_of
from bot.timing.clock import Clock, system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

ALGORITHM = "ACS3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AliyunCredentials:
    """An access key; with a security token, a temporary one (STS)."""

    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def call_headers(action: str, version: str) -> dict[str, str]:
    """The headers of every call.

    All parameters are in the query, so the body is empty. It has a Content-Type all the same: aiohttp adds one where there is
    none, after the signing, and an unsigned Content-Type makes the signature incomplete.
    """
    return {
        "x-acs-action": action,
        "x-acs-version": version,
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
    }


def fresh_nonce() -> str:
    """A new nonce: 128 random bits in hex."""
    return secrets.token_hex(16)


class Acs3Auth(httpx.Auth):
    """Signs each request when it is sent: host and port, Content-Type, all `x-acs-` headers, query and body.

    The caller sets `x-acs-action` and `x-acs-version`, and writes the query as `canonical_query` does: what is signed is what
    travels. `nonce` returns a new nonce each time.
    """

    requires_request_body = True

    def __init__(
        self, credentials: AliyunCredentials, *, clock: Clock = system_clock, nonce: Callable[[], str] = fresh_nonce
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign `request` and send it."""
        self._sign(request)
        yield request

    def _sign(self, request: httpx.Request) -> None:
        added = {
            "x-acs-date": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": hashlib.sha256(request.content).hexdigest(),
        }
        if self._credentials.token:
            added["x-acs-security-token"] = self._credentials.token
        signed = {name: value for name, value in request.headers.items() if _is_signed(name)} | added
        path, _, query = target_of(request).partition("?")
        added["authorization"] = acs3_authorization(self._credentials, request.method, path, query, signed)
        for name, value in added.items():  # `update` looks through all of them
            request.headers[name] = value


def acs3_authorization(credentials: AliyunCredentials, method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    """The value of the Authorization header.

    `query` is canonical, `headers` are the ones to sign by their lower-case names, `x-acs-content-sha256` among them.
    """
    names = sorted(headers)
    lines = [method, path, query, *(f"{name}:{headers[name].strip()}" for name in names)]
    lines += ["", ";".join(names), headers["x-acs-content-sha256"]]  # an empty line ends the headers
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    signature = hmac.digest(credentials.secret.encode(), f"{ALGORITHM}\n{digest}".encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={credentials.key_id},SignedHeaders={';'.join(names)},Signature={signature}"


def _is_signed(name: str) -> bool:
    return name in {"host", "content-type"} or name.startswith("x-acs-")
