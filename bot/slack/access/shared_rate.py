"""A person's limit across the replicas on one PostgreSQL: each tells the others once a second whom it let in, and how often.

No request waits for it: who is let in is decided by what this process counted, and by what it has been told. So somebody who
asks two replicas within the same second may get one second's requests more. While the database is away each counts for itself.

    person_requests   a keyed hash of the person, which replica, how often, when; deleted with the next after a minute, or daily

Rows are numbered and committed in one order, by a lock, so that nobody passes over one that comes late. Ages are told by the
server's clock, as those of replicas differ.
"""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
import structlog

from bot.errors import DatabaseError
from bot.slack.access.rate_limiter import MINUTE, UserRateLimiter
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.timing.background import beside, run_periodically

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Connection

    from bot.state import State
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

MAX_UNTOLD = 10_000  # people whom others are still to be told of
_LOCK = 0x736D74  # of `pg_advisory_xact_lock`; that of shares of limits is one less

log = structlog.get_logger(__name__)

REQUESTS_OF_PEOPLE = sa.Table(
    "person_requests",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("person", sa.LargeBinary(32), nullable=False),  # keyed hash
    sa.Column("replica", sa.String(16), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_person_requests_at", "at"),
)

_NOW = sa.func.clock_timestamp()
_A_MINUTE_AGO = _NOW - timedelta(seconds=MINUTE)
_TAKE_TURNS = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_FORGET = sa.delete(REQUESTS_OF_PEOPLE).where(REQUESTS_OF_PEOPLE.c.at < _A_MINUTE_AGO)
_TELL = sa.insert(REQUESTS_OF_PEOPLE).values({name: sa.bindparam(name) for name in ("person", "replica", "count")} | {"at": _NOW})
_NEWS = (
    sa.select(
        REQUESTS_OF_PEOPLE.c.id,
        REQUESTS_OF_PEOPLE.c.person,
        REQUESTS_OF_PEOPLE.c.replica,
        REQUESTS_OF_PEOPLE.c["count"],
        sa.extract("epoch", _NOW - REQUESTS_OF_PEOPLE.c.at).label("ago"),
    )
    .where(REQUESTS_OF_PEOPLE.c.id > sa.bindparam("after"), REQUESTS_OF_PEOPLE.c.at >= _A_MINUTE_AGO)
    .order_by(REQUESTS_OF_PEOPLE.c.id)
)


class _News(NamedTuple):
    """Another replica let a person in, so often, so many seconds ago."""

    number: int
    person: bytes
    replica: str
    times: int
    ago: float


def open_rate(per_minute: int, state: State) -> UserRateLimiter:
    """The limiter of one process, or of the replicas on one PostgreSQL."""
    if state.database.is_sqlite:
        return UserRateLimiter(per_minute, state.clock)
    return SharedRateLimiter(per_minute, state.database, state.keyring, state.clock)


class SharedRateLimiter(UserRateLimiter):
    """A sliding minute for each person, of all replicas."""

    def __init__(self, per_minute: int, database: Database, keyring: Keyring, clock: Clock) -> None:
        super().__init__(per_minute, clock)
        self._database = database
        self._keyring = keyring
        self._replica = secrets.token_hex(8)
        self._untold: Counter[str] = Counter()  # by the keyed hash of the person
        self._known = 0  # the number of the latest row that was read

    @asynccontextmanager
    async def exchanging(self, every: float) -> AsyncIterator[None]:
        """Tell the others and be told, every so many seconds until the block is left."""
        await self.exchange()
        try:
            async with beside(run_periodically(self.exchange, every=every)):
                yield
        finally:
            await self.exchange()

    async def exchange(self) -> bool:
        """Tell whom this process let in, and count whom others did; whether that was possible. Never raises."""
        untold, self._untold = self._untold, Counter()
        try:
            news = await (self._database.write(lambda connection: self._tell(connection, untold)) if untold else self._read())
        except DatabaseError as error:
            for person, count in untold.items():
                self._remember(person, count)
            log.debug("rate.not_shared", reason=error.kind)
            return False
        for one in news:
            self._known = one.number
            if one.replica != self._replica:
                window = self._window(one.person.hex())
                for _ in range(min(one.times, self.per_minute)):
                    window.count(one.ago)
        return True

    async def purge(self) -> int:
        """Delete what is older than a minute, where nobody asked since; how many rows. Raises DatabaseError."""
        return await self._database.write(lambda connection: connection.execute(_FORGET).rowcount)

    def _take(self, user: str) -> bool:
        person = self._keyring.digest(user, "rate").hex()
        allowed = super()._take(person)
        if allowed:
            self._remember(person, 1)
        return allowed

    def _remember(self, person: str, count: int) -> None:
        if person in self._untold or len(self._untold) < MAX_UNTOLD:
            self._untold[person] += count

    async def _read(self) -> Sequence[_News]:
        return await self._database.read(self._news)

    def _tell(self, connection: Connection, untold: Counter[str]) -> Sequence[_News]:
        connection.execute(_TAKE_TURNS)
        connection.execute(_FORGET)
        rows = [{"person": bytes.fromhex(person), "replica": self._replica, "count": count} for person, count in untold.items()]
        connection.execute(_TELL, rows)
        return self._news(connection)

    def _news(self, connection: Connection) -> Sequence[_News]:
        found = connection.execute(_NEWS, {"after": self._known})
        return [_News(row[0], row[1], row[2], row[3], float(row[4])) for row in found]
