"""What a person does on the page: each act is a POST of JSON that names the person, and answers how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.page_guard import person, read_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.inputs import Given
    from bot.sandbox.slack.interactions import Interactions
    from bot.sandbox.slack.model import Conversation, Interaction, PostedMessage, Switch, User
    from bot.sandbox.slack.reach import WorkspaceServices
    from bot.sandbox.slack.surfaces import View
    from bot.sandbox.slack.view_interactions import ViewInteractions

Order = dict[str, Any]


class PageActions:
    """Serves the acts, each at /sandbox/ and its name."""

    def __init__(self, reach: WorkspaceServices, interactions: Interactions, views: ViewInteractions) -> None:
        self._state = reach.state
        self._surfaces = reach.surfaces
        self._interactions = interactions
        self._views = views
        self.switches: Sequence[Switch] = ()

    def routes(self) -> list[web.RouteDef]:
        """What the server serves."""
        acts = {
            "type": self._type,
            "click": self._click,
            "shortcut": self._shortcut,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "switch": self._switch,
        }
        return [web.post(f"/sandbox/{name}", act) for name, act in acts.items()]

    async def _type(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        user, conversation = self._place(order)
        thread_ts = str(order["thread_ts"]) if order.get("thread_ts") else None
        text = str(order.get("text", "")).strip()
        if not text or (thread_ts is not None and thread_ts not in conversation.history):
            raise web.HTTPBadRequest(text="nothing to say, or no such thread")
        try:
            done = await self._interactions.type(user, conversation, text, thread_ts, auto_link=order.get("auto_link") is True)
        except LookupError as error:
            raise web.HTTPConflict(text=str(error)) from error
        return _told(done)

    async def _click(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        action, value, block = str(order.get("action_id")), order.get("value"), order.get("block_id")
        try:
            if order.get("view_id"):
                user, view = self._view(order)
                return _told(await self._views.click(user, view, action, value, block_id=block, given=_entered(order)))
            user, conversation = self._place(order)
            message = _message(conversation, order)
            return _told(await self._interactions.click(user, conversation, message, action, value, block_id=block))
        except LookupError as error:
            raise web.HTTPNotFound(text="the message or its button is gone") from error

    async def _shortcut(self, request: web.Request) -> web.Response:
        """With `ts` on that message, without it the global one, while `channel` is on the screen."""
        order = await read_order(request)
        user, conversation = self._place(order)
        name = str(order.get("callback_id"))
        try:
            if order.get("ts"):
                message = _message(conversation, order)
                return _told(await self._interactions.message_shortcut(user, conversation, message, name))
            return _told(await self._interactions.global_shortcut(user, name, conversation))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error

    async def _submit(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        user, view = self._view(order)
        try:
            done = await self._views.submit(user, view, _entered(order))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return web.json_response({"error": done.error, "errors": dict(done.errors)})

    async def _close(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        user, view = self._view(order)
        return _told(await self._views.close(user, view, whole_stack=order.get("whole_stack") is True))

    async def _home(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        try:
            await self._views.open_home(person(self._state, str(order.get("user"))), "home")
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return _told(None)

    async def _switch(self, request: web.Request) -> web.Response:
        order = await read_order(request)
        chosen = next((each for each in self.switches if each.name == order.get("name")), None)
        if chosen is None:
            raise web.HTTPNotFound(text="no such switch")
        await chosen.turn(bool(order.get("on")))
        chosen.on = bool(order.get("on"))
        return web.json_response({"name": chosen.name, "on": chosen.on})

    def _place(self, order: Order) -> tuple[User, Conversation]:
        user = person(self._state, str(order.get("user")))
        conversation = self._state.conversation(str(order.get("channel")))
        if conversation is None or user.id not in conversation.members:
            raise web.HTTPNotFound(text="no such channel")
        return user, conversation

    def _view(self, order: Order) -> tuple[User, View]:
        user = person(self._state, str(order.get("user")))
        view = self._surfaces.get(str(order.get("view_id")))
        if view is None or view.user != user.id:
            raise web.HTTPNotFound(text="the window is gone")
        return user, view


def _message(conversation: Conversation, order: Mapping[str, Any]) -> PostedMessage:
    message = conversation.history.get(str(order.get("ts")))
    if message is None:
        raise web.HTTPNotFound(text="the message is gone")
    return message


def _entered(order: Mapping[str, Any]) -> Given:
    """`values`: a list of [block_id, action_id, what was entered]."""
    values = order.get("values") or []
    try:
        return {(str(block_id), str(action_id)): value for block_id, action_id, value in values}
    except (TypeError, ValueError) as error:
        raise web.HTTPBadRequest(text="values are triples") from error


def _told(interaction: Interaction | None) -> web.Response:
    if interaction is None:
        return web.json_response({"error": None})
    return web.json_response({"error": interaction.error, "ack_ms": round(interaction.ack_ms, 1)})
