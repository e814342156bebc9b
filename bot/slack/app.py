"""Everything Slack: opened from the settings, authenticated, answering, connected.

`open_slack` yields a `SlackApp` that has not spoken to Slack yet, so that probes can be answered while Slack is waited for.
What answers is wired in `parts.py`.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.slack.agents.endpoint import AgentEndpoint
from bot.slack.doctor.route import check_http, check_socket
from bot.slack.messaging.token_monitor import TokenMonitor
from bot.slack.parts import SlackParts, build_parts
from bot.slack.timings import Timings
from bot.slack.transport.http_mode import SlackHttpEndpoint
from bot.slack.transport.manifest import AGENTS_PATH, EVENTS_PATH
from bot.slack.transport.signed_body import SignedBodies, open_signed_bodies
from bot.slack.transport.socket_mode import SocketModeClient
from bot.slack.transport.web_client import authenticate, open_session, open_web_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    import aiohttp
    from slack_bolt.authorization import AuthorizeResult

    from bot.config import Mode, Settings
    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.observability.metrics import Metrics
    from bot.state import State
    from bot.storage.retention import Purge
    from bot.timing.startup import StartupWait


@asynccontextmanager
async def open_slack(settings: Settings, mode: Mode, metrics: Metrics, timings: Timings | None = None) -> AsyncIterator[SlackApp]:
    """The app's side towards Slack, which nothing has been asked of yet. Raises SettingsError when a secret is missing."""
    async with open_session(settings.proxies) as session:
        yield SlackApp(settings, mode, metrics, timings or Timings(), session)


class SlackApp:
    """Slack, phase by phase: `authenticate`, then `answering`, then `connected`, then `accept`."""

    def __init__(
        self, settings: Settings, mode: Mode, metrics: Metrics, timings: Timings, session: aiohttp.ClientSession
    ) -> None:
        self._settings = settings
        self._mode = mode
        self._metrics = metrics
        self._timings = timings
        self._session = session
        self._token_monitor = TokenMonitor()
        self._client = open_web_client(settings.general, session, token_monitor=self._token_monitor)
        self._entries = HttpEntries.of(open_signed_bodies(settings.general, metrics), metrics) if mode == "http" else None
        self._socket: SocketModeClient | None = None
        self._identity: AuthorizeResult | None = None
        self._parts: SlackParts | None = None

    @property
    def routes(self) -> list[web.RouteDef]:
        """Where Slack's requests come in by HTTP mode."""
        return self._entries.routes if self._entries else []

    @property
    def purges(self) -> Mapping[str, Purge]:
        """The daily deletions of what Slack's surfaces remember."""
        return self._built.purges

    @property
    def drops(self) -> Sequence[Callable[[], None]]:
        """What empties the stores in memory that hold numbers."""
        return self._built.drops

    @property
    def under_way(self) -> int:
        """How many requests are being answered."""
        return len(self._built.tasks)

    async def not_ready(self) -> str | None:
        """Readiness error; None while Slack's requests reach us and the token holds."""
        return (
            await self._token_monitor.not_ready(self._client)
            or (self._socket.not_ready() if self._socket is not None else None)
            or (self._entries.bodies.not_ready() if self._entries is not None else None)
        )

    async def authenticate(self) -> None:
        """Ask Slack who we are. Raises SettingsError when it refuses the token; UnavailableError when it may take it later."""
        self._identity = await authenticate(self._client, self._settings.proxies)

    @asynccontextmanager
    async def answering(self, state: State, lookups: LookupService) -> AsyncIterator[None]:
        """Answer what comes in, until the block is left; then what is under way is finished."""
        if self._identity is None:
            raise RuntimeError("authenticate first")
        async with AsyncExitStack() as stack:
            parts = self._parts = build_parts(
                self._settings.general,
                self._identity,
                state,
                lookups,
                mode=self._mode,
                metrics=self._metrics,
                timings=self._timings,
                session=self._session,
                token_monitor=self._token_monitor,
                check_route=self._check_route,
            )
            stack.push_async_callback(parts.stop)
            await stack.enter_async_context(parts.resumption.running(self._timings.resume_every))
            await stack.enter_async_context(parts.watcher.running(self._timings.watch_every))
            await stack.enter_async_context(parts.rate.exchanging(self._timings.rate_every))
            stack.enter_context(state.receipts.store.heard_by(parts.watcher.hear))
            if parts.alerter is not None:
                await stack.enter_async_context(parts.alerter.running(self._timings.alert_every))
            yield

    @asynccontextmanager
    async def connected(self, start: StartupWait) -> AsyncIterator[None]:
        """In Socket Mode: keep connections open until the block is left. Raises SettingsError when Slack refuses."""
        if self._mode != "socket":
            yield
            return
        client, receive = self._built.bolt.client, self._built.middleware.receive
        self._socket = SocketModeClient(client, receive, self._settings.general, self._session, proxies=self._settings.proxies)
        self._metrics.watch_socket(self._socket)
        try:
            await start.wait_for(self._socket.connect)
            yield
        finally:
            await self._socket.close()

    def _check_route(self, language: Language) -> Sequence[Check]:
        """How Slack's requests reach this process, for the doctor."""
        if self._entries is not None:
            return check_http(self._entries.bodies.valid_count, self._entries.bodies.invalid_count, language)
        return check_socket(self._socket.live_connections, self._socket.counted, language) if self._socket is not None else []

    def accept(self) -> None:
        """In HTTP mode: hand on requests, and messages of agents to the tools, from now on."""
        if self._entries is not None:
            self._entries.slack.open(self._built.middleware.receive)
            self._entries.agents.open(self._built.agent_tools)

    @property
    def _built(self) -> SlackParts:
        if self._parts is None:
            raise RuntimeError("not answering yet")
        return self._parts


@dataclass(frozen=True, slots=True)
class HttpEntries:
    """Where signed requests come in."""

    bodies: SignedBodies
    slack: SlackHttpEndpoint
    agents: AgentEndpoint

    @classmethod
    def of(cls, bodies: SignedBodies, metrics: Metrics) -> HttpEntries:
        """Both endpoints over one reader of bodies."""
        return cls(bodies, SlackHttpEndpoint(bodies), AgentEndpoint(bodies, metrics))

    @property
    def routes(self) -> list[web.RouteDef]:
        """Their paths."""
        return [web.post(EVENTS_PATH, self.slack.handle), web.post(AGENTS_PATH, self.agents.handle)]
