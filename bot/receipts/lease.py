"""A lease in the database: one holder at a time across replicas. The holder renews it; otherwise it expires.

    leases   name, holder (none: free), epoch (+1 for each new holder: the fencing token), beat (+1 for each renewal)

Clocks of replicas differ, so no time is stored. A waiter notes the (epoch, beat) that it saw and takes over when they have not
changed for `seconds` by its own clock; the holder counts its `seconds` from before its request for renewal, which is earlier
than any other replica can have seen it. Every change is conditional on the epoch and beat that it builds on, so of several only
one succeeds, and a holder that slept past its expiry can neither renew nor release what is another's by then.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.errors import ConstraintError, DatabaseError, StoreError
from bot.i18n import phrase
from bot.storage.database import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.storage.database import Database

SECONDS = 60.0  # longer than a pull and the longest pause between two of them
RENEWALS = 3  # so often within `seconds`

LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("holder", sa.String(32), nullable=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("beat", sa.BigInteger, nullable=False),
)


class Lease:
    """The lease called `name`, as one replica sees it. Both methods raise StoreError if the database fails."""

    def __init__(
        self, database: Database, name: str, *, seconds: float = SECONDS, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._name = name
        self._seconds = seconds
        self._timer = timer
        self._holder = secrets.token_hex(8)
        self._epoch: int | None = None  # None: not ours
        self._until = 0.0
        self._seen: tuple[int, int] | None = None
        self._seen_at = 0.0

    @property
    def renewal_seconds(self) -> float:
        """How often `acquire` should be called, by the holder and by waiters."""
        return self._seconds / RENEWALS

    async def acquire(self) -> int | None:
        """Acquire or renew the lease. Returns the epoch while at least two thirds of its time are left, else None.

        Raises StoreError.
        """
        now = self._timer()
        if self._epoch is not None and now < self._until - self._seconds + self.renewal_seconds:
            return self._epoch
        with _raising_store_error():
            self._epoch = await self._renew() or await self._take_over(now)
        self._until = now + self._seconds
        return self._epoch

    async def release(self) -> None:
        """Release the lease, if it is ours, so that the next holder need not wait for its expiry. Raises StoreError."""
        epoch, self._epoch = self._epoch, None
        if epoch is not None:
            with _raising_store_error():
                await self._change(holder=None, epoch=epoch, where=self._is_ours(epoch))

    async def _renew(self) -> int | None:
        if self._epoch is None:
            return None
        is_kept = await self._change(beat=LEASES.c.beat + 1, where=self._is_ours(self._epoch))
        return self._epoch if is_kept else None

    async def _take_over(self, now: float) -> int | None:
        ours = sa.select(LEASES).where(LEASES.c.name == self._name)
        row = await self._database.read(lambda connection: connection.execute(ours).mappings().first())
        if row is None:
            return await self._insert()
        seen = (row["epoch"], row["beat"])
        if seen != self._seen:
            self._seen, self._seen_at = seen, now
        if row["holder"] is not None and now - self._seen_at < self._seconds:
            return None
        unchanged = sa.and_(LEASES.c.epoch == seen[0], LEASES.c.beat == seen[1])
        is_taken = await self._change(holder=self._holder, epoch=seen[0] + 1, beat=0, where=unchanged)
        return seen[0] + 1 if is_taken else None

    async def _insert(self) -> int | None:
        first = sa.insert(LEASES).values(name=self._name, holder=self._holder, epoch=1, beat=0)
        try:
            await self._database.write(lambda connection: connection.execute(first).rowcount)
        except ConstraintError:  # another replica was faster
            return None
        return 1

    async def _change(self, *, where: sa.ColumnElement[bool], **values: object) -> bool:
        statement = sa.update(LEASES).where(LEASES.c.name == self._name, where).values(values)
        return await self._database.write(lambda connection: connection.execute(statement).rowcount) == 1

    def _is_ours(self, epoch: int) -> sa.ColumnElement[bool]:
        return sa.and_(LEASES.c.holder == self._holder, LEASES.c.epoch == epoch)


@contextmanager
def _raising_store_error() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        kind = type(error.cause).__name__
        raise StoreError(phrase("the lease could not be looked after: {kind}", kind=kind)) from error
