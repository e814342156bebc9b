"""The emulated workspace: one server on loopback for the Web API, Socket Mode, response URLs and the web page.

    async with SlackWorkspace(bot=installation) as workspace:
        app = …(SLACK_API_URL=workspace.api_url)
        workspace.http_entry = "http://127.0.0.1:3000/slack/events"  # or None: through Socket Mode; or a list: replicas
        interaction = await workspace.slash("ann", "incidents", "/smsstatus help")
        answer = await workspace.wait_for(lambda: workspace.channel("incidents").messages)

        root = await workspace.say("ann", "incidents", "@smsstatus +8613711112222 since 2h")
        await workspace.settled()  # every event so far was acknowledged or given up
        await workspace.message_shortcut("ann", root, "sms_status_message")
        view = await workspace.wait_for(lambda: workspace.modal("ann"))
        await workspace.submit("ann", view, {"window": "24h"})

It behaves like Slack wherever an app can tell the difference, and rejects what Slack rejects, by Slack's error names. What people
do at it is in `people.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

from aiohttp import web

from bot.sandbox.slack.delivery import RequestDelivery
from bot.sandbox.slack.events import RETRY_WAITS, Events
from bot.sandbox.slack.faults import CUT, ChannelRateLimit, MethodRateLimit, SlackFault, SlackFaults
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.http_delivery import HttpDelivery
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.model import TEAM_ID, EventDelivery, PageOffers
from bot.sandbox.slack.page import WorkspacePage
from bot.sandbox.slack.page_actions import PageActions
from bot.sandbox.slack.people import People
from bot.sandbox.slack.private_files import PrivateFiles
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.services import MethodServices
from bot.sandbox.slack.socket_mode import SocketModeServer
from bot.sandbox.slack.state import ViewChange, WorkspaceState
from bot.sandbox.slack.steps import Steps
from bot.sandbox.slack.surfaces import Surfaces
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.view_interactions import ViewInteractions
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.workspace_services import WorkspaceServices
from bot.timing.clock import Clock, system_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Any

    from bot.sandbox.slack.delivery import Entry
    from bot.sandbox.slack.installation import BotInstallation
    from bot.sandbox.slack.model import Ack
    from bot.sandbox.slack.web_api import Call

T = TypeVar("T")

ACK_SECONDS = 3.0  # how long Slack waits for an acknowledgement
HOST = "127.0.0.1"


class SlackWorkspace(People):
    """The workspace; an async context manager. The module's docstring shows its use.

    `retry_sleep` waits before the retry of an event. `second`: the length of a second of Slack's rate limits.
    """

    def __init__(
        self,
        *,
        bot: BotInstallation,
        http_entry: Entry = None,
        clock: Clock = system_clock,
        port: int = 0,
        ack_seconds: float = ACK_SECONDS,
        retry_waits: Sequence[float] = RETRY_WAITS,
        retry_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        second: float = 1.0,
    ) -> None:
        self.bot = bot
        self.state = WorkspaceState(bot, clock)
        self.state.base_url = self._base_url
        self.socket = SocketModeServer(self.state, ack_seconds)
        self.pace = ChannelRateLimit(clock, second=second)
        self.tiers = MethodRateLimit(clock, second=second)
        self.steps = Steps(self.state)
        self.faults = SlackFaults()
        self.offers = PageOffers()
        self._port = port
        self._clock = clock
        self._ack_seconds = ack_seconds
        self._http_entry = http_entry
        self._retry_waits = retry_waits
        self._retry_sleep = retry_sleep
        self._urls = ResponseUrls(self.state, self.faults)
        self._triggers = Triggers(self.state)
        self._surfaces = Surfaces(self.state)
        self._files = Files()
        services = MethodServices(
            self.state, self.socket, self.pace, self._triggers, self._surfaces, self._files, self.steps, self._base_url
        )
        self._api = WebApi(services, self.faults, self.tiers)

    async def __aenter__(self) -> Self:
        self._http = HttpDelivery(self.bot.signing_secret, self._clock, self._ack_seconds)
        self._delivery = RequestDelivery(self._http, self.socket, self._http_entry)
        self.events = Events(self.state, self._delivery, self._retry_sleep, self._retry_waits)
        services = WorkspaceServices(
            self.state, self._surfaces, self._triggers, self._urls, self._delivery, self.events, self._base_url
        )
        self._interactions, self._views = Interactions(services), ViewInteractions(services)
        self._actions = PageActions(services, self._interactions, self._views, self._files, self.offers)
        self._page = WorkspacePage(services, self._actions, self.offers)
        server = web.Application()
        server.add_routes(
            [
                web.get("/api/{method}", self._api.serve),
                web.post("/api/{method}", self._api.serve),
                web.post("/response/{token}", self._urls.serve),
                web.post("/upload/{secret}", self._files.receive),
                web.get("/files-pri/{file}/download", PrivateFiles(self.state, self._files).download),
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
        self._api.closing.set()
        self._urls.closing.set()
        await self.events.aclose()
        await self.socket.drop()
        await self._page.aclose()
        await self._runner.cleanup()
        await self._http.aclose()

    @property
    def url(self) -> str:
        """The page, with a trailing slash."""
        return f"http://{HOST}:{self._port}/"

    def _base_url(self) -> str:
        return self.url.rstrip("/")

    @property
    def api_url(self) -> str:
        """The base of the Web API, for `SLACK_API_URL`."""
        return f"{self.url}api/"

    @property
    def http_entry(self) -> Entry:
        """The app's request URL for signed HTTP; a list takes turns; None: deliveries go through Socket Mode."""
        return self._delivery.http_entry

    @http_entry.setter
    def http_entry(self, entry: Entry) -> None:
        self._delivery.http_entry = entry
        self.state.feed(ViewChange())

    @property
    def calls(self) -> Sequence[Call]:
        """The latest Web API calls, oldest first."""
        return tuple(self._api.calls)

    async def event(self, event: Mapping[str, Any], *, team_id: str = TEAM_ID, waits: Sequence[float] | None = None) -> list[Ack]:
        """Deliver any event, subscribed to or not, and return one Ack for each attempt.

        It is retried after each of `waits` seconds (`retry_waits` by default) while it is not acknowledged.
        """
        one = EventDelivery(self.events.envelope(event, team_id=team_id))
        await self.events.deliver(one, self._retry_waits if waits is None else waits)
        return one.acks

    async def redeliver(self, one: EventDelivery, *, attempt: int = 1, reason: str = "http_timeout") -> Ack:
        """Deliver an event once more, as Slack does when the acknowledgement was lost."""
        return await self._delivery.send("events_api", one.payload, attempt=attempt, reason=reason)

    async def deliver(self, kind: str, payload: Mapping[str, Any]) -> Ack:
        """Deliver any payload as it is. `kind` is `slash_commands`, `interactive` or `events_api`."""
        return await self._delivery.send(kind, payload)

    async def settled(self) -> None:
        """Wait until every event so far was acknowledged, or given up after its retries."""
        await self.events.settled()

    async def wait_for(self, predicate: Callable[[], T | None], within: float = 5.0) -> T:
        """What `predicate` returns once it is true. Raises TimeoutError after `within` seconds."""
        return await self.state.wait_for(predicate, within)

    def revoke(self, error: str | None = "token_revoked") -> None:
        """Let every call with the bot token fail (`token_revoked`, `account_inactive`, …); None: let them succeed again."""
        self._api.revoked = error

    def fail_next(
        self,
        method: str,
        error: str | None = None,
        *,
        status: int = 200,
        times: int = 1,
        retry_after: int | None = None,
        after: bool = False,
    ) -> None:
        """Let the next `times` calls of a Web API method (or of `response_url`) fail with `error`, by default `internal_error`.

        Two errors are no responses: `connection_cut` breaks the connection, `no_answer` leaves the caller waiting. `after`: the
        call is carried out, and then its response is lost; by default the connection is cut.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        fault = SlackFault(error or (CUT if after else "internal_error"), status, headers, after)
        self.faults.order(method, fault, times)
