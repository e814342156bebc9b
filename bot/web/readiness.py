"""Whether requests can be answered now, part by part, each asked within a limit of time.

A check that hangs is not cancelled: what waits for a disk or a dead connection often cannot be. The next probe waits for the
same one, so that probes do not pile up behind a database that hangs.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Check = Callable[[], Awaitable[str | None]]

CHECK_SECONDS = 0.8  # Kubernetes waits one second for a probe unless it is told otherwise
OK = "ok"

log = structlog.get_logger(__name__)


class Readiness:
    """The readiness checks of the app's parts; each returns why requests cannot be answered, or None."""

    def __init__(self, checks: Mapping[str, Check], seconds: float = CHECK_SECONDS) -> None:
        self._checks = checks
        self._seconds = seconds
        self._running: dict[str, asyncio.Task[str | None]] = {}

    async def parts(self) -> dict[str, str]:
        """`ok` or the reason why not, by part, in their order. Never raises."""
        tasks = {part: self._task(part) for part in self._checks}
        if tasks:
            await asyncio.wait(tasks.values(), timeout=self._seconds)
        return {part: self._said(task) for part, task in tasks.items()}

    def _task(self, part: str) -> asyncio.Task[str | None]:
        running = self._running.get(part)
        if running is None or running.done():
            running = self._running[part] = asyncio.create_task(self._check(part), name=f"readiness of {part}")
        return running

    async def _check(self, part: str) -> str | None:
        try:
            return await self._checks[part]()
        except Exception as error:
            log.exception("readiness.crashed", part=part)
            return f"the check failed ({type(error).__name__})"

    def _said(self, task: asyncio.Task[str | None]) -> str:
        if not task.done():
            return f"no answer within {self._seconds:g} s"
        return (None if task.cancelled() else task.result()) or OK

    async def aclose(self) -> None:
        """Cancel the checks that hang."""
        for task in self._running.values():
            task.cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self._seconds)
