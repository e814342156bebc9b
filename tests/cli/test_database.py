"""`smsstatus database`, over files that are really there."""

from __future__ import annotations

import json
import sqlite3
from contextlib import aclosing, closing
from typing import TYPE_CHECKING

import pytest

import bot.storage.sqlite_engine
from bot.storage.database import Database
from bot.storage.migration import migrate, newest_revision, revisions
from tests.cli.commands import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Ran
    from tests.conftest import Postgres

NEWEST = newest_revision()
CURRENT = f"Schema {NEWEST}: that of this version.\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "smsstatus.db"


@pytest.fixture
def environ(file: Path) -> dict[str, str]:
    return {"SMSSTATUS_DATA_DIR": str(file.parent)}


async def database(environ: dict[str, str], *words: str, given: bytes | None = None) -> Ran:
    return await run({**environ, "COLUMNS": "300"}, "database", *words, given=given)


async def test_status_says_what_to_do_and_makes_nothing(environ: dict[str, str], file: Path) -> None:
    new = await database(environ)
    assert (new.status, new.out) == (1, f"Database: {file}\nNo tables yet. serve makes them when it starts.\n")
    assert (await database(environ, "downgrade", "0006", "--yes")).err == "No tables yet. serve makes them when it starts.\n"
    missing = await database(environ, "backup", str(file.with_name("copy.db")))
    assert (missing.status, missing.err) == (1, f"There is no database yet: {file}\n")
    assert list(file.parent.iterdir()) == []

    upgraded, status = await database(environ, "upgrade"), await database(environ)
    assert (upgraded.status, upgraded.out, status.status, status.out) == (0, CURRENT, 0, f"Database: {file}\n{CURRENT}")
    shown = json.loads((await database(environ, "--json")).out)
    assert shown == {"database": str(file), "schema": NEWEST, "newest": NEWEST}


async def test_a_downgrade_names_what_is_deleted_and_changes_nothing_until_it_is_confirmed(environ: dict[str, str]) -> None:
    await database(environ, "upgrade")
    for answer, said in ((b"n\n", "Nothing was changed."), (b"", "Nothing was changed. Without a terminal add --yes.")):
        refused = await database(environ, "downgrade", "0007", given=answer)
        assert refused.status == 1
        assert refused.err.startswith("This deletes: open alerts and mutes, watches.\n")
        assert f"Downgrade from {NEWEST} to 0007? [y/N]:" in refused.err
        assert refused.err.rstrip().endswith(said)
    assert (await database(environ)).status == 0

    done = await database(environ, "downgrade", "0007", given=b"y\n")
    older = await database(environ)
    again = await database(environ, "downgrade", "0008")
    assert (done.status, done.out) == (
        0,
        "Schema 0007. Start the version that has it: this one would upgrade it again.\n",
    )
    assert (older.status, older.out.splitlines()[1]) == (
        1,
        f"Schema 0007, this version has {NEWEST}. serve upgrades it when it starts, or: smsstatus database upgrade",
    )
    assert (again.status, again.err) == (1, "Schema 0007 is not newer than 0008.\n")


async def test_a_schema_that_does_not_exist_is_refused_with_those_that_do(environ: dict[str, str]) -> None:
    ran = await database(environ, "downgrade", "0.1.0")

    example = f"Example: smsstatus database downgrade {revisions()[-2]}"
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"This version has no schema 0.1.0, only 0001 to {NEWEST}. {example}\n"


async def test_who_looks_at_an_older_schema_changes_nothing_and_is_told_what_to_do(environ: dict[str, str]) -> None:
    await database(environ, "upgrade")
    await database(environ, "downgrade", "0007", "--yes")
    told = f"has the tables of an older smsstatus (0007, this one needs {NEWEST}). Back it up, then: smsstatus database upgrade"

    for words in (["audit"], ["data"], ["receipts", "stats"], ["forget", "+8613711112222", "--yes"]):
        ran = await run({**environ, "COLUMNS": "300"}, *words)
        assert (ran.status, ran.out) == (2, ""), words
        assert told in ran.err
    doctor = await run({**environ, "COLUMNS": "300"}, "doctor")
    assert doctor.status == 1
    assert told in doctor.out
    assert json.loads((await database(environ, "--json")).out)["schema"] == "0007"


async def test_a_newer_schema_names_the_way_back_in_every_command(environ: dict[str, str], file: Path) -> None:
    await database(environ, "upgrade")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    back = f"smsstatus database downgrade {NEWEST}"

    status = await database(environ)
    assert (status.status, status.out.splitlines()[1]) == (
        1,
        f"Schema 9999 is newer: this version has {NEWEST}. Run the newer version, or with it: {back}",
    )
    for words in (["database", "upgrade"], ["database", "downgrade", "0006", "--yes"], ["audit"]):
        ran = await run({**environ, "COLUMNS": "300"}, *words)
        assert (ran.status, ran.out) == (2, "")
        assert (
            f"(a newer smsstatus has changed its tables to 9999; run that one, or with it: {back} (docs/upgrade.md))" in ran.err
        )


async def test_a_database_that_is_locked_or_in_use_is_left_alone(
    environ: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.sqlite_engine, "BUSY_MILLISECONDS", 1)
    async with aclosing(Database(f"sqlite:///{file}")) as serving:
        await migrate(serving)
        in_use = await database(environ, "downgrade", "0006", "--yes")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = await database(environ, "upgrade")
        status = await database(environ)

    assert (in_use.status, locked.status, status.status) == (2, 2, 0)
    assert "cannot be opened (smsstatus runs on it; stop it first)" in in_use.err
    assert "cannot be opened (another process has locked it)" in locked.err


@pytest.fixture
def notes(file: Path) -> Path:
    """What somebody keeps beside the database."""
    path = file.with_name("notes.txt")
    path.write_text("these are only notes, and quite long ones" * 100)
    return path


async def test_a_backup_replaces_no_file_and_a_failed_one_leaves_none(environ: dict[str, str], file: Path, notes: Path) -> None:
    no_database = {**environ, "SMSSTATUS_DATABASE_URL": f"sqlite:///{notes}"}
    broken = await database(no_database, "backup", str(file))
    assert (broken.status, broken.out) == (2, "")
    assert "file is not a database" in broken.err
    assert list(file.parent.iterdir()) == [notes]

    await database(environ, "upgrade")
    there, nowhere = await database(environ, "backup", str(notes)), await database(environ, "backup", f"{notes}/b")
    assert (there.status, there.err) == (1, f"{notes} cannot be written: File exists\n")
    assert (nowhere.status, nowhere.err) == (1, f"{notes}/b cannot be written: Not a directory\n")
    assert {path.name for path in file.parent.iterdir()} == {file.name, notes.name}


async def test_postgresql_is_told_its_own_way(postgres: Postgres) -> None:
    environ = {"SMSSTATUS_DATABASE_URL": postgres.url, "SMSSTATUS_SECRET_KEY": "x" * 32}
    ran = await database(environ, "backup", "my.dump")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == 'PostgreSQL has its own: pg_dump --format=custom --file=my.dump "$SMSSTATUS_DATABASE_URL"\n'


async def test_everything_is_told_in_chinese(environ: dict[str, str]) -> None:
    chinese = {**environ, "SMSSTATUS_LANGUAGE": "zh"}
    await database(chinese, "upgrade")
    asked = await database(chinese, "downgrade", "0007", given=b"n\n")

    assert f"表结构 {NEWEST}，与本版本一致。" in (await database(chinese)).out
    assert asked.err.startswith("将删除：未结束的告警和静音、")
    assert asked.err.rstrip().endswith("未做改动。")
