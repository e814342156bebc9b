"""Who has been told what the bot can do, so that somebody who just talks to it hears it once a day and not each time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from cachetools import TTLCache
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.storage import METADATA

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage import Database, Keyring

AGAIN_AFTER = timedelta(days=1)
MAX_REMEMBERED = 10_000

log = structlog.get_logger(__name__)

INTRODUCTIONS = sa.Table(
    "introductions",
    METADATA,
    sa.Column("person", sa.LargeBinary(32), primary_key=True),  # keyed hash of the user
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


class Introductions:
    """Remembers whom the help was shown to unasked, on every replica."""

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
        long_ago = sa.and_(INTRODUCTIONS.c.person == person, INTRODUCTIONS.c.at <= now - AGAIN_AFTER)
        try:
            async with self._database.write() as connection:
                if (await connection.execute(sa.update(INTRODUCTIONS).where(long_ago).values(at=now))).rowcount:
                    return True
                await connection.execute(sa.insert(INTRODUCTIONS).values(person=person, at=now))
        except IntegrityError:  # it is there and not long ago
            return False
        except (SQLAlchemyError, OSError) as error:
            log.warning("introductions.not_stored", reason=type(error).__name__)
        return True

    async def purge(self) -> int:
        """Forget who was told so long ago that they would be told again. Returns how many. Raises SQLAlchemyError."""
        old = INTRODUCTIONS.c.at <= self._clock() - AGAIN_AFTER
        async with self._database.write() as connection:
            return (await connection.execute(sa.delete(INTRODUCTIONS).where(old))).rowcount
