"""Opens the receipt store and its ingestion from the settings: callback routes, drains, recovery after a crash."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import StoreError
from bot.receipts.callbacks import SigningKeys, make_callback_routes
from bot.receipts.drain import QueueDrainer, recover_unparsed
from bot.receipts.ingestion import is_drained
from bot.receipts.lease import Lease
from bot.receipts.provider import StoreProvider
from bot.receipts.store import ReceiptStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from aiohttp import web

    from bot.config import Account, Settings
    from bot.config.proxy import Proxies
    from bot.providers.base import Vendor
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock
    from bot.timing.limits import Limits

RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Receipts:
    """An open receipt store: `store` for ingestion, `provider` for the lookup, `purge` for the daily retention job."""

    store: ReceiptStore
    provider: StoreProvider
    retention: timedelta
    clock: Clock

    async def purge(self) -> int:
        """Delete rows older than the retention and return their number. Raises StoreError."""
        return await self.store.purge(self.clock() - self.retention)


def open_receipts(database: Database, keyring: Keyring, clock: Clock, retention: timedelta = RETENTION) -> Receipts:
    """The store over a migrated database. It connects on first use and is closed with the database."""
    store = ReceiptStore(database, keyring, clock)
    return Receipts(store, StoreProvider(store, retention), retention, clock)


log = structlog.get_logger(__name__)


def callback_routes(settings: Settings, store: ReceiptStore, vendors: Iterable[Vendor[Any]]) -> list[web.RouteDef]:
    """The callback routes of all vendors; none without a token, which authenticates the pushes."""
    general = settings.general
    if general.callback_token is None:
        return []
    callbacks = [callback for vendor in vendors for callback in vendor.callbacks]
    token = general.callback_token.get_secret_value()
    return make_callback_routes(store, callbacks, token, general.callback_networks, signing=signing_keys(settings))


def signing_keys(settings: Settings) -> SigningKeys:
    """What the accounts' settings have for checking the signatures of pushes."""
    keys: dict[str, list[str]] = {}
    for account in settings.accounts:
        for callback in account.vendor.callbacks:
            key = callback.signature.key(account.settings) if callback.signature is not None else None
            if key:
                keys.setdefault(callback.name, []).append(key)
    return SigningKeys(settings.general.public_url, keys)


async def recover_leftovers(store: ReceiptStore, vendors: Iterable[Vendor[Any]]) -> None:
    """Ingest the raw bodies that a crash left unparsed, of all vendors, whether or not their queues are still drained.

    If the store is unavailable, they stay for the next start.
    """
    readers = {vendor.queue_source.system: vendor.queue_source.read for vendor in vendors if vendor.queue_source is not None}
    try:
        await recover_unparsed(store, readers)
    except StoreError as error:
        log.warning("receipts.recovery_deferred", reason=str(error))


@asynccontextmanager
async def running_drains(
    accounts: Sequence[Account[Any]],
    store: ReceiptStore,
    database: Database,
    clock: Clock,
    *,
    proxies: Proxies,
    limits: Limits,
) -> AsyncIterator[tuple[QueueDrainer, ...]]:
    """Drain every queue that the settings switch on until the block is left; a response in progress is stored first."""
    queues = [
        (queue, account.vendor.queue_source)
        for account in accounts
        if account.vendor.queue_source is not None and is_drained(account)
        for queue in account.vendor.queue_source.open(account.settings, clock, proxies, limits)
    ]
    drains = tuple(
        QueueDrainer(queue, source, store, Lease(database, f"drain {queue.system} {queue.account}"), clock=clock)
        for queue, source in queues
    )
    running = [asyncio.create_task(drain.run(), name=f"drain {drain.state.account}") for drain in drains]
    try:
        yield drains
    finally:
        # Never cancelled: a response that has just come exists nowhere else.
        await asyncio.gather(*(drain.stop() for drain in drains))
        await asyncio.gather(*running, *(queue.aclose() for queue, _ in queues))
