"""What the app keeps, opened from the settings: the database and its key, receipts, the audit, and counts of unlisted codes."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import DatabaseError, SettingsError, StoreError
from bot.i18n import ENGLISH, phrase
from bot.providers.registry import VENDORS
from bot.receipts.ingestion import ingests_receipts
from bot.receipts.opening import callback_routes, open_receipts, recover_leftovers, running_drains
from bot.storage.audit_log import AuditLog
from bot.storage.connection_errors import database_reason, startup_error
from bot.storage.database import Database
from bot.storage.migration import migrate, newest_revision, schema_revision
from bot.storage.shared_limits import SharedLimits
from bot.storage.unlisted_codes import UnlistedCodeCounter
from bot.timing.limits import OWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from bot.config import AppSettings, Settings
    from bot.observability.metrics import Metrics
    from bot.receipts.opening import Receipts
    from bot.receipts.provider import StoreProvider
    from bot.storage.keyring import Keyring
    from bot.storage.retention import Purge
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits


@dataclass(frozen=True, slots=True)
class State:
    """Open stores. They connect when they are first used, so that a database that is away can be waited for."""

    settings: Settings
    clock: Clock
    database: Database
    keyring: Keyring
    receipts: Receipts
    audit_log: AuditLog
    unlisted: UnlistedCodeCounter
    limits: Limits  # of the vendors; a SQLite file is one process's

    async def migrate(self) -> None:
        """Bring the schema up to date. Raises SettingsError; UnavailableError, when the database may be reachable later.

        From the first start on the database knows its key, so that whoever comes with another one is told.
        """
        await bring_up_to_date(self.database, self.settings.general)
        with suppress(StoreError):  # another key's: what it sealed ages away, and doctor says so
            await self.receipts.store.keep_proof()

    async def not_ready(self) -> str | None:
        """Readiness error; None while the database can be written, and is the one that a restart would open."""
        try:
            await self.database.check()
        except DatabaseError as error:
            reason = database_reason(error)
            return reason if isinstance(reason, str) else reason.said_in(ENGLISH)
        return None

    @property
    def ingests_receipts(self) -> bool:
        """Whether anything fills the receipt store."""
        return ingests_receipts(self.settings)

    @property
    def provider(self) -> StoreProvider | None:
        """The receipt store as a provider of lookups; None where nothing fills it."""
        return self.receipts.provider if self.ingests_receipts else None

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses that vendors push receipts to."""
        return callback_routes(self.settings, self.receipts.store, VENDORS) if self.ingests_receipts else []

    @property
    def purges(self) -> Mapping[str, Purge]:
        """The daily deletions, by store."""
        audit_days = timedelta(days=self.settings.general.audit_days)
        return {
            "shares of limits": self.limits.purge,
            "audit": lambda: self.audit_log.purge(self.clock() - audit_days),
            "unknown codes": self.unlisted.purge,
            "receipts": self.receipts.purge,  # what was kept before the ingestion was switched off grows old all the same
        }

    @asynccontextmanager
    async def receiving(self, metrics: Metrics) -> AsyncIterator[None]:
        """Recover what a crash left unread, and drain the queues that the settings name, until the block is left."""
        await recover_leftovers(self.receipts.store, VENDORS)
        settings = self.settings
        if not self.ingests_receipts:
            yield
            return
        accounts, store = settings.accounts, self.receipts.store
        with suppress(StoreError):  # then the figure begins with the first receipt that comes
            metrics.expect_receipts(await store.newest_by_system())
        drains = running_drains(accounts, store, self.database, self.clock, proxies=settings.proxies, limits=self.limits)
        with store.counted_by(metrics.observe_receipts):
            async with drains as running:
                for drain in running:
                    metrics.watch_drain(drain.state)
                yield


@asynccontextmanager
async def open_state(settings: Settings, clock: Clock) -> AsyncIterator[State]:
    """The stores that the settings describe; what is not written yet is written when the block is left."""
    general = settings.general
    keyring = general.keyring()
    async with aclosing(Database(general.database_url)) as database:
        receipts = open_receipts(database, keyring, clock, timedelta(days=general.receipt_days))
        unlisted = UnlistedCodeCounter(database, clock)
        limits = OWN_LIMITS if database.is_sqlite else SharedLimits(database)
        try:
            yield State(settings, clock, database, keyring, receipts, AuditLog(database, keyring, clock), unlisted, limits)
        finally:
            await unlisted.flush()


@asynccontextmanager
async def open_database(general: AppSettings) -> AsyncIterator[Database]:
    """The database with the schema of today, for the terminal. Only a new one is given it: who looks changes nothing.

    Raises SettingsError when it cannot be opened or written, or has an older schema; UnavailableError, when it may be later.
    """
    async with aclosing(Database(general.database_url)) as database:
        await _refuse_older_schema(database, general)
        await bring_up_to_date(database, general)
        yield database


async def _refuse_older_schema(database: Database, general: AppSettings) -> None:
    """Raises SettingsError for the tables of an older version; UnavailableError."""
    try:
        found = await schema_revision(database)
    except DatabaseError as error:
        raise startup_error(error, database, general.database_key) from error
    newest = newest_revision()
    if found is not None and found < newest:
        line = phrase(
            "{key}: {database} has the tables of an older smsstatus ({found}, this one needs {newest}). Back it up, then: "
            "smsstatus database upgrade",
            key=general.database_key,
            database=database.shown,
            found=found,
            newest=newest,
        )
        raise SettingsError([line])


async def bring_up_to_date(database: Database, general: AppSettings) -> None:
    """Migrate. Raises SettingsError; UnavailableError."""
    try:
        await migrate(database)
    except DatabaseError as error:
        raise startup_error(error, database, general.database_key) from error
