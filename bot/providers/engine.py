"""The engine under httpx: aiohttp's session and TLS, and the reading of a response within a limit.

docs/decisions/0002-httpx-on-aiohttp.md says why.
"""

from __future__ import annotations

import ssl
import zlib
from functools import cache
from typing import TYPE_CHECKING

import aiohttp
import httpx

from bot.web.content_coding import Unpacker, normalized_coding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.config.proxy import Proxies


@cache
def tls_context() -> ssl.SSLContext:
    """The TLS context with the system's certificates, shared by all clients: reading them takes some 30 ms."""
    return ssl.create_default_context()


def open_session(
    tls: ssl.SSLContext, proxies: Proxies, on_written: Callable[[object, object, object], Awaitable[None]], limit: int
) -> aiohttp.ClientSession:
    """A session of at most `limit` connections: verified TLS, `Proxies` instead of the environment, no cookies, no .netrc.

    `on_written` is called when a connection is there and a request's headers are written to it.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(on_written)
    connector = aiohttp.TCPConnector(limit=limit, ssl=tls)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        middlewares=[proxies.route],
        trace_configs=[trace],
    )


async def read_capped(response: httpx.Response, into: bytearray, most: int) -> None:
    """Read a response and unpack it, one byte beyond `most` at most. Raises TRANSPORT_EXCEPTIONS."""
    # httpx would unpack a whole piece at a time, however large that makes it.
    unpacker = Unpacker(normalized_coding(response.headers.get("content-encoding", "")), most)
    async for piece in response.aiter_raw():
        try:
            into += unpacker.feed(piece)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from error
        if len(into) > most:
            break
