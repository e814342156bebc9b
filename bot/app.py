"""The composition root: settings in, a running app out. Nothing else wires.

open_lookup    for the terminal: providers, catalogue and the lookup over them
serving        for Slack: the same lookup, behind Bolt, behind Socket Mode or HTTP
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, system_clock
from bot.codes import Catalogue
from bot.database import Database, migrate
from bot.errors import SettingsError
from bot.logs import redact
from bot.lookup import LookupService
from bot.metrics import Metrics
from bot.providers import registry
from bot.slack.answers import Answers
from bot.slack.bolt import build_bolt, open_web_client, who_we_are
from bot.slack.desk import Desk
from bot.slack.people import People
from bot.slack.posting import Poster
from bot.slack.socket import SocketMode
from bot.slack.work import Work
from bot.web import build_web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import General, Mode, Settings
    from bot.providers.base import Provider

DRAIN_SECONDS = 10.0

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
    settings: Settings, metrics: Metrics | None = None, *, clock: Clock = system_clock
) -> AsyncIterator[LookupService]:
    """The lookup over all configured accounts, closed on leaving. Raises SettingsError when there is none."""
    providers = _open_providers(settings, clock)
    service = LookupService(
        providers,
        Catalogue.load(),
        metrics or Metrics(),
        clock=clock,
        deadline_seconds=settings.general.deadline_seconds,
    )
    try:
        yield service
    finally:
        await service.aclose()


@asynccontextmanager
async def open_database(general: General) -> AsyncIterator[Database]:
    """The database with the schema of today. Raises SettingsError when it cannot be opened or written."""
    database = Database(general.database_url)
    try:
        await migrate(database)
    except (SQLAlchemyError, OSError) as error:
        await database.aclose()
        line = f"SMSSTATUS_DATABASE_URL, SMSSTATUS_DATA_DIR: {database!r} cannot be opened ({_reason(error)})"
        raise SettingsError([line]) from error
    try:
        yield database
    finally:
        await database.aclose()


def _reason(error: Exception) -> str:
    """A database's complaint in one line. SQLAlchemy's own text would repeat the statement and its values."""
    return redact(" ".join(str(getattr(error, "orig", None) or error).split()))[:200]


@asynccontextmanager
async def serving(
    settings: Settings, *, mode: Mode | None = None, host: str | None = None, port: int | None = None, clock: Clock = system_clock
) -> AsyncIterator[Address]:
    """The whole app, answering Slack until the block is left; then nothing new is taken and what is under way is finished.

    Raises SettingsError when a setting is missing or wrong, Slack refuses a token, or the address is taken.
    """
    general = settings.general
    mode = general.mode(mode)
    metrics = Metrics()
    work = Work()
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(open_lookup(settings, metrics, clock=clock))
        keyring = general.keyring()
        database = await stack.enter_async_context(open_database(general))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = open_web_client(general, session)
        identity = await who_we_are(client)
        desk = Desk(
            service=service,
            answers=Answers(database, keyring, clock, (provider.name for provider in service.providers)),
            people=People(client, general.zone, clock),
            poster=Poster(client),
            metrics=metrics,
            clock=clock,
            titles=registry.titles(),
            words=registry.words(provider.name for provider in service.providers),
            region=general.region,
            team=identity.team_id or "",
            bot_name=identity.user or "smsstatus",
        )
        bolt = build_bolt(general, identity, desk, work, session)
        stack.push_async_callback(work.drain, DRAIN_SECONDS)

        socket = SocketMode(bolt, general) if mode == "socket" else None
        if socket is not None:
            await socket.connect()
            stack.push_async_callback(socket.close)

        async def not_ready() -> str | None:
            return None if socket is None or await socket.is_connected() else "no Socket Mode connection"

        runner = web.AppRunner(
            build_web(metrics, not_ready, bolt if socket is None else None), access_log=None, shutdown_timeout=5
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        address = await _listen(runner, mode, host or general.host, general.port if port is None else port)
        log.info("serving", mode=mode, url=address.url, providers=[f"{p.name} {p.account}" for p in service.providers])
        yield address
        log.info("stopping", under_way=len(work))


async def _listen(runner: web.AppRunner, mode: Mode, host: str, port: int) -> Address:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise SettingsError(
            [f"SMSSTATUS_HOST, SMSSTATUS_PORT: cannot listen on {host}:{port}: {error.strerror or error}"]
        ) from error
    return Address(mode, host, int(runner.addresses[0][1]))


def _open_providers(settings: Settings, clock: Clock) -> list[Provider]:
    if not settings.accounts:
        keys = " or ".join(vendor.systems[0].keys[0] for vendor in registry.VENDORS)
        raise SettingsError([f"No provider is configured: set {keys} and the keys that go with it (README, “Settings”)"])
    providers = [
        provider for account in settings.accounts for provider in account.vendor.open(account.settings, account.name, clock)
    ]
    seen: set[tuple[str, str]] = set()
    for provider in providers:
        if (provider.name, provider.account) in seen:
            raise SettingsError([f"The account {provider.account} at {provider.name} is configured twice"])
        seen.add((provider.name, provider.account))
    return providers
