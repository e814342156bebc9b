"""The one seam to the network for all providers: a long-lived client per set of credentials, and how its calls fail.

    attempt:  pace -> at most 8 in flight -> sign and send (httpx.Auth, so every attempt is signed anew) -> read at most 1 MiB
    call:     attempts, repeated while the fault is retryable; the lookup's deadline cancels what takes too long

Every way in which an answer can be broken ends as a `ProviderError` with a `Transport.…` code, which the catalogue explains.
The engine is aiohttp under httpx's interface: httpx's own slows down as calls overlap (ARCHITECTURE.md, "Decisions").
"""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import httpx
import stamina
from httpx_aiohttp import AiohttpTransport

from bot.clock import Clock, system_clock
from bot.errors import ProviderError
from bot.model import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from aiolimiter import AsyncLimiter

    from bot.providers.base import Findings

T = TypeVar("T")

CONNECT_SECONDS = 3.0
ATTEMPT_SECONDS = 6.0  # one attempt from first byte to last; a slow drip is cut off here
MAX_IN_FLIGHT = 8
MAX_BODY_BYTES = 1024 * 1024
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is a JSON object. The HTTP status is told but decides nothing: both vendors say so in the body."""

    status: int
    body: Mapping[str, Any]
    headers: httpx.Headers
    skew: timedelta | None  # our clock minus the provider's, from the Date header (exact to a second)


class ProviderHttp:
    """A client for one base URL and one set of credentials."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth,
        limiter: AsyncLimiter | None = None,
        clock: Clock = system_clock,
        connect_seconds: float = CONNECT_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        self._url = base_url
        self._limiter = limiter
        self._clock = clock
        self._attempt_seconds = attempt_seconds
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._client = httpx.AsyncClient(
            auth=auth,
            transport=AiohttpTransport(client=_open_session),
            timeout=httpx.Timeout(attempt_seconds, connect=connect_seconds),
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        read: Callable[[Reply], T],
        findings: Findings,
        *,
        content: bytes = b"",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """POST and return what `read` makes of the reply; repeat while `read` or the transport says "retryable".

        `read` raises `ProviderError` for an answer that is an error. The last fault is kept in `findings.setback` while the
        call waits to try again. Raises `ProviderError`.
        """
        async for attempt in stamina.retry_context(
            on=_backoff, attempts=MAX_ATTEMPTS, timeout=None, wait_initial=0.25, wait_max=2.0, wait_jitter=0.25
        ):
            with attempt:
                try:
                    reply = await self._attempt(findings, content=content, params=params, headers=headers)
                    result = _read_safely(read, reply)
                except ProviderError as error:
                    findings.setback = error.fault
                    raise
                findings.setback = None
                return result
        raise AssertionError("stamina returns or raises")

    async def _attempt(
        self,
        findings: Findings,
        *,
        content: bytes,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        async with self._slots:
            if self._limiter is not None:
                await self._limiter.acquire()
            findings.requests += 1
            request = self._client.build_request("POST", self._url, content=content, params=params, headers=headers)
            try:
                async with asyncio.timeout(self._attempt_seconds):
                    response = await self._client.send(request, stream=True)
                    try:
                        return self._reply(response, await _read_capped(response))
                    finally:
                        await response.aclose()
            except (TimeoutError, httpx.TransportError, httpx.DecodingError, aiohttp.ClientError, OSError) as error:
                raise ProviderError(_transport_fault(error)) from error

    def _reply(self, response: httpx.Response, body: bytes) -> Reply:
        skew = self._skew(response.headers.get("date"))
        if response.is_redirect:
            raise ProviderError(ProviderFault("Transport.Redirect", f"HTTP {response.status_code}"))
        try:
            parsed = json.loads(body)
        except ValueError as error:
            raise ProviderError(_not_json_fault(response, body)) from error
        if not isinstance(parsed, dict):
            raise ProviderError(ProviderFault("Transport.WrongShape", "the answer is not a JSON object"))
        return Reply(response.status_code, parsed, response.headers, skew)

    def _skew(self, date: str | None) -> timedelta | None:
        try:
            return self._clock() - parsedate_to_datetime(date) if date else None
        except (ValueError, TypeError):  # a malformed Date header, or one without a zone
            return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _open_session() -> aiohttp.ClientSession:
    """The engine's session: own TLS context (verified), no cookies, no proxy or .netrc from the environment."""
    connector = aiohttp.TCPConnector(limit=MAX_IN_FLIGHT, ssl=ssl.create_default_context())
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)


async def _read_capped(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise ProviderError(ProviderFault("Transport.TooLarge", f"more than {MAX_BODY_BYTES // 1024} KiB"))
    return bytes(body)


def _read_safely(read: Callable[[Reply], T], reply: Reply) -> T:
    """Readers are written for the documented shape; whatever else a provider sends is its fault, not a crash of ours."""
    try:
        return read(reply)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise ProviderError(ProviderFault("Transport.WrongShape", f"{type(error).__name__} in the answer")) from error


def _backoff(error: Exception) -> bool | float:
    """Stamina's hook: whether to try again, or after how many seconds when the provider said so."""
    if not isinstance(error, ProviderError) or not error.fault.retryable:
        return False
    return error.fault.retry_after if error.fault.retry_after is not None else True


def _transport_fault(error: Exception) -> ProviderFault:
    match error:
        case TimeoutError() | httpx.ReadTimeout():
            return ProviderFault("Transport.Timeout", retryable=True)
        case httpx.ConnectError() if isinstance(error.__cause__, aiohttp.ClientConnectorCertificateError):
            return ProviderFault("Transport.Tls", "the certificate is not trusted")
        case httpx.ConnectError() if isinstance(error.__cause__, aiohttp.ClientSSLError):
            return ProviderFault("Transport.Tls", "the TLS handshake failed")
        case httpx.ConnectError() | aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return ProviderFault("Transport.Connect", retryable=True)
        case httpx.ReadError() | httpx.DecodingError() | aiohttp.ClientPayloadError():
            return ProviderFault("Transport.CutShort", retryable=True)
        case httpx.TimeoutException() if isinstance(error.__cause__, aiohttp.ConnectionTimeoutError):
            return ProviderFault("Transport.Connect", retryable=True)
        case _:
            return ProviderFault("Transport.Reset", type(error).__name__, retryable=True)


def _not_json_fault(response: httpx.Response, body: bytes) -> ProviderFault:
    """A gateway's error page, a cut answer, or something else altogether."""
    status = f"HTTP {response.status_code}"
    if response.status_code >= 500:  # noqa: PLR2004 - the class of HTTP statuses that says "the server's fault"
        return ProviderFault("Transport.Gateway", status, retryable=True)
    if body.lstrip()[:1] in {b"{", b"["}:
        return ProviderFault("Transport.CutShort", status, retryable=True)
    return ProviderFault("Transport.NotJson", status)


def clock_fault(fault: ProviderFault, reply: Reply) -> ProviderFault:
    """`fault`, with the difference of the clocks as the reply's Date header tells it. For faults that blame the time."""
    return replace(fault, skew=reply.skew)
