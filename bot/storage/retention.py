"""Daily retention purges.

Every replica runs them; deleting what is already deleted costs nothing. A failed purge is logged and retried the next day.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.errors import kind_of
from bot.timing.background import beside, run_periodically

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    Purge = Callable[[], Awaitable[int]]

DAY_SECONDS = 24 * 3600.0
FIRST_AFTER_SECONDS = 60.0  # not while the app is starting
UPKEEP_SECONDS = 60.0  # between writings of what is counted in memory, and looks for what is to be dropped from it

log = structlog.get_logger(__name__)


@asynccontextmanager
async def maintenance(purges: Mapping[str, Purge], upkeep: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Purge daily, and run `upkeep` every minute, beside everything else, until the block is left."""
    async with beside(purge_daily(purges), run_periodically(upkeep, every=UPKEEP_SECONDS)):
        yield


async def purge_daily(
    purges: Mapping[str, Purge],
    *,
    first_after: float = FIRST_AFTER_SECONDS,
    every: float = DAY_SECONDS,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Run every purge, a minute after the start and then daily, until cancelled. A purge returns how many rows it deleted."""
    await sleep(first_after)
    while True:
        await purge_once(purges)
        await sleep(every)


async def purge_once(purges: Mapping[str, Purge]) -> None:
    """Run every purge; exceptions are logged, and the others still run."""
    for name, purge in purges.items():
        try:
            deleted = await purge()
        except Exception as error:  # noqa: BLE001 - a failure of one store must not end the daily purges
            log.warning("retention.purge_failed", store=name, reason=kind_of(error))
        else:
            log.info("retention.purged", store=name, deleted=deleted)
