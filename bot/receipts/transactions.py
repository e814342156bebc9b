"""Transactions of the receipt store: whatever goes wrong in one ends as `StoreError`, and another key is noticed.

Numbers are found by keyed hashes, so with another key every lookup would find nothing, and look like an honest answer. A hash
that only the right key makes is therefore kept in the database and compared before the first transaction of each process.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.errors import DatabaseError, StoreError
from bot.i18n import phrase
from bot.receipts.tables import PROOFS
from bot.storage import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage import Database

KEY_PROOF = "key"


class StoreTransactions:
    """The way to the database. `key_print` is a hash that only the right key makes."""

    def __init__(self, database: Database, key_print: bytes) -> None:
        self._database = database
        self._key_print = key_print
        self._is_proven = False
        # SQLite's writers would look again every few milliseconds whether it is their turn; ours wait in line.
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if database.is_sqlite else nullcontext()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads."""
        with _faults_told():
            async with self._database.read() as connection:
                await self._compare_key(connection)
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is durable once the block is left, or has left nothing."""
        with _faults_told():
            async with self._turn, self._database.write() as connection:
                if not self._is_proven:
                    await connection.execute(self.insert_new(PROOFS, ("name",)), {"name": KEY_PROOF, "body": self._key_print})
                    await self._compare_key(connection)
                yield connection

    def insert_new(self, table: sa.Table, unique: tuple[str, ...]) -> sa.Insert:
        """An insert that leaves out the rows whose `unique` columns are there already."""
        return self._database.insert(table).on_conflict_do_nothing(index_elements=[table.c[name] for name in unique])

    async def _compare_key(self, connection: AsyncConnection) -> None:
        if self._is_proven:
            return
        kept = (await connection.execute(sa.select(PROOFS.c.body).where(PROOFS.c.name == KEY_PROOF))).scalar()
        if kept is not None and kept != self._key_print:
            raise StoreError(phrase("SMSSTATUS_SECRET_KEY is not the key that the stored receipts were kept with"))
        self._is_proven = kept is not None


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except WrongKeyError as error:
        raise StoreError(phrase("a sealed value cannot be opened with SMSSTATUS_SECRET_KEY")) from error
    except DatabaseError as error:
        kind = type(error.cause).__name__
        raise StoreError(phrase("the database failed: {kind}: {said}", kind=kind, said=str(error))) from error
