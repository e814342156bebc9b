"""How attempts at requests ended, as long as the database does not know: in memory, until it can be written."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from bot.errors import ConstraintError, DatabaseError
from bot.slack.requests import inbox_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.slack.requests.inbox_database import InboxDatabase
    from bot.slack.requests.inbox_tables import Ending
    from bot.timing.clock import Clock

MAX_ENDINGS = 10_000  # of an outage; of more, the oldest are forgotten
AT_ONCE = 20  # in a commit, so that none keeps the others waiting for long


class UnwrittenEndings:
    """The endings, by the id of their request; of several for one request the last.

    After an outage there are as many as there were requests, and they are written some at a time, by one commit after another:
    a database that has just come back is not to be kept from all else for longer than anybody waits for it. What could not be
    written then would be more of them.
    """

    def __init__(self, database: InboxDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._endings: dict[str, Ending] = {}
        self._batch: asyncio.Task[bool] | None = None  # that is being written

    def __len__(self) -> int:
        return len(self._endings)

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._endings

    def add(self, ending: Ending) -> None:
        """Keep an ending, in the place of an earlier one of its request."""
        self._endings[ending.attempt.request_id] = ending
        if len(self._endings) > MAX_ENDINGS:
            self._endings.pop(next(iter(self._endings)))

    async def write_all(self) -> bool:
        """Write those that are kept now; whether all are written. Never raises."""
        for ending in list(self._endings.values()):
            if not await self.write(ending):
                return False
        return True

    async def write(self, ending: Ending) -> bool:
        """Write one that is kept, after those before it; whether it is written. Never raises."""
        while self._is_kept(ending):
            if self._batch is None:
                self._batch = asyncio.create_task(self._write_oldest(), name="write endings")
            if not await asyncio.shield(self._batch):
                return False
        return True

    async def _write_oldest(self) -> bool:
        try:
            batch = list(islice(self._endings.values(), AT_ONCE))
            try:
                await self._commit(batch)
            except ConstraintError:  # another replica stored one of the requests meanwhile, and answers it
                for ending in batch:
                    await self._commit_alone(ending)
            for ending in batch:
                if self._is_kept(ending):  # else a later one of the same request stays
                    del self._endings[ending.attempt.request_id]
        except DatabaseError:
            return False
        finally:
            self._batch = None
        return True

    async def _commit_alone(self, ending: Ending) -> None:
        """Raises DatabaseError."""
        try:
            await self._commit([ending])
        except ConstraintError:
            return

    async def _commit(self, endings: Sequence[Ending]) -> None:
        """Raises DatabaseError, ConstraintError."""
        now = self._clock()

        def work(connection: Connection) -> None:
            for ending in endings:
                inbox_rows.end(connection, ending, now)

        # Patiently, or on a busy machine it would never get through, and be begun again and again.
        await self._database.write_patiently(work)

    def _is_kept(self, ending: Ending) -> bool:
        return self._endings.get(ending.attempt.request_id) is ending
