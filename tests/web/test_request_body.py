"""Bodies from strangers: read within limits of size, time and number, and unpacked within a limit."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.web import listening
from bot.web.request_body import SMALL_BYTES, BodyReader, RefusedRequestError
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MOST = 256 * 1024


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}
BOMBS = {"gzip": gzip.compress(bytes(50 * MOST)), "deflate": zlib.compress(bytes(50 * MOST))}


@given(st.binary(max_size=4096), st.sampled_from(sorted(PACKERS)))
def test_what_is_packed_comes_out_as_it_was(body: bytes, coding: str) -> None:
    assert BodyReader(MOST).unpack(PACKERS[coding](body), coding) == body
    assert BodyReader(MOST).unpack(raw_deflate(body), "deflate") == body


@given(st.binary(max_size=64))
def test_what_is_not_packed_as_it_says_is_refused_and_nothing_else_is_raised(body: bytes) -> None:
    for coding in ("gzip", "deflate", "br", "gzip, gzip", "?"):
        with suppress(RefusedRequestError):
            assert len(BodyReader(MOST).unpack(body, coding)) <= MOST


@each("coding", sorted(BOMBS))
def test_what_would_unpack_beyond_the_limit_is_413(coding: str) -> None:
    with pytest.raises(RefusedRequestError) as caught:
        BodyReader(MOST).unpack(BOMBS[coding], coding)
    assert caught.value.status == 413


def test_a_body_cut_short_or_with_something_behind_it_is_400() -> None:
    whole = gzip.compress(b"receipts" * 50)
    for body in (whole[:-3], whole[:5], b"", whole + b"x"):
        with pytest.raises(RefusedRequestError) as caught:
            BodyReader(MOST).unpack(body, "gzip")
        assert caught.value.status == 400


@asynccontextmanager
async def reading(reader: BodyReader) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.Response(body=await reader.read(request))
        except RefusedRequestError as refused:
            return web.Response(status=refused.status)

    app = web.Application()
    app.router.add_post("/", handle)
    async with listening(app, "127.0.0.1", 0) as server:
        yield server.url


async def endless(piece: bytes) -> AsyncIterator[bytes]:
    while True:
        yield piece


async def held(piece: bytes, until: asyncio.Event) -> AsyncIterator[bytes]:
    yield piece
    await until.wait()


async def test_a_body_is_read_as_it_was_sent_and_never_beyond_the_limit() -> None:
    packed = gzip.compress(b"x" * 1000)
    async with reading(BodyReader(MOST)) as url, aiohttp.ClientSession() as client:
        async with client.post(url, data=packed, headers={"Content-Encoding": "gzip"}) as response:
            assert await response.read() == packed
        async with client.post(url, data=b" " * (MOST + 1)) as response:
            assert response.status == 413
        async with client.post(url, data=endless(b" " * 8192)) as response:
            assert response.status == 413


async def test_a_body_that_does_not_come_is_408() -> None:
    never = asyncio.Event()
    async with (
        reading(BodyReader(MOST, seconds=0.05)) as url,
        aiohttp.ClientSession() as client,
        client.post(url, data=held(b"x", never)) as response,
    ):
        assert response.status == 408


async def test_large_bodies_share_a_limit_and_small_ones_pass_beside_them() -> None:
    reader, whole = BodyReader(MOST, together_bytes=3 * SMALL_BYTES), asyncio.Event()
    async with reading(reader) as url, aiohttp.ClientSession() as client:
        first = asyncio.create_task(client.post(url, data=held(b" " * 2 * SMALL_BYTES, whole)))
        while True:  # until the first one is held
            async with client.post(url, data=b" " * 2 * SMALL_BYTES) as second:
                if second.status == 503:
                    break
        async with client.post(url, data=b"small") as small:
            assert small.status == 200
        whole.set()
        assert (await first).status == 200
        async with client.post(url, data=b" " * 2 * SMALL_BYTES) as after:
            assert after.status == 200
