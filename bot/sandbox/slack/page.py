"""The web page: its files, and a feed of what one person sees, a snapshot followed by every change.

What the person does is in `page_actions.py`. The page's script and style are in `web/`, as plain files.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.sandbox.slack.files import file_json
from bot.sandbox.slack.model import SLACKBOT, TEAM_NAME, ConversationKind
from bot.sandbox.slack.page_guard import PAGE_HEADERS, PLAIN_HEADERS, person, reject_foreign_requests
from bot.sandbox.slack.state import StateChange

if TYPE_CHECKING:
    from bot.sandbox.slack.model import Conversation, PageOffers, PostedMessage, User
    from bot.sandbox.slack.page_actions import PageActions
    from bot.sandbox.slack.state import ViewChange
    from bot.sandbox.slack.workspace_services import WorkspaceServices

_FOLDER = Path(__file__).with_name("web")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}

Json = dict[str, Any]


class WorkspacePage:
    """Serves `/`, `/web/…`, `/files/…`, `/archives/…` and the feed."""

    def __init__(self, services: WorkspaceServices, actions: PageActions, offers: PageOffers) -> None:
        self._services = services
        self._state = services.state
        self._actions = actions
        self._sockets: set[web.WebSocketResponse] = set()
        self._offers = offers

    def routes(self) -> list[web.RouteDef]:
        """The page's routes."""
        return [
            web.get("/", self._file),
            web.get("/web/{name}", self._file),
            web.get("/archives/{channel}/{message}", self._permalink),
            web.get("/files/{file}/download", self._download),
            web.get("/sandbox/feed", self._feed),
            *self._actions.routes(),
        ]

    async def _file(self, request: web.Request) -> web.Response:
        reject_foreign_requests(request)
        path = _FILES.get(request.match_info.get("name", "index.html"))
        if path is None:
            raise web.HTTPNotFound(text="no such file")
        content_type = _TYPES[path.suffix]
        return web.Response(text=path.read_text(encoding="utf-8"), content_type=content_type, headers=PAGE_HEADERS)

    async def _permalink(self, request: web.Request) -> web.Response:
        """A permalink of chat.getPermalink: the page with that channel and that thread."""
        reject_foreign_requests(request)
        thread = request.query.get("thread_ts") or _ts_of(request.match_info["message"])
        raise web.HTTPFound("/?" + urlencode({"channel": request.match_info["channel"], "thread": thread}))

    async def _download(self, request: web.Request) -> web.Response:
        """A file, for a person who sees a message that shares it."""
        reject_foreign_requests(request)
        user = person(self._state, request.query.get("user", ""))
        mine = [each for each in self._state.conversations.values() if user.id in each.members]
        for file in (file for each in mine for message in each.visible_to(user.id) for file in message.files):
            if file.id == request.match_info["file"]:
                headers = {**PLAIN_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
                return web.Response(body=file.content, content_type=file.mimetype, headers=headers)
        raise web.HTTPNotFound(text="no such file")

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        """A WebSocket with a snapshot of what `?user=` sees, and from then on every change."""
        reject_foreign_requests(request)
        user = person(self._state, request.query.get("user", ""))
        socket = web.WebSocketResponse(heartbeat=20.0)
        await socket.prepare(request)
        changes: asyncio.Queue[StateChange | ViewChange] = asyncio.Queue()
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

    async def _send_changes(
        self, socket: web.WebSocketResponse, user: User, changes: asyncio.Queue[StateChange | ViewChange]
    ) -> None:
        while True:
            change = self._seen_by(user, await changes.get())
            if change is not None:
                try:
                    await socket.send_json(change)
                except ConnectionError:  # the page went away; its reader ends the feed
                    return

    def _seen_by(self, user: User, change: StateChange | ViewChange) -> Json | None:
        """A change as a person's page receives it; None when it does not concern that person."""
        if not isinstance(change, StateChange):
            return {"surfaces": self._surfaces(user)} if change.user in {user.id, None} else None
        message = change.message
        members = self._state.conversations[message.channel].members
        if user.id not in members or message.ephemeral_to not in {None, user.id}:
            return None
        return {"removed" if change.removed else "message": _message_json(message)}

    def _snapshot(self, user: User) -> Json:
        bot = self._state.bot
        mine = [each for each in self._state.conversations.values() if user.id in each.members]
        return {
            "team": TEAM_NAME,
            "me": user.id,
            "bot": {
                "id": bot.bot_user_id,
                "name": bot.display_name,
                "command": bot.command,
                "home": bot.home,
                "messages_tab": bot.messages_tab,
                "shortcuts": [
                    {"name": each.name, "callback_id": each.callback_id, "kind": each.kind, "description": each.description}
                    for each in bot.shortcuts
                    if not user.is_external
                ],
            },
            "users": {each.id: _user_json(each) for each in self._state.users.values()},
            "groups": {each.id: {"handle": each.handle, "name": each.name} for each in self._state.user_groups.values()},
            "messages": [_message_json(message) for each in mine for message in each.visible_to(user.id)],
            "try_these": [{"command": command, "story": story} for command, story in self._offers.try_these],
            "follow_ups": list(self._offers.follow_ups),
            "switches": [{"name": each.name, "label": each.label, "on": each.on} for each in self._offers.switches],
            "panels": [{"name": each.name, "label": each.label} for each in self._offers.panels],
            "surfaces": self._surfaces(user),
        }

    def _surfaces(self, user: User) -> Json:
        """Everything but messages: the conversations, the top modal, the Home tab, the bot's status."""
        surfaces = self._services.surfaces
        modal, home = surfaces.top(user.id), surfaces.home(user.id)
        mine = [each for each in self._state.conversations.values() if user.id in each.members]
        return {
            "channels": [self._conversation_json(each, user) for each in mine],
            "modal": None if modal is None else {**surfaces.view_json(modal), "conversation": modal.conversation},
            "home": None if home is None else surfaces.view_json(home),
            "online": self._services.delivery.is_reachable,
        }

    def _conversation_json(self, conversation: Conversation, user: User) -> Json:
        others = [self._state.users[member] for member in sorted(conversation.members - {user.id})]
        name = conversation.name
        if conversation.kind is ConversationKind.IM and others:
            name = others[0].real_name
        elif conversation.kind is ConversationKind.MPIM:
            name = ", ".join(each.name for each in others)
        return {
            "id": conversation.id,
            "name": name,
            "slug": conversation.name,
            "kind": conversation.kind,
            "topic": conversation.topic,
            "with_bot": self._state.bot.bot_user_id in conversation.members,
            "is_shared": conversation.is_ext_shared,
            "members": sorted(conversation.members),
        }

    async def aclose(self) -> None:
        """Close the open pages' feeds."""
        for socket in list(self._sockets):
            await socket.close()


def _ts_of(name: str) -> str:
    """`p1763733802000100` is the message 1763733802.000100."""
    digits = name.removeprefix("p")
    return f"{digits[:-6]}.{digits[-6:]}"


def _user_json(user: User) -> Json:
    return {
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "locale": user.locale,
        "is_bot": user.is_bot,
        "is_guest": user.is_restricted,
        "is_external": user.is_external,
        "is_here": not user.deleted and user.id != SLACKBOT,
    }


def _message_json(message: PostedMessage) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "files": [file_json(file) for file in message.files],
        "ephemeral": message.ephemeral_to is not None,
        "thread_ts": message.thread_ts,
        "broadcast": message.broadcast,
        "edited": message.edited,
        "is_command": message.is_command,
    }
