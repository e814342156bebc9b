"""The durable receipt store, on SQLite or PostgreSQL.

    keep_raw ── a body as it came, committed ─► take_in ── rows, in one transaction that drops the body ─► find, purge

Whatever is acknowledged has been committed. Taking in is idempotent and indifferent to order: of several receipts for one message
the heavier counts (`rows.weight`), and what it does not know is filled in from the others.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.receipts import statements
from bot.receipts.group_commit import GroupCommit
from bot.receipts.model import IngestResult, RecordKind, StoreResult, StoreStats
from bot.receipts.rows import RowCodec
from bot.receipts.tables import PROOFS, QUARANTINE, RAWS, RECEIPTS, REPLIES
from bot.receipts.transactions import KEY_PROOF, StoreTransactions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.model import Target, Window
    from bot.receipts.model import InboundSms, Quarantined, RawBody, Receipt, ReceiptSource, Unreadable
    from bot.storage import Database, Keyring
    from bot.timing.clock import Clock

MAX_FOUND = 500  # deliveries of one answer; nobody reads more
MAX_REPLIES = 3
MAX_ODD = 200  # rows that could not be read, opened for one answer
PROOF_BYTES = 64 * 1024  # more than the largest answer of a queue, which is 100 rows
PURGE_BATCH = 1_000  # rows deleted in one transaction: whoever writes never waits for more than that

_IDENTITY = ("identity",)


@dataclass(frozen=True, slots=True)
class IngestBatch:
    """What one call of `take_in` brings, as rows."""

    raw_id: int | None
    receipts: list[dict[str, Any]]
    replies: list[dict[str, Any]]
    unreadable: list[dict[str, Any]]

    def taken(self, receipts: set[tuple[Any, ...]], replies: set[tuple[Any, ...]], odd: set[tuple[Any, ...]]) -> IngestResult:
        """What became of it. Each new row is taken out of the sets of new ones, so that it is counted for one intake only."""
        new = _claim(receipts, self.receipts, statements.KEY)
        return IngestResult(
            new=new,
            repeated=len(self.receipts) - new,
            replies=_claim(replies, self.replies, _IDENTITY),
            unreadable=_claim(odd, self.unreadable, _IDENTITY),
        )


def _claim(new: set[tuple[Any, ...]], rows: list[dict[str, Any]], unique: tuple[str, ...]) -> int:
    own = {tuple(row[name] for name in unique) for row in rows} & new
    new -= own
    return len(own)


class ReceiptStore:
    """Keeps receipts. Every method raises `StoreError`, and nothing else, when the database would not do it."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._codec = RowCodec(keyring)
        self._access = StoreTransactions(database, self._codec.key_print())
        self._clock = clock
        self._intakes = GroupCommit(self._write)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def store_raw(self, source: ReceiptSource, system: str, kind: RecordKind, account: str, body: bytes) -> int:
        """Keep a body as it came, sealed, and return its id. It is durable (committed) when this returns."""
        row = self._codec.body(source, system, kind, account, body, at=self._clock())
        async with self._access.writing() as connection:
            return int((await connection.execute(sa.insert(RAWS).returning(RAWS.c.id), row)).scalar_one())

    async def unparsed(self, limit: int = 100) -> list[RawBody]:
        """Bodies that were kept and not taken in yet, oldest first: what a crash interrupted."""
        async with self._access.reading() as connection:
            rows = await connection.execute(sa.select(RAWS).order_by(RAWS.c.id).limit(limit))
            return [self._codec.raw(row) for row in rows.mappings()]

    async def ingest(
        self,
        raw_id: int | None,
        receipts: Sequence[Receipt] = (),
        replies: Sequence[InboundSms] = (),
        unreadable: Sequence[Unreadable] = (),
    ) -> IngestResult:
        """Store what was read from a raw body and drop that body, in one transaction. `raw_id` None: there was no raw body.

        Doing it again, or with the same receipts in another order, changes nothing.
        """
        now = self._clock()
        intake = IngestBatch(
            raw_id=raw_id,
            receipts=[self._codec.receipt(receipt, now) for receipt in receipts],
            replies=[self._codec.reply(reply, now) for reply in replies],
            unreadable=[self._codec.unreadable(row, now) for row in unreadable],
        )
        return await self._intakes.write(intake)

    async def _write(self, intakes: Sequence[IngestBatch]) -> list[IngestResult]:
        """Write some intakes in one transaction."""
        raw_ids = [intake.raw_id for intake in intakes if intake.raw_id is not None]
        async with self._access.writing() as connection:
            replies = await self._insert_new(connection, REPLIES, _IDENTITY, [row for one in intakes for row in one.replies])
            odd = await self._insert_new(connection, QUARANTINE, _IDENTITY, [row for one in intakes for row in one.unreadable])
            if raw_ids:
                await connection.execute(sa.delete(RAWS).where(RAWS.c.id.in_(raw_ids)))
            receipts = await self._take_receipts(connection, [row for one in intakes for row in one.receipts])
            if receipts:
                await connection.execute(statements.add_receipts(len(receipts)))
        return [one.taken(receipts, replies, odd) for one in intakes]

    async def _take_receipts(self, connection: AsyncConnection, rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        """Insert the new ones, then fill in those that were there. Returns the keys of the new ones."""
        # Sorted, so that two replicas that take in the same rows wait for each other, and never crosswise.
        rows = sorted(rows, key=_key_of)
        new = await self._insert_new(connection, RECEIPTS, statements.KEY, rows)
        times = Counter(map(_key_of, rows))  # of two rows for one message, only one was inserted
        rest = [statements.bind_params(row) for row in rows if _key_of(row) not in new or times[_key_of(row)] > 1]
        if rest:
            await connection.execute(statements.merge_receipt(), rest)
        return new

    async def _insert_new(
        self, connection: AsyncConnection, table: sa.Table, unique: tuple[str, ...], rows: list[dict[str, Any]]
    ) -> set[tuple[Any, ...]]:
        """Insert the rows that are not there yet; returns the `unique` columns of those."""
        if not rows:
            return set()
        statement = self._access.insert_new(table, unique).returning(*(table.c[name] for name in unique))
        return {tuple(row) for row in await connection.execute(statement, rows)}

    # --- out ----------------------------------------------------------------------------------------------------------

    async def find(self, target: Target, window: Window) -> StoreResult:
        """What is known of a target. A number is looked up within the window, an id alone in all that is kept.

        The replies are those of all that is kept up to the window's end: an opt-out of last month explains today's failure.
        """
        number = self._codec.number(target.number) if target.number else None
        message = self._codec.message(target.message_id) if target.message_id else None
        async with self._access.reading() as connection:
            receipts = statements.receipts_of(number, message, window, MAX_FOUND + 1)
            rows = (await connection.execute(receipts)).mappings().all()
            numbers = {row["number"] for row in rows} if number is None else {number}
            told = (await connection.execute(statements.replies_of(numbers, window, MAX_REPLIES))).mappings().all()
            amount, since = await _extent(connection)
            odd = (await connection.execute(statements.newest_odd(MAX_ODD))).mappings().all()
        return StoreResult(
            deliveries=tuple(self._codec.delivery(row, target.number) for row in rows[:MAX_FOUND]),
            replies=tuple(self._codec.told(row, target.number) for row in told),
            is_cut=len(rows) > MAX_FOUND,
            receipts=amount,
            since=since,
            unreadable=sum(
                _speaks_of(target, self._codec.quarantined(row))
                for row in odd
                if row["kind"] == RecordKind.RECEIPTS and window.holds(row["taken_at"])
            ),
        )

    async def quarantined(self, limit: int = 50) -> list[Quarantined]:
        """The rows that could not be read, newest first."""
        async with self._access.reading() as connection:
            rows = await connection.execute(statements.newest_odd(limit))
            return [self._codec.quarantined(row) for row in rows.mappings()]

    async def counts(self) -> StoreStats:
        """How much is kept."""
        async with self._access.reading() as connection:
            amount, since = await _extent(connection)
            replies, odd, waiting = [
                int((await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())
                for table in (REPLIES, QUARANTINE, RAWS)
            ]
        return StoreStats(receipts=amount, since=since, replies=replies, quarantined=odd, waiting=waiting)

    # --- upkeep -------------------------------------------------------------------------------------------------------

    async def purge(self, before: datetime) -> int:
        """Delete what was taken in before a moment; returns how many receipts, replies and unreadable rows that were.

        Ids grow with the time of intake, so each batch is the table's lowest ids: neighbours on the disk, found by the primary
        key alone, and deleted in a short transaction of their own. Partitions by day would be cheaper still to drop, but
        SQLite has none, and PostgreSQL's could not keep a message unique that is told again on another day.
        """
        deleted = 0
        for table in (RECEIPTS, REPLIES, QUARANTINE):
            last, batch = 0, 1
            while batch:
                last, batch = await self._purge_batch(table, before, after=last)
                deleted += batch
        return deleted

    async def _purge_batch(self, table: sa.Table, before: datetime, *, after: int) -> tuple[int, int]:
        """Delete what is old among the lowest ids beyond `after`. Returns the last id looked at and how many were deleted."""
        lowest = sa.select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(PURGE_BATCH).subquery()
        async with self._access.writing() as connection:
            first, last = (await connection.execute(sa.select(sa.func.min(lowest.c.id), sa.func.max(lowest.c.id)))).one()
            if last is None:
                return after, 0
            old = sa.delete(table).where(table.c.id.between(first, last), table.c.taken_at < before)
            deleted = (await connection.execute(old)).rowcount
            if table is RECEIPTS and deleted:
                await connection.execute(statements.add_receipts(-deleted))
        return last, deleted

    async def check(self) -> None:
        """Prove that the store can take a whole answer now: writes as much, commits, and deletes it again."""
        name = f"room-{os.urandom(8).hex()}"
        async with self._access.writing() as connection:
            await connection.execute(sa.insert(PROOFS), {"name": name, "body": os.urandom(PROOF_BYTES)})
        async with self._access.writing() as connection:  # with what a crash between the two may have left
            await connection.execute(sa.delete(PROOFS).where(PROOFS.c.name != KEY_PROOF))


async def _extent(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """How many receipts there are, and when the oldest was taken in."""
    row = (await connection.execute(statements.totals())).one()
    return row.amount, row.since


def _key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in statements.KEY)


def _speaks_of(target: Target, odd: Quarantined) -> bool:
    """Whether the body of a row that could not be read holds the number or the id: then it may be the receipt asked for."""
    sought = target.message_id or (target.number.national if target.number else "")
    return sought.encode(errors="surrogatepass") in odd.row.body
