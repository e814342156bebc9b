"""The real app in the sandbox: signed requests or Socket Mode on one side, real HTTP to the stand-ins on the other."""

from __future__ import annotations

import json
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import serving
from bot.config import load_settings
from bot.providers.registry import VENDORS
from bot.sandbox.demo import Sandbox, open_sandbox
from bot.sandbox.plain import render_text
from bot.slack.timings import Timings
from bot.slack.views import buttons
from bot.slack.views.buttons import read_option
from bot.slack.views.readings import PREFIX
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import Mode
    from bot.sandbox.slack import PostedMessage, SlackWorkspace
    from bot.timing.clock import Clock

NUMBER = "+8613711112222"
FIRST_READING = f"{PREFIX}0"

SECOND = 0.05  # how long a second of Slack's limits lasts here, in the local workspace as for the app
# Nothing is announced, however busy the machine is: no test counts messages against real time.
QUICK = Timings(
    progress=60.0,
    channel_gap=Timings().channel_gap * SECOND,
    quota_window=Timings().quota_window * SECOND,
    posted_wait=10.0,
    posted_poll=0.01,
)
ANNOUNCING = replace(QUICK, progress=0.0)  # no lookup is quick enough to go without "asking …"


@dataclass
class Office:
    """A person at the workspace, and the app behind it."""

    sandbox: Sandbox
    app: AsyncExitStack
    url: str  # where the app's own HTTP server listens
    timings: Timings = QUICK

    @property
    def workspace(self) -> SlackWorkspace:
        return self.sandbox.workspace

    def seen(self, user: str = "li", channel: str = "incidents") -> list[PostedMessage]:
        """What the bot has said that `user` sees, oldest first."""
        viewer = self.workspace.state.user(user)
        bot = self.workspace.bot.bot_user_id
        return [message for message in self.workspace.channel(channel).visible_to(viewer.id) if message.user == bot]

    async def restart(self, **environ: str) -> None:
        """Stop the app and start it anew, at the same workspace and with the same data folder."""
        mode: Mode = "http" if self.workspace.http_entry else "socket"
        await self.app.aclose()
        await start(self.sandbox, self.app, mode, timings=self.timings, clock=system_clock, **environ)

    async def ask(self, typed: str, *, user: str = "li", channel: str = "incidents", messages: int = 1) -> PostedMessage:
        """Type a slash command; the last of the `messages` that the bot then says."""
        before = len(self.seen(user, channel))
        interaction = await self.workspace.slash(user, channel, f"/smsstatus {typed}")
        assert interaction.error is None
        return (await self.workspace.wait_for(lambda: self.seen(user, channel)[before + messages - 1 :], within=15))[0]

    async def say(
        self, text: str, *, user: str = "li", channel: str = "incidents", thread: str | None = None, messages: int = 1
    ) -> PostedMessage:
        """Write a message, such as a mention or to the bot alone; the last of the `messages` that the bot then says."""
        before = len(self.seen(user, channel))
        await self.workspace.say(user, channel, text, thread_ts=thread)
        return (await self.workspace.wait_for(lambda: self.seen(user, channel)[before + messages - 1 :], within=15))[0]

    async def answered(self, user: str = "li", channel: str = "incidents") -> PostedMessage:
        """The last of what the bot has said once that is an answer, and "asking …" no more."""

        def answer() -> PostedMessage | None:
            said = self.seen(user, channel)
            return said[-1] if said and actions_of(said[-1]) else None

        return await self.workspace.wait_for(answer, within=15)

    async def quiet(self) -> None:
        """Return when everything that reached the app is worked off: it stops, so it must be `restart`ed to go on."""
        await self.workspace.settled()
        await self.app.aclose()

    async def press(self, message: PostedMessage, action: str, *, user: str = "li") -> PostedMessage:
        """Press a button; the message as it stands after the edit."""
        await self.workspace.click(user, message, *found_button(message, action))
        return await self.workspace.wait_for(lambda: self.edited(message), within=15)

    def edited(self, message: PostedMessage) -> PostedMessage | None:
        """The message as it stands now, once that is otherwise than before."""
        channel = self.workspace.state.conversations[message.channel]
        now = channel.history.get(message.ts)
        return now if now is not None and now != message else None


def buttons_of(message: PostedMessage) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def actions_of(message: PostedMessage) -> list[str]:
    """What can be pressed below an answer, in the row or in the menu behind it."""
    found = [button["action_id"] for button in buttons_of(message) if button["type"] == "button"]
    return [action.removeprefix("answer.") for action in [*found, *(read_option(value)[0] for value in menu_of(message))]]


def menu_of(message: PostedMessage) -> list[str]:
    """The values of the menu behind the buttons."""
    menus = [element for element in buttons_of(message) if element["type"] == "overflow"]
    return [option["value"] for menu in menus for option in menu["options"]]


def found_button(message: PostedMessage, action: str) -> tuple[str, str]:
    """The element to press for an action, and its value: the button itself, or the menu and its option."""
    for element in buttons_of(message):
        if element["action_id"] == action:
            return action, element["value"]
    return buttons.MENU, next(value for value in menu_of(message) if read_option(value)[0] == action)


def words_of(message: PostedMessage) -> str:
    """The message as its reader in Shanghai sees it."""
    return render_text(message.text, message.blocks, "Asia/Shanghai")


def payload_of(message: PostedMessage) -> str:
    return json.dumps([message.text, *message.blocks], ensure_ascii=False)


BOTH_MODES = pytest.mark.parametrize("mode", ["http", "socket"])
"""For a test in which requests of a kind first come in: what happens then is the same in both modes."""


@pytest.fixture
def mode() -> Mode:
    """How Slack reaches the app, where the test does not say."""
    return "http"


async def start(
    sandbox: Sandbox, app: AsyncExitStack, mode: Mode, *, timings: Timings = QUICK, clock: Clock = system_clock, **environ: str
) -> str:
    """Serve until `app` is closed, in English to everybody unless the test says otherwise.

    Returns where the app's own HTTP server listens.
    """
    settings = load_settings({"SMSSTATUS_LANGUAGE": "en", **sandbox.environ, **environ}, VENDORS)
    address = await app.enter_async_context(serving(settings, mode=mode, port=0, timings=timings, clock=clock))
    sandbox.workspace.http_entry = f"{address.url}/slack/events" if mode == "http" else None
    return address.url


@dataclass(frozen=True)
class Offices:
    """Opens offices, each with settings of the test's own."""

    template: Path  # the database that each begins with

    @asynccontextmanager
    async def open(
        self, mode: Mode = "http", *, timings: Timings = QUICK, clock: Clock = system_clock, **environ: str
    ) -> AsyncIterator[Office]:
        """The app in HTTP mode where it does not matter how requests come in."""
        async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as app:
            shutil.copyfile(self.template, sandbox.data / "smsstatus.db")
            yield Office(sandbox, app, await start(sandbox, app, mode, timings=timings, clock=clock, **environ), timings)


@pytest.fixture
def offices(template_database: Path) -> Offices:
    return Offices(template_database)


@pytest.fixture
async def office(offices: Offices, mode: Mode) -> AsyncIterator[Office]:
    """The app in the test's mode."""
    async with offices.open(mode) as one:
        yield one


@pytest.fixture
async def announcing_office(offices: Offices) -> AsyncIterator[Office]:
    """Says of each lookup who is being asked, however quick it is."""
    async with offices.open(timings=ANNOUNCING) as one:
        yield one
