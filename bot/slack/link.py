"""One WebSocket of Socket Mode: opened with a fresh address, read until it ends, every request acknowledged on it.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_sdk.socket_mode.request import SocketModeRequest
from yarl import URL

from bot.errors import SlackRefusal
from bot.slack import weather

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt import BoltResponse
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

CLOSE_SECONDS = 1.0  # how long the other side may take to say goodbye
_TELLING = frozenset({"link_disabled", "too_many_websockets"})  # reasons not to greet that call for something to be done
_GENTLE = frozenset({"warning", "refresh_requested"})  # reasons to go that leave time to open another connection first
_OK = 200

log = structlog.get_logger(__name__)


async def open_link(
    app: AsyncApp,
    token: str,
    session: aiohttp.ClientSession,
    *,
    seconds: float,
    heartbeat: float,
    odd: OddFrames | None = None,
) -> Link:
    """Ask Slack for an address, connect, and wait for its hello, all within `seconds`.

    Every attempt asks anew, since an address is good for one connection and expires. Raises SlackRefusal.
    """
    odd = odd or OddFrames()
    return Link(app, *await open_socket(app.client, token, session, seconds=seconds, heartbeat=heartbeat, odd=odd), odd)


async def open_socket(
    client: AsyncWebClient,
    token: str,
    session: aiohttp.ClientSession,
    *,
    seconds: float,
    heartbeat: float,
    odd: OddFrames,
) -> tuple[aiohttp.ClientWebSocketResponse, Greeting]:
    """An open WebSocket on which Slack has said hello. Raises SlackRefusal."""
    socket: aiohttp.ClientWebSocketResponse | None = None
    at = ""
    try:
        async with asyncio.timeout(seconds):
            address = _address((await client.apps_connections_open(app_token=token)).data)
            at = str(address.origin())  # the rest of it is a ticket
            socket = await session.ws_connect(
                address,
                heartbeat=heartbeat,
                ssl=client.ssl or True,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
            try:
                return socket, await _greeted(socket, odd)
            except BaseException:
                await socket.close()
                raise
    except aiohttp.WSServerHandshakeError as error:
        raise SlackRefusal(weather.ADDRESS_REFUSED, at=at) from error
    except TimeoutError as error:
        raise SlackRefusal(weather.UNREACHABLE if socket is None else weather.NO_HELLO, at=at) from error
    except weather.TROUBLE as error:
        refusal = weather.refusal_of(error)
        refusal.at = at
        raise refusal from error


def _address(answer: object) -> URL:
    """The address in Slack's answer. Raises SlackRefusal when it holds none that a WebSocket could be opened at."""
    said = answer.get("url") if isinstance(answer, dict) else None
    try:
        address = URL(said if isinstance(said, str) else "")
    except ValueError:
        address = URL()
    if address.scheme not in {"ws", "wss"} or not address.host:
        raise SlackRefusal(weather.NO_ADDRESS)
    return address


async def _greeted(socket: aiohttp.ClientWebSocketResponse, odd: OddFrames) -> Greeting:
    """Slack's hello, and the requests that came before it. What is neither is passed over.

    Raises SlackRefusal when Slack sends us away, as with `too_many_websockets`, or closes.
    """
    early: list[dict[str, Any]] = []
    async for frame in socket:
        said = _parsed(frame)
        if said.get("type") == "hello":
            return Greeting(said, early)
        if said.get("type") == "disconnect":
            raise _sent_away(said.get("reason"))
        if said.get("envelope_id"):
            early.append(said)
        else:
            odd.passed_over(frame, said)
    raise SlackRefusal(weather.CLOSED_EARLY)


def _sent_away(reason: object) -> SlackRefusal:
    """Slack hangs up in place of a hello: for most of its reasons, such as `refresh_requested`, as it does every day."""
    log.info("slack.socket_leaves", reason=str(reason)[:40])
    return SlackRefusal(reason if isinstance(reason, str) and reason in _TELLING else weather.CLOSED_EARLY)


def _parsed(frame: aiohttp.WSMessage) -> dict[str, Any]:
    if frame.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        said = json.loads(frame.data)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


class OddFrames:
    """Tells, once a minute, that frames were passed over. Nothing of them but their form: whose they are, nobody knows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._sparingly = weather.Sparingly(clock)

    def passed_over(self, frame: aiohttp.WSMessage, said: dict[str, Any]) -> None:
        """One frame was not understood."""
        self._tell("slack.odd_frame", said, form="text" if frame.type is aiohttp.WSMsgType.TEXT else "binary")

    def dropped(self, said: dict[str, Any]) -> None:
        """One envelope could not be read."""
        self._tell("slack.odd_envelope", said)

    def _tell(self, event: str, said: dict[str, Any], **more: str) -> None:
        if (held := self._sparingly.may_say(event)) is not None:
            log.warning(event, type=_type(said), held_back=held, **more)


def _type(said: dict[str, Any]) -> str:
    return str(said.get("type", ""))[:40]


@dataclass(frozen=True, slots=True)
class Greeting:
    """Slack's hello, and the requests that came before it."""

    hello: dict[str, Any]
    early: list[dict[str, Any]]


class Link:
    """An open connection."""

    def __init__(self, app: AsyncApp, socket: aiohttp.ClientWebSocketResponse, greeting: Greeting, odd: OddFrames) -> None:
        self._app = app
        self._socket = socket
        self._answers: set[asyncio.Task[None]] = set()
        self._ended = False
        self._early = greeting.early
        self._odd = odd
        self.connections = greeting.hello.get("num_connections")  # of the whole app, as Slack counts them
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
            for said in self._early:
                self._read(said, noticed)
            async for frame in self._socket:
                if not self._read(said := _parsed(frame), noticed):
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

    def _read(self, said: dict[str, Any], noticed: Callable[[Link], None]) -> bool:
        """Act on what was said; False when it is nothing that we know."""
        envelope = said.get("envelope_id")
        if said.get("type") == "disconnect":
            self.reason = str(said.get("reason") or "refresh_requested")
            noticed(self)
            if self.reason not in _GENTLE:
                self._start(self._socket.close())
        elif isinstance(envelope, str) and envelope:
            request = _request(said)
            self._start(self._answer(request) if request is not None else self._drop(envelope, said))
        else:
            return said.get("type") == "hello"
        return True

    async def _drop(self, envelope: str, said: dict[str, Any]) -> None:
        """Acknowledge an envelope that cannot be read: brought again, it would be no better."""
        self._odd.dropped(said)
        await self._acknowledge(envelope, _type(said), {})

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
        await self._acknowledge(request.envelope_id, request.type, _content(response))

    async def _acknowledge(self, envelope: str, kind: str, content: dict[str, Any]) -> None:
        try:
            await self._socket.send_json({"envelope_id": envelope, **content})
        except (ConnectionError, aiohttp.ClientError) as error:
            log.warning("slack.ack_lost", type=kind, reason=type(error).__name__)

    def _start(self, job: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(job)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


def _request(said: dict[str, Any]) -> SocketModeRequest | None:
    """The request in an envelope; None when it has none that Bolt could take."""
    if not isinstance(said.get("type"), str) or not isinstance(said.get("payload"), dict):
        return None
    return SocketModeRequest.from_dict(said)


def _content(response: BoltResponse) -> dict[str, Any]:
    """What goes with an acknowledgement: a modal's errors, a message, or nothing."""
    if not response.body:
        return {}
    if response.headers.get("content-type", [""])[0].startswith("application/json"):
        return {"payload": json.loads(response.body)}
    return {"payload": {"text": response.body}}
