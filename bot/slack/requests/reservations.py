"""What must happen once, however many requests ask for it, such as sharing an answer: the first to ask reserves it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cachetools import TLRUCache

from bot.errors import ConstraintError, DatabaseError
from bot.slack.requests import inbox_rows

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from bot.slack.messaging.claims import Claim
    from bot.slack.requests.inbox_database import InboxDatabase
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

MAX_REMEMBERED = 10_000


class Unwritten(NamedTuple):
    """A reservation that the database does not know yet, or (`until` is None) one that it does not know to be over."""

    request: str
    until: datetime | None


class Reservations:
    """Reservations of all replicas; this process remembers its own while the database is away, and writes them afterwards."""

    def __init__(self, database: InboxDatabase, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._holders: TLRUCache[bytes, tuple[str, timedelta]] = TLRUCache(
            MAX_REMEMBERED, lambda _key, held, now: now + held[1].total_seconds(), timer=lambda: clock().timestamp()
        )
        self._unwritten: dict[bytes, Unwritten] = {}

    async def acquire(self, claim: Claim, key: str, span: timedelta) -> bool:
        """Whether `claim`'s request is the first to do what `key` names within `span`. Its own second attempt is too."""
        digest, request = self._keyring.digest(key, "reserve"), claim.request_id
        if (unwritten := self._unwritten.get(digest)) is not None:
            await self._write(digest, unwritten)
        now = self._clock()
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
                self._keep(digest, Unwritten(request, now + span))
        if holder is not None and (holder != request or not request):
            return False
        self._holders[digest] = (request, span)
        return True

    async def is_held(self, key: str) -> bool:
        """Whether anybody, on any replica, has reserved `key`; False while the database does not tell. Never raises."""
        digest, now = self._keyring.digest(key, "reserve"), self._clock()
        if digest in self._holders:
            return True
        try:
            return await self._database.read(lambda connection: inbox_rows.is_held(connection, digest, now))
        except DatabaseError:
            return False

    async def release(self, key: str) -> None:
        """What `key` names did not happen: the next who asks for it may. Never raises."""
        digest = self._keyring.digest(key, "reserve")
        self._holders.pop(digest, None)
        over = Unwritten("", None)
        self._keep(digest, over)
        await self._write(digest, over)

    async def write_unwritten(self) -> bool:
        """Write what could not be written before; whether that is all written now. Never raises."""
        for digest, one in list(self._unwritten.items()):
            if not await self._write(digest, one):
                return False
        return True

    async def _write(self, digest: bytes, one: Unwritten) -> bool:
        try:
            await self._database.write(partial(_store, digest=digest, one=one, now=self._clock()))
        except ConstraintError:  # another replica reserved it meanwhile
            pass
        except DatabaseError:
            return False
        if self._unwritten.get(digest) is one:
            del self._unwritten[digest]
        return True

    def _keep(self, digest: bytes, one: Unwritten) -> None:
        self._unwritten.pop(digest, None)
        self._unwritten[digest] = one
        if len(self._unwritten) > MAX_REMEMBERED:
            del self._unwritten[next(iter(self._unwritten))]


def _store(connection: Connection, *, digest: bytes, one: Unwritten, now: datetime) -> None:
    if one.until is None:
        inbox_rows.release(connection, digest)
    else:
        inbox_rows.acquire(connection, digest, one.request, now, one.until)
