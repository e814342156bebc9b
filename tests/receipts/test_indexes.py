"""Lookups and purges use an index on both databases, by the databases' query plans."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, event, text

from bot.model import PhoneNumber, Target
from bot.model.statistics import Span
from tests.receipts.samples import DAY, receipt, reply
from tests.toys import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database

MINUTE = timedelta(minutes=1)
ROWS = 2_000  # enough that PostgreSQL would not rather read the whole table


def phone(index: int) -> PhoneNumber:
    national = str(13700000000 + index // 2)
    return PhoneNumber(f"+86{national}", 86, national)


@pytest.fixture
async def full(store: ReceiptStore, database: Database) -> ReceiptStore:
    for start in range(0, ROWS, 1000):
        some = range(start, start + 1000)
        replies = [reply(number=phone(index)) for index in some if index % 2]
        await store.ingest(None, [receipt(f"m{index}", number=phone(index)) for index in some], replies)
    await database.write(lambda connection: connection.execute(text("ANALYZE")).rowcount)
    return store


@contextmanager
def recorded_statements() -> Iterator[list[tuple[str, Any]]]:
    """Records the statements sent to the database, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters))

    # Of every engine: the statements that are really sent, not those that we believe are.
    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"

    def explained(connection: Connection) -> str:
        lines = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(line[-1]) for line in lines)

    return await database.read(explained)


LOOKUPS = (
    (Target(phone(7)), {"ix_receipts_number_at"}),
    (Target(message_id="m7"), {"uq_receipts_message_number_system"}),
    (Target(phone(7), "m7"), {"uq_receipts_message_number_system", "ix_receipts_number_at"}),  # either finds it at once
)


async def test_a_lookup_uses_indexes_for_each_of_its_statements(full: ReceiptStore, database: Database) -> None:
    for target, indexes in LOOKUPS:
        with recorded_statements() as sent:
            found = await full.find(target, DAY)
        assert len(found.deliveries) == (1 if target.message_id else 2), target

        selects = [one for one in sent if one[0].startswith("SELECT")]
        plans = [await plan_of(database, *one) for one in selects]

        small = ("receipt_totals", "receipt_quarantine")  # a few rows in any store, read in one page
        assert not any("Seq Scan" in plan for plan in plans if not any(table in plan for table in small)), target
        scans = [line for plan in plans[:2] for line in plan.splitlines() if line.startswith("SCAN receipts")]
        assert all("INDEX" in line for line in scans), target
        assert any(index in plan for plan in plans for index in indexes), target
        assert any("ix_receipt_replies_number_at" in plan for plan in plans), target


async def test_counting_everybody_reads_the_span_by_its_index(full: ReceiptStore, database: Database) -> None:
    with recorded_statements() as sent:
        assert await full.count(Span(NOW - timedelta(minutes=2), NOW), ("system", "account", "range_carrier"), MINUTE) == ()

    plans = [await plan_of(database, *one) for one in sent if "GROUP BY" in one[0]]
    assert len(plans) == 1
    assert "ix_receipts_at" in plans[0]


async def test_a_purge_reads_the_lowest_ids_by_the_primary_key(full: ReceiptStore, database: Database) -> None:
    with recorded_statements() as sent:
        assert await full.purge(NOW.replace(year=2027)) == ROWS + ROWS // 2

    plans = [await plan_of(database, *one) for one in sent if one[0].startswith("DELETE FROM receipts ")]
    assert len(plans) == ROWS / 1000
    assert not any("Seq Scan" in plan or "SCAN receipts" in plan for plan in plans)
