"""Removes what is kept of one number, in one transaction, which the audit shows without the number.

The audit's entries stay, since they say what people did; the number's hash is taken out of them, so that nobody can tell any more
whom they looked up. The database refuses changes of an entry, so it is deleted and inserted again as it was.

SQLite writes zeros over what is deleted (`bot/storage/sqlite_engine.py`), and its log is cut, so that the files do not have it
either. PostgreSQL reuses the space as it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.keeping.traces import find_traces
from bot.receipts import statements
from bot.receipts.tables import RECEIPTS
from bot.slack.requests.inbox_tables import REQUESTS
from bot.storage.audit_log import AUDIT, AuditLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from bot.keeping.traces import Traces
    from bot.model import PhoneNumber
    from bot.storage.audit_log import AuditEntry
    from bot.storage.database import Database
    from bot.storage.keyring import Keyring
    from bot.timing.clock import Clock

COMMAND = "forget"  # in the audit
_AT_ONCE = 500  # ids in one statement


class Forgetter:
    """Finds and removes what is kept of a number. Both raise DatabaseError and StoreError."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def find(self, number: PhoneNumber) -> Traces:
        """What is kept of `number`."""
        return await find_traces(self._database, self._keyring, number, self._clock())

    async def remove(self, number: PhoneNumber, traces: Traces, entry: AuditEntry) -> bool:
        """Remove all of it or, where that fails, nothing; `entry` is the audit's of this.

        Returns whether the database's log is rid of it too.
        """
        hashed = AuditLog.hash_number(self._keyring, number)
        now = self._clock()

        def write(connection: Connection) -> None:
            for table, ids in traces.rows.items():
                _remove(connection, table, ids)
            for some in _chunks(traces.audited):
                _unlink(connection, some, hashed)
            connection.execute(sa.insert(AUDIT), AuditLog.row(entry, now))

        await self._database.write(write)
        return await self._database.cut_log()


def _remove(connection: Connection, table: sa.Table, ids: Sequence[object]) -> None:
    for some in _chunks(ids):
        if table is REQUESTS:  # by its row a replay is known, so that alone goes which names the number
            connection.execute(sa.update(table).where(table.c.id.in_(some)).values(sealed=None))
            continue
        removed = connection.execute(sa.delete(table).where(table.c.id.in_(some))).rowcount
        if table is RECEIPTS and removed:
            connection.execute(statements.add_receipts(-removed))


def _unlink(connection: Connection, ids: Sequence[object], hashed: str) -> None:
    rows = [dict(row) for row in connection.execute(sa.select(AUDIT).where(AUDIT.c.id.in_(ids))).mappings()]
    for row in rows:
        row["targets"] = [AuditLog.without(hashed, target) for target in row["targets"]]
    if rows:
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.id.in_(ids)))
        connection.execute(sa.insert(AUDIT), rows)


def _chunks(ids: Sequence[object]) -> Iterator[Sequence[object]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]
