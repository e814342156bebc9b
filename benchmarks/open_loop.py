"""Asks a running app as Slack does, however slow it is: each command goes out at its moment, answered or not the one before.

A latency counts from the moment that was meant, so that waiting for a connection, or for this process, counts too. The asker may
share two cores with the app, and is lean: its requests are signed before the first goes out, and its HTTP is as little as both
ends need.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import deque
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.slack.http_delivery import FORM, sign

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

PEOPLE = ("U0ANN0001", "U0LIWEI01", "U0SAM0001")
PROGRESS = "Asking "  # what the first message of a slow answer begins with, in English
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
PATIENCE = 30.0  # seconds for the last answers to come


@dataclass(slots=True)
class Asked:
    """One command. Moments are those of `time.perf_counter`; None: it never came."""

    meant_at: float
    acked_at: float | None = None
    answered_at: float | None = None
    status: int = 0
    answer: str = ""
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ack_seconds(self) -> float:
        """From the moment that was meant to the ack."""
        return float("inf") if self.acked_at is None or self.status != 200 else self.acked_at - self.meant_at  # noqa: PLR2004

    @property
    def answer_seconds(self) -> float:
        """From the moment that was meant to the answer."""
        return float("inf") if self.answered_at is None else self.answered_at - self.meant_at


class _Messages(asyncio.Protocol):
    """One end of HTTP: calls `heard` with the head and the body of each message. Bodies have a Content-Length, or none."""

    def __init__(self) -> None:
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            _, _, rest = head.lower().partition(b"\r\ncontent-length:")
            whole = end + 4 + int(rest.partition(b"\r\n")[0] or 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self.heard(head, body)

    def heard(self, head: bytes, body: bytes) -> None:
        raise NotImplementedError


class _Connection(_Messages):
    """A connection to the app, with one request at a time."""

    def __init__(self, free: deque[_Connection]) -> None:
        super().__init__()
        self._free = free
        self.asked: Asked | None = None

    def send(self, asked: Asked, request: bytes) -> None:
        assert self.transport is not None  # noqa: S101 - it is connected
        self.asked = asked
        self.transport.write(request)

    def heard(self, head: bytes, body: bytes) -> None:  # noqa: ARG002 - an ack says all in its status
        if self.asked is not None:
            self.asked.acked_at = time.perf_counter()
            self.asked.status = int(head.split(b" ", 2)[1])
            self.asked.acked.set()
            self.asked = None
        self._free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base class's signature
        if self in self._free:
            self._free.remove(self)


class _Listener(_Messages):
    """A connection of the app's to the `response_url`."""

    def __init__(self, hear: Callable[[str, bytes], None]) -> None:
        super().__init__()
        self._hear = hear

    def heard(self, head: bytes, body: bytes) -> None:
        assert self.transport is not None  # noqa: S101 - it is connected
        self.transport.write(ANSWER)
        self._hear(head.split(b" ", 2)[1].decode().strip("/"), body)


class OpenLoop:
    """Asks, and hears the acks and the answers."""

    def __init__(self, app_url: str, answers_url: str) -> None:
        split = urlsplit(app_url)
        self._host, self._port = split.hostname or "", split.port or 0
        self.answers_url = answers_url
        self._free: deque[_Connection] = deque()
        self._waiting: dict[str, Asked] = {}
        self._opened: list[_Connection] = []
        self._opening: set[asyncio.Task[None]] = set()

    async def run(self, texts: Sequence[str], moments: Iterable[float], *, answered: bool = True) -> list[Asked]:
        """Ask each of `texts` at its moment, in seconds from now. Returns when all are answered, or have had time to be.

        With `answered` false it returns when all are acknowledged.
        """
        asked = [Asked(moment) for moment in moments]
        requests = [self._request(one, text, person) for one, text, person in zip(asked, texts, cycle(PEOPLE), strict=False)]
        begun = time.perf_counter()
        for one, request in zip(asked, requests, strict=True):
            one.meant_at += begun
            if (wait := one.meant_at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._send(one, request)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for one in asked:
                    await one.acked.wait()
                    if answered:
                        await one.answered.wait()
        self._waiting.clear()
        return asked

    async def open(self, many: int) -> None:
        """Have so many connections before they are needed, as Slack has."""
        for _ in range(many - len(self._opened)):
            await self._open()

    def hear(self, which: str, body: bytes) -> None:
        """A message has come to the `response_url` of `which`."""
        asked = self._waiting.get(which)
        if asked is None:
            return
        text = str(json.loads(body).get("text", ""))
        if not text.startswith(PROGRESS):
            asked.answered_at, asked.answer = time.perf_counter(), text
            asked.answered.set()
            del self._waiting[which]

    def close(self) -> None:
        """Close the connections to the app."""
        for one in self._opened:
            if one.transport is not None:
                one.transport.close()

    def _request(self, asked: Asked, text: str, person: str) -> bytes:
        which = os.urandom(8).hex()
        self._waiting[which] = asked
        fields = {"command": "/smsstatus", "text": text, "response_url": f"{self.answers_url}/{which}", "trigger_id": which}
        where = {"user_id": person, "team_id": "T0SANDBOX", "channel_id": "C0INCIDENT"}
        body = urlencode({**fields, **where}).encode()
        now = int(time.time())
        signature = sign(INSTALLATION.signing_secret, now, body)
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: {FORM}\r\n"
            f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _send(self, asked: Asked, request: bytes) -> None:
        if self._free:
            self._free.popleft().send(asked, request)
            return
        task = asyncio.create_task(self._send_by_a_new_one(asked, request))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _send_by_a_new_one(self, asked: Asked, request: bytes) -> None:
        await self._open()
        self._free.popleft().send(asked, request)

    async def _open(self) -> None:
        _, one = await asyncio.get_running_loop().create_connection(lambda: _Connection(self._free), self._host, self._port)
        self._opened.append(one)
        self._free.append(one)


@asynccontextmanager
async def open_loop(app_url: str) -> AsyncIterator[OpenLoop]:
    """An asker of the app at this address, and the `response_url` where it hears the answers."""
    asker: OpenLoop | None = None

    def hear(which: str, body: bytes) -> None:
        if asker is not None:
            asker.hear(which, body)

    server = await asyncio.get_running_loop().create_server(lambda: _Listener(hear), "127.0.0.1", 0, backlog=1024)
    asker = OpenLoop(app_url, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield asker
    finally:
        asker.close()
        server.close()
