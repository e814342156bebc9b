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

    async def press(self, message: Message, action: str, *, user: str = "li") -> Message:
        """Press a button; the message as it stands after the edit."""
        value = next(element["value"] for element in buttons_of(message) if element["action_id"] == action)
        await self.workspace.click(user, message, action, value)
        return await self.workspace.wait_for(lambda: self._edited(message, user), within=15)

    def _edited(self, message: Message, user: str) -> Message | None:
        channel = self.workspace.state.conversations[message.channel]
        now = channel.history.get(message.ts)
        return now if now is not None and now != message else None


def buttons_of(message: Message) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def actions_of(message: Message) -> list[str]:
    return [button["action_id"].removeprefix("answer.") for button in buttons_of(message)]


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
    """Serve until `app` is closed. Returns where the app's own HTTP server listens."""
    settings = load_settings({**sandbox.environ, **environ}, VENDORS)
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
