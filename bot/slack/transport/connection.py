"""One WebSocket of Socket Mode: opened with a fresh address, read until it ends, every request acknowledged on it.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from bot.slack.transport.handshake import Handshake, OddFrameLog, open_socket, parsed, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt import BoltResponse
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.transport.bolt import Receive

_GENTLE = frozenset({"warning", "refresh_requested"})  # reasons to go that leave time to open another connection first
_OK = 200

log = structlog.get_logger(__name__)


async def open_connection(
    client: AsyncWebClient,
    receive: Receive,
    token: str,
    session: aiohttp.ClientSession,
    *,
    seconds: float,
    heartbeat: float,
    odd: OddFrameLog | None = None,
) -> SocketConnection:
    """Ask Slack for an address, connect, and wait for its hello, all within `seconds`.

    Every attempt asks anew, since an address is good for one connection and expires. Raises SlackDeliveryError.
    """
    odd = odd or OddFrameLog()
    return SocketConnection(
        receive, *await open_socket(client, token, session, seconds=seconds, heartbeat=heartbeat, odd=odd), odd
    )


class SocketConnection:
    """An open connection."""

    def __init__(self, receive: Receive, socket: aiohttp.ClientWebSocketResponse, greeting: Handshake, odd: OddFrameLog) -> None:
        self._receive = receive
        self._socket = socket
        self._answers: set[asyncio.Task[None]] = set()
        self._ended = False
        self._early = greeting.early
        self._odd = odd
        self.connections = greeting.hello.get("num_connections")  # of the whole app, as Slack counts them
        self.opened = asyncio.get_running_loop().time()
        self.heard_at = time.time()  # its hello
        self.reason = ""  # why it is to go, or how it went

    @property
    def is_alive(self) -> bool:
        """True while the connection is open. aiohttp closes it when a ping brings no pong."""
        return not self._ended and not self._socket.closed and (not self.reason or self.reason in _GENTLE)

    @property
    def is_usable(self) -> bool:
        """True while the connection is alive and Slack has not requested a disconnect."""
        return self.is_alive and not self.reason

    async def serve(self, noticed: Callable[[SocketConnection], None]) -> None:
        """Read until the connection ends. `noticed` is called when Slack requests a disconnect."""
        try:
            for said in self._early:
                self._read(said, noticed)
            async for frame in self._socket:
                self.heard_at = time.time()
                if not self._read(said := parsed(frame), noticed):
                    self._odd.passed_over(frame, said)
        finally:
            self._ended = True
            self.reason = self.reason or ("silent" if self._socket.exception() else "dropped")
            await asyncio.gather(*self._answers, return_exceptions=True)  # their work goes on; only the ack has nowhere to go

    async def close(self, drain_seconds: float) -> None:
        """Acknowledge what has come, and close."""
        if self._answers:
            await asyncio.wait(set(self._answers), timeout=drain_seconds)
        await self._socket.close()

    def _read(self, said: dict[str, Any], noticed: Callable[[SocketConnection], None]) -> bool:
        """Handle one frame; False for a kind that is not known."""
        envelope = said.get("envelope_id")
        if said.get("type") == "disconnect":
            self.reason = str(said.get("reason") or "refresh_requested")
            noticed(self)
            if self.reason not in _GENTLE:
                self._start(self._socket.close())
        elif isinstance(envelope, str) and envelope:
            is_readable = isinstance(said.get("payload"), dict)  # which names itself; the envelope's type says no more
            self._start(self._answer(envelope, said) if is_readable else self._drop(envelope, said))
        else:
            return said.get("type") == "hello"
        return True

    async def _drop(self, envelope: str, said: dict[str, Any]) -> None:
        """Acknowledge an envelope that cannot be read: redelivered, it would be no better."""
        self._odd.dropped(said)
        await self._acknowledge(envelope, type_of(said), {})

    async def _answer(self, envelope: str, said: dict[str, Any]) -> None:
        """Hand one request on, and acknowledge it if that worked; Slack redelivers an event that is not acknowledged."""
        attempt = said.get("retry_attempt")
        # As HTTP has it: https://docs.slack.dev/apis/events-api#retries
        headers = {"x-slack-retry-num": str(attempt)} if isinstance(attempt, int) else {}
        response = await self._receive(said["payload"], headers)
        if response.status != _OK:
            log.info("slack.not_acknowledged", type=type_of(said), status=response.status)
            return
        await self._acknowledge(envelope, type_of(said), _content(response))

    async def _acknowledge(self, envelope: str, kind: str, content: dict[str, Any]) -> None:
        try:
            await self._socket.send_json({"envelope_id": envelope, **content})
        except (ConnectionError, aiohttp.ClientError) as error:
            log.warning("slack.ack_lost", type=kind, reason=type(error).__name__)

    def _start(self, job: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(job)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


def _content(response: BoltResponse) -> dict[str, Any]:
    """What goes with an acknowledgement: a modal's errors, a message, or nothing."""
    if not response.body:
        return {}
    if response.headers.get("content-type", [""])[0].startswith("application/json"):
        return {"payload": json.loads(response.body)}
    return {"payload": {"text": response.body}}
