"""Asks each vendor for the smallest figures there are, so that an account that lacks the right is found before an incident."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ProviderError
from bot.model import STORE, Window
from bot.providers.base import ResultCollector
from bot.providers.statistics import HasStatistics, StatisticsQuery
from bot.statistics.plan import whole_grains

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.providers.base import Provider
    from bot.providers.statistics import Statistics

SECONDS = 6.0  # whoever does not answer by then is told of by the lookup beside it


async def try_statistics(providers: Iterable[Provider], now: datetime) -> None:
    """Count the last minute at each vendor; what an account lacks is then in its `missing_actions`. Raises nothing of theirs."""
    counting = [one for one in providers if isinstance(one, HasStatistics) and one.name != STORE]
    await asyncio.gather(*(_try(one.statistics, now) for one in counting if one.statistics is not None))


async def _try(statistics: Statistics, now: datetime) -> None:
    span = whole_grains(Window(now - timedelta(minutes=1), now), statistics.grain)
    with suppress(ProviderError, TimeoutError):
        async with asyncio.timeout(SECONDS):
            await statistics.count(StatisticsQuery(span), ResultCollector())
