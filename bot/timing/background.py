"""What runs beside everything else until a block is left."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import kind_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

log = structlog.get_logger(__name__)


@asynccontextmanager
async def beside(*jobs: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Run `jobs` until the block is left; then they are cancelled and waited for."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run_periodically(job: Callable[[], Awaitable[object]], *, every: float) -> None:
    """Run `job` every `every` seconds until cancelled; exceptions are logged."""
    while True:
        await asyncio.sleep(every)
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - the next run may succeed
            log.warning("periodic_job.failed", reason=kind_of(error))
