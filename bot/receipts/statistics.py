"""The receipt store's statistics: receipts by vendor, account and carrier, by the minute.

The store knows what became of messages, and not which are still without a receipt. A message is counted in the minute in which it
was sent or, where its receipt does not tell (Tencent's pushes do not), in that of the receipt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ProviderError, StoreError
from bot.model import ProviderFault
from bot.model.statistics import Counts, Figures, Grain, Group, Unit

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.providers.base import ResultCollector
    from bot.providers.statistics import StatisticsQuery
    from bot.receipts.statements import Dimension
    from bot.receipts.store import ReceiptStore

UNREACHABLE = "Transport.Store"
BY: tuple[Dimension, ...] = ("system", "account", "range_carrier")


class StoreStatistics:
    """The receipts of everybody in the store."""

    unit = Unit.MESSAGES
    grain = Grain.MINUTE
    has_series = True

    def __init__(self, store: ReceiptStore, retention: timedelta) -> None:
        self._store = store
        self.reach: timedelta | None = retention

    async def count(self, query: StatisticsQuery, collector: ResultCollector) -> tuple[Figures, ...]:
        """See `Statistics.count`: each account's carriers apart. Raises ProviderError."""
        collector.requests += 1
        try:
            rows = await self._store.count(query.span, BY, query.step)
        except StoreError as error:
            raise ProviderError(ProviderFault(UNREACHABLE, str(error), retryable=True)) from error
        return tuple(
            Figures(
                Group(row.of["system"], row.of["account"], row.of["range_carrier"]),
                Counts(delivered=row.delivered, failed=row.failed, slow=row.slow, timed=row.timed),
                row.at,
            )
            for row in rows
        )
