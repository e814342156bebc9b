"""Limits unsolicited help to once a day per person, across replicas."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from cachetools import TTLCache

from bot.errors import DatabaseError
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA

if TYPE_CHECKING:
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

AGAIN_AFTER = timedelta(days=1)
MAX_REMEMBERED = 10_000

log = structlog.get_logger(__name__)

INTRODUCTIONS = sa.Table(
    "introductions",
    METADATA,
    sa.Column("person", sa.LargeBinary(32), primary_key=True),  # keyed hash of the user
    sa.Column("at", UtcDateTime, nullable=False),
)


class HelpThrottle:
    """Throttles unsolicited help."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._recent: TTLCache[bytes, bool] = TTLCache(
            MAX_REMEMBERED, AGAIN_AFTER.total_seconds(), timer=lambda: clock().timestamp()
        )

    async def is_due(self, user: str) -> bool:
        """Whether to introduce the bot to `user` now. True once a day, whichever replica is asked. Never raises."""
        person, now = self._keyring.digest(user, "introductions"), self._clock()
        if person in self._recent:
            return False
        self._recent[person] = True
        told = self._database.insert(INTRODUCTIONS).values(person=person, at=now)
        told_again = told.on_conflict_do_update(
            index_elements=["person"], set_={"at": now}, where=INTRODUCTIONS.c.at <= now - AGAIN_AFTER
        )
        try:
            return await self._database.write(lambda connection: connection.execute(told_again).rowcount) == 1
        except DatabaseError as error:
            log.warning("introductions.not_stored", reason=error.kind)
            return True

    async def purge(self) -> int:
        """Delete expired entries. Returns how many. Raises DatabaseError."""
        old = INTRODUCTIONS.c.at <= self._clock() - AGAIN_AFTER
        return await self._database.write(lambda connection: connection.execute(sa.delete(INTRODUCTIONS).where(old)).rowcount)
