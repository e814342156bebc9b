"""Where watches are kept: sealed, for all replicas, of which one at a time has a watch.

    open --lease, look--> open …      a look is due: whoever leases the row looks, and says when the next is due
    open --begin_telling--> telling --end--> done        just before the outcome is said
    open --stop--> stopped

A lease lasts thirty seconds, so a killed process's watch is taken up by another, or by the same after its restart. What comes
first is that nothing is said twice: from `telling` on nobody says the outcome, since it may have been said; the card alone is
still made final. So a process that dies within that moment leaves an outcome that only the card tells.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from bot.errors import UsageError
from bot.slack.watching.watch import Watch, WatchState, from_bytes, to_bytes
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from bot.model import Query
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

MOST_OPEN = 5  # watches of one person
LEASE = timedelta(seconds=30)
POSTING = timedelta(seconds=90)  # the outbox lets a message wait for a minute
KEEP = timedelta(days=1)  # after its end, for the button that goes on watching
MOST_SCANNED = 1_000  # open watches that a pushed receipt is compared with

log = structlog.get_logger(__name__)

WATCHES = sa.Table(
    "watches",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("asker", sa.LargeBinary(32), nullable=False),  # keyed hash of the user
    sa.Column("question", sa.LargeBinary(32), nullable=False),  # keyed hash of the user, the targets and the providers
    sa.Column("owner", sa.String(32), nullable=False),
    sa.Column("lease_until", UtcDateTime, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_watches_state_next_at", "state", "next_at"),
    sa.Index("ix_watches_asker_state", "asker", "state"),
    sa.Index("ix_watches_ends_at", "ends_at"),
)
_OPEN = WATCHES.c.state == WatchState.OPEN.value


class Opening(Enum):
    """What became of the wish to watch."""

    OPENED = auto()
    JOINED = auto()  # the same person watches the same already
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True)
class Opened:
    """The watch that is open now; of too many, the one that was not opened."""

    what: Opening
    watch: Watch
    is_longer: bool = False  # one that was joined goes on longer than before


class WatchStore:
    """The watches of all replicas. Every method raises DatabaseError when the database fails."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock, providers: Iterable[str]) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._providers = {name: name for name in providers}

    async def open(self, wanted: Watch, next_at: datetime) -> Opened:
        """Keep a new watch, leased until its card is posted; join the same person's equal one; refuse a sixth one.

        An equal watch that would end sooner goes on as long as the new one would.
        """
        watch = replace(wanted, id=secrets.token_urlsafe(12), owner=secrets.token_hex(16))
        asker, question = self._asker_key(watch.asker.user), self._question_key(watch)
        now = self._clock()
        row = {
            "id": watch.id,
            "state": WatchState.OPEN.value,
            "asker": asker,
            "question": question,
            "owner": watch.owner,
            "lease_until": now + POSTING,
            "next_at": next_at,
            "ends_at": watch.ends_at,
            "sealed": self._sealed(watch),
        }

        def write(connection: Connection) -> sa.RowMapping | int | None:
            self._one_at_a_time(connection, asker)
            mine = sa.select(WATCHES).where(WATCHES.c.asker == asker, _OPEN)
            rows = connection.execute(mine).mappings().all()
            same = next((one for one in rows if one["question"] == question), None)
            if same is not None:
                if same["ends_at"] < watch.ends_at:
                    longer = sa.update(WATCHES).where(WATCHES.c.id == same["id"], _OPEN).values(ends_at=watch.ends_at)
                    connection.execute(longer)
                return same
            if len(rows) >= MOST_OPEN:
                return len(rows)
            connection.execute(sa.insert(WATCHES), row)
            return None

        found = await self._database.write(write)
        if isinstance(found, int):
            return Opened(Opening.TOO_MANY, watch)
        if found is not None and (same := self._opened(found)) is not None:
            ends_at = max(same.ends_at, watch.ends_at)
            return Opened(Opening.JOINED, replace(same, ends_at=ends_at), is_longer=ends_at > same.ends_at)
        return Opened(Opening.OPENED, watch)

    def _one_at_a_time(self, connection: Connection, asker: bytes) -> None:
        """Of equal requests at once each counts what the one before it has opened. SQLite has one writer anyway.

        PostgreSQL's lock ends with the transaction (https://www.postgresql.org/docs/current/explicit-locking.html).
        """
        if not self._database.is_sqlite:
            number = int.from_bytes(asker[:8], signed=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))

    async def lease_due(self, limit: int) -> list[Watch]:
        """The watches that are due and nobody has, leased; among them those whose outcome somebody said, or was about to say."""
        now, owner = self._clock(), secrets.token_hex(16)
        free = sa.and_(WATCHES.c.lease_until <= now, WATCHES.c.state.in_([WatchState.OPEN.value, WatchState.TELLING.value]))
        due = sa.select(WATCHES.c.id).where(free, WATCHES.c.next_at <= now).order_by(WATCHES.c.next_at).limit(limit)
        if not await self._database.read(lambda connection: connection.execute(due).first()):
            return []  # nearly always: nothing is written then

        def write(connection: Connection) -> Sequence[sa.RowMapping]:
            ids = sorted(connection.execute(due).scalars())
            take = sa.update(WATCHES).where(WATCHES.c.id.in_(ids), free).values(owner=owner, lease_until=now + LEASE)
            return connection.execute(take.returning(WATCHES)).mappings().all()

        rows = await self._database.write(write)
        return [watch for row in rows if (watch := self._opened(row)) is not None]

    async def keep(self, watch: Watch, next_at: datetime) -> bool:
        """Write what a look found, or where the card is, and free the watch until the next look; whether it was still ours."""
        values = {"sealed": self._sealed(watch), "next_at": next_at, "lease_until": self._clock()}
        return await self._change(watch, values, WatchState.OPEN)

    async def begin_telling(self, watch: Watch) -> bool:
        """Just before the outcome is said: from here on nobody else says it. False when it is another's, or over."""
        values = {"state": WatchState.TELLING.value, "lease_until": self._clock() + POSTING}
        return await self._change(watch, values, WatchState.OPEN)

    async def tell_later(self, watch: Watch, at: datetime) -> bool:
        """Slack surely did not take the outcome: somebody says it later."""
        values = {"state": WatchState.OPEN.value, "next_at": at, "lease_until": self._clock()}
        return await self._change(watch, values, WatchState.OPEN, WatchState.TELLING)

    async def end(self, watch: Watch, state: WatchState = WatchState.DONE) -> bool:
        """The watch is over."""
        return await self._change(watch, {"state": state.value}, WatchState.OPEN, WatchState.TELLING)

    async def stop(self, watch: Watch) -> bool:
        """Stop it, whoever is looking; whether it was open."""
        stop = sa.update(WATCHES).where(WATCHES.c.id == watch.id, _OPEN).values(state=WatchState.STOPPED.value)
        return await self._database.write(lambda connection: connection.execute(stop).rowcount) == 1

    async def find(self, watch_id: str) -> Watch | None:
        """The watch with this id, open or over; None when it is not kept any more."""
        found = await self._rows(sa.select(WATCHES).where(WATCHES.c.id == watch_id))
        return found[0] if found else None

    async def open_of(self, user: str) -> list[Watch]:
        """The open watches of a person, the one that ends first being the first."""
        return await self._rows(
            sa.select(WATCHES).where(WATCHES.c.asker == self._asker_key(user), _OPEN).order_by(WATCHES.c.ends_at, WATCHES.c.id)
        )

    async def all_open(self) -> list[Watch]:
        """The open watches of everybody, at most a thousand."""
        return await self._rows(sa.select(WATCHES).where(_OPEN).order_by(WATCHES.c.next_at).limit(MOST_SCANNED))

    async def hasten(self, ids: Collection[str], at: datetime) -> None:
        """Look at these at `at`, if not sooner."""
        sooner = sa.update(WATCHES).where(WATCHES.c.id.in_(sorted(ids)), _OPEN, WATCHES.c.next_at > at).values(next_at=at)
        await self._database.write(lambda connection: connection.execute(sooner).rowcount)

    async def hand_back(self, watches: Iterable[Watch]) -> None:
        """At shutdown: whoever runs next need not wait for these leases to end."""
        for watch in watches:
            await self._change(watch, {"lease_until": self._clock()}, WatchState.OPEN)

    async def purge(self) -> int:
        """Delete what is over for a day. Returns how many."""
        over = sa.delete(WATCHES).where(WATCHES.c.ends_at < self._clock() - KEEP)
        return await self._database.write(lambda connection: connection.execute(over).rowcount)

    async def _change(self, watch: Watch, values: dict[str, Any], *states: WatchState) -> bool:
        mine = (WATCHES.c.id == watch.id, WATCHES.c.owner == watch.owner, WATCHES.c.state.in_([one.value for one in states]))
        change = sa.update(WATCHES).where(*mine).values(values)
        return await self._database.write(lambda connection: connection.execute(change).rowcount) == 1

    async def _rows(self, query: sa.Select[Any]) -> list[Watch]:
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [watch for row in rows if (watch := self._opened(row)) is not None]

    def _sealed(self, watch: Watch) -> bytes:
        return self._keyring.seal(to_bytes(watch, self._providers), "watches")

    def _opened(self, row: sa.RowMapping) -> Watch | None:
        """The watch; one that was sealed with another key costs no other."""
        try:
            watch = from_bytes(self._keyring.open(row["sealed"], "watches"), row["ends_at"], self._providers)
        except (WrongKeyError, UsageError, ValueError, LookupError, TypeError) as error:
            log.warning("watches.not_read", reason=type(error).__name__)
            return None
        return replace(watch, id=row["id"], state=WatchState(row["state"]), owner=row["owner"])

    def _asker_key(self, user: str) -> bytes:
        return self._keyring.digest(user, "watcher")

    def _question_key(self, watch: Watch) -> bytes:
        return self._keyring.digest(f"{watch.asker.user} {_asked(watch.query)}", "watched")


def _asked(query: Query) -> str:
    """What makes two watches equal: the targets and the providers. Their windows differ by when they were asked."""
    return " ".join([*sorted(target.whole for target in query.targets), *sorted(query.providers)])
