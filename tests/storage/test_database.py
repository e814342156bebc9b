"""Real SQLite and PostgreSQL databases: one schema, durable writes, replicas that start together."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sqlite3
import threading
from contextlib import aclosing, closing
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, inspect, select, text

import bot
import bot.storage.write_queue
from bot.errors import ConstraintError, DatabaseError
from bot.storage.column_types import UtcDateTime
from bot.storage.database import METADATA, Database
from bot.storage.migration import MIGRATIONS, migrate, newest_revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


async def test_replicas_that_start_together_migrate_once(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]

    await asyncio.gather(*(migrate(replica) for replica in replicas))

    versions = await replicas[0].read(
        lambda connection: connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    )
    assert len(versions) == 1
    await asyncio.gather(*(replica.aclose() for replica in replicas))


def test_the_newest_migration_is_known_by_the_name_of_its_file() -> None:
    """Every start looks for it there: Alembic, which would know, is loaded only when there is something to do."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_revision()]


def define_all_tables() -> None:
    """Each package defines its own tables when it is imported."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.startswith(("bot.sandbox", "bot.storage.migrations", "bot.__main__")):
            importlib.import_module(module.name)


async def test_the_migrations_make_the_tables_that_the_code_defines(database: Database) -> None:
    define_all_tables()

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    assert await database.read(differences) == []


async def test_what_replicas_share_can_be_taken_back_and_made_again(database: Database) -> None:
    module = importlib.import_module("bot.storage.migrations.versions.v0010_limits")
    names = {"limit_shares", "person_requests"}

    def tables(connection: Connection) -> set[str]:
        return names & set(inspect(connection).get_table_names())

    def run(step: Callable[[], None], connection: Connection) -> set[str]:
        with Operations.context(MigrationContext.configure(connection)):
            step()
        return tables(connection)

    assert await database.read(tables) == names
    assert await database.write(partial(run, module.downgrade)) == set()
    assert await database.write(partial(run, module.upgrade)) == names


async def test_writers_at_the_same_time_wait_for_each_other(database: Database) -> None:
    await database.write(lambda connection: connection.execute(text("CREATE TABLE counter (n INTEGER)")))
    await database.write(lambda connection: connection.execute(text("INSERT INTO counter VALUES (0)")))

    async def add() -> None:
        await database.write(lambda connection: connection.execute(text("UPDATE counter SET n = n + 1")).rowcount)

    await asyncio.gather(*(add() for _ in range(30)))

    assert await database.read(lambda connection: connection.execute(text("SELECT n FROM counter")).scalar_one()) == 30


async def test_what_raises_is_rolled_back(database: Database) -> None:
    def fail_half_way(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (n INTEGER)"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(fail_half_way)
    with pytest.raises(DatabaseError):
        await database.read(lambda connection: connection.execute(text("SELECT n FROM half")).rowcount)


async def test_a_key_that_is_there_already_is_told_from_a_database_that_cannot_be_used(database: Database) -> None:
    def insert_twice(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE once (n INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO once VALUES (1)"))
        connection.execute(text("INSERT INTO once VALUES (1)"))

    with pytest.raises(ConstraintError):
        await database.write(insert_twice)
    with pytest.raises(DatabaseError) as caught:
        await database.read(lambda connection: connection.execute(text("SELECT 'secret' FROM nowhere")))
    assert not isinstance(caught.value, ConstraintError)
    assert "nowhere" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_moment_comes_back_in_utc_from_whatever_zone_it_was_written(database: Database) -> None:
    table = Table("moments", MetaData(), Column("at", UtcDateTime))
    in_china = datetime(2026, 7, 1, 20, tzinfo=timezone(timedelta(hours=8)))

    def write_and_read(connection: Connection) -> datetime:
        table.create(connection)
        connection.execute(table.insert().values(at=in_china))
        found: datetime = connection.execute(select(table.c.at).where(table.c.at <= in_china)).scalar_one()
        return found

    found = await database.write(write_and_read)

    assert found == in_china
    assert found.utcoffset() == timedelta(0)


async def test_a_read_that_takes_too_long_is_the_databases_error(database: Database) -> None:
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT sum(i) FROM n"

    with pytest.raises(DatabaseError) as caught:
        await database.read(lambda connection: connection.execute(text(count)).scalar_one(), within=0.001)
    assert caught.value.kind == "TimeoutError"


async def test_a_sqlite_file_is_read_beside_writers(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'folder' / 'state.db'}")
    await migrate(database)
    mode = await database.read(lambda connection: connection.execute(text("PRAGMA journal_mode")).scalar_one())
    await database.aclose()

    assert mode == "wal"
    assert sqlite3.connect(tmp_path / "folder" / "state.db").execute("SELECT 1").fetchone() == (1,)


async def test_who_opens_a_new_file_waits_for_whoever_writes_its_first_page(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # of a file without a log: SQLite refuses at once to begin one
        async with aclosing(Database(f"sqlite:///{tmp_path / 'state.db'}")) as database:
            asyncio.get_running_loop().call_later(0.05, other.rollback)
            mode = await database.read(lambda connection: connection.execute(text("PRAGMA journal_mode")).scalar_one())

    assert mode == "wal"


def test_a_sqlite_uri_makes_no_folder_of_its_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    Database(f"sqlite:///file:{tmp_path / 'state.db'}?mode=ro&uri=true").make_folder()

    assert list(tmp_path.iterdir()) == []


async def test_writers_at_once_take_turns_in_their_order(sqlite_database: Database) -> None:
    order: list[int] = []

    def note(which: int, _: Connection) -> None:
        order.append(which)

    await asyncio.gather(*(sqlite_database.write(partial(note, which)) for which in range(30)))

    assert order == list(range(30)), "nobody polls for the lock until the time is up"


async def test_a_writer_that_never_ends_is_waited_for_no_longer_than_another_process(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.write_queue, "QUEUE_SECONDS", 0.01)
    begun, end = threading.Event(), threading.Event()

    def never_end(_: Connection) -> None:
        begun.set()
        end.wait()

    writing = asyncio.create_task(sqlite_database.write(never_end))
    await asyncio.to_thread(begun.wait)
    checking = asyncio.create_task(sqlite_database.check())
    await asyncio.sleep(0.02)
    end.set()
    await writing
    with pytest.raises(DatabaseError):
        await checking
    monkeypatch.undo()  # a busy machine may need longer than that for any write
    await sqlite_database.check()
