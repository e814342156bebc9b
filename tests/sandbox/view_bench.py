"""What the tests of shortcuts and views share: inputs to build views of, and an app that keeps what it takes."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackWorkspace
from tests.sandbox.slack_apps import FULL, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from slack_bolt.async_app import AsyncAck
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox.slack import View
    from tests.sandbox.slack_apps import SetClock

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def put(block_id: str, element: Json, **fields: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **fields}


TEXT = put("target", {"type": "plain_text_input", "action_id": "target", "max_length": 40})
WINDOW = put(
    "window",
    {"type": "radio_buttons", "action_id": "window", "options": [option("2h"), option("24h")], "initial_option": option("2h")},
)
PLACE = put(
    "place",
    {
        "type": "conversations_select",
        "action_id": "place",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    },
)
MANY = [
    put("only", {"type": "checkboxes", "action_id": "only", "options": [option("failed"), option("pending")]}, optional=True),
    put("via", {"type": "static_select", "action_id": "via", "options": [option("tencent"), option("aliyun")]}, optional=True),
    put("day", {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-21"}),
    put("hour", {"type": "timepicker", "action_id": "hour"}, optional=True),
]


def modal(*blocks: Json, **fields: Any) -> Json:
    view = {"type": "modal", "title": plain("Check SMS status"), "submit": plain("Look up"), "blocks": list(blocks)}
    return {**view, "callback_id": "lookup", **fields}


def section(text: str) -> Json:
    return {"type": "section", "text": plain(text)}


class Bench:
    """A workspace and an app that keeps the bodies of what it takes; a test says what it does with them."""

    def __init__(self, workspace: SlackWorkspace, stack: AsyncExitStack) -> None:
        self.workspace = workspace
        self.app = new_app(workspace)
        self.bodies: list[Json] = []
        self._stack = stack

    async def start(self, mode: str = "http") -> None:
        await self._stack.enter_async_context(running(self.app, self.workspace, mode))

    def takes(
        self, listen: Callable[..., Any], *, ack: Json | None = None, then: Callable[..., Awaitable[Any]] | None = None
    ) -> None:
        """Acknowledge with `ack`, and call `then(client, body)`."""

        answer = ack or {}

        async def listener(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await ack(**answer)
            self.bodies.append(body)
            if then is not None:
                await then(client, body)

        listen(listener)

    async def opened(self, *blocks: Json, user: str = "ann", viewing: str | None = None, **fields: Any) -> View:
        """Open a modal by the global shortcut."""

        async def show(client: AsyncWebClient, body: Json) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(*blocks, **fields))

        self.takes(self.app.shortcut({"type": "shortcut", "callback_id": "check_anything"}), then=show)
        await self.start()
        await self.workspace.global_shortcut(user, "check_anything", viewing=viewing)
        return await self.workspace.wait_for(lambda: self.workspace.modal(user))


@asynccontextmanager
async def new_bench(clock: SetClock, **changes: Any) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(SlackWorkspace(bot=replace(FULL, **changes), clock=clock))
        yield Bench(workspace, stack)


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def filled(view: View | None) -> View | None:
    """The view once it is more than the one line it opened with."""
    return view if view is not None and len(view.blocks) > 1 else None
