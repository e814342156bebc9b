"""The HTTP client of all providers: one long-lived client for each set of credentials, its retries and its faults.

    attempt:  its asker's turn, within the limit of calls per second -> sign (httpx.Auth: every attempt anew) and send
              -> read at most 1 MiB
    call:     attempts, retried while the fault is retryable; the lookup's deadline cancels what takes too long

Every broken response ends as a `ProviderError` with a `Transport.…` code, which the catalogue explains.
The engine is aiohttp under httpx's interface: httpx's own slows down as calls overlap (ARCHITECTURE.md, "Decisions").

Retries are stamina's, with its default hooks left on: a counter (`stamina_retries_total`, by error type) and a warning in the
log. That warning quotes the error, so a fault is sanitized here, before anything can quote it; the request, its headers and its
signature are not within the hooks' reach. Errors of the engine are not chained (`from None`): their texts hold the URL, and the
URL of a query in the RPC style holds the number.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import zlib
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import httpx
import stamina
from httpx_aiohttp import AiohttpTransport

from bot.config.proxy import Proxies
from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.sanitize import sanitize_provider_text, single_line, truncate
from bot.timing.arrivals import ArrivalWindow
from bot.timing.clock import Clock, system_clock
from bot.timing.fair_queue import Asker, Askers, FairQueue
from bot.web.content_coding import Unpacker, normalized_coding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import timedelta

    from bot.providers.base import ResultCollector
    from bot.timing.fair_queue import Turn

T = TypeVar("T")

CONNECT_SECONDS = 3.0
ATTEMPT_SECONDS = 6.0  # one attempt from first byte to last; a slow drip is cut off here
MAX_IN_FLIGHT = 100  # fifty numbers over two days at once; below it, what a vendor's limit and its slowness need
MAX_BODY_BYTES = 1024 * 1024
MAX_RETRY_AFTER_SECONDS = 10.0  # a longer Retry-After ends the call: no lookup waits that long

PROXY_REFUSES = "Transport.Proxy"
DRAIN = Asker("drain")  # on whose behalf a queue is pulled
MAX_CODE_LENGTH = 80  # the longest documented one has 61 characters
_TOO_MANY_REQUESTS = 429
_FIRST_SERVER_ERROR = 500


TRANSPORT_EXCEPTIONS = (
    TimeoutError,
    OSError,
    aiohttp.ClientError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpx.CookieConflict,
)
"""All exceptions of the engine."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The retries of a call: exponential waits in seconds from `first`, with up to `jitter` added, each at most `most`."""

    attempts: int = 5
    transport_attempts: int = 3  # when no answer can be read: a provider that is down must not hold up the others' answers
    first: float = 0.25
    most: float = 2.0
    jitter: float = 0.25


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response whose body is a JSON object. The HTTP status decides nothing: both vendors report errors in the body."""

    status: int
    body: Mapping[str, Any]
    headers: httpx.Headers
    skew: timedelta | None  # our clock minus the provider's, from the Date header (exact to a second)


@cache
def _tls_context() -> ssl.SSLContext:
    """The TLS context with the system's certificates, shared by all clients: reading them takes some 30 ms."""
    return ssl.create_default_context()


class ProviderHttpClient:
    """A client for one base URL and one set of credentials, whose askers take turns.

    With `calls_per_second`, no more attempts than that arrive at the provider within any second.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth,
        calls_per_second: int | None = None,
        clock: Clock = system_clock,
        proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
        connect_seconds: float = CONNECT_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self._url = base_url
        self._clock = clock
        self._attempt_seconds = attempt_seconds
        self._retry_policy = retry_policy or RetryPolicy()
        self._queue = FairQueue(MAX_IN_FLIGHT, ArrivalWindow(calls_per_second) if calls_per_second else None)
        self._under_way: dict[asyncio.Task[object] | None, Turn] = {}  # by the task that sends the request
        tls = _tls_context()
        self._client = httpx.AsyncClient(
            auth=auth,
            transport=AiohttpTransport(verify=tls, client=lambda: _open_session(tls, proxies, self._on_written)),
            timeout=httpx.Timeout(attempt_seconds, connect=connect_seconds),
            headers={"User-Agent": "smsstatus", "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none kept, none sent
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        read: Callable[[ApiResponse], T],
        collector: ResultCollector,
        *,
        askers: Askers | None = None,
        content: bytes = b"",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """POST and return `read(response)`; retry while the fault of `read` or of the transport is retryable.

        Each attempt waits for its turn, which is that of the `askers`; None: nobody's in particular.

        `read` raises ProviderError for an error response. While the call waits for a retry, its fault is `collector.last_fault`.
        Raises ProviderError.
        """
        own_fault: ProviderFault | None = None
        askers = askers or Askers()
        policy = self._retry_policy
        async for attempt in stamina.retry_context(
            on=_RetryHook(policy.transport_attempts),
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.first,
            wait_max=policy.most,
            wait_jitter=policy.jitter,
        ):
            with attempt:
                result = await self._attempt(read, collector, askers, content=content, params=params, headers=headers)
                if isinstance(result, ProviderFault):
                    own_fault = collector.last_fault = result
                    raise ProviderError(result)
                if collector.last_fault is own_fault:  # not that of another call that fills the same collector
                    collector.last_fault = None
                return result
        raise AssertionError("stamina returns or raises")

    async def call_once(self, *, content: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """POST once, without retries, and return the body as it came, or the part before it broke off; nothing is parsed.

        For responses that cannot be requested again. Raises ProviderError if not a byte came.
        """
        body = bytearray()
        async with self._queue.turn(Askers(DRAIN)) as turn:
            request = self._client.build_request("POST", self._url, content=content, headers=headers)
            try:
                async with asyncio.timeout(self._attempt_seconds):
                    response = await self._send(request, turn)
                    try:
                        await _read_capped(response, body)
                    finally:
                        await response.aclose()
            except TRANSPORT_EXCEPTIONS as error:
                if not body:
                    raise ProviderError(_transport_fault(error)) from None
        return bytes(body)

    async def _attempt(
        self,
        read: Callable[[ApiResponse], T],
        collector: ResultCollector,
        askers: Askers,
        *,
        content: bytes,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> T | ProviderFault:
        """`read(response)`, or the fault.

        A fault is returned rather than raised: an exception keeps the frames that it passed, with all that was read in them, and
        the exceptions behind a retry are in a circle that only a rare collection frees.
        """
        async with self._queue.turn(askers) as turn:
            collector.requests += 1
            request = self._client.build_request("POST", self._url, content=content, params=params, headers=headers)
            answered = await self._exchange(request, turn)
        if isinstance(answered, ProviderFault):
            return answered
        try:
            return _read_safely(read, self._parsed(*answered))
        except ProviderError as error:
            return error.fault

    async def _exchange(self, request: httpx.Request, turn: Turn) -> tuple[httpx.Response, bytes] | ProviderFault:
        """Send once and read the whole response; the fault if that does not succeed."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._attempt_seconds):
                response = await self._send(request, turn)
                try:
                    await _read_capped(response, body)
                finally:
                    await response.aclose()
        except TRANSPORT_EXCEPTIONS as error:
            return _transport_fault(error)
        if len(body) > MAX_BODY_BYTES:
            return ProviderFault("Transport.TooLarge", f"more than {MAX_BODY_BYTES // 1024} KiB")
        return response, bytes(body)

    async def _send(self, request: httpx.Request, turn: Turn) -> httpx.Response:
        """Send `request` and return the response as soon as it begins; the turn learns when both happened."""
        task = asyncio.current_task()
        self._under_way[task] = turn
        try:
            response = await self._client.send(request, stream=True)
        finally:
            del self._under_way[task]
        turn.answered()
        return response

    async def _on_written(self, _session: object, _context: object, _headers: object) -> None:
        """The engine has a connection and writes the request's headers: what precedes a call's way to the provider is over."""
        if turn := self._under_way.get(asyncio.current_task()):
            turn.written()

    def _parsed(self, response: httpx.Response, body: bytes) -> ApiResponse:
        skew = self._skew(response.headers.get("date"))
        if response.is_redirect:
            raise ProviderError(ProviderFault("Transport.Redirect", f"HTTP {response.status_code}"))
        try:
            parsed = json.loads(body)
        except ValueError:
            raise ProviderError(_not_json_fault(response, body)) from None
        except RecursionError:
            raise ProviderError(ProviderFault("Transport.WrongShape", "the answer is nested too deeply")) from None
        if not isinstance(parsed, dict):
            raise ProviderError(ProviderFault("Transport.WrongShape", "the answer is not a JSON object"))
        return ApiResponse(response.status_code, parsed, response.headers, skew)

    def _skew(self, date: str | None) -> timedelta | None:
        try:
            return self._clock() - parsedate_to_datetime(date) if date else None
        except (ValueError, TypeError, OverflowError):  # a malformed Date header, or one without a zone
            return None

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        await self._client.aclose()


def _open_session(
    tls: ssl.SSLContext, proxies: Proxies, on_written: Callable[[object, object, object], Awaitable[None]]
) -> aiohttp.ClientSession:
    """The engine's session: verified TLS, `Proxies` instead of the environment, no cookies, no .netrc."""
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(on_written)
    connector = aiohttp.TCPConnector(limit=MAX_IN_FLIGHT, ssl=tls)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        middlewares=[proxies.route],
        trace_configs=[trace],
    )


async def _read_capped(response: httpx.Response, into: bytearray) -> None:
    """Read a response and unpack it, one byte beyond the limit at most. Raises TRANSPORT_EXCEPTIONS."""
    # httpx would unpack a whole piece at a time, however large that makes it.
    unpacker = Unpacker(normalized_coding(response.headers.get("content-encoding", "")), MAX_BODY_BYTES)
    async for piece in response.aiter_raw():
        try:
            into += unpacker.feed(piece)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
        if len(into) > MAX_BODY_BYTES:
            break


def _read_safely(read: Callable[[ApiResponse], T], response: ApiResponse) -> T:
    """`read(response)`; an undocumented shape is a fault of the provider, not a crash. Raises ProviderError."""
    try:
        return read(response)
    except ProviderError as error:
        raise ProviderError(_sanitized(error.fault)) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        if response.status >= _FIRST_SERVER_ERROR:
            raise ProviderError(_gateway_fault(response.status, response.headers)) from None
        raise ProviderError(ProviderFault("Transport.WrongShape", f"{type(error).__name__} in the answer")) from None


def _sanitized(fault: ProviderFault) -> ProviderFault:
    """A vendor's fault with its texts sanitized and truncated: its code is a metric's label and shown in every answer."""
    request_id = truncate(single_line(fault.request_id), MAX_CODE_LENGTH) if fault.request_id else None
    code = truncate(single_line(fault.code), MAX_CODE_LENGTH) or "Transport.WrongShape"
    return replace(fault, code=code, message=sanitize_provider_text(fault.message), request_id=request_id)


class _RetryHook:
    """Stamina's backoff hook for one call: whether to retry, or after how many seconds if the provider said so."""

    def __init__(self, transport_attempts: int) -> None:
        self._transport_attempts = transport_attempts
        self._failed = 0

    def __call__(self, error: Exception) -> bool | float:
        self._failed += 1
        if not isinstance(error, ProviderError) or not error.fault.retryable:
            return False
        if error.fault.code.startswith("Transport.") and self._failed >= self._transport_attempts:
            return False
        wait = error.fault.retry_after
        if wait is None or wait < 0:
            return True
        return wait if wait <= MAX_RETRY_AFTER_SECONDS else False


def _transport_fault(error: Exception) -> ProviderFault:
    """Classify a transport failure by the engine's own exception.

    Httpx's class does not tell: httpx-aiohttp 0.2 raises `httpx.ConnectTimeout` for a refused connection, an untrusted
    certificate and a server that hangs up alike.
    """
    cause = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ is not None else error
    match cause:
        case aiohttp.ClientHttpProxyError(status=status):
            return ProviderFault(PROXY_REFUSES, f"HTTP {status}", retryable=status >= _FIRST_SERVER_ERROR)
        case aiohttp.ClientProxyConnectionError():
            return ProviderFault(PROXY_REFUSES, retryable=True)
        case aiohttp.ClientConnectorCertificateError():
            return ProviderFault("Transport.Tls", "the certificate is not trusted")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return ProviderFault("Transport.Tls", "the TLS handshake failed")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return ProviderFault("Transport.Connect", retryable=True)
        case TimeoutError():
            return ProviderFault("Transport.Timeout", retryable=True)
        case aiohttp.ClientPayloadError() | httpx.DecodingError():
            return ProviderFault("Transport.CutShort", retryable=True)
        case aiohttp.ClientResponseError():
            # No HTTP, or more bytes than the Content-Length says: the engine's exception is the same for both.
            return ProviderFault("Transport.CutShort", "the answer is not well-formed HTTP", retryable=True)
        case _:
            return ProviderFault("Transport.Reset", retryable=True)


def _not_json_fault(response: httpx.Response, body: bytes) -> ProviderFault:
    """Classify a body that is not JSON: a gateway's error page, a truncated response, or something else."""
    if response.status_code >= _FIRST_SERVER_ERROR or response.status_code == _TOO_MANY_REQUESTS:
        return _gateway_fault(response.status_code, response.headers)
    status = f"HTTP {response.status_code}"
    if body.lstrip()[:1] in {b"{", b"["}:
        return ProviderFault("Transport.CutShort", status, retryable=True)
    return ProviderFault("Transport.NotJson", status)


def _gateway_fault(status: int, headers: httpx.Headers) -> ProviderFault:
    seconds = headers.get("retry-after", "")  # its other form, a date, is as good as nothing for waits this short
    wait = float(seconds) if seconds.isascii() and seconds.isdigit() else None
    return ProviderFault("Transport.Gateway", f"HTTP {status}", retryable=True, retry_after=wait)


def with_clock_skew(fault: ProviderFault, response: ApiResponse) -> ProviderFault:
    """`fault` with the clock skew by the response's Date header. For faults that blame the time."""
    return replace(fault, skew=response.skew)
