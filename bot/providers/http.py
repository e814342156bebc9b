"""The HTTP client of all providers: one long-lived client for each set of credentials, its retries and its faults.

    attempt:  its asker's turn, within the limit of calls per second -> sign (httpx.Auth: every attempt anew) and send
              -> read at most 1 MiB
    call:     attempts, retried while the fault is retryable; the lookup's deadline cancels what takes too long

Every broken response ends as a `ProviderError` with a `Transport.…` code, which the catalogue explains.
Requests and their signing are httpx's, what sends them is aiohttp (`engine.py`).

Retries are stamina's, with its default hooks left on: a counter (`stamina_retries_total`, by error type) and a warning in the
log. That warning quotes the error, so a fault is sanitized here, before anything can quote it; the request, its headers and its
signature are not within the hooks' reach. Errors of the engine are not chained (`from None`): their texts hold the URL, and the
URL of a query in the RPC style holds the number.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import stamina

from bot.config.proxy import Proxies
from bot.encoded_text import read_json
from bot.errors import ProviderError
from bot.errors.frames import release_frames
from bot.model import ProviderFault
from bot.providers.engine import Engine, ResponseHead
from bot.providers.request_target import target_extension
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
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime, timedelta

    from bot.providers.base import ResultCollector
    from bot.timing.fair_queue import Turn
    from bot.timing.limits import Limits

T = TypeVar("T")

CONNECT_SECONDS = 3.0
ATTEMPT_SECONDS = 6.0  # one attempt from first byte to last; a slow drip is cut off here
MAX_IN_FLIGHT = 100  # fifty numbers over two days at once; below it, what a vendor's limit and its slowness need
MAX_BODY_BYTES = 1024 * 1024
HEADERS: Mapping[str, str] = {"User-Agent": "smsstatus", "Accept-Encoding": "gzip, deflate"}  # of every request

DRAIN = Asker("drain")  # on whose behalf a queue is pulled


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response whose body is a JSON object. The HTTP status decides nothing: the vendors report errors in the body."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]  # by names in any case
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
        self._auth = auth
        self._url = httpx.URL(base_url).copy_with(query=None, fragment=None)
        self._engine = Engine(proxies, most=MAX_IN_FLIGHT, connect_seconds=connect_seconds)

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
        askers = askers or Askers()
        extensions = target_extension(self._url, path, params)
        build = partial(self._signed, method, extensions, content=content, headers=headers)
        result = await self._attempt(read, collector, askers, build)
        if isinstance(result, ProviderFault):
            try:
                return await self._retry(result, collector, partial(self._attempt, read, collector, askers, build))
            except ProviderError as error:  # stamina holds it in a circle, with whatever it would pass from here on
                release_frames(error)
                last = error.fault
            raise ProviderError(last)
        return result

    async def _retry(
        self, first: ProviderFault, collector: ResultCollector, again: Callable[[], Awaitable[T | ProviderFault]]
    ) -> T:
        """What a later attempt returns, after a first one that failed. Raises ProviderError."""
        own_fault: ProviderFault | None = None
        result: T | ProviderFault = first
        policy = self._retry_policy
        async for attempt in stamina.retry_context(
            on=RetryHook(policy.transport_attempts),
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.first,
            wait_max=policy.most,
            wait_jitter=policy.jitter,
        ):
            with attempt:
                if attempt.num > 1:
                    result = await again()
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
        with await self._queue.turn(Askers(DRAIN)) as turn:
            try:
                await self._exchange(self._signed("POST", {}, content=content, headers=headers), turn, body)
            except TRANSPORT_EXCEPTIONS as error:
                release_frames(error)
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
        with await self._queue.turn(askers) as turn:
            collector.requests += 1
            try:
                head = await self._exchange(build(), turn, body)
            except TRANSPORT_EXCEPTIONS as error:
                release_frames(error)
                return transport_fault(error)
        if len(body) > MAX_BODY_BYTES:
            return ProviderFault("Transport.TooLarge", f"more than {MAX_BODY_BYTES // 1024} KiB")
        try:
            return _read_safely(read, self._parsed(head, bytes(body)))
        except ProviderError as error:
            return error.fault

    def _signed(
        self, method: str, extensions: dict[str, bytes], *, content: bytes, headers: Mapping[str, str] | None = None
    ) -> httpx.Request:
        """A new request, signed as of now. The signatures of our vendors ask nothing first, so their flow has one step."""
        # Given a stream, httpx adds no headers of its own, which would be read and written three times more.
        written = _written_headers(self._url.netloc, *(headers or {}).items())
        request = httpx.Request(method, self._url, headers=written, stream=httpx.ByteStream(content), extensions=extensions)
        request.read()
        request.headers.encoding = "ascii"  # or httpx looks through all of them for another one, each time one is read
        return next(self._auth.auth_flow(request))

    async def _exchange(self, request: httpx.Request, turn: Turn, body: bytearray) -> ResponseHead:
        """Send once and read the response into `body`, which keeps what came before a fault. Raises TRANSPORT_EXCEPTIONS."""
        async with asyncio.timeout(self._attempt_seconds):
            return await self._engine.exchange(
                request, body, most_bytes=MAX_BODY_BYTES, on_written=turn.written, on_answered=turn.answered
            )

    def _parsed(self, head: ResponseHead, body: bytes) -> ApiResponse:
        skew = self.skew = self._skew(head.headers.get("date"))
        if head.is_redirect:
            raise ProviderError(ProviderFault("Transport.Redirect", f"HTTP {head.status}"))
        try:
            parsed = read_json(body)
        except ValueError:
            raise ProviderError(not_json_fault(head.status, head.headers, body)) from None
        except RecursionError:
            raise ProviderError(ProviderFault("Transport.WrongShape", "the answer is nested too deeply")) from None
        if not isinstance(parsed, dict):
            raise ProviderError(ProviderFault("Transport.WrongShape", "the answer is not a JSON object"))
        return ApiResponse(head.status, parsed, head.headers, skew)

    def _skew(self, date: str | None) -> timedelta | None:
        try:
            return self._clock() - _moment(date) if date else None
        except (ValueError, TypeError, OverflowError):  # a malformed Date header, or one without a zone
            return None

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        await self._engine.aclose()


@lru_cache(maxsize=256)
def _written_headers(host: bytes, *own: tuple[str, str]) -> httpx.Headers:
    """The headers of a request before it is signed, of which an action always has the same."""
    return httpx.Headers({"Host": host.decode("ascii"), **HEADERS, **dict(own)})


@lru_cache(maxsize=64)
def _moment(date: str) -> datetime:
    """The moment of a Date header, which many answers of a second share. Raises ValueError, TypeError."""
    return parsedate_to_datetime(date)


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
