"""Resumes what was acked and never answered, since its process died or Slack took nothing: it is dispatched anew."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.timing.background import beside, run_periodically

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.slack.requests.exactly_once import ExpiredRequest, RequestInbox
    from bot.slack.requests.task_supervisor import TaskSupervisor

AGAIN_AFTER = 1.0  # seconds, where something was resumed: after an outage there is more than one look finds
RESUMED_AT_ONCE = 10
MOST_AT_WORK = 20  # with which more is resumed
FEWEST_RESUMED = 5  # in each look, whatever else is at work
WRITE_EVERY = 1.0  # seconds, that a replica may not know yet what another did while the database was away

log = structlog.get_logger(__name__)


class Resumption:
    """Looks now and then for requests that nobody works on. `resume` dispatches one, and tells whether it did."""

    def __init__(self, inbox: RequestInbox, tasks: TaskSupervisor, resume: Callable[[ExpiredRequest], Awaitable[bool]]) -> None:
        self._inbox = inbox
        self._tasks = tasks
        self._resume = resume

    async def resume_expired(self) -> int:
        """Resume what nobody works on. Returns how many.

        No more than can be worked on soon: what is taken up and not yet answered loses an attempt when the process dies.
        """
        expired = await self._inbox.expired(max(FEWEST_RESUMED, MOST_AT_WORK - len(self._tasks)))
        resumed = 0
        for start in range(0, len(expired), RESUMED_AT_ONCE):
            resumed += sum(await asyncio.gather(*map(self._resume, expired[start : start + RESUMED_AT_ONCE])))
        return resumed

    @asynccontextmanager
    async def running(self, every: float) -> AsyncIterator[None]:
        """Resume what has expired, and keep the leases of what is under way, every so many seconds until the block is left.

        What could not be written is tried again every second.
        """

        async def rounds() -> None:
            while True:
                resumed = 0
                try:
                    await self._inbox.renew()
                    resumed = await self.resume_expired()
                except Exception:  # one round that fails must not be the last
                    log.exception("request.resume_failed")
                await asyncio.sleep(min(every, AGAIN_AFTER) if resumed else every)

        async with beside(rounds(), run_periodically(self._inbox.write_endings, every=WRITE_EVERY)):
            yield
