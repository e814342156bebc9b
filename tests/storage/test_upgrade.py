"""The schema's way up and down: from the first revision and from release 0.1.0, with rows in every table, on both databases."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import aclosing, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

import bot.storage.migration
import bot.storage.postgres_engine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from bot.errors import DatabaseError, UnavailableError
from bot.i18n import Phrase
from bot.storage import alembic_steps
from bot.storage.connection_errors import startup_error
from bot.storage.database import METADATA, Database
from bot.storage.migration import MIGRATIONS, downgrade, losses, migrate, newest_revision, revisions, schema_revision
from tests.storage.schema_rows import Rows, described, rows_of, tables_of
from tests.storage.test_database import define_all_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASES = {"0.1.0": "0006"}


def differences(connection: sa.Connection) -> list[object]:
    """Between the tables and those that the code defines."""
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


async def test_what_an_older_schema_can_hold_is_there_on_every_step_up_and_down_and_up_again(database_url: str) -> None:
    define_all_tables()
    rows, schemas = Rows(), {}
    tables: dict[str, Mapping[str, sa.Table]] = {}
    async with aclosing(Database(database_url)) as one:
        for revision in revisions():
            await migrate(one, revision)
            tables[revision] = await one.read(tables_of)
            schemas[revision] = await one.read(described)
            await one.write(partial(rows.add, tables=tables[revision]))
        assert await one.read(differences) == []
    for revision in reversed(revisions()[:-1]):
        async with aclosing(Database(database_url)) as one:
            before = await one.read(partial(rows_of, tables=tables[revision]))
        await downgrade(one.url, revision)
        async with aclosing(Database(database_url)) as one:
            assert await one.read(partial(rows_of, tables=tables[revision])) == before
            assert await one.read(described) == schemas[revision]
            await migrate(one)
            assert await one.read(partial(rows_of, tables=tables[revision])) == before
            assert await one.read(described) == schemas[newest_revision()]
            assert await one.read(differences) == []
            await one.write(partial(rows.add, tables=tables[newest_revision()]))
