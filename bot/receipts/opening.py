"""How the receipt store is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.receipts.lookup import StoreProvider
from bot.receipts.store import ReceiptStore

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.database import Database, Keyring

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
