"""How much of each kind is kept now, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.keeping.kinds import StoredKind
    from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows a table has, and the time of the oldest; None without any, or where rows tell no time."""

    rows: int
    oldest: datetime | None


async def amounts(database: Database, kinds: Iterable[StoredKind]) -> list[Amount]:
    """The amount of each kind, as of one moment. Raises DatabaseError."""

    def read(connection: Connection) -> list[Amount]:
        return [_amount(connection, kind) for kind in kinds]

    return await database.read(read)


def _amount(connection: Connection, kind: StoredKind) -> Amount:
    oldest = sa.func.min(kind.table.c[kind.dated]) if kind.dated else sa.null()
    rows, since = connection.execute(sa.select(sa.func.count(), oldest).select_from(kind.table)).one()
    return Amount(rows, since - kind.ahead if since is not None else None)
