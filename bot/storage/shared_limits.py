"""The limits that the replicas on one PostgreSQL share: a row for each of them and each replica (`timing/shares.py`).

A lookup costs no statement. Beside it each replica renews all of its rows in one transaction a second, and four times a second
while calls wait that others' permits could serve. A lock that lasts for that transaction has the replicas take turns, and the
server's clock tells which rows are over, as those of replicas differ.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from bot.errors import DatabaseError, kind_of
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA
from bot.timing.arrivals import SECOND
from bot.timing.background import beside
from bot.timing.fair_queue import FairQueue
from bot.timing.shares import KEPT_SECONDS, Share, SharedWindow, ShareTimings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection
    from sqlalchemy.dialects import postgresql

    from bot.storage.database import Database

_LOCK = 0x736D73  # "sms": of `pg_advisory_xact_lock`

log = structlog.get_logger(__name__)

SHARES = sa.Table(
    "limit_shares",
    METADATA,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("replica", sa.String(16), primary_key=True),
    sa.Column("held", sa.Integer, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

_NOW = sa.func.clock_timestamp()  # `now()` is the beginning of the transaction, before the wait for the lock
_IS_OVER = (SHARES.c.expires_at <= _NOW).label("is_over")
_OTHERS = sa.select(SHARES.c.name, SHARES.c.replica, SHARES.c.held, SHARES.c.wanted, _IS_OVER).where(
    SHARES.c.replica != sa.bindparam("own")
)
_TAKE_TURNS = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
_RENEWED_UNTIL = _NOW + sa.bindparam("lease", type_=sa.Interval)


class SharedLimits:
    """This replica's part of the limits. Without `renewing` its queues give no turn."""

    def __init__(self, database: Database, timings: ShareTimings = ShareTimings()) -> None:  # noqa: B008 - a frozen value
        self._database = database
        self._timings = timings
        self.replica = secrets.token_hex(8)
        self._queues: dict[str, FairQueue] = {}
        self._windows: dict[str, SharedWindow] = {}
        self._is_failing = False
        self._renew = _renewal()

    def queue(self, name: str, most: int, calls: int) -> FairQueue:
        """The queue of the limit that has this name: one, whoever asks for it."""
        if name not in self._queues:
            self._windows[name] = SharedWindow(calls, self._timings)
            self._queues[name] = FairQueue(most, self._windows[name])
        return self._queues[name]

    @asynccontextmanager
    async def renewing(self) -> AsyncIterator[None]:
        """Hold permits until the block is left; then the others may have them."""
        await self.renew()
        try:
            async with beside(self._renew_forever()):
                yield
        finally:
            await self._leave()

    async def renew(self) -> bool:
        """Write what this replica holds of each limit, and wants; whether that is written. Never raises."""
        if not self._windows:
            return True
        asked_at = _monotonic()
        try:
            async with asyncio.timeout(self._timings.transaction):
                await self._database.write(self._write)
        except (DatabaseError, TimeoutError) as error:
            if not self._is_failing:
                log.warning("limits.not_shared", reason=kind_of(error))
            self._is_failing = True
            return False
        if self._is_failing:
            log.info("limits.shared_again")
        self._is_failing = False
        for name, window in self._windows.items():
            window.settle(asked_at, _monotonic())
            self._queues[name].look_again()
        return True

    async def purge(self) -> int:
        """Delete the rows of replicas that are gone; how many. Raises DatabaseError."""
        over = sa.delete(SHARES).where(SHARES.c.expires_at <= _NOW - timedelta(seconds=KEPT_SECONDS))
        return await self._database.write(lambda connection: connection.execute(over).rowcount)

    async def _renew_forever(self) -> None:
        renewed_at = _monotonic()
        while True:
            await asyncio.sleep(self._timings.hungry)
            if self._is_hungry or _monotonic() - renewed_at > self._timings.renewal - self._timings.hungry / 2:
                renewed_at = _monotonic()
                try:
                    await self.renew()
                except Exception:  # one that fails must not be the last
                    log.exception("limits.renewal_crashed")

    @property
    def _is_hungry(self) -> bool:
        now = _monotonic()
        return any(
            window.counted(now) > window.calls or (self._queues[name].backlog > 0 and window.calls < window.limit)
            for name, window in self._windows.items()
        )

    def _write(self, connection: Connection) -> None:
        """Propose and write. Whatever becomes of the transaction, nothing is begun that it would not allow."""
        connection.execute(_TAKE_TURNS)
        others: dict[str, list[Share]] = {}
        for row in connection.execute(_OTHERS, {"own": self.replica}):
            others.setdefault(row.name, []).append(Share(row.replica, row.held, row.wanted, row.is_over))
        now = _monotonic()
        lease = timedelta(seconds=self._timings.lease)
        rows: list[dict[str, Any]] = []
        for name in sorted(self._windows):
            share = self._windows[name].propose(self.replica, self._queues[name].backlog, others.get(name, ()), now)
            rows.append({"name": name, "replica": share.replica, "held": share.held, "wanted": share.wanted, "lease": lease})
        connection.execute(self._renew, rows)

    async def _leave(self) -> None:
        """Give the permits back, when the last calls have surely arrived."""
        if any(window.counted(_monotonic()) for window in self._windows.values()):
            await asyncio.sleep(SECOND)
        leave = sa.delete(SHARES).where(SHARES.c.replica == self.replica)
        try:
            async with asyncio.timeout(self._timings.transaction):
                await self._database.write(lambda connection: connection.execute(leave).rowcount)
        except (DatabaseError, TimeoutError):
            return  # they run out by themselves


def _monotonic() -> float:
    """The clock of the queues, which are of the same loop."""
    return asyncio.get_running_loop().time()


def _renewal() -> postgresql.Insert:
    """The statement that writes a row, or writes it anew."""
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - as in database.py: `keeping` tells of the table everywhere

    names = ("name", "replica", "held", "wanted")
    insert = postgresql.insert(SHARES).values({name: sa.bindparam(name) for name in names} | {"expires_at": _RENEWED_UNTIL})
    return insert.on_conflict_do_update(
        index_elements=["name", "replica"], set_={name: insert.excluded[name] for name in ("held", "wanted", "expires_at")}
    )
