"""The body of a request that anybody may have sent: read within limits of size and time, unpacked within one too.

aiohttp is told not to unpack (`server.py`): 200 KiB in gzip may be 200 MiB, and nobody has been asked for a signature by then.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING

from bot.content_coding import PACKED, Unpacker, normalized_coding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

BODY_SECONDS = 5.0
SMALL_BYTES = 32 * 1024  # nearly every request of Slack's and of the vendors'; 512 connections can hold as much at once
TOGETHER_BYTES = 32 * 1024 * 1024  # of all larger ones that are being read


class RefusedRequestError(Exception):
    """A request is refused, with an HTTP status and a reason that repeats nothing of it."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


class BodyReader:
    """Reads bodies of at most `most_bytes` within `seconds` each; the large ones among them share `together_bytes`."""

    def __init__(self, most_bytes: int, seconds: float = BODY_SECONDS, together_bytes: int = TOGETHER_BYTES) -> None:
        self._most = most_bytes
        self._seconds = seconds
        self._left = together_bytes

    async def read(self, request: web.Request) -> bytes:
        """The body as it was sent. Raises RefusedRequestError: 413, 408, or 503 while too many large ones are being read."""
        if (request.content_length or 0) > self._most:
            raise self._too_large()
        body, counted = bytearray(), 0
        try:
            async with asyncio.timeout(self._seconds):
                while chunk := await request.content.readany():
                    body += chunk
                    if len(body) > self._most:
                        raise self._too_large()
                    if len(body) > SMALL_BYTES:
                        self._left -= len(body) - counted
                        counted = len(body)
                    if self._left < 0 and counted:
                        raise RefusedRequestError(503, "too many large bodies at once", {"Retry-After": "1"})
        except TimeoutError:
            raise RefusedRequestError(408, f"the body did not come within {self._seconds:g} seconds") from None
        finally:
            self._left += counted
        return bytes(body)

    def unpack(self, body: bytes, coding: str) -> bytes:
        """`body` without its Content-Encoding, at most as large as one may be sent. Raises RefusedRequestError: 413, 415, 400."""
        if coding and coding not in PACKED:
            raise RefusedRequestError(415, "this Content-Encoding is not known here: send the body as it is, or in gzip")
        unpacker = Unpacker(coding, self._most)
        try:
            unpacked = unpacker.feed(body)
        except zlib.error:
            raise RefusedRequestError(400, "the body is not what its Content-Encoding says") from None
        if len(unpacked) > self._most:
            raise self._too_large()
        if not unpacker.is_complete:
            raise RefusedRequestError(400, "the body is not whole by its Content-Encoding")
        return unpacked

    def _too_large(self) -> RefusedRequestError:
        return RefusedRequestError(413, f"the body is larger than {self._most // 1024} KiB")


def content_coding(request: web.Request) -> str:
    """The Content-Encoding of a request in lower case; empty for a body that is sent as it is."""
    return normalized_coding(*request.headers.getall("Content-Encoding", ()))
