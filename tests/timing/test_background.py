"""What runs beside a block ends with it, however it is left."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.timing.background import beside, run_periodically


async def test_jobs_have_ended_when_the_block_is_left_by_an_error_too() -> None:
    ended: list[str] = []

    async def job(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # it may still have something to do
            ended.append(name)

    async def fail() -> None:
        async with beside(job("one"), job("two")):
            await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert ended == ["one", "two"]


async def test_a_job_that_fails_once_runs_again_and_the_log_says_why() -> None:
    runs, done = iter([OSError("disk"), None]), asyncio.Event()

    async def job() -> None:
        if error := next(runs):
            raise error
        done.set()
        await asyncio.Event().wait()

    with capture_logs() as logged:
        async with asyncio.timeout(5), beside(run_periodically(job, every=0)):
            await done.wait()

    assert logged == [{"event": "periodic_job.failed", "reason": "OSError", "log_level": "warning"}]
