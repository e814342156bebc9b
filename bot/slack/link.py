"""One WebSocket of Socket Mode: opened with a fresh address, read until it ends, every request acknowledged on it.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.errors import SlackRefusal
from bot.slack import weather

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt import BoltResponse
    from slack_bolt.async_app import AsyncApp

CLOSE_SECONDS = 1.0  # how long the other side may take to say goodbye
_GENTLE = frozenset({"warning", "refresh_requested"})  # reasons to go that leave time to open another connection first
_OK = 200

log = structlog.get_logger(__name__)


async def open_link(app: AsyncApp, token: str, session: aiohttp.ClientSession, *, seconds: float, heartbeat: float) -> Link:
    """Ask Slack for an address, connect, and wait for its hello, all within `seconds`.

    Every attempt asks anew, since an address is good for one connection and expires. Raises SlackRefusal.
    """
    try:
        async with asyncio.timeout(seconds):
            address = (await app.client.apps_connections_open(app_token=token))["url"]
            socket = await session.ws_connect(
                address,
                heartbeat=heartbeat,
                proxy=app.client.proxy,
                ssl=app.client.ssl or True,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
            try:
                return Link(app, socket, _greeted(await socket.receive()))
            except BaseException:
                await socket.close()
                raise
    except aiohttp.WSServerHandshakeError as error:
        raise SlackRefusal(weather.ADDRESS_REFUSED) from error
    except TimeoutError as error:
        raise SlackRefusal(weather.UNREACHABLE) from error
    except weather.TROUBLE as error:
        raise weather.refusal_of(error) from error


def _greeted(frame: aiohttp.WSMessage) -> dict[str, Any]:
    """Slack's hello. Raises SlackRefusal when it says something else, such as `too_many_websockets`."""
    said = _parsed(frame.data) if frame.type is aiohttp.WSMsgType.TEXT else {}
    if said.get("type") != "hello":
        raise SlackRefusal(str(said.get("reason") or weather.ADDRESS_REFUSED))
    return said


def _parsed(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


class Link:
    """An open connection."""

    def __init__(self, app: AsyncApp, socket: aiohttp.ClientWebSocketResponse, hello: dict[str, Any]) -> None:
        self._app = app
        self._socket = socket
        self._answers: set[asyncio.Task[None]] = set()
        self._ended = False
        self.connections = hello.get("num_connections")  # of the whole app, as Slack counts them
        self.opened = asyncio.get_running_loop().time()
        self.reason = ""  # why it is to go, or how it went

    @property
    def hears(self) -> bool:
        """Whether requests reach us by it. aiohttp closes it when a ping brings no pong."""
        return not self._ended and not self._socket.closed and (not self.reason or self.reason in _GENTLE)

    @property
    def stays(self) -> bool:
        """Whether it hears and Slack has not asked it to go."""
        return self.hears and not self.reason

    async def serve(self, noticed: Callable[[Link], None]) -> None:
        """Read until it ends. `noticed` is called when Slack wants it to go."""
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._read(_parsed(frame.data), noticed)
        finally:
            self._ended = True
            self.reason = self.reason or ("silent" if self._socket.exception() else "dropped")
            await asyncio.gather(*self._answers, return_exceptions=True)  # their work goes on; only the ack has nowhere to go

    async def close(self, drain_seconds: float) -> None:
        """Acknowledge what has come, and close."""
        if self._answers:
            await asyncio.wait(set(self._answers), timeout=drain_seconds)
        await self._socket.close()

    def _read(self, said: dict[str, Any], noticed: Callable[[Link], None]) -> None:
        if said.get("type") == "disconnect":
            self.reason = str(said.get("reason") or "refresh_requested")
            noticed(self)
            if self.reason not in _GENTLE:
                self._start(self._socket.close())
        elif (request := SocketModeRequest.from_dict(said)) is not None:
            self._start(self._answer(request))

    async def _answer(self, request: SocketModeRequest) -> None:
        """Hand one request to Bolt, and acknowledge it if it was taken; Slack brings an event again that was not."""
        try:
            response = await run_async_bolt_app(self._app, request)
        except Exception:  # without an acknowledgement Slack brings an event again; the connection stays
            log.exception("slack.dispatch_failed", envelope=request.envelope_id)
            return
        if response.status != _OK:
            log.info("slack.not_acknowledged", type=request.type, status=response.status)
            return
        try:
            await self._socket.send_json({"envelope_id": request.envelope_id, **_content(response)})
        except (ConnectionError, aiohttp.ClientError) as error:
            log.warning("slack.ack_lost", type=request.type, reason=type(error).__name__)

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
