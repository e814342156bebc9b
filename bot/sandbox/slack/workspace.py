"""A Slack workspace on this machine: one server on loopback for the Web API, Socket Mode, response URLs and the page.

    async with SlackWorkspace(bot=installation) as workspace:
        app = …(SLACK_API_URL=workspace.api_url)
        workspace.http_entry = "http://127.0.0.1:3000/slack/events"  # or None: through Socket Mode
        interaction = await workspace.slash("ann", "incidents", "/smsstatus help")
        answer = await workspace.wait_for(lambda: workspace.channel("incidents").messages)

It stands in for Slack where an app can tell the difference, and refuses what Slack refuses, by Slack's error names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from aiohttp import web

from bot.clock import Clock, system_clock
from bot.sandbox.slack.faults import ChannelPace, Fault, Faults
from bot.sandbox.slack.http_delivery import HttpDelivery
from bot.sandbox.slack.interactions import RETRY_WAITS, Delivery, Interactions
from bot.sandbox.slack.methods import Desk
from bot.sandbox.slack.page import Page
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import State
from bot.sandbox.slack.web_api import WebApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Any

    from bot.sandbox.slack.model import Ack, BotInstallation, Conversation, Interaction, Message, Switch
    from bot.sandbox.slack.web_api import Call

T = TypeVar("T")

ACK_SECONDS = 3.0  # how long Slack waits for an acknowledgement
HOST = "127.0.0.1"


class SlackWorkspace:
    """The whole workspace; an async context manager. See the module's text for how it is used."""

    def __init__(
        self,
        *,
        bot: BotInstallation,
        http_entry: str | None = None,
        clock: Clock = system_clock,
        port: int = 0,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self.bot = bot
        self.state = State(bot, clock)
        self.socket = SocketMode(self.state, ack_seconds)
        self.pace = ChannelPace(clock)
        self._faults = Faults()
        self._port = port
        self._clock = clock
        self._ack_seconds = ack_seconds
        self._http_entry = http_entry
        self._urls = ResponseUrls(self.state, self._faults)
        self._api = WebApi(Desk(self.state, self.socket, self.pace, lambda: self.url.rstrip("/")), self._faults)

    async def __aenter__(self) -> Self:
        self._http = HttpDelivery(self.bot.signing_secret, self._clock, self._ack_seconds)
        self._delivery = Delivery(self._http, self.socket, self._http_entry)
        self._interactions = Interactions(self.state, self._urls, self._delivery, lambda: self.url.rstrip("/"))
        self._page = Page(self.state, self._interactions)
        server = web.Application()
        server.add_routes(
            [
                web.get("/api/{method}", self._api.serve),
                web.post("/api/{method}", self._api.serve),
                web.post("/response/{token}", self._urls.serve),
                web.get("/link", self.socket.connect),
                *self._page.routes(),
            ]
        )
        self._runner = web.AppRunner(server, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self._close()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._close()

    async def _close(self) -> None:
        await self.socket.drop()
        await self._page.aclose()
        await self._runner.cleanup()
        await self._http.aclose()

    @property
    def url(self) -> str:
        """The page, with a trailing slash."""
        return f"http://{HOST}:{self._port}/"

    @property
    def api_url(self) -> str:
        """The base of the Web API, for `SLACK_API_URL`."""
        return f"{self.url}api/"

    @property
    def http_entry(self) -> str | None:
        """Where deliveries go as signed HTTP; None sends them through Socket Mode."""
        return self._delivery.http_entry

    @http_entry.setter
    def http_entry(self, url: str | None) -> None:
        self._delivery.http_entry = url

    @property
    def calls(self) -> Sequence[Call]:
        """The latest Web API calls, oldest first."""
        return tuple(self._api.calls)

    @property
    def try_these(self) -> Sequence[tuple[str, str]]:
        """Commands that the page offers, each with its story."""
        return self._page.try_these

    @try_these.setter
    def try_these(self, commands: Sequence[tuple[str, str]]) -> None:
        self._page.try_these = commands

    @property
    def switches(self) -> Sequence[Switch]:
        """Toggles that the page offers."""
        return self._page.switches

    @switches.setter
    def switches(self, switches: Sequence[Switch]) -> None:
        self._page.switches = switches

    def channel(self, name: str) -> Conversation:
        """The conversation with that id or name. Raises KeyError."""
        found = self.state.conversation(name)
        if found is None:
            raise KeyError(name)
        return found

    def dm(self, user: str) -> Conversation:
        """The direct message between a person and the bot. Raises KeyError."""
        found = self.state.direct_message(self.state.user(user).id)
        if found is None:
            raise KeyError(user)
        return found

    async def slash(self, user: str, channel: str, typed: str) -> Interaction:
        """`user` runs a slash command in `channel`. Returns after the acknowledgement."""
        return await self._interactions.slash(self.state.user(user), self.channel(channel), typed)

    async def type(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Interaction | None:
        """`user` types something and presses Enter, in a channel or in a thread. None when it was a plain message."""
        return await self._interactions.type(self.state.user(user), self.channel(channel), text, thread_ts)

    async def click(self, user: str, message: Message, action_id: str, value: str | None = None) -> Interaction:
        """`user` presses an element of `message`, or chooses its option `value`. Returns after the acknowledgement."""
        conversation = self.state.conversations[message.channel]
        return await self._interactions.click(self.state.user(user), conversation, message, action_id, value)

    async def event(self, event: Mapping[str, Any], *, waits: Sequence[float] = RETRY_WAITS) -> list[Ack]:
        """Deliver an event; it is tried again after each of `waits` seconds while it is not acknowledged."""
        return await self._interactions.event(event, waits)

    async def wait_for(self, predicate: Callable[[], T], within: float = 5.0) -> T:
        """What `predicate` returns once it is true. Raises TimeoutError after `within` seconds."""
        return await self.state.wait_for(predicate, within)

    def fail_next(
        self, method: str, error: str = "internal_error", *, status: int = 200, times: int = 1, retry_after: int | None = None
    ) -> None:
        """Let the next `times` calls of a Web API method (or of `response_url`) fail."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._faults.order(method, Fault(error, status, headers), times)
