"""The real app in the sandbox: signed requests or Socket Mode on one side, real HTTP to the stand-ins on the other."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import serving
from bot.config import load_settings
from bot.providers.registry import VENDORS
from bot.sandbox.demo import Sandbox, open_sandbox
from bot.sandbox.plain import read
from bot.slack.views import buttons
from bot.slack.views.buttons import read_option

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Mode
    from bot.sandbox.slack import Message, SlackWorkspace

NUMBER = "+8613711112222"


@dataclass
class Office:
    """A person at the workspace, and the app behind it."""

    sandbox: Sandbox
    app: AsyncExitStack
    url: str  # where the app's own HTTP server listens

    @property
    def workspace(self) -> SlackWorkspace:
        return self.sandbox.workspace

    def seen(self, user: str = "li", channel: str = "incidents") -> list[Message]:
        """What the bot has said that `user` sees, oldest first."""
        viewer = self.workspace.state.user(user)
        bot = self.workspace.bot.bot_user_id
        return [message for message in self.workspace.channel(channel).visible_to(viewer.id) if message.user == bot]

    async def restart(self, **environ: str) -> None:
        """Stop the app and start it anew, at the same workspace and with the same data folder."""
        mode: Mode = "http" if self.workspace.http_entry else "socket"
        await self.app.aclose()
        await start(self.sandbox, self.app, mode, **environ)

    async def ask(self, typed: str, *, user: str = "li", channel: str = "incidents", messages: int = 1) -> Message:
        """Type a slash command; the last of the `messages` that the bot then says."""
        before = len(self.seen(user, channel))
        interaction = await self.workspace.slash(user, channel, f"/smsstatus {typed}")
        assert interaction.error is None
        return (await self.workspace.wait_for(lambda: self.seen(user, channel)[before + messages - 1 :], within=15))[0]

    async def say(
        self, text: str, *, user: str = "li", channel: str = "incidents", thread: str | None = None, messages: int = 1
    ) -> Message:
        """Write a message, such as a mention or to the bot alone; the last of the `messages` that the bot then says."""
        before = len(self.seen(user, channel))
        await self.workspace.say(user, channel, text, thread_ts=thread)
        return (await self.workspace.wait_for(lambda: self.seen(user, channel)[before + messages - 1 :], within=15))[0]

    async def quiet(self) -> None:
        """Return when everything that reached the app is worked off: it stops, so it must be `restart`ed to go on."""
        await self.workspace.settled()
        await self.app.aclose()

    async def press(self, message: Message, action: str, *, user: str = "li") -> Message:
        """Press a button; the message as it stands after the edit."""
        await self.workspace.click(user, message, *found_button(message, action))
        return await self.workspace.wait_for(lambda: self.edited(message), within=15)

    def edited(self, message: Message) -> Message | None:
        """The message as it stands now, once that is otherwise than before."""
        channel = self.workspace.state.conversations[message.channel]
        now = channel.history.get(message.ts)
        return now if now is not None and now != message else None


def buttons_of(message: Message) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def actions_of(message: Message) -> list[str]:
    """What can be pressed below an answer, in the row or in the menu behind it."""
    found = [button["action_id"] for button in buttons_of(message) if button["type"] == "button"]
    return [action.removeprefix("answer.") for action in [*found, *(read_option(value)[0] for value in menu_of(message))]]


def menu_of(message: Message) -> list[str]:
    """The values of the menu behind the buttons."""
    menus = [element for element in buttons_of(message) if element["type"] == "overflow"]
    return [option["value"] for menu in menus for option in menu["options"]]


def found_button(message: Message, action: str) -> tuple[str, str]:
    """The element to press for an action, and its value: the button itself, or the menu and its option."""
    for element in buttons_of(message):
        if element["action_id"] == action:
            return action, element["value"]
    return buttons.MENU, next(value for value in menu_of(message) if read_option(value)[0] == action)


def words_of(message: Message) -> str:
    """The message as its reader in Shanghai sees it."""
    return read(message.text, message.blocks, "Asia/Shanghai")


def payload_of(message: Message) -> str:
    return json.dumps([message.text, *message.blocks], ensure_ascii=False)


@pytest.fixture(params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> Mode:
    found: Mode = request.param
    return found


async def start(sandbox: Sandbox, app: AsyncExitStack, mode: Mode, **environ: str) -> str:
    """Serve until `app` is closed, in English to everybody unless the test says otherwise.

    Returns where the app's own HTTP server listens.
    """
    settings = load_settings({"SMSSTATUS_LANGUAGE": "en", **sandbox.environ, **environ}, VENDORS)
    address = await app.enter_async_context(serving(settings, mode=mode, port=0))
    sandbox.workspace.http_entry = f"{address.url}/slack/events" if mode == "http" else None
    return address.url


async def open_office(mode: Mode, **environ: str) -> AsyncIterator[Office]:
    async with open_sandbox() as sandbox, AsyncExitStack() as app:
        yield Office(sandbox, app, await start(sandbox, app, mode, **environ))


@pytest.fixture
async def office(mode: Mode) -> AsyncIterator[Office]:
    """The app in both modes, one after the other."""
    async for one in open_office(mode):
        yield one


@pytest.fixture
async def http_office() -> AsyncIterator[Office]:
    """The app in HTTP mode, for what does not depend on how requests come in."""
    async for one in open_office("http"):
        yield one
