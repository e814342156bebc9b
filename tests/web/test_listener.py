"""Connections that anybody may open: limits of time and number, and never a flood in the log."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.web import listening
from bot.web.listener import ConnectionLimits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.web import HttpServer

WITHIN = 20.0  # seconds, on a busy machine
HALF_A_HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le"
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Gate:
    """Holds requests up until it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self._come = asyncio.Semaphore(0)

    async def pass_through(self) -> None:
        self._come.release()
        await self.opened.wait()

    async def wait_for(self, many: int) -> None:
        """Until so many requests are held up."""
        async with asyncio.timeout(WITHIN):
            for _ in range(many):
                await self._come.acquire()


@asynccontextmanager
async def served(gate: Gate | None = None, **limits: float) -> AsyncIterator[HttpServer]:
    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if gate is not None:
            await gate.pass_through()
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_route("*", "/", handle)
    async with listening(app, "127.0.0.1", 0, ConnectionLimits(**limits)) as server:  # type: ignore[arg-type]
        yield server


class Peer:
    """Someone who connects, says something, and reads what comes."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def says(self, server: HttpServer, text: bytes) -> socket.socket:
        one = self._stack.enter_context(socket.socket())
        one.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(one, (server.host, server.port))
        await loop.sock_sendall(one, text)
        return one


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with AsyncExitStack() as stack:
        yield Peer(stack)


async def rest(one: socket.socket) -> bytes:
    """All that still comes until the connection is closed."""
    come = b""
    async with asyncio.timeout(WITHIN):
        with suppress(ConnectionError):
            while more := await asyncio.get_running_loop().sock_recv(one, 4096):
                come += more
    return come


async def answer(server: HttpServer) -> str:
    async with aiohttp.ClientSession() as client, client.get(server.url) as response:
        return await response.text()


async def test_a_half_sent_head_or_body_and_a_silent_connection_are_closed_in_time(peer: Peer) -> None:
    async with served(head_seconds=0.05, body_seconds=0.05, idle_seconds=0.05) as server:
        for text in (b"", HALF_A_HEAD, HALF_A_BODY):
            assert await rest(await peer.says(server, text)) == b""
        kept = await rest(await peer.says(server, WHOLE))
        assert kept.startswith(b"HTTP/1.1 200"), "answered, then closed for saying nothing more"


async def test_who_waits_longest_gives_way_so_that_a_whole_request_is_answered(peer: Peer) -> None:
    for total, per_peer in ((3, 9), (9, 3)):
        with capture_logs() as logs:
            async with served(total=total, per_peer=per_peer, grace_seconds=0) as server:
                held = [await peer.says(server, HALF_A_HEAD) for _ in range(12)]
                assert await answer(server) == "ok"
                assert await rest(held[0]) == b""
        assert [line["event"] for line in logs] == ["http.connection_closed"], "one line a minute"


async def test_a_connection_that_is_being_answered_is_never_closed_for_another(peer: Peer) -> None:
    gate = Gate()
    async with served(gate, per_peer=2, grace_seconds=0, body_seconds=0.05, idle_seconds=0.05, head_seconds=0.05) as server:
        answered = [asyncio.create_task(answer(server)) for _ in range(2)]
        await gate.wait_for(2)
        assert await rest(await peer.says(server, WHOLE)) == b"", "the third finds no room"
        assert await rest(await peer.says(server, HALF_A_HEAD)) == b""
        gate.opened.set()
        assert await asyncio.gather(*answered) == ["ok", "ok"]


async def test_many_at_once_are_all_answered_though_more_than_may_be_open() -> None:
    async with served(total=5, idle_seconds=0.05, head_seconds=5) as server, asyncio.timeout(WITHIN):
        assert await asyncio.gather(*(answer(server) for _ in range(40))) == ["ok"] * 40


async def test_a_head_is_taken_up_to_a_size(peer: Peer) -> None:
    long, many = b"X-Long: " + b"a" * 5000 + b"\r\n", b"".join(b"X-%d: y\r\n" % which for which in range(60))
    async with served() as server:
        for headers, status in ((many[:200], b" 200 "), (long, b" 400 "), (many, b" 400 ")):
            text = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers.rpartition(b"\r\n")[0] + b"\r\n\r\n"
            assert status in (await rest(await peer.says(server, text)))[:40]


async def test_running_out_of_file_descriptors_is_one_line_and_passes() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with served() as server:
        clients = [socket.socket() for _ in range(3)]
        free = os.dup(0)
        os.close(free)
        with capture_logs() as logs:
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
            try:
                for one in clients:
                    one.connect((server.host, server.port))  # the kernel takes them; the app cannot
                    one.setblocking(False)
                async with asyncio.timeout(WITHIN):
                    while not logs:  # noqa: ASYNC110 - the log tells nobody
                        await asyncio.sleep(0)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert await answer(server) == "ok"
        for one in clients:
            one.close()
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["http.cannot_accept"]


async def test_requests_that_are_not_http_are_one_line_a_minute_without_a_trace(peer: Peer) -> None:
    with capture_logs() as logs:
        async with served() as server:
            for text in (b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\0 HTTP/1.1\r\n\r\n"):
                assert b" 400 " in await rest(await peer.says(server, text))
    assert [line["event"] for line in logs] == ["http.malformed"]


async def test_no_more_connections_than_half_of_the_file_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        limits = ConnectionLimits().within_file_limit()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (limits.total, limits.per_peer) == (100, 75)
    assert ConnectionLimits(total=50, per_peer=9).within_file_limit() == ConnectionLimits(total=50, per_peer=9)


async def test_a_connection_that_comes_as_the_server_stops_is_not_accepted_for_nobody() -> None:
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with served() as server:
        await asyncio.sleep(0)  # it waits for somebody
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))):
            await asyncio.sleep(0)  # what comes next is done in the round of the loop in which the connection is seen
            await server.aclose()
            await asyncio.sleep(0)

    assert faults == []
