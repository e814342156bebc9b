"""Actions on the web page: each is a POST of JSON that names the person; the response says how it went."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.files import file_json
from bot.sandbox.slack.page_guard import person, read_action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.files import Files
    from bot.sandbox.slack.inputs import Given
    from bot.sandbox.slack.interactions import Interactions
    from bot.sandbox.slack.model import Conversation, Interaction, PageOffers, PostedMessage, StoredFile, User
    from bot.sandbox.slack.surfaces import View
    from bot.sandbox.slack.view_interactions import ViewInteractions
    from bot.sandbox.slack.workspace_services import WorkspaceServices

ActionRequest = dict[str, Any]


class PageActions:
    """Serves the actions, each at /sandbox/ and its name."""

    def __init__(
        self, services: WorkspaceServices, interactions: Interactions, views: ViewInteractions, files: Files, offers: PageOffers
    ) -> None:
        self._state = services.state
        self._surfaces = services.surfaces
        self._interactions = interactions
        self._views = views
        self._files = files
        self._offers = offers

    def routes(self) -> list[web.RouteDef]:
        """The actions' routes."""
        actions = {
            "type": self._type,
            "attach": self._attach,
            "click": self._click,
            "shortcut": self._shortcut,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "switch": self._switch,
            "panel": self._panel,
        }
        return [web.post(f"/sandbox/{name}", action) for name, action in actions.items()]

    async def _type(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        user, conversation = self._place(fields)
        thread_ts = str(fields["thread_ts"]) if fields.get("thread_ts") else None
        text = str(fields.get("text", "")).strip()
        files = [self._file(one) for one in fields.get("files") or ()]
        if not (text or files) or (thread_ts is not None and thread_ts not in conversation.history):
            raise web.HTTPBadRequest(text="nothing to say, or no such thread")
        try:
            links = fields.get("auto_link") is True
            done = await self._interactions.type(user, conversation, text, thread_ts, auto_link=links, files=files)
        except LookupError as error:
            raise web.HTTPConflict(text=str(error)) from error
        return _outcome(done)

    async def _attach(self, request: web.Request) -> web.Response:
        """A file, its content in base64, to be named by its id in what is typed or submitted."""
        fields = await read_action(request)
        person(self._state, str(fields.get("user")))
        try:
            content = base64.b64decode(str(fields.get("content")), validate=True)
        except binascii.Error as error:
            raise web.HTTPBadRequest(text="not base64") from error
        return web.json_response({"id": self._files.keep(str(fields.get("name") or "file"), content).id})

    async def _click(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        action_id, value, block = str(fields.get("action_id")), fields.get("value"), fields.get("block_id")
        try:
            if fields.get("view_id"):
                user, view = self._view(fields)
                return _outcome(
                    await self._views.click(user, view, action_id, value, block_id=block, given=self._entered(fields))
                )
            user, conversation = self._place(fields)
            message = _message(conversation, fields)
            return _outcome(await self._interactions.click(user, conversation, message, action_id, value, block_id=block))
        except LookupError as error:
            raise web.HTTPNotFound(text="the message or its button is gone") from error

    async def _shortcut(self, request: web.Request) -> web.Response:
        """With `ts` a message shortcut on that message, otherwise a global one, with `channel` on the screen."""
        fields = await read_action(request)
        user, conversation = self._place(fields)
        name = str(fields.get("callback_id"))
        try:
            if fields.get("ts"):
                message = _message(conversation, fields)
                return _outcome(await self._interactions.message_shortcut(user, conversation, message, name))
            return _outcome(await self._interactions.global_shortcut(user, name, conversation))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error

    async def _submit(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        user, view = self._view(fields)
        try:
            done = await self._views.submit(user, view, self._entered(fields))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return web.json_response({"error": done.error, "errors": dict(done.errors)})

    async def _close(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        user, view = self._view(fields)
        return _outcome(await self._views.close(user, view, whole_stack=fields.get("whole_stack") is True))

    async def _home(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        try:
            await self._views.open_home(person(self._state, str(fields.get("user"))), "home")
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return _outcome(None)

    async def _switch(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        chosen = next((each for each in self._offers.switches if each.name == fields.get("name")), None)
        if chosen is None:
            raise web.HTTPNotFound(text="no such switch")
        await chosen.turn(bool(fields.get("on")))
        chosen.on = bool(fields.get("on"))
        return web.json_response({"name": chosen.name, "on": chosen.on})

    async def _panel(self, request: web.Request) -> web.Response:
        fields = await read_action(request)
        chosen = next((each for each in self._offers.panels if each.name == fields.get("name")), None)
        if chosen is None:
            raise web.HTTPNotFound(text="no such panel")
        return web.json_response({"text": await chosen.text()})

    def _place(self, fields: ActionRequest) -> tuple[User, Conversation]:
        user = person(self._state, str(fields.get("user")))
        conversation = self._state.conversation(str(fields.get("channel")))
        if conversation is None or user.id not in conversation.members:
            raise web.HTTPNotFound(text="no such channel")
        return user, conversation

    def _file(self, file_id: object) -> StoredFile:
        file = self._files.find(str(file_id))
        if file is None:
            raise web.HTTPNotFound(text="no such file")
        return file

    def _entered(self, fields: Mapping[str, Any]) -> Given:
        """`values`: a list of [block_id, action_id, what was entered]; files as `{"files": [{"id": …}]}`."""
        try:
            values = {(str(block_id), str(action_id)): value for block_id, action_id, value in fields.get("values") or []}
            return {place: self._read(value) for place, value in values.items()}
        except (TypeError, ValueError, KeyError) as error:
            raise web.HTTPBadRequest(text="values are triples") from error

    def _read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return [file_json(self._file(one["id"]), self._state.base_url()) for one in value["files"]]

    def _view(self, fields: ActionRequest) -> tuple[User, View]:
        user = person(self._state, str(fields.get("user")))
        view = self._surfaces.get(str(fields.get("view_id")))
        if view is None or view.user != user.id:
            raise web.HTTPNotFound(text="the window is gone")
        return user, view


def _message(conversation: Conversation, fields: Mapping[str, Any]) -> PostedMessage:
    message = conversation.history.get(str(fields.get("ts")))
    if message is None:
        raise web.HTTPNotFound(text="the message is gone")
    return message


def _outcome(interaction: Interaction | None) -> web.Response:
    if interaction is None:
        return web.json_response({"error": None})
    return web.json_response({"error": interaction.error, "ack_ms": round(interaction.ack_ms, 1)})
