"""How attempts at requests ended, as long as the database does not know: in memory, until it can be written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.errors import ConstraintError, DatabaseError
from bot.slack.requests import inbox_rows
from bot.storage.group_commit import MAX_BATCH, GroupCommit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.slack.requests.inbox_database import InboxDatabase
    from bot.slack.requests.inbox_tables import Ending
    from bot.timing.clock import Clock

MAX_ENDINGS = 10_000  # of an outage; of more, the oldest are forgotten


class UnwrittenEndings:
    """The endings, by the id of their request; of several for one request the last. What is written at once shares a commit.

    After an outage there are as many as there were requests: written one by one, they would keep a database that has just come
    back from all else for longer than anybody waits for it, and what could not be written then would be more of them.
    """

    def __init__(self, database: InboxDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._endings: dict[str, Ending] = {}
        self._commits: GroupCommit[Ending, DatabaseError | None] = GroupCommit(self._commit)

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
        """Write those that are kept now, the oldest first; whether all are written. Never raises."""
        endings = list(self._endings.values())
        for start in range(0, len(endings), MAX_BATCH):
            if not all(await asyncio.gather(*map(self.write, endings[start : start + MAX_BATCH]))):
                return False
        return True

    async def write(self, ending: Ending) -> bool:
        """Write one that is kept; whether it is written. Never raises."""
        try:
            if await self._commits.write(ending) is not None:
                return False
        except ConstraintError:  # another replica stored the request meanwhile, and answers it
            pass
        if self._endings.get(ending.attempt.request_id) is ending:  # a later one of the same request stays
            del self._endings[ending.attempt.request_id]
        return True

    async def _commit(self, endings: Sequence[Ending]) -> Sequence[DatabaseError | None]:
        """Raises ConstraintError. Any other fault is returned: it would be the same one by one."""
        now = self._clock()

        def work(connection: Connection) -> None:
            for ending in endings:
                inbox_rows.end(connection, ending, now)

        try:
            await self._database.write(work)
        except ConstraintError:
            raise
        except DatabaseError as error:
            return [error] * len(endings)
        return [None] * len(endings)
