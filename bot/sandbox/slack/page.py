"""The page's own endpoints: a feed of what one person sees, and what that person types, presses and switches.

They are for this machine's browser alone. A page of another site must not be able to press buttons here, so every request has to
name a loopback host, and one that acts has to come from this very page.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.slack.model import TEAM_NAME, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.interactions import Interactions
    from bot.sandbox.slack.model import Conversation, Interaction, Message, Switch, User
    from bot.sandbox.slack.state import Change, State

_PAGE = Path(__file__).with_name("page.html")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Page:
    """Serves `/` and `/sandbox/…`."""

    def __init__(self, state: State, interactions: Interactions) -> None:
        self._state = state
        self._interactions = interactions
        self._sockets: set[web.WebSocketResponse] = set()
        self.try_these: Sequence[tuple[str, str]] = ()
        self.switches: Sequence[Switch] = ()

    def routes(self) -> list[web.RouteDef]:
        """What the server serves for the page."""
        return [
            web.get("/", self._index),
            web.get("/sandbox/feed", self._feed),
            web.post("/sandbox/type", self._type),
            web.post("/sandbox/click", self._click),
            web.post("/sandbox/switch", self._switch),
        ]

    async def _index(self, request: web.Request) -> web.Response:
        _refuse_strangers(request)
        html = _PAGE.read_text(encoding="utf-8")
        return web.Response(text=html, content_type="text/html", headers=_headers(html))

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        """Everything that `?user=` sees, and from then on every change of it."""
        _refuse_strangers(request)
        user = self._user(request.query.get("user", ""))
        socket = web.WebSocketResponse(heartbeat=20.0)
        await socket.prepare(request)
        changes: asyncio.Queue[Change] = asyncio.Queue()
        self._state.feeds.add(changes)
        self._sockets.add(socket)
        try:
            await socket.send_json(self._snapshot(user))
            sending = asyncio.create_task(self._send_changes(socket, user, changes))
            try:
                async for _ in socket:  # a page only listens; this waits until it goes away
                    pass
            finally:
                sending.cancel()
        finally:
            self._state.feeds.discard(changes)
            self._sockets.discard(socket)
        return socket

    async def _send_changes(self, socket: web.WebSocketResponse, user: User, changes: asyncio.Queue[Change]) -> None:
        while True:
            change = await changes.get()
            message = change.message
            if user.id in self._state.conversations[message.channel].members and message.ephemeral_to in {None, user.id}:
                try:
                    await socket.send_json({"removed" if change.removed else "message": _message_json(message)})
                except ConnectionError:  # the page went away; its reader ends the feed
                    return

    def _snapshot(self, user: User) -> dict[str, Any]:
        bot = self._state.bot
        mine = [each for each in self._state.conversations.values() if user.id in each.members]
        return {
            "team": TEAM_NAME,
            "me": user.id,
            "bot": {"id": bot.bot_user_id, "name": bot.display_name, "command": bot.command},
            "users": {
                each.id: {
                    "name": each.name,
                    "real_name": each.real_name,
                    "tz": each.tz,
                    "locale": each.locale,
                    "is_bot": each.is_bot,
                }
                for each in self._state.users.values()
            },
            "channels": [self._conversation_json(each, user) for each in mine],
            "messages": [_message_json(message) for each in mine for message in each.visible_to(user.id)],
            "try_these": [{"command": command, "story": story} for command, story in self.try_these],
            "switches": [{"name": each.name, "label": each.label, "on": each.on} for each in self.switches],
        }

    def _conversation_json(self, conversation: Conversation, user: User) -> dict[str, Any]:
        others = [self._state.users[member] for member in conversation.members - {user.id}]
        is_direct = conversation.kind is Kind.IM
        return {
            "id": conversation.id,
            "name": others[0].real_name if is_direct and others else conversation.name,
            "slug": conversation.name,
            "kind": conversation.kind,
            "topic": conversation.topic,
            "with_bot": self._state.bot.bot_user_id in conversation.members,
        }

    async def _type(self, request: web.Request) -> web.Response:
        order = await _order(request)
        user, conversation = self._place(order)
        thread_ts = str(order["thread_ts"]) if order.get("thread_ts") else None
        text = str(order.get("text", "")).strip()
        if not text or (thread_ts is not None and thread_ts not in conversation.history):
            raise web.HTTPBadRequest(text="nothing to say, or no such thread")
        return _told(await self._interactions.type(user, conversation, text, thread_ts))

    async def _click(self, request: web.Request) -> web.Response:
        order = await _order(request)
        user, conversation = self._place(order)
        message = conversation.history.get(str(order.get("ts")))
        if message is None:
            raise web.HTTPNotFound(text="the message is gone")
        try:
            interaction = await self._interactions.click(
                user, conversation, message, str(order.get("action_id")), order.get("value"), block_id=order.get("block_id")
            )
        except LookupError as error:
            raise web.HTTPNotFound(text="the message or its button is gone") from error
        return _told(interaction)

    async def _switch(self, request: web.Request) -> web.Response:
        order = await _order(request)
        chosen = next((each for each in self.switches if each.name == order.get("name")), None)
        if chosen is None:
            raise web.HTTPNotFound(text="no such switch")
        await chosen.turn(bool(order.get("on")))
        chosen.on = bool(order.get("on"))
        return web.json_response({"name": chosen.name, "on": chosen.on})

    def _place(self, order: Mapping[str, Any]) -> tuple[User, Conversation]:
        user = self._user(str(order.get("user")))
        conversation = self._state.conversation(str(order.get("channel")))
        if conversation is None or user.id not in conversation.members:
            raise web.HTTPNotFound(text="no such channel")
        return user, conversation

    def _user(self, name: str) -> User:
        try:
            user = self._state.user(name)
        except KeyError as error:
            raise web.HTTPNotFound(text="no such user") from error
        if user.is_bot:
            raise web.HTTPNotFound(text="no such user")
        return user

    async def aclose(self) -> None:
        """Send the open pages away."""
        for socket in list(self._sockets):
            await socket.close()


def _headers(html: str) -> dict[str, str]:
    """The page may run its own script and style, known by their hashes, and talk to this server; nothing else."""

    def hash_of(tag: str) -> str:
        inside = html.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"

    policy = (
        f"default-src 'none'; script-src {hash_of('script')}; style-src {hash_of('style')}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _refuse_strangers(request: web.Request) -> None:
    """A host that is not loopback is a rebound name; an origin that is not ours is another site's page."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="this page is for this machine's browser")


async def _order(request: web.Request) -> dict[str, Any]:
    _refuse_strangers(request)
    if request.content_type != "application/json":  # what a form of another site cannot send
        raise web.HTTPUnsupportedMediaType(text="send JSON")
    try:
        order = json.loads(await request.text())
    except ValueError as error:
        raise web.HTTPBadRequest(text="not JSON") from error
    if not isinstance(order, dict):
        raise web.HTTPBadRequest(text="not an object")
    return order


def _told(interaction: Interaction | None) -> web.Response:
    if interaction is None:
        return web.json_response({"error": None})
    return web.json_response({"error": interaction.error, "ack_ms": round(interaction.ack_ms, 1)})


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": list(message.blocks),
        "ephemeral": message.ephemeral_to is not None,
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "edited": message.edited,
        "is_command": message.is_command,
    }
