"""The composition root: settings in, a running app out. Nothing else wires.

open_lookup    for the terminal: providers, catalogue and the lookup over them
serving        for Slack: the same lookup, behind Bolt, behind Socket Mode or HTTP
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.codes import load_catalogue
from bot.errors import DatabaseError, SettingsError
from bot.i18n import ENGLISH, phrase
from bot.i18n.os_errors import CANNOT_LISTEN, listen_error
from bot.lookup import LookupService
from bot.observability.metrics import Metrics
from bot.providers import registry
from bot.providers.systems import titles, via_words
from bot.receipts import open_receipts
from bot.receipts.opening import callback_routes, ingests_receipts, recover_leftovers, running_drains
from bot.slack.access import Directory, open_authorizer
from bot.slack.answer_service import AnswerService
from bot.slack.app import authenticate, build_app, open_session, open_web_client
from bot.slack.listeners.home import shown_settings
from bot.slack.locales import LocaleResolver
from bot.slack.messaging.outbox import Outbox
from bot.slack.messaging.poster import Poster
from bot.slack.messaging.token_monitor import TokenMonitor
from bot.slack.messaging.view_client import ViewClient
from bot.slack.requests.audit import AuditRecorder
from bot.slack.requests.inbox import RequestInbox
from bot.slack.requests.task_supervisor import TaskSupervisor
from bot.slack.state.answers import AnswerStore
from bot.slack.state.drafts import DraftStore
from bot.slack.state.introductions import HelpThrottle
from bot.slack.timings import Timings
from bot.slack.transport.socket_mode import SocketModeClient
from bot.storage import Database, migrate, startup_error
from bot.storage.audit_log import AuditLog
from bot.storage.retention import purge_daily, run_periodically
from bot.storage.unlisted_codes import UnlistedCodeCounter
from bot.timing.clock import Clock, system_clock
from bot.timing.startup import StartupWait
from bot.web import SlackHttpEndpoint, build_http_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable

    from bot.config import AppSettings, Mode, Settings
    from bot.i18n import Phrase
    from bot.providers.base import Provider
    from bot.receipts import Receipts
    from bot.storage import Keyring
    from bot.timing.startup import StartupBackoff

DRAIN_SECONDS = 10.0
FLUSH_SECONDS = 60.0  # between writings of the counts of unlisted codes
OUTBOX_SECONDS = 5.0  # for what still waits its turn after that

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running app listens."""

    mode: Mode
    host: str
    port: int

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@asynccontextmanager
async def open_lookup(
    settings: Settings, *, clock: Clock = system_clock, with_receipts: bool = True
) -> AsyncIterator[LookupService]:
    """The lookup over all configured accounts, and the receipt store where there is one, for the terminal.

    Raises SettingsError when no provider is configured or the store cannot be opened.
    """
    general = settings.general
    async with AsyncExitStack() as stack:
        receipts = None
        if with_receipts and ingests_receipts(settings):
            database = await stack.enter_async_context(open_database(general))
            receipts = _open_receipts(general, database, general.keyring(), clock)
        yield await stack.enter_async_context(_lookup(settings, Metrics(), clock, receipts))


@asynccontextmanager
async def _lookup(
    settings: Settings, metrics: Metrics, clock: Clock, receipts: Receipts | None, unknown: UnlistedCodeCounter | None = None
) -> AsyncIterator[LookupService]:
    providers = _open_providers(settings, clock)
    service = LookupService(
        [*providers, *([receipts.provider] if receipts else [])],
        load_catalogue(settings.general.codes_overlay),
        metrics,
        clock=clock,
        deadline_seconds=settings.general.deadline_seconds,
        **({"unlisted": unknown.count} if unknown else {}),
    )
    try:
        yield service
    finally:
        await service.aclose()


def _open_receipts(general: AppSettings, database: Database, keyring: Keyring, clock: Clock) -> Receipts:
    return open_receipts(database, keyring, clock, timedelta(days=general.receipt_days))


@asynccontextmanager
async def open_database(general: AppSettings) -> AsyncIterator[Database]:
    """The database with the schema of today.

    Raises SettingsError when it cannot be opened or written; NotYetError, when it may be later.
    """
    async with aclosing(Database(general.database_url)) as database:
        await _bring_up_to_date(database, general)
        yield database


async def _bring_up_to_date(database: Database, general: AppSettings) -> None:
    try:
        await migrate(database)
    except DatabaseError as error:
        raise startup_error(error, database, general.database_key) from error


@asynccontextmanager
async def serving(  # noqa: PLR0915 - the composition root: one line a part, in the order in which they start
    settings: Settings,
    *,
    mode: Mode | None = None,
    host: str | None = None,
    port: int | None = None,
    clock: Clock = system_clock,
    backoff: StartupBackoff | None = None,
    timings: Timings | None = None,
) -> AsyncIterator[Address]:
    """The whole app, answering Slack until the block is left; then nothing new is taken and what is under way is finished.

    Raises SettingsError when a setting is missing or wrong, Slack refuses a token, or the address is taken. While Slack or the
    database is away it waits, and its probes say so.
    """
    general = settings.general
    mode = general.mode(mode)
    timings = timings or Timings()
    metrics = Metrics()
    work = TaskSupervisor()
    start = StartupWait(backoff)
    for doubt in settings.doubts:
        log.warning("settings.doubt", said=doubt.said_in(ENGLISH))
    async with AsyncExitStack() as stack:
        keyring = general.keyring()
        database = await stack.enter_async_context(aclosing(Database(general.database_url)))
        store = _open_receipts(general, database, keyring, clock)
        receipts = store if ingests_receipts(settings) else None
        unknown = UnlistedCodeCounter(database, clock)
        stack.push_async_callback(unknown.flush)
        service = await stack.enter_async_context(_lookup(settings, metrics, clock, receipts, unknown))
        session = await stack.enter_async_context(open_session(settings.proxies))
        standing = TokenMonitor()
        client = open_web_client(general, session, standing=standing)

        entry = _slack_entry(general, metrics) if mode == "http" else None
        socket: SocketModeClient | None = None

        async def not_ready() -> str | None:
            return (
                start.not_ready()
                or await standing.not_ready(client)
                or (socket.not_ready() if socket is not None else None)
                or (entry.not_ready() if entry is not None else None)
            )

        callbacks = callback_routes(general, store.store, registry.VENDORS) if receipts else []
        runner = web.AppRunner(build_http_app(metrics, not_ready, entry, callbacks), access_log=None, shutdown_timeout=5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        address = await _listen(runner, mode, host or general.host, general.port if port is None else port)
        log.debug("starting", mode=mode, url=address.url)

        await start.wait_for(lambda: _bring_up_to_date(database, general))
        identity = await start.wait_for(lambda: authenticate(client, settings.proxies))
        directory = Directory(client, clock)
        audit = AuditLog(database, keyring, clock)
        poster = Poster(client, Outbox(timings))
        stack.push_async_callback(poster.aclose, OUTBOX_SECONDS)
        answers = AnswerStore(database, keyring, clock, (provider.name for provider in service.providers))
        stack.push_async_callback(answers.flush, OUTBOX_SECONDS)
        desk = AnswerService(
            service=service,
            answers=answers,
            readers=LocaleResolver(directory, general.zone, general, clock),
            poster=poster,
            metrics=metrics,
            clock=clock,
            titles=titles,
            words=via_words(provider.name for provider in service.providers),
            region=general.region,
            team=identity.team_id or "",
            bot_name=identity.user or "smsstatus",
            intake=RequestInbox(database, keyring, clock),
            recorder=AuditRecorder(audit),
            gate=open_authorizer(general, identity, directory, clock, audit),
            drafts=DraftStore(database, keyring, clock),
            introductions=HelpThrottle(database, keyring, clock),
            panes=ViewClient(client),
            bot_user=identity.bot_user_id or "",
            unknown=unknown,
            receipt_days=general.receipt_days if receipts is not None else 0,
            contact=general.contact,
            settings=partial(shown_settings, general, mode),
            timings=timings,
        )
        bolt, door = build_app(general, identity, desk, work, session, standing=standing)
        stack.push_async_callback(work.drain, DRAIN_SECONDS)
        await stack.enter_async_context(door.resuming(timings.resume_every))

        if mode == "socket":
            socket = SocketModeClient(bolt, general, session, proxies=settings.proxies)
            stack.push_async_callback(socket.close)
            await start.wait_for(socket.connect)

        await recover_leftovers(store.store, registry.VENDORS)
        if receipts is not None:
            for drain in await stack.enter_async_context(
                running_drains(settings.accounts, receipts.store, database, clock, settings.proxies)
            ):
                metrics.watch_drain(drain.state)

        purges: dict[str, Callable[[], Awaitable[int]]] = {
            "answers": answers.purge,
            "drafts": desk.drafts.purge,
            "introductions": desk.introductions.purge,
            "requests": desk.intake.purge,
            "audit": lambda: audit.purge(clock() - timedelta(days=general.audit_days)),
            "unknown codes": unknown.purge,
            "receipts": store.purge,  # what was kept before the intake was switched off grows old all the same
        }
        await stack.enter_async_context(_beside(purge_daily(purges), run_periodically(unknown.flush, every=FLUSH_SECONDS)))

        stack.push_async_callback(runner.cleanup)  # first of all, so that nothing new is taken
        if entry is not None:
            entry.open(bolt)
        start.finish()
        log.info("serving", mode=mode, url=address.url, providers=sorted({p.name for p in service.providers}))
        yield address
        log.info("stopping", under_way=len(work))


@asynccontextmanager
async def _beside(*rounds: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Rounds that go on for ever, beside everything else, until the block is left."""
    tasks = [asyncio.create_task(one) for one in rounds]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _slack_entry(general: AppSettings, metrics: Metrics) -> SlackHttpEndpoint:
    if general.signing_secret is None:
        raise SettingsError([phrase("SLACK_SIGNING_SECRET is missing")])
    return SlackHttpEndpoint(general.signing_secret.get_secret_value(), metrics)


async def _listen(runner: web.AppRunner, mode: Mode, host: str, port: int) -> Address:
    try:
        await web.TCPSite(runner, host, port).start()
    except CANNOT_LISTEN as error:
        raise SettingsError([listen_error(host, port, error)]) from error
    return Address(mode, host, int(runner.addresses[0][1]))


def _open_providers(settings: Settings, clock: Clock) -> list[Provider]:
    if not settings.accounts:
        first_keys: Iterable[Phrase | str] = (vendor.systems[0].keys[0] for vendor in registry.VENDORS)
        keys = reduce(lambda some, more: phrase("{some} or {more}", some=some, more=more), first_keys)
        raise SettingsError(
            [phrase("No provider is configured: set {keys} and the keys that go with it (README, “Settings”)", keys=keys)]
        )
    providers = [
        provider
        for account in settings.accounts
        for provider in account.vendor.open(account.settings, account.name, clock, settings.proxies)
    ]
    seen: set[tuple[str, str]] = set()
    for provider in providers:
        if (provider.name, provider.account) in seen:
            line = phrase(
                "The account {account} at {provider} is configured twice", account=provider.account, provider=provider.name
            )
            raise SettingsError([line])
        seen.add((provider.name, provider.account))
    return providers
