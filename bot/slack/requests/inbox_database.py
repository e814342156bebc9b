"""The inbox's way to the database: nobody waits longer than a second for it, and when it last failed is remembered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import ConstraintError, DatabaseError
from bot.slack.requests.inbox_tables import LEASE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.storage.database import Database
    from bot.timing.clock import Clock

    T = TypeVar("T")

WAIT_SECONDS = 1.0  # that an ack or an answer waits for the database; Slack waits three for the ack
PATIENCE = 10  # times as long may take what nobody waits for
GRACE = LEASE / 2  # after a fault nothing is taken up: another replica may still have to write what it did

log = structlog.get_logger(__name__)


class InboxDatabase:
    """Transactions for which somebody waits, but not for long."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._failed_at: datetime | None = None

    @property
    def is_soon_after_a_fault(self) -> bool:
        """Whether another replica may still have to write what it did while the database was away."""
        return self._failed_at is not None and self._clock() < self._failed_at + GRACE

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns of a transaction that reads. Raises DatabaseError, also when it takes too long."""
        return await self.in_time(self._database.read(work))

    async def write(self, work: Callable[[Connection], T], *, is_urgent: bool = False) -> T:
        """What `work` returns of a transaction that writes, or that does nothing when its turn comes too late for the caller.

        Where it `is_urgent` it goes before all that waits.

        Raises ConstraintError; DatabaseError, also when it takes too long: then it may be committed all the same.
        """
        return await self.in_time(self._database.write(_unless_late(work, WAIT_SECONDS), is_urgent=is_urgent))

    async def write_patiently(self, work: Callable[[Connection], T]) -> T:
        """As `write`, where nobody waits for it: it may take ten times as long before it counts as failed.

        Raises ConstraintError, DatabaseError.
        """
        seconds = PATIENCE * WAIT_SECONDS
        return await self.in_time(self._database.write(_unless_late(work, seconds)), seconds)

    def write_first(self, work: Callable[[Connection], T]) -> Awaitable[T]:
        """The same before all that waits, not synced, and for `in_time`. It may be done already."""
        return self._database.write_first(_unless_late(work, WAIT_SECONDS))

    async def try_to_write(self, work: Callable[[Connection], None]) -> None:
        """Run `work` in a transaction that writes, if that can be done now. Never raises."""
        try:
            await self.write(work)
        except DatabaseError:
            return

    async def in_time(self, transaction: Awaitable[T], seconds: float | None = None) -> T:
        """What the transaction returns. It is not cancelled when it takes too long. Raises ConstraintError, DatabaseError.

        Too long is `seconds`, or as long as an ack waits.
        """
        task = asyncio.ensure_future(transaction)
        if not task.done():
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # or asyncio says nobody asked
            if not (await asyncio.wait({task}, timeout=WAIT_SECONDS if seconds is None else seconds))[0]:
                error = DatabaseError(TimeoutError("the database takes too long"))
                self._note(error)
                raise error
        try:
            return task.result()
        except ConstraintError:
            raise
        except DatabaseError as error:
            self._note(error)
            raise

    def _note(self, error: DatabaseError) -> None:
        self._failed_at = self._clock()
        log.warning("inbox.not_stored", reason=error.kind)


def _unless_late(work: Callable[[Connection], T], seconds: float) -> Callable[[Connection], T]:
    """A database that was slow once would stay so, busy with what nobody waits for."""
    until = time.monotonic() + seconds

    def in_time(connection: Connection) -> T:
        if time.monotonic() > until:
            raise TimeoutError("nobody waits for it any more")
        return work(connection)

    return in_time
