"""What must happen once, however many requests ask for it, such as sharing an answer: the first to ask reserves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import TLRUCache

from bot.errors import ConstraintError, DatabaseError
from bot.slack.requests import inbox_rows

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.slack.messaging.claims import Claim
    from bot.slack.requests.inbox_database import InboxDatabase
    from bot.storage import Keyring
    from bot.timing.clock import Clock

MAX_REMEMBERED = 10_000


class Reservations:
    """Reservations of all replicas; this process remembers its own while the database is away."""

    def __init__(self, database: InboxDatabase, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._holders: TLRUCache[bytes, tuple[str, timedelta]] = TLRUCache(
            MAX_REMEMBERED, lambda _key, held, now: now + held[1].total_seconds(), timer=lambda: clock().timestamp()
        )

    async def acquire(self, claim: Claim, key: str, span: timedelta) -> bool:
        """Whether `claim`'s request is the first to do what `key` names within `span`. Its own second attempt is too."""
        now, digest, request = self._clock(), self._keyring.digest(key, "reserve"), claim.request_id
        holder: str | None = None
        if digest in self._holders:
            holder = self._holders[digest][0]
        else:
            try:
                holder = await self._database.write(
                    lambda connection: inbox_rows.acquire(connection, digest, request, now, now + span)
                )
            except ConstraintError:  # another replica was faster
                return False
            except DatabaseError:  # this process knows of none, and no other can be asked
                pass
        if holder is not None and (holder != request or not request):
            return False
        self._holders[digest] = (request, span)
        return True

    async def release(self, key: str) -> None:
        """What `key` names did not happen: the next who asks for it may. Never raises."""
        digest = self._keyring.digest(key, "reserve")
        self._holders.pop(digest, None)
        await self._database.try_to_write(lambda connection: inbox_rows.release(connection, digest))
