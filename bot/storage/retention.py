"""Daily retention purges.

Every replica runs them; deleting what is already deleted costs nothing. A failed purge is logged and retried the next day.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.errors import DatabaseError

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
    tasks = [asyncio.create_task(purge_daily(purges)), asyncio.create_task(run_periodically(upkeep, every=UPKEEP_SECONDS))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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


async def run_periodically(
    job: Callable[[], Awaitable[object]], *, every: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Run `job` every `every` seconds until cancelled; exceptions are logged."""
    while True:
        await sleep(every)
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - the next run may succeed
            log.warning("periodic_job.failed", reason=_kind(error))


async def purge_once(purges: Mapping[str, Purge]) -> None:
    """Run every purge; exceptions are logged, and the others still run."""
    for name, purge in purges.items():
        try:
            deleted = await purge()
        except Exception as error:  # noqa: BLE001 - a failure of one store must not end the daily purges
            log.warning("retention.purge_failed", store=name, reason=_kind(error))
        else:
            log.info("retention.purged", store=name, deleted=deleted)


def _kind(error: Exception) -> str:
    return error.kind if isinstance(error, DatabaseError) else type(error).__name__
