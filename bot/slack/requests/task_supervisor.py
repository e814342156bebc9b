"""Supervised tasks: what is handed over after an ack, and what shutdown waits for.

Bolt's runner would poll every ten milliseconds for the ack of a listener that works on (ARCHITECTURE.md, "Decisions"); here
the listener acks, starts its work and returns.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = structlog.get_logger(__name__)


class TaskSupervisor:
    """A set of running tasks. Each must end in its own visible answer; one that raises is a bug and is logged as such."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, coroutine: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run `coroutine` beside everything else. The task is held until it ends."""
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task.failed", task=task.get_name(), exc_info=error)

    async def wait(self, seconds: float) -> None:
        """Wait until all is done, at most `seconds`.

        What a task starts on its way is waited for as well: a request let in late goes on as a task of its own.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while self._tasks and loop.time() < ends:
            await asyncio.wait(set(self._tasks), timeout=ends - loop.time())

    async def drain(self, seconds: float) -> int:
        """Wait until all is done, at most `seconds`; then cancel the rest. Returns how many had to be cancelled."""
        await self.wait(seconds)
        cancelled = 0
        while self._tasks:
            late = set(self._tasks)
            cancelled += len(late)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            await asyncio.sleep(0)  # the callbacks that take them out of the set
        return cancelled

    def __len__(self) -> int:
        return len(self._tasks)
