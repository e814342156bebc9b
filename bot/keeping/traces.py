"""What is kept of one number: rows with its keyed hash, and what is sealed and names it.

A receipt, a reply and an entry of the audit are found by the hash, with the key that made it. What is sealed has no hash, so it
is opened and searched, a page of rows at a time: nobody who writes waits for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import sqlalchemy as sa

from bot.model import Target
from bot.receipts.quarantine import readable_text, rows_about
from bot.receipts.rows import BODY, RowCodec
from bot.receipts.tables import QUARANTINE, RAWS, RECEIPTS, REPLIES
from bot.receipts.transactions import StoreTransactions
from bot.slack.requests.inbox_tables import MAX_AGE, REQUESTS
from bot.slack.state.answers import ANSWERS
from bot.slack.state.drafts import DRAFTS
from bot.slack.watching.store import WATCHES
from bot.storage.audit_log import AUDIT, AuditLog
from bot.storage.keyring import WrongKeyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import PhoneNumber
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring

PAGE = 500  # rows read at once

HASHED = (RECEIPTS, REPLIES)
SEALED_FOR = {
    QUARANTINE: BODY,
    RAWS: BODY,
    ANSWERS: "answers",
    WATCHES: "watches",
    DRAFTS: "drafts",
    REQUESTS: "request",
}
"""The tables whose rows are opened, each with what it was sealed for."""


@dataclass(slots=True)
class Traces:
    """What is kept of one number."""

    rows: dict[sa.Table, list[Any]] = field(default_factory=dict)  # ids of what can be removed, by table
    audited: list[int] = field(default_factory=list)  # ids of the audit's entries about it
    under_way: int = 0  # requests that are being answered, and receipts that are being read: what comes of them is kept
    unreadable: int = 0  # sealed with another key, so nobody can tell

    def add(self, table: sa.Table, row_id: Any) -> None:
        """One more row that can be removed."""
        self.rows.setdefault(table, []).append(row_id)

    def count(self, table: sa.Table) -> int:
        """How many rows of a table can be removed."""
        return len(self.rows.get(table, ()))

    @property
    def total(self) -> int:
        """How many rows can be removed, or from the audit's entries the number."""
        return sum(map(len, self.rows.values())) + len(self.audited)


async def find_traces(database: Database, keyring: Keyring, number: PhoneNumber, now: datetime) -> Traces:
    """What is kept of `number`. Raises DatabaseError; StoreError, when the receipts were stored with another key."""
    found = Traces()
    await _find_hashed(database, RowCodec(keyring), number, found)
    for table, purpose in SEALED_FOR.items():
        async for row in _rows(database, table, table.c.sealed):
            try:
                opened = keyring.open(row.sealed, purpose)
            except WrongKeyError:
                found.unreadable += 1
                continue
            if names(number, opened):
                if table is RAWS or (table is REQUESTS and row.taken_at > now - MAX_AGE):
                    found.under_way += 1
                else:
                    found.add(table, row.id)
    hashed = AuditLog.hash_number(keyring, number)
    async for row in _rows(database, AUDIT, AUDIT.c.targets):
        if hashed in " ".join(row.targets).split():
            found.audited.append(row.id)
    return found


def names(number: PhoneNumber, opened: bytes) -> bool:
    """Whether what was sealed has the number, in whichever spelling and digits somebody typed it."""
    text = normalize("NFKC", readable_text(opened))
    return rows_about(Target(number), text.encode(errors="replace")) > 0


async def _find_hashed(database: Database, codec: RowCodec, number: PhoneNumber, found: Traces) -> None:
    transactions = StoreTransactions(database, codec.key_fingerprint())
    for table in HASHED:
        for row in await transactions.read(partial(_all, sa.select(table.c.id).where(table.c.number == codec.number(number)))):
            found.add(table, row.id)


async def _rows(database: Database, table: sa.Table, filled: sa.ColumnElement[Any]) -> AsyncIterator[sa.Row[Any]]:
    """The rows in which a column is filled, in the order of their ids."""
    after: list[sa.ColumnElement[bool]] = []
    while True:
        page = sa.select(table).where(filled.is_not(None), *after).order_by(table.c.id).limit(PAGE)
        rows = await database.read(partial(_all, page))
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        after = [table.c.id > rows[-1].id]


def _all(query: sa.Select[Any], connection: Connection) -> Sequence[sa.Row[Any]]:
    return connection.execute(query).all()
