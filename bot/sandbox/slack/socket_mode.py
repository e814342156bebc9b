"""Socket Mode server: single-use addresses, hello, envelopes that must be acknowledged, refresh and disconnect.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode. Each envelope goes to one of the open connections; which one
follows no order that an app may rely on, and here they take turns.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.slack.model import Ack
from bot.sandbox.slack.state import ViewChange

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.sandbox.slack.state import WorkspaceState

MAX_CONNECTIONS = 10
TICKET_LIFE = timedelta(seconds=30)
_OK = 200


class SocketModeServer:
    """The server's end of Socket Mode."""

    def __init__(self, state: WorkspaceState, ack_seconds: float) -> None:
        self._state = state
        self._ack_seconds = ack_seconds
        self._tickets: dict[str, datetime] = {}
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._refused_until: datetime | None = None
        self.connections: list[web.WebSocketResponse] = []
        self.ticket_life = TICKET_LIFE
        self.disabled = False  # Socket Mode was switched off in the app's settings
        self.opened = 0  # tickets so far

    def open_ticket(self) -> str:
        """A ticket that opens one connection, for a short while."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self._state.clock() + self.ticket_life
        self.opened += 1
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """GET /link: accept a connection with a valid ticket, send hello, and read its acknowledgements until it closes.

        Raises HTTPForbidden for an invalid ticket, HTTPServiceUnavailable while connections are refused.
        """
        if self.disabled or (self._refused_until is not None and self._state.clock() < self._refused_until):
            raise web.HTTPServiceUnavailable(text="no connections now")  # the ticket is not used up, but grows old
        expires = self._tickets.pop(request.query.get("ticket", ""), None)
        if expires is None or expires < self._state.clock():
            raise web.HTTPForbidden(text="the ticket is unknown, used or expired")
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        if len(self.connections) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        self.connections.append(socket)
        try:
            await socket.send_json(self._hello())
            await self._state.notify(ViewChange())
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take_ack(frame.data)
        finally:
            if socket in self.connections:
                self.connections.remove(socket)
            await self._state.notify(ViewChange())
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._state.bot.app_id},
        }

    def _take_ack(self, data: str) -> None:
        """Record an acknowledgement. One that is late, repeated or unknown is dropped, as Slack does."""
        try:
            ack = json.loads(data)
        except ValueError:
            return
        waiting = self._waiting.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, attempt: int = 0, reason: str = "") -> Ack:
        """Send one envelope (`slash_commands`, `interactive` or `events_api`) and wait for its acknowledgement."""
        takes_content = kind != "events_api"
        envelope: dict[str, Any] = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": takes_content,
        }
        if not takes_content:
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        started = perf_counter()
        if not self.connections:
            return Ack(0.0, error="dispatch_failed")
        waiting: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self._next_connection().send_json(envelope)
                ack = await waiting
        except TimeoutError:
            return Ack(_ms_since(started), error="operation_timeout")
        except ConnectionError:
            return Ack(_ms_since(started), error="dispatch_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]
        content = ack.get("payload") if takes_content else None
        usable = content if isinstance(content, dict) and content else None
        return Ack(_ms_since(started), _OK, json.dumps(content) if usable else "", usable)

    def _next_connection(self) -> web.WebSocketResponse:
        connection = self.connections.pop(0)
        self.connections.append(connection)
        return connection

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to reconnect, as Slack does every few hours; the client closes them.

        `warning` announces this about ten seconds ahead. `link_disabled` says that Socket Mode was switched off: the connections
        are closed, and none is accepted until `disabled` is false again.
        """
        self.disabled = self.disabled or reason == "link_disabled"
        for connection in list(self.connections):
            await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            if self.disabled:
                await connection.close()

    def refuse(self, seconds: float) -> None:
        """Accept no connection for so many seconds; tickets are still issued, and expire."""
        self._refused_until = self._state.clock() + timedelta(seconds=seconds)

    async def drop(self) -> None:
        """Close every connection without a disconnect message."""
        for connection in list(self.connections):
            await connection.close(code=WSCloseCode.GOING_AWAY)


def _ms_since(started: float) -> float:
    return (perf_counter() - started) * 1000
