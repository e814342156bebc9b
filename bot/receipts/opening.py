"""How the receipt store is opened."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import StoreError
from bot.receipts.callbacks import make_callback_routes
from bot.receipts.drain import QueueDrainer, recover_unparsed
from bot.receipts.lease import Lease
from bot.receipts.provider import StoreProvider
from bot.receipts.store import ReceiptStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from aiohttp import web

    from bot.config import Account, AppSettings, Settings
    from bot.config.proxy import Proxies
    from bot.providers.base import Vendor
    from bot.storage import Database, Keyring
    from bot.timing.clock import Clock

RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Receipts:
    """An open receipt store: for the intake `store`, for the lookup `provider`, for the daily round `purge`."""

    store: ReceiptStore
    provider: StoreProvider
    retention: timedelta
    clock: Clock

    async def purge(self) -> int:
        """Delete what is older than the retention. Raises StoreError."""
        return await self.store.purge(self.clock() - self.retention)


def open_receipts(database: Database, keyring: Keyring, clock: Clock, retention: timedelta = RETENTION) -> Receipts:
    """The store over a database whose schema is up to date. Connects when it is first used; is closed with the database."""
    store = ReceiptStore(database, keyring, clock)
    return Receipts(store, StoreProvider(store, retention), retention, clock)


log = structlog.get_logger(__name__)


def ingests_receipts(settings: Settings) -> bool:
    """Whether anything puts receipts into the store. An empty store that nobody fills is not asked."""
    return settings.general.callback_token is not None or any(_drains(account) for account in settings.accounts)


def callback_routes(general: AppSettings, store: ReceiptStore, vendors: Iterable[Vendor[Any]]) -> list[web.RouteDef]:
    """The callbacks of all vendors; none without a token, which is what keeps strangers out."""
    if general.callback_token is None:
        return []
    callbacks = [callback for vendor in vendors for callback in vendor.callbacks]
    return make_callback_routes(store, callbacks, general.callback_token.get_secret_value(), general.callback_networks)


async def recover_leftovers(store: ReceiptStore, vendors: Iterable[Vendor[Any]]) -> None:
    """Read what a queue handed out before a crash and nobody has read since, though it may not be drained any more."""
    readers = {vendor.draining.system: vendor.draining.read for vendor in vendors if vendor.draining is not None}
    try:
        await recover_unparsed(store, readers)
    except StoreError as error:
        log.warning("receiving.leftovers_wait", reason=str(error))


@asynccontextmanager
async def running_drains(
    accounts: Sequence[Account[Any]], store: ReceiptStore, database: Database, clock: Clock, proxies: Proxies
) -> AsyncIterator[tuple[QueueDrainer, ...]]:
    """Every queue that the settings switch on, drained until the block is left; an answer under way is finished and kept."""
    queues = [
        (queue, account.vendor.draining)
        for account in accounts
        if account.vendor.draining is not None and _drains(account)
        for queue in account.vendor.draining.open(account.settings, clock, proxies)
    ]
    drains = tuple(
        QueueDrainer(queue, how, store, Lease(database, f"drain {queue.system} {queue.account}"), clock=clock)
        for queue, how in queues
    )
    running = [asyncio.create_task(drain.run(), name=f"drain {drain.state.account}") for drain in drains]
    try:
        yield drains
    finally:
        # Never cancelled: an answer that has just come exists nowhere else.
        await asyncio.gather(*(drain.stop() for drain in drains))
        await asyncio.gather(*running, *(queue.aclose() for queue, _ in queues))


def _drains(account: Account[Any]) -> bool:
    return account.vendor.draining is not None and account.vendor.draining.is_on(account.settings)
