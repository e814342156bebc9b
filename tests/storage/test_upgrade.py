"""The schema's way up and down: from the first revision and from release 0.1.0, with rows in every table, on both databases."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import aclosing, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg  # type: ignore[import-untyped]
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.storage.migration
import bot.storage.postgres_engine
from bot.errors import DatabaseError, UnavailableError
from bot.i18n import Phrase
from bot.receipts.opening import open_receipts
from bot.slack.state.answers import AnswerStore
from bot.storage import alembic_steps
from bot.storage.audit_log import AuditLog
from bot.storage.connection_errors import startup_error
from bot.storage.database import METADATA, Database
from bot.storage.keyring import Keyring
from bot.storage.migration import ADVISORY_LOCK, MIGRATIONS, downgrade, migrate, newest_revision, revisions, schema_revision
from bot.storage.unlisted_codes import UnlistedCodeCounter
from tests.receipts.samples import DAY
from tests.storage.schema_rows import Rows, described, rows_of, tables_of
from tests.storage.test_database import define_all_tables
from tests.toys import TARGET, ToyClock

if TYPE_CHECKING:
    import sqlalchemy as sa

RELEASES = {"0.1.0": "0006"}


def differences(connection: sa.Connection) -> list[object]:
    """Between the tables and those that the code defines."""
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


async def test_what_an_older_schema_can_hold_is_there_on_every_step_up_and_down_and_up_again(database_url: str) -> None:
    define_all_tables()

    def walk(connection: sa.Connection) -> None:
        """In one transaction: both databases take changes of the schema back with it."""
        rows = Rows()
        tables, schemas = {}, {}
        for revision in revisions():
            alembic_steps.upgrade(connection, MIGRATIONS, revision)
            tables[revision], schemas[revision] = tables_of(connection), described(connection)
            rows.add(connection, tables[revision])
        assert differences(connection) == []
        for revision in reversed(revisions()[:-1]):
            before = rows_of(connection, tables[revision])
            alembic_steps.downgrade(connection, MIGRATIONS, revision)
            assert described(connection) == schemas[revision]
            assert rows_of(connection, tables[revision]) == before
            if revision in (*RELEASES.values(), revisions()[0]):
                alembic_steps.upgrade(connection, MIGRATIONS, "head")
                assert described(connection) == schemas[newest_revision()]
                assert rows_of(connection, tables[revision]) == before
                rows.add(connection, tables[newest_revision()])
                alembic_steps.downgrade(connection, MIGRATIONS, revision)
        alembic_steps.downgrade(connection, MIGRATIONS, "base")
        assert tables_of(connection) == {}
        alembic_steps.upgrade(connection, MIGRATIONS, "head")
        assert differences(connection) == []

    async with aclosing(Database(database_url)) as database:
        await database.write(walk)


def test_each_migration_can_be_gone_back_and_says_what_that_loses() -> None:
    for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        assert step.module.downgrade.__doc__, step.path
        assert step.module.LOST is None or isinstance(step.module.LOST, Phrase), step.path


async def test_what_release_0_1_0_stored_is_found_by_this_version(tmp_path: Path) -> None:
    """The file has what the code of that release wrote, and its key is the one below."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "release_0_1_0.sql").read_text(encoding="utf-8"))
    keyring, clock = Keyring("the key of a database of 0.1.0, 32"), ToyClock()
    async with aclosing(Database(f"sqlite:///{path}")) as one:
        assert await schema_revision(one) == RELEASES["0.1.0"]
        await migrate(one)
        store = open_receipts(one, keyring, clock).store
        found = await store.find(TARGET, DAY)
        counts = await store.counts()
        answer = await AnswerStore(one, keyring, clock, ("tencent",)).find("V65n5LLbQ6NFzRvG")
        entries = [entry async for entry in AuditLog(one, keyring, clock).entries()]
        (code,) = await UnlistedCodeCounter(one, clock).top()

    assert [delivery.message_id for delivery in found.deliveries] == ["2028:a1"]
    assert (counts.receipts, counts.replies, counts.quarantined, counts.waiting) == (1, 1, 1, 1)
    assert answer is not None
    assert (answer.query.targets, answer.asked_by) == ((TARGET,), "U1")
    assert [(entry.user, entry.outcome) for entry in entries] == [("U1", "answered")]
    assert (code.provider, code.code) == ("tencent", "XY:0001")


async def test_the_older_version_goes_on_while_a_newer_one_upgrades_but_cannot_start_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rolling upgrade: each statement of the older code names the columns that it knows."""
    rows, newest = Rows(), newest_revision()
    older_code = tmp_path / "older" / "migrations"
    shutil.copytree(MIGRATIONS, older_code, ignore=lambda _, names: [name for name in names if name.startswith(f"v{newest}")])
    async with aclosing(Database(database_url)) as older, aclosing(Database(database_url)) as newer:
        await migrate(older, RELEASES["0.1.0"])
        tables = await older.read(tables_of)
        await older.write(partial(rows.add, tables=tables))
        await migrate(newer)
        await older.write(partial(rows.add, tables=tables))
        seen = await older.read(partial(rows_of, tables=tables))
        with monkeypatch.context() as changed:
            changed.setattr(bot.storage.migration, "MIGRATIONS", older_code)
            known = newest_revision()
            with pytest.raises(DatabaseError) as caught:
                await migrate(older)

    assert {len(found) for name, found in seen.items() if name != "receipt_totals"} == {2}
    assert f"a newer smsstatus has changed its tables to {newest}; run that one, or with it: " in str(
        startup_error(caught.value, older, "SMSSTATUS_DATABASE_URL")
    )
    assert f"smsstatus database downgrade {known} (docs/upgrade.md)" in str(startup_error(caught.value, older, "KEY"))


async def test_a_downgrade_is_refused_while_another_process_has_the_database_open(database_url: str) -> None:
    async with aclosing(Database(database_url)) as serving:
        await migrate(serving)
        await serving.check()
        with pytest.raises(DatabaseError) as caught:
            await downgrade(serving.url, "0006")
        assert await schema_revision(serving) == newest_revision()
    await downgrade(serving.url, "0006")
    async with aclosing(Database(database_url)) as again:
        assert await schema_revision(again) == "0006"

    assert str(startup_error(caught.value, serving, "KEY")).endswith("cannot be opened (smsstatus runs on it; stop it first)")


async def test_a_migration_may_take_long_and_waits_for_another_but_not_for_ever(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.postgres_engine, "COMMAND_SECONDS", 0.05)
    other = await asyncpg.connect(postgres_url)
    lock = f"SELECT pg_advisory_lock({ADVISORY_LOCK})"
    async with aclosing(Database(postgres_url)) as database:
        await other.execute(lock)
        migrating = asyncio.create_task(migrate(database))
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            pass
        await other.execute("SELECT pg_sleep(0.1)")  # longer than a statement of `database` may take
        await other.execute("SELECT pg_advisory_unlock_all()")
        await migrating

        monkeypatch.setattr(bot.storage.migration, "LOCK_MILLISECONDS", 1)
        await other.execute(lock)
        with pytest.raises(DatabaseError) as caught:
            await migrate(database)
    await other.close()

    error = startup_error(caught.value, database, "SMSSTATUS_DATABASE_URL")
    assert isinstance(error, UnavailableError), "serve waits for it"
    assert str(error).endswith("cannot be opened (another process has locked it)")
