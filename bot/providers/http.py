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
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import stamina
from httpx_aiohttp import AiohttpTransport

from bot.config.proxy import Proxies
from bot.encoded_text import read_json
from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.engine import open_session, read_capped, tls_context
from bot.providers.retry import RetryHook, RetryPolicy
from bot.providers.transport_faults import (
    FIRST_SERVER_ERROR,
    TRANSPORT_EXCEPTIONS,
    gateway_fault,
    not_json_fault,
    sanitized_fault,
    transport_fault,
)
from bot.timing.clock import Clock, system_clock
from bot.timing.fair_queue import Asker, Askers, FairQueue
from bot.timing.limits import OWN_LIMITS, limit_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from bot.providers.base import ResultCollector
    from bot.timing.fair_queue import Turn
    from bot.timing.limits import Limits

T = TypeVar("T")

CONNECT_SECONDS = 3.0
ATTEMPT_SECONDS = 6.0  # one attempt from first byte to last; a slow drip is cut off here
MAX_IN_FLIGHT = 100  # fifty numbers over two days at once; below it, what a vendor's limit and its slowness need
MAX_BODY_BYTES = 1024 * 1024

DRAIN = Asker("drain")  # on whose behalf a queue is pulled


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response whose body is a JSON object. The HTTP status decides nothing: the vendors report errors in the body."""

    status: int
    body: Mapping[str, Any]
    headers: httpx.Headers
    skew: timedelta | None  # our clock minus the provider's, from the Date header (exact to a second)


class ProviderHttpClient:
    """A client for one base URL and one set of credentials, whose askers take turns.

    With `calls_per_second`, no more attempts than that arrive at the provider within any second, together with whoever shares
    the `limit` of this name by the same `limits`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth,
        calls_per_second: int | None = None,
        limits: Limits = OWN_LIMITS,
        limit: str = "",
        clock: Clock = system_clock,
        proxies: Proxies = Proxies(),  # noqa: B008 - a frozen value
        connect_seconds: float = CONNECT_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
        retry_policy: RetryPolicy | None = None,
    ) -> None:
        self.address = base_url
        self.skew: timedelta | None = None  # our clock minus the provider's, by its latest answer
        self._clock = clock
        self._attempt_seconds = attempt_seconds
        self._retry_policy = retry_policy or RetryPolicy()
        self._queue = limits.queue(limit, MAX_IN_FLIGHT, calls_per_second) if calls_per_second else FairQueue(MAX_IN_FLIGHT)
        self._under_way: dict[asyncio.Task[object] | None, Turn] = {}  # by the task that sends the request
        tls = tls_context()
        self._client = httpx.AsyncClient(
            auth=auth,
            transport=AiohttpTransport(verify=tls, client=lambda: open_session(tls, proxies, self._on_written, MAX_IN_FLIGHT)),
            timeout=httpx.Timeout(attempt_seconds, connect=connect_seconds),
            headers={"User-Agent": "smsstatus", "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none kept, none sent
            follow_redirects=False,
            trust_env=False,
        )

    def waiting(self, askers: Askers) -> int:
        """How many calls wait for their turn before one more of `askers` has its own."""
        return self._queue.waiting(askers)

    async def call(
        self,
        read: Callable[[ApiResponse], T],
        collector: ResultCollector,
        *,
        askers: Askers | None = None,
        method: str = "POST",
        path: str = "",
        content: bytes = b"",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Send, to `path` below the base URL, and return `read(response)`; retry while a fault of either is retryable.

        Each attempt waits for its turn, which is that of the `askers`; None: nobody's in particular.

        `read` raises ProviderError for an error response. While the call waits for a retry, its fault is `collector.last_fault`.
        Raises ProviderError.
        """
        own_fault: ProviderFault | None = None
        askers = askers or Askers()
        policy = self._retry_policy
        url = self._url(path)
        build = partial(self._client.build_request, method, url, content=content, params=params, headers=headers)
        async for attempt in stamina.retry_context(
            on=RetryHook(policy.transport_attempts),
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.first,
            wait_max=policy.most,
            wait_jitter=policy.jitter,
        ):
            with attempt:
                result = await self._attempt(read, collector, askers, build)
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
            request = self._client.build_request("POST", self.address, content=content, headers=headers)
            try:
                await self._exchange(request, turn, body)
            except TRANSPORT_EXCEPTIONS as error:
                if not body:
                    raise ProviderError(transport_fault(error)) from None
        return bytes(body)

    async def _attempt(
        self,
        read: Callable[[ApiResponse], T],
        collector: ResultCollector,
        askers: Askers,
        build: Callable[[], httpx.Request],
    ) -> T | ProviderFault:
        """`read(response)` to a request that is built anew, or the fault.

        A fault is returned rather than raised: an exception keeps the frames that it passed, with all that was read in them, and
        the exceptions behind a retry are in a circle that only a rare collection frees.
        """
        body = bytearray()
        async with self._queue.turn(askers) as turn:
            collector.requests += 1
            try:
                response = await self._exchange(build(), turn, body)
            except TRANSPORT_EXCEPTIONS as error:
                return transport_fault(error)
        if len(body) > MAX_BODY_BYTES:
            return ProviderFault("Transport.TooLarge", f"more than {MAX_BODY_BYTES // 1024} KiB")
        try:
            return _read_safely(read, self._parsed(response, bytes(body)))
        except ProviderError as error:
            return error.fault

    def _url(self, path: str) -> str:
        return self.address.rstrip("/") + path if path else self.address

    async def _exchange(self, request: httpx.Request, turn: Turn, body: bytearray) -> httpx.Response:
        """Send once and read the response into `body`, which keeps what came before a fault. Raises TRANSPORT_EXCEPTIONS."""
        async with asyncio.timeout(self._attempt_seconds):
            response = await self._send(request, turn)
            try:
                await read_capped(response, body, MAX_BODY_BYTES)
            finally:
                await response.aclose()
        return response

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
        skew = self.skew = self._skew(response.headers.get("date"))
        if response.is_redirect:
            raise ProviderError(ProviderFault("Transport.Redirect", f"HTTP {response.status_code}"))
        try:
            parsed = read_json(body)
        except ValueError:
            raise ProviderError(not_json_fault(response, body)) from None
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


def _read_safely(read: Callable[[ApiResponse], T], response: ApiResponse) -> T:
    """`read(response)`; an undocumented shape is a fault of the provider, not a crash. Raises ProviderError."""
    try:
        return read(response)
    except ProviderError as error:
        raise ProviderError(sanitized_fault(error.fault)) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        if response.status >= FIRST_SERVER_ERROR:
            raise ProviderError(gateway_fault(response.status, response.headers)) from None
        raise ProviderError(ProviderFault("Transport.WrongShape", f"{type(error).__name__} in the answer")) from None


def with_clock_skew(fault: ProviderFault, response: ApiResponse) -> ProviderFault:
    """`fault` with the clock skew by the response's Date header. For faults that blame the time."""
    return replace(fault, skew=response.skew)


@dataclass(frozen=True, slots=True)
class AccountClients:
    """Opens the clients of one account at one address. Each action has a limit of its own, and so a client of its own."""

    address: str
    auth: httpx.Auth
    key_id: str  # whose the limits are
    clock: Clock
    proxies: Proxies
    limits: Limits

    def open(
        self, action: str = "", calls_per_second: int | None = None, *, attempt_seconds: float = ATTEMPT_SECONDS
    ) -> ProviderHttpClient:
        """A client for an action with that limit; without one, for all that have none."""
        return ProviderHttpClient(
            self.address,
            auth=self.auth,
            calls_per_second=calls_per_second,
            limits=self.limits,
            limit=limit_name(action, self.address, self.key_id),
            clock=self.clock,
            proxies=self.proxies,
            attempt_seconds=attempt_seconds,
        )
