"""Open modals, at most three in a stack, and Home tabs.

Rules: https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/surfaces/app-home.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.inputs import state_values
from bot.sandbox.slack.model import TEAM_ID
from bot.sandbox.slack.state import ViewChange, with_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.slack.state import WorkspaceState

MAX_STACK = 3


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab as it is now. An update makes a new value with the same `id` and another `hash`."""

    id: str
    user: str  # who sees it
    content: Mapping[str, Any]  # as the app sent it, with every block_id and action_id
    hash: str
    root_id: str
    previous_id: str | None = None
    conversation: str | None = None  # what the person was looking at when the first view opened

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.content["type"])

    @property
    def callback_id(self) -> str:
        """The view's callback_id."""
        return str(self.content.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """The view's private_metadata."""
        return str(self.content.get("private_metadata", ""))

    @property
    def title(self) -> str:
        """The title; empty for a Home tab."""
        return str(self.content["title"]["text"]) if "title" in self.content else ""

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """The blocks."""
        blocks: Sequence[Mapping[str, Any]] = self.content["blocks"]
        return blocks


class Surfaces:
    """Each person's open modals and Home tab."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """The modal on top of a person's stack."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """A person's Home tab, once it was published."""
        return self._homes.get(user)

    def is_full(self, user: str) -> bool:
        """Whether a person's stack of modals is full."""
        return len(self._stacks.get(user, ())) >= MAX_STACK

    def get(self, view_id: str) -> View | None:
        """The view with this id; None when it is closed."""
        return next((view for view in self._all() if view.id == view_id), None)

    def named(self, external_id: str) -> View | None:
        """The view with this external_id; None when it is closed."""
        return next((view for view in self._all() if external_id and view.content.get("external_id") == external_id), None)

    def _all(self) -> Sequence[View]:
        return [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]

    async def open(self, user: str, content: Mapping[str, Any], conversation: str | None) -> View:
        """Open a modal; it replaces the stack that was open."""
        view_id = _new_id()
        view = View(view_id, user, _complete(content), _new_hash(self._state), view_id, conversation=conversation)
        self._stacks[user] = [view]
        return await self._notify(view)

    async def push(self, user: str, content: Mapping[str, Any]) -> View:
        """Push a modal on the stack."""
        stack = self._stacks[user]
        below = stack[-1]
        fresh = _new_hash(self._state)
        view = View(_new_id(), user, _complete(content), fresh, below.root_id, below.id, below.conversation)
        stack.append(view)
        return await self._notify(view)

    async def update(self, view: View, content: Mapping[str, Any]) -> View:
        """Replace the content of a view."""
        fresh = replace(view, content=_complete(content), hash=_new_hash(self._state))
        if view.kind == "home":
            self._homes[view.user] = fresh
        else:
            stack = self._stacks[view.user]
            stack[:] = [fresh if each.id == view.id else each for each in stack]
        return await self._notify(fresh)

    async def publish(self, user: str, content: Mapping[str, Any]) -> View:
        """Set a person's Home tab."""
        known = self._homes.get(user)
        if known is not None:
            return await self.update(known, content)
        view_id = _new_id()
        self._homes[user] = View(view_id, user, _complete(content), _new_hash(self._state), view_id)
        return await self._notify(self._homes[user])

    async def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Close a modal, or with `whole_stack` all of that person's."""
        stack = self._stacks.get(view.user, [])
        stack[:] = [] if whole_stack else [each for each in stack if each.id != view.id]
        await self._notify(view)

    async def _notify(self, view: View) -> View:
        await self._state.notify(ViewChange(view.user))
        return view

    def view_json(self, view: View, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A view as Slack shows it to an app. `values`: what was entered so far, by default the initial values.

        Raises LookupError for an initial option that does not exist.
        """
        bot = self._state.bot
        entered = state_values(view.blocks, {}, conversation=view.conversation) if values is None else values
        fields: dict[str, Any] = {
            "id": view.id,
            "team_id": TEAM_ID,
            "type": view.kind,
            "blocks": list(view.blocks),
            "private_metadata": view.private_metadata,
            "callback_id": view.callback_id,
            "external_id": view.content.get("external_id", ""),
            "state": {"values": entered},
            "hash": view.hash,
            "clear_on_close": view.content.get("clear_on_close", False),
            "notify_on_close": view.content.get("notify_on_close", False),
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "app_id": bot.app_id,
            "app_installed_team_id": TEAM_ID,
            "bot_id": bot.bot_id,
        }
        if view.kind == "modal":
            fields |= {name: view.content.get(name) for name in ("title", "submit", "close")}
        return fields


def _complete(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**content, "blocks": with_ids(content["blocks"])}


def _new_id() -> str:
    return "V" + secrets.token_hex(5).upper()


def _new_hash(state: WorkspaceState) -> str:
    return f"{int(state.clock().timestamp())}.{secrets.token_hex(4)}"
