"""The handshake of a Socket Mode WebSocket: apps.connections.open, connect, Slack's hello. Raises SlackDeliveryError.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from yarl import URL

from bot.encoded_text import read_json
from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk.web.async_client import AsyncWebClient

MAX_FRAME_BYTES = 16 * 1024 * 1024  # far above any payload of Slack's: a larger frame would cost the whole connection
CLOSE_SECONDS = 1.0  # how long the other side may take to say goodbye
_TELLING = frozenset({"link_disabled", "too_many_websockets"})  # reasons not to greet that call for something to be done

_ENVELOPE_ID = re.compile(r'"envelope_id"\s*:\s*"([\w\-.]{1,100})"')

log = structlog.get_logger(__name__)


async def open_socket(
    client: AsyncWebClient,
    token: str,
    session: aiohttp.ClientSession,
    *,
    seconds: float,
    heartbeat: float,
    odd: OddFrameLog,
) -> tuple[aiohttp.ClientWebSocketResponse, Handshake]:
    """An open WebSocket on which Slack has said hello. Raises SlackDeliveryError."""
    socket: aiohttp.ClientWebSocketResponse | None = None
    at = ""
    try:
        async with asyncio.timeout(seconds):
            address = _address((await client.apps_connections_open(app_token=token)).data)
            at = str(address.origin())  # the rest of it is a ticket
            socket = await session.ws_connect(
                address,
                heartbeat=heartbeat,
                max_msg_size=MAX_FRAME_BYTES,
                ssl=client.ssl or True,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
            try:
                return socket, await _greeted(socket, odd)
            except BaseException:
                await socket.close()
                raise
    except aiohttp.WSServerHandshakeError as error:
        raise SlackDeliveryError(failures.ADDRESS_REFUSED, at=at) from error
    except TimeoutError as error:
        raise SlackDeliveryError(failures.UNREACHABLE if socket is None else failures.NO_HELLO, at=at) from error
    except failures.SLACK_EXCEPTIONS as error:
        refusal = failures.from_exception(error)
        refusal.at = at
        raise refusal from error


def _address(answer: object) -> URL:
    """The address in Slack's answer. Raises SlackDeliveryError when it holds none that a WebSocket could be opened at."""
    said = answer.get("url") if isinstance(answer, dict) else None
    try:
        address = URL(said if isinstance(said, str) else "")
    except ValueError:
        address = URL()
    if address.scheme not in {"ws", "wss"} or not address.host:
        raise SlackDeliveryError(failures.NO_ADDRESS)
    return address


async def _greeted(socket: aiohttp.ClientWebSocketResponse, odd: OddFrameLog) -> Handshake:
    """Slack's hello, and the requests that came before it. What is neither is passed over.

    Raises SlackDeliveryError when Slack sends us away, as with `too_many_websockets`, or closes.
    """
    early: list[dict[str, Any]] = []
    async for frame in socket:
        said = parsed(frame)
        if said.get("type") == "hello":
            return Handshake(said, early)
        if said.get("type") == "disconnect":
            raise _sent_away(said.get("reason"))
        if said.get("envelope_id"):
            early.append(said)
        else:
            odd.passed_over(frame, said)
    raise SlackDeliveryError(failures.CLOSED_EARLY)


def _sent_away(reason: object) -> SlackDeliveryError:
    """Slack disconnects instead of a hello; most of its reasons, such as `refresh_requested`, are everyday ones."""
    log.info("slack.socket_disconnect_requested", reason=str(reason)[:40])
    return SlackDeliveryError(reason if isinstance(reason, str) and reason in _TELLING else failures.CLOSED_EARLY)


def parsed(frame: aiohttp.WSMessage) -> dict[str, Any]:
    """A frame as JSON; empty where it is no JSON object. Of an envelope that cannot be read its id is left, to acknowledge it."""
    if frame.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        said = read_json(frame.data)
    except (ValueError, RecursionError):
        found = _ENVELOPE_ID.search(frame.data)
        return {"envelope_id": found[1]} if found else {}
    return said if isinstance(said, dict) else {}


class OddFrameLog:
    """Logs unknown frames, one line a minute, by their form only: their content may be anybody's."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._throttle = Throttle(clock)

    def passed_over(self, frame: aiohttp.WSMessage, said: dict[str, Any]) -> None:
        """One frame was not understood."""
        self._tell("slack.odd_frame", said, form="text" if frame.type is aiohttp.WSMsgType.TEXT else "binary")

    def dropped(self, said: dict[str, Any]) -> None:
        """One envelope could not be read."""
        self._tell("slack.odd_envelope", said)

    def _tell(self, event: str, said: dict[str, Any], **more: str) -> None:
        if (held := self._throttle.admit(event)) is not None:
            log.warning(event, type=type_of(said), suppressed=held, **more)


def type_of(said: dict[str, Any]) -> str:
    """The kind of a frame, for the log."""
    return str(said.get("type", ""))[:40]


@dataclass(frozen=True, slots=True)
class Handshake:
    """Slack's hello, and the requests that came before it."""

    hello: dict[str, Any]
    early: list[dict[str, Any]]
