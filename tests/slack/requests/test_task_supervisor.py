"""The app's own tasks: all that was taken is finished before the app goes, what a task started too."""

from __future__ import annotations

import asyncio

from bot.slack.requests.task_supervisor import TaskSupervisor


async def test_draining_waits_for_what_a_task_starts_on_its_way() -> None:
    work, done = TaskSupervisor(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        work.spawn(second(), "second")

    work.spawn(first(), "first")

    assert await work.drain(5) == 0
    assert done == ["second"]
    assert len(work) == 0


async def test_what_is_not_done_in_time_is_cancelled_and_counted() -> None:
    work = TaskSupervisor()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            work.spawn(asyncio.sleep(0), "last words")

    work.spawn(stubborn(), "stubborn")

    assert await work.drain(0.01) >= 1
    assert len(work) == 0
