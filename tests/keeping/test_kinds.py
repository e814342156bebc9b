"""Nothing is kept that `smsstatus data` does not tell of: every table, and every store in memory."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from bot.config import load_settings
from bot.keeping.counting import amounts
from bot.keeping.kinds import Numbers, held_kinds, stored_kinds
from bot.keeping.traces import HASHED, SEALED_FOR
from bot.slack.alerting.store import ALERTS
from bot.storage.audit_log import AUDIT
from bot.storage.database import METADATA, Database

ROOT = Path(__file__).parents[2]
KINDS = stored_kinds(load_settings({}, ()).general)


def bounded_modules() -> set[str]:
    """The modules that ARCHITECTURE.md names as holding something in memory."""
    section = (
        (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## What is held in memory")[2].partition("\n## ")[0]
    )
    rows = [line.rsplit("|", 2)[1] for line in section.splitlines() if line.startswith("| ") and "`" in line]
    return {module for row in rows for module in re.findall(r"`([a-z_/]+\.py)`", row)}


def test_every_table_is_told_of_once() -> None:
    assert sorted(kind.table.name for kind in KINDS) == sorted(METADATA.tables)


def test_every_store_in_memory_that_has_a_bound_is_told_of_once() -> None:
    told = [module for group in held_kinds() for module in group.modules]

    assert len(bounded_modules()) > 25
    assert sorted(told) == sorted(bounded_modules())


def test_a_number_is_looked_for_in_every_table_that_may_have_one() -> None:
    searched = {*HASHED, *SEALED_FOR, AUDIT}

    assert {kind.table for kind in KINDS if kind.numbers is not Numbers.NONE} == searched
    assert {table for table in METADATA.tables.values() if "sealed" in table.c or "number" in table.c} - searched == {ALERTS}
    assert not [kind for kind in KINDS if kind.numbers is Numbers.WHOLE], "in memory alone"


async def test_the_amounts_are_those_of_an_empty_database_on_both_kinds(database: Database) -> None:
    found = dict(zip((kind.table.name for kind in KINDS), await amounts(database, KINDS), strict=True))

    assert {name for name, amount in found.items() if amount.rows} == {"receipt_totals"}
    assert {amount.oldest for amount in found.values()} == {None}


def test_a_kind_with_a_time_names_a_column_of_times() -> None:
    dated = [kind.table.c[kind.dated] for kind in KINDS if kind.dated]

    assert len(dated) > 8
    assert not [column for column in dated if isinstance(column.type, sa.Text)]
