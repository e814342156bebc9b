"""Sends httpx's requests over aiohttp: connections and TLS, the proxy, and the reading of a response within a limit.

docs/decisions/0053-httpx-requests-on-aiohttp.md says why there is no `httpx.AsyncClient` around it.
"""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
from yarl import URL

from bot.content_coding import Unpacker, normalized_coding
from bot.providers.request_target import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

    from bot.config.proxy import Proxies


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What precedes a response's body."""

    status: int
    headers: Mapping[str, str]  # by names in any case

    @property
    def is_redirect(self) -> bool:
        """Whether it sends elsewhere."""
        return httpx.codes.is_redirect(self.status)


class Engine:
    """One session: verified TLS, the proxy that is set in place of the environment's, no cookies, no .netrc, no redirects."""

    def __init__(self, proxies: Proxies, *, most: int, connect_seconds: float) -> None:
        """At most `most` connections. Whoever has something exchanged sets how long the rest may take."""
        self._proxies = proxies
        self._most = most
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_seconds)
        self._on_written: dict[asyncio.Task[Any] | None, Callable[[], None]] = {}  # by the task that sends the request
        self._session: aiohttp.ClientSession | None = None

    async def exchange(
        self,
        request: httpx.Request,
        body: bytearray,
        *,
        most_bytes: int,
        on_written: Callable[[], None],
        on_answered: Callable[[], None],
    ) -> ResponseHead:
        """Send `request` once, and read the unpacked response into `body`, one byte beyond `most_bytes` at most.

        `body` keeps what came before a fault. `on_written` is called when a connection is there, just before the headers are
        written to it, `on_answered` when the response begins. Raises TRANSPORT_EXCEPTIONS.
        """
        async with await self._send(request, on_written) as response:
            on_answered()
            head = ResponseHead(response.status, response.headers)
            unpacker = Unpacker(normalized_coding(head.headers.get("content-encoding", "")), most_bytes)
            async for piece in response.content.iter_any():
                try:
                    body += unpacker.feed(piece)
                except zlib.error as error:
                    raise aiohttp.ClientPayloadError(str(error)) from error
                if len(body) > most_bytes:
                    break
        return head

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        if self._session is not None:
            await self._session.close()

    async def _send(self, request: httpx.Request, on_written: Callable[[], None]) -> aiohttp.ClientResponse:
        """Send `request`; the response as soon as it begins."""
        task = asyncio.current_task()
        self._on_written[task] = on_written
        try:
            return await self._opened().request(
                request.method,
                URL(address_of(request), encoded=True),  # what is signed is what travels
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=request.content or None,
                allow_redirects=False,
            )
        finally:
            del self._on_written[task]

    def _opened(self) -> aiohttp.ClientSession:
        """The session, opened by the first request: it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(self._written, limit=self._most),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=self._timeout,
                middlewares=[self._proxies.route],
            )
        return self._session

    def _written(self) -> None:
        if on_written := self._on_written.get(asyncio.current_task()):
            on_written()


class _Connector(aiohttp.TCPConnector):
    """Tells when a request has its connection: what precedes its way to the provider is over, its headers are written next."""

    def __init__(self, on_connected: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_connected = on_connected

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Connection:  # noqa: ASYNC109 - aiohttp's signature
        connection = await super().connect(req, traces, timeout)
        self._on_connected()
        return connection
