"""Everything Slack: opened from the settings, authenticated, answering, connected.

`open_slack` yields a `SlackApp` that has not spoken to Slack yet, so that probes can be answered while Slack is waited for.
Listeners are registered in `build_parts`, each with what it uses and no more.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from yarl import URL

from bot.slack.access import AuthorizationMiddleware, Denials, Directory, UnhandledRequests, open_authorizer
from bot.slack.access.shared_rate import open_rate
from bot.slack.agents.caller import AgentGate
from bot.slack.agents.endpoint import AgentEndpoint, AgentTools
from bot.slack.alerting.opening import open_alerts
from bot.slack.answer_service import AnswerService
from bot.slack.doctor.route import check_http, check_socket
from bot.slack.doctor.service import SlackDoctor
from bot.slack.identity import AppIdentity
from bot.slack.listeners import (
    actions,
    alerts,
    batches,
    checks,
    commands,
    events,
    home,
    modals,
    reading_buttons,
    shortcuts,
    statistics,
    watches,
    workflow_step,
)
from bot.slack.listeners.actions import AnswerButtons
from bot.slack.listeners.alerts import AlertButtons
from bot.slack.listeners.conversation import Conversations
from bot.slack.listeners.home import HomeTab
from bot.slack.listeners.modals import Modals
from bot.slack.listeners.statistics import StatisticsButtons
from bot.slack.listeners.thread_actions import ThreadServices
from bot.slack.listeners.thread_summary import ThreadSummaries
from bot.slack.locales import LocaleResolver
from bot.slack.messaging.outbox import Outbox
from bot.slack.messaging.poster import Poster
from bot.slack.messaging.token_monitor import TokenMonitor
from bot.slack.messaging.uploader import Uploader
from bot.slack.messaging.view_client import ViewClient
from bot.slack.requests.audit import AuditRecorder
from bot.slack.requests.exactly_once import RequestInbox
from bot.slack.requests.runner import RequestRunner
from bot.slack.requests.task_supervisor import TaskSupervisor
from bot.slack.responders import Responders
from bot.slack.state.answers import AnswerStore
from bot.slack.state.batch_runs import BatchRuns
from bot.slack.state.drafts import DraftStore
from bot.slack.state.help_throttle import HelpThrottle
from bot.slack.timings import Timings
from bot.slack.transport.bolt import build_bolt
from bot.slack.transport.files import SCOPE, FileDownloads
from bot.slack.transport.http_mode import SlackHttpEndpoint
from bot.slack.transport.manifest import AGENTS_PATH, EVENTS_PATH
from bot.slack.transport.signed_body import SignedBodies, open_signed_bodies
from bot.slack.transport.socket_mode import SocketModeClient
from bot.slack.transport.web_client import authenticate, open_session, open_web_client
from bot.slack.watching.service import WatchService
from bot.slack.watching.store import WatchStore
from bot.slack.watching.watcher import Watcher
from bot.statistics import StatisticsService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    import aiohttp
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings, Mode, Settings
    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.observability.metrics import Metrics
    from bot.slack.access.rate_limiter import UserRateLimiter
    from bot.slack.alerting.alerter import Alerter
    from bot.state import State
    from bot.storage.retention import Purge
    from bot.timing.startup import StartupWait

DRAIN_SECONDS = 10.0  # for requests under way, when the app stops
OUTBOX_SECONDS = 5.0  # for what still waits its turn after that
CANCEL_SECONDS = 1.0  # for whoever is told that nothing is sent any more

log = structlog.get_logger(__name__)


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
            await stack.enter_async_context(parts.middleware.resuming(self._timings.resume_every))
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
        self._socket = SocketModeClient(self._built.bolt, self._settings.general, self._session, proxies=self._settings.proxies)
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
        """In HTTP mode: hand requests to Bolt, and messages of agents to the tools, from now on."""
        if self._entries is not None:
            self._entries.slack.open(self._built.bolt)
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


@dataclass(frozen=True, slots=True)
class SlackParts:
    """What `SlackApp` must close, hand over or ask again."""

    bolt: AsyncApp
    middleware: AuthorizationMiddleware
    watcher: Watcher
    alerter: Alerter | None
    tasks: TaskSupervisor
    inbox: RequestInbox
    poster: Poster
    store: AnswerStore
    runs: BatchRuns
    agent_tools: AgentTools
    rate: UserRateLimiter
    purges: Mapping[str, Purge]
    drops: Sequence[Callable[[], None]]

    async def stop(self) -> None:
        """Finish what is under way. What cannot be answered in time is handed back, for whoever runs next."""
        self.runs.cut()
        await self.tasks.wait(DRAIN_SECONDS)
        await self.poster.aclose(OUTBOX_SECONDS)  # who still waits for Slack then learns that nothing was sent
        await self.tasks.drain(CANCEL_SECONDS)
        await self.inbox.hand_back()
        await self.store.flush(OUTBOX_SECONDS)


def build_parts(
    general: AppSettings,
    bot: AuthorizeResult,
    state: State,
    lookups: LookupService,
    *,
    mode: Mode,
    metrics: Metrics,
    timings: Timings,
    session: aiohttp.ClientSession,
    token_monitor: TokenMonitor | None = None,
    check_route: Callable[[Language], Sequence[Check]] = lambda _: (),
) -> SlackParts:
    """Everything that answers, wired. `bot` is who Slack says we are, so no request waits for it."""
    stored = (state.database, state.keyring, state.clock)
    client = open_web_client(general, session, token_monitor=token_monitor)
    view_client, poster, tasks = ViewClient(client), Poster(client, Outbox(timings)), TaskSupervisor()
    inbox, drafts, help_throttle = RequestInbox(*stored), DraftStore(*stored), HelpThrottle(*stored)
    store = AnswerStore(*stored, (provider.name for provider in lookups.providers))
    recorder = AuditRecorder(state.audit_log)
    runner = RequestRunner(inbox, tasks, recorder, metrics)
    identity = AppIdentity(
        customer_language=general.customer_language,
        codes_site=general.codes_site or "",
        team=bot.team_id or "",
        bot_user=bot.bot_user_id or "",
        reads_files=SCOPE in (bot.bot_scopes or ()),
        bot_name=bot.user or "smsstatus",
        region=general.region,
        contact=general.contact,
    )
    directory = Directory(client, state.clock)
    rate = open_rate(general.user_rate, state)
    authorizer = open_authorizer(general, bot, directory, rate, recorder)
    locales = LocaleResolver(directory, general.zone, general, state.clock)
    responders = Responders(session, poster, locales, identity)
    counts = StatisticsService(lookups.providers, lookups.catalogue, clock=state.clock, deadline_seconds=general.deadline_seconds)
    runs = BatchRuns(inbox.reservations)
    answers = AnswerService(lookups, counts, store, locales, poster, authorizer, identity, state.clock, timings, runs)
    denials = Denials(
        poster=poster,
        view_client=view_client,
        by_response_url=responders.by_response_url,
        locales=locales,
        contact=general.contact,
        per_minute=general.user_rate,
        modal_wait=timings.modal_wait,
    )
    bolt = build_bolt(general, bot, session, token_monitor)
    unhandled = UnhandledRequests(runner, denials, metrics)
    middleware = AuthorizationMiddleware(
        bolt,
        authorizer,
        inbox=inbox,
        runner=runner,
        denials=denials,
        tasks=tasks,
        identity=identity,
        unhandled=unhandled,
        clock=state.clock,
    )
    bolt.use(middleware)
    unhandled.register(bolt)

    downloads = FileDownloads(session, client.token or "", URL(general.slack_api_url))
    windows = Modals(answers, drafts, view_client, downloads)
    receipt_days = general.receipt_days if state.ingests_receipts else 0
    watch_store = WatchStore(*stored, (provider.name for provider in lookups.providers))
    watcher = Watcher(answers, watch_store, recorder)
    watch_service = WatchService(answers, watch_store, watcher.wake)
    summaries = ThreadSummaries(answers, view_client)
    in_threads = ThreadServices(answers, view_client, summaries)
    doctor = SlackDoctor(state, lookups, client, check_route)
    conversations = Conversations(answers, help_throttle, windows.readings, in_threads, downloads, watch_service, doctor)
    commands.register(bolt, runner, conversations, responders)
    pressed = AnswerButtons(answers, windows, Uploader(client, session), summaries, watch_service, inbox.reservations)
    actions.register(bolt, runner, pressed, responders)
    statistics.register(bolt, runner, StatisticsButtons(answers, inbox.reservations), responders)
    batches.register(bolt, runner, answers, responders)
    watches.register(bolt, runner, watch_service, responders)
    alert_service, alerter = open_alerts(general, state, lookups.catalogue, poster, locales, metrics=metrics)
    alerts.register(bolt, runner, AlertButtons(answers, alert_service), responders)
    events.register(bolt, runner, conversations, responders)
    reading_buttons.register(bolt, runner, conversations, windows, responders)
    shortcuts.register(bolt, runner, windows, responders)
    modals.register(bolt, runner, windows, responders)
    checks.register(bolt, runner, windows, responders)
    home.register(bolt, runner, HomeTab(windows, general, mode, state.unlisted, receipt_days), responders)
    workflow_step.register(bolt, runner, answers, view_client)

    purges: Mapping[str, Purge] = {
        "alerts": alert_service.store.purge,
        "answers": store.purge,
        "drafts": drafts.purge,
        "introductions": help_throttle.purge,
        "requests": inbox.purge,
        "watches": watch_store.purge,
        "requests of people": rate.purge,
    }
    drops = (store.drop_reports, drafts.drop_held)
    return SlackParts(
        bolt=bolt,
        middleware=middleware,
        watcher=watcher,
        alerter=alerter,
        tasks=tasks,
        inbox=inbox,
        poster=poster,
        store=store,
        runs=answers.runs,
        agent_tools=AgentTools(
            lookups,
            counts,
            AgentGate(
                authorizer=authorizer,
                denials=denials,
                recorder=recorder,
                locales=locales,
                clock=state.clock,
                region=general.region,
                systems=frozenset(provider.name for provider in lookups.providers),
            ),
        ),
        rate=rate,
        purges=purges,
        drops=drops,
    )
