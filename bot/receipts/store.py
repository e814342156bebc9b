"""The durable receipt store, on SQLite or PostgreSQL.

    store_raw ── the raw body, committed ─► ingest ── its rows, in one transaction that deletes the body ─► find, purge

Whatever is acknowledged has been committed. Ingestion is idempotent and commutative: of several receipts for one message the one
of highest precedence counts (`RowCodec.precedence`), and what it lacks is filled in from the others.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.model import Target
from bot.receipts import statements
from bot.receipts.model import IngestResult, ReceiptCounts, RecordKind, StoreResult, StoreStats
from bot.receipts.quarantine import rows_about
from bot.receipts.rows import RowCodec
from bot.receipts.tables import EPOCH, PROOFS, QUARANTINE, RAWS, RECEIPTS, REPLIES
from bot.receipts.transactions import KEY_PROOF, StoreTransactions
from bot.storage.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from bot.model import Delivery, Window
    from bot.model.statistics import Span
    from bot.receipts.model import InboundSms, Quarantined, RawBody, Receipt, ReceiptSource, Unreadable
    from bot.receipts.statements import Dimension
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

    Counting = Callable[[str, int, datetime], None]

MAX_FOUND = 500  # deliveries of one answer
MAX_REPLIES = 3
MAX_UNREADABLE = 1_000  # quarantined rows that one answer decrypts, in some 40 ms
PROOF_BYTES = 64 * 1024  # more than the largest response of a queue, which is 100 rows
PURGE_BATCH = 1_000  # rows deleted in one transaction: no writer waits longer than for these

_IDENTITY = ("identity",)
Rows = Sequence[sa.RowMapping]


@dataclass(frozen=True, slots=True)
class IngestBatch:
    """The rows of one call of `ingest`."""

    raw_id: int | None
    receipts: list[dict[str, Any]]
    replies: list[dict[str, Any]]
    unreadable: list[dict[str, Any]]

    def result(
        self, receipts: set[tuple[Any, ...]], replies: set[tuple[Any, ...]], unreadable: set[tuple[Any, ...]]
    ) -> IngestResult:
        """The counts of this batch. Its rows leave the sets of new keys, so that each is counted for one batch only."""
        new = _take_own(receipts, self.receipts, statements.KEY)
        return IngestResult(
            new=new,
            repeated=len(self.receipts) - new,
            replies=_take_own(replies, self.replies, _IDENTITY),
            unreadable=_take_own(unreadable, self.unreadable, _IDENTITY),
        )


def _take_own(new: set[tuple[Any, ...]], rows: list[dict[str, Any]], unique: tuple[str, ...]) -> int:
    own = {tuple(row[name] for name in unique) for row in rows} & new
    new -= own
    return len(own)


class ReceiptStore:
    """Stores receipts. Every method raises StoreError, and nothing else, if the database fails."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._codec = RowCodec(keyring)
        self._transactions = StoreTransactions(database, self._codec.key_fingerprint())
        self._clock = clock
        self._commits = GroupCommit(self._write)
        self._hearers: list[Callable[[Collection[Target]], None]] = []
        self._counters: list[Counting] = []

    # --- in -----------------------------------------------------------------------------------------------------------

    async def store_raw(self, source: ReceiptSource, system: str, kind: RecordKind, account: str, body: bytes) -> int:
        """Store a raw body, sealed, and return its id. It is committed when this returns. Raises StoreError."""
        row = self._codec.body(source, system, kind, account, body, at=self._clock())
        insert = sa.insert(RAWS).returning(RAWS.c.id)
        return int(await self._transactions.write(lambda connection: connection.execute(insert, row).scalar_one()))

    async def unparsed(self, limit: int = 100) -> list[RawBody]:
        """The raw bodies that are not parsed yet, oldest first: what a crash interrupted. Raises StoreError."""
        oldest = sa.select(RAWS).order_by(RAWS.c.id).limit(limit)
        return [self._codec.raw(row) for row in await self._mappings(oldest)]

    async def ingest(
        self,
        raw_id: int | None,
        receipts: Sequence[Receipt] = (),
        replies: Sequence[InboundSms] = (),
        unreadable: Sequence[Unreadable] = (),
    ) -> IngestResult:
        """Store what was parsed from a raw body and delete that body, in one transaction. `raw_id` None: there was no raw body.

        Idempotent and commutative. Raises StoreError.
        """
        now = self._clock()
        batch = IngestBatch(
            raw_id=raw_id,
            receipts=[self._codec.receipt(receipt, now) for receipt in receipts],
            replies=[self._codec.reply(reply, now) for reply in replies],
            unreadable=[self._codec.unreadable(row, now) for row in unreadable],
        )
        result = await self._commits.write(batch)
        for system, count in Counter(receipt.system for receipt in receipts).items():
            for counting in self._counters:
                counting(system, count, now)
        self._tell(receipts)
        return result

    @contextmanager
    def counted_by(self, counting: Counting) -> Iterator[None]:
        """Call `counting` with the system, the number and the moment of the receipts of each batch, until the block is left."""
        self._counters.append(counting)
        try:
            yield
        finally:
            self._counters.remove(counting)

    @contextmanager
    def heard_by(self, hearer: Callable[[Collection[Target]], None]) -> Iterator[None]:
        """Call `hearer` with the messages of each batch that this process stores, until the block is left. It must be quick."""
        self._hearers.append(hearer)
        try:
            yield
        finally:
            self._hearers.remove(hearer)

    def _tell(self, receipts: Sequence[Receipt]) -> None:
        if not self._hearers:
            return
        targets = {Target(one.number, one.message_id or None) for one in receipts if one.number or one.message_id}
        for hearer in self._hearers if targets else ():
            hearer(targets)

    async def _write(self, batches: Sequence[IngestBatch]) -> list[IngestResult]:
        """Write batches in one transaction."""
        raw_ids = [batch.raw_id for batch in batches if batch.raw_id is not None]

        def write(connection: Connection) -> list[IngestResult]:
            replies = self._insert_new(connection, REPLIES, _IDENTITY, [row for batch in batches for row in batch.replies])
            rows = [row for batch in batches for row in batch.unreadable]
            unreadable = self._insert_new(connection, QUARANTINE, _IDENTITY, rows)
            if raw_ids:
                connection.execute(sa.delete(RAWS).where(RAWS.c.id.in_(raw_ids)))
            receipts = self._upsert_receipts(connection, [row for batch in batches for row in batch.receipts])
            if receipts:
                connection.execute(statements.add_receipts(len(receipts)))
            return [batch.result(receipts, replies, unreadable) for batch in batches]

        return await self._transactions.write(write)

    def _upsert_receipts(self, connection: Connection, rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        """Insert new receipts, then merge the others into their rows. Returns the keys of the new ones."""
        # Sorted, so that two replicas that write the same rows wait for each other without a deadlock.
        rows = sorted(rows, key=_key_of)
        new = self._insert_new(connection, RECEIPTS, statements.KEY, rows)
        times = Counter(map(_key_of, rows))  # of two rows for one message, only one was inserted
        rest = [statements.bind_params(row) for row in rows if _key_of(row) not in new or times[_key_of(row)] > 1]
        if rest:
            connection.execute(statements.merge_receipt(), rest)
        return new

    def _insert_new(
        self, connection: Connection, table: sa.Table, unique: tuple[str, ...], rows: list[dict[str, Any]]
    ) -> set[tuple[Any, ...]]:
        """Insert the rows that are not stored yet; returns the `unique` columns of those."""
        if not rows:
            return set()
        statement = self._transactions.insert_new(table, unique).returning(*(table.c[name] for name in unique))
        return {tuple(row) for row in connection.execute(statement, rows)}

    # --- out ----------------------------------------------------------------------------------------------------------

    async def find(self, target: Target, window: Window) -> StoreResult:
        """The receipts of a target. A number is looked up within the window, an id alone in all that is stored.

        The replies are all that are stored up to the window's end: an opt-out of last month explains today's failure.
        Raises StoreError.
        """
        number = self._codec.number(target.number) if target.number else None
        message = self._codec.message(target.message_id) if target.message_id else None

        def read(connection: Connection) -> tuple[Rows, Rows, Rows, tuple[int, datetime | None]]:
            rows = connection.execute(statements.receipts_of(number, message, window, MAX_FOUND + 1)).mappings().all()
            numbers = {row["number"] for row in rows} if number is None else {number}
            replies = connection.execute(statements.replies_of(numbers, window, MAX_REPLIES)).mappings().all()
            unreadable = connection.execute(statements.newest_unreadable(MAX_UNREADABLE)).mappings().all()
            return rows, replies, unreadable, _totals(connection)

        rows, replies, unreadable, (amount, since) = await self._transactions.read(read)
        return StoreResult(
            deliveries=tuple(self._codec.delivery(row, target.number) for row in rows[:MAX_FOUND]),
            replies=tuple(self._codec.inbound_sms(row, target.number) for row in replies),
            is_cut=len(rows) > MAX_FOUND,
            receipts=amount,
            since=since,
            unreadable=self._unreadable_rows(target, window, unreadable),
        )

    def _unreadable_rows(self, target: Target, window: Window, rows: Sequence[sa.RowMapping]) -> int:
        """How many of the newest quarantined rows may be about `target`: those of the window, for an id alone any.

        All of them, if the window has more than one answer can look into: then a vendor's rows have got another shape.
        """
        asked = [row for row in rows if row["kind"] == RecordKind.RECEIPTS and _is_asked(row, target, window)]
        if len(rows) == MAX_UNREADABLE and _is_asked(rows[-1], target, window):
            return len(asked)
        return sum(rows_about(target, self._codec.quarantined_body(row)) for row in asked)

    async def count(self, span: Span, by: Sequence[Dimension], step: timedelta | None = None) -> tuple[ReceiptCounts, ...]:
        """The receipts of everybody within the span, counted by these dimensions and, with `step`, by steps of that length.

        Steps begin at multiples of their length since 1970. Groups and steps without a receipt are left out. Raises StoreError.
        """
        rows = await self._mappings(statements.counted(span, by, step))
        return tuple(
            ReceiptCounts(
                of={name: row[name] for name in by},
                delivered=int(row["delivered"]),
                failed=int(row["failed"]),
                slow=int(row["slow"]),
                timed=int(row["timed"]),
                at=EPOCH + int(row["at"]) * step if step else None,
            )
            for row in rows
        )

    async def newest_failures(self, of: Mapping[Dimension, str], span: Span, limit: int) -> tuple[Delivery, ...]:
        """The newest failures of everybody within the span, of these dimensions; of each number only the mask is known.

        Raises StoreError.
        """
        rows = await self._mappings(statements.newest_failures(of, span, limit))
        return tuple(self._codec.delivery(row, None) for row in rows)

    async def stored_since(self) -> datetime | None:
        """The ingestion time of the oldest receipt; None without any. Raises StoreError."""
        _, since = await self._transactions.read(_totals)
        return since

    async def check_key(self) -> None:
        """Compare the key with the fingerprint that is stored, if one is. Raises StoreError."""
        await self._transactions.check_key()

    async def keep_proof(self) -> None:
        """Store the key's fingerprint, where none is stored. Raises StoreError, also if another key's is."""
        await self._transactions.keep_proof()

    async def newest_by_system(self) -> dict[str, datetime]:
        """When the newest receipt of each system came, of those that came lately. Raises StoreError."""
        rows = await self._mappings(statements.newest_by_system())
        return {row["system"]: row["newest"] for row in rows}

    async def quarantined(self, limit: int = 50) -> list[Quarantined]:
        """The quarantined rows, newest first. Raises StoreError."""
        return [self._codec.quarantined(row) for row in await self._mappings(statements.newest_unreadable(limit))]

    async def counts(self) -> StoreStats:
        """The row counts. Raises StoreError."""

        def read(connection: Connection) -> StoreStats:
            amount, since = _totals(connection)
            replies, quarantined, waiting = [
                int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
                for table in (REPLIES, QUARANTINE, RAWS)
            ]
            return StoreStats(receipts=amount, since=since, replies=replies, quarantined=quarantined, waiting=waiting)

        return await self._transactions.read(read)

    async def _mappings(self, query: sa.Select[Any]) -> Rows:
        return await self._transactions.read(lambda connection: connection.execute(query).mappings().all())

    # --- upkeep -------------------------------------------------------------------------------------------------------

    async def purge(self, before: datetime) -> int:
        """Delete the receipts, replies and quarantined rows ingested before a time; returns their number. Raises StoreError.

        Ids grow with the time of ingestion, so each batch is the table's lowest ids: neighbours on the disk, found by the primary
        key alone, and deleted in a short transaction of their own. Partitions by day would be cheaper still to drop, but
        SQLite has none, and PostgreSQL's could not keep a message unique that is pushed again on another day.
        """
        deleted = 0
        for table in (RECEIPTS, REPLIES, QUARANTINE):
            last, batch = 0, 1
            while batch:
                last, batch = await self._purge_batch(table, before, after=last)
                deleted += batch
        return deleted

    async def _purge_batch(self, table: sa.Table, before: datetime, *, after: int) -> tuple[int, int]:
        """Delete the old rows among the lowest ids above `after`. Returns the last id examined and the number deleted."""
        lowest = sa.select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(PURGE_BATCH).subquery()

        def write(connection: Connection) -> tuple[int, int]:
            first, last = connection.execute(sa.select(sa.func.min(lowest.c.id), sa.func.max(lowest.c.id))).one()
            if last is None:
                return after, 0
            old = sa.delete(table).where(table.c.id.between(first, last), table.c.taken_at < before)
            deleted = connection.execute(old).rowcount
            if table is RECEIPTS and deleted:
                connection.execute(statements.add_receipts(-deleted))
            return last, deleted

        return await self._transactions.write(write)

    async def check(self) -> None:
        """Prove that the store can hold a whole response now: write as much, commit, delete it. Raises StoreError."""
        name = f"check-{os.urandom(8).hex()}"
        proof = sa.insert(PROOFS).values(name=name, body=os.urandom(PROOF_BYTES))
        others = sa.delete(PROOFS).where(PROOFS.c.name != KEY_PROOF)  # with what a crash between the two may have left
        await self._transactions.write(lambda connection: connection.execute(proof).rowcount)
        await self._transactions.write(lambda connection: connection.execute(others).rowcount)


def _totals(connection: Connection) -> tuple[int, datetime | None]:
    """The number of receipts, and the ingestion time of the oldest."""
    row = connection.execute(statements.totals()).one()
    return row.amount, row.since


def _is_asked(row: sa.RowMapping, target: Target, window: Window) -> bool:
    return target.number is None or window.holds(row["taken_at"])


def _key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in statements.KEY)
