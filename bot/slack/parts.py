"""What answers Slack, wired: each listener is registered with what it uses and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yarl import URL

from bot.slack.access import AuthorizationMiddleware, Denials, Directory, UnhandledRequests, open_authorizer
from bot.slack.access.resumption import Resumption
from bot.slack.access.shared_rate import open_rate
from bot.slack.agents.caller import AgentGate
from bot.slack.agents.endpoint import AgentTools
from bot.slack.alerting.opening import open_alerts
from bot.slack.answer_service import AnswerService
from bot.slack.doctor.service import SlackDoctor
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
from bot.slack.transport.bolt import build_bolt
from bot.slack.transport.files import SCOPE, FileDownloads
from bot.slack.transport.identity import AppIdentity
from bot.slack.transport.web_client import open_web_client
from bot.slack.watching.service import WatchService
from bot.slack.watching.store import WatchStore
from bot.slack.watching.watcher import Watcher
from bot.statistics import StatisticsService

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import aiohttp
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    from bot.config import AppSettings, Mode
    from bot.doctor.check import Check
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.observability.metrics import Metrics
    from bot.slack.access.rate_limiter import UserRateLimiter
    from bot.slack.alerting.alerter import Alerter
    from bot.slack.messaging.token_monitor import TokenMonitor
    from bot.slack.timings import Timings
    from bot.state import State
    from bot.storage.retention import Purge

DRAIN_SECONDS = 10.0  # for requests under way, when the app stops
OUTBOX_SECONDS = 5.0  # for what still waits its turn after that
CANCEL_SECONDS = 1.0  # for whoever is told that nothing is sent any more


@dataclass(frozen=True, slots=True)
class SlackParts:
    """What `SlackApp` must close, hand over or ask again."""

    bolt: AsyncApp
    middleware: AuthorizationMiddleware
    resumption: Resumption
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
        resumption=Resumption(inbox, tasks, middleware.resume),
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
