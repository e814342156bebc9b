"""Transactions of the receipt store: every failure is raised as `StoreError`, and a wrong key is detected.

Numbers are found by keyed hashes, so with another key every lookup would find nothing and look like a complete answer. The key's
fingerprint is therefore stored in the database and compared before the first transaction of each process.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from bot.errors import DatabaseError, StoreError
from bot.i18n import phrase
from bot.receipts.tables import PROOFS
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from bot.storage.database import Database

    T = TypeVar("T")

KEY_PROOF = "key"


class StoreTransactions:
    """The store's transactions. Both raise StoreError, also if the database was written with another key."""

    def __init__(self, database: Database, key_fingerprint: bytes) -> None:
        self._database = database
        self._key_fingerprint = key_fingerprint
        self._is_key_checked = False

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns of a read-only transaction. Raises StoreError."""

        def checked(connection: Connection) -> T:
            self._compare_key(connection)
            return work(connection)

        with _raising_store_error():
            return await self._database.read(checked)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns of a transaction that is committed by then, or rolled back when it raises. Raises StoreError."""

        def checked(connection: Connection) -> T:
            if not self._is_key_checked:
                connection.execute(self.insert_new(PROOFS, ("name",)), {"name": KEY_PROOF, "body": self._key_fingerprint})
                self._compare_key(connection)
            return work(connection)

        with _raising_store_error():
            return await self._database.write(checked)

    async def check_key(self) -> None:
        """Compare the key with the fingerprint that is stored, if one is. Raises StoreError."""
        await self.read(lambda _: None)

    async def keep_proof(self) -> None:
        """Store the key's fingerprint, where none is stored. Raises StoreError, also if another key's is."""
        await self.write(lambda _: None)

    def insert_new(self, table: sa.Table, unique: tuple[str, ...]) -> sa.Insert:
        """An INSERT that skips the rows whose `unique` columns are stored already."""
        return self._database.insert(table).on_conflict_do_nothing(index_elements=[table.c[name] for name in unique])

    def _compare_key(self, connection: Connection) -> None:
        if self._is_key_checked:
            return
        stored = connection.execute(sa.select(PROOFS.c.body).where(PROOFS.c.name == KEY_PROOF)).scalar()
        if stored is not None and stored != self._key_fingerprint:
            raise StoreError(phrase("SMSSTATUS_SECRET_KEY is not the key that the stored receipts were kept with"))
        self._is_key_checked = stored is not None


@contextmanager
def _raising_store_error() -> Iterator[None]:
    try:
        yield
    except WrongKeyError as error:
        raise StoreError(phrase("a sealed value cannot be opened with SMSSTATUS_SECRET_KEY")) from error
    except DatabaseError as error:
        kind = type(error.cause).__name__
        raise StoreError(phrase("the database failed: {kind}: {said}", kind=kind, said=str(error))) from error
