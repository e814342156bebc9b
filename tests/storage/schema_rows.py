"""A schema as the database tells it, rows in every table of it, and the rows that are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION_TABLE = "alembic_version"


def tables_of(connection: sa.Connection) -> Mapping[str, sa.Table]:
    """All tables but Alembic's own."""
    found = sa.MetaData()
    found.reflect(connection)
    return {name: table for name, table in found.tables.items() if name != VERSION_TABLE}


def described(connection: sa.Connection) -> dict[str, object]:
    """Columns, keys and indexes, to be compared. The order of columns is of no consequence: each statement names its own."""
    seen = sa.inspect(connection)
    columns, keys, indexes = seen.get_multi_columns(), seen.get_multi_pk_constraint(), seen.get_multi_indexes()
    return {
        str(table): (
            sorted((one["name"], str(one["type"]), one["nullable"], str(one["default"])) for one in columns[table]),
            keys[table]["constrained_columns"],
            sorted((str(one["name"]), one["column_names"], bool(one["unique"])) for one in indexes.get(table, [])),
        )
        for table in columns
    }


def rows_of(connection: sa.Connection, tables: Mapping[str, sa.Table]) -> dict[str, set[str]]:
    """What stands in these columns of each table that is there."""
    there = set(sa.inspect(connection).get_table_names())
    found = {name: connection.execute(sa.select(*_columns(table))).all() for name, table in tables.items() if name in there}
    return {name: {repr(tuple(row)) for row in rows} for name, rows in found.items()}


class Rows:
    """Makes rows, each with values that no other has."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def add(self, connection: sa.Connection, tables: Mapping[str, sa.Table]) -> None:
        """Insert a row into each table, by the columns that are known here. Raises SQLAlchemy's errors."""
        for table in tables.values():
            number = next(self._numbers)
            connection.execute(table.insert().values({one.name: _value(one, number) for one in _columns(table)}))


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return sorted(table.columns, key=lambda one: one.name)


def _value(column: sa.Column[Any], number: int) -> object:
    match column.type:
        case sa.Boolean():
            return True
        case sa.Integer():
            return number
        case sa.LargeBinary():
            return number.to_bytes(16, "big")
        case sa.DateTime():
            moment = datetime(2026, 11, 30, tzinfo=UTC) + timedelta(seconds=number)
            return moment if column.type.timezone else moment.replace(tzinfo=None)
        case sa.JSON():
            return [number]
        case _:
            return str(number)
