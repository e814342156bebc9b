"""A SQLite database whose files are taken away while it is open: nothing is committed into what a restart would not find."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.errors import DatabaseError
from bot.storage.connection_errors import database_reason
from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.storage.sqlite_files import MOVED, is_index_cut_short, sqlite_file
from tests.cases import each

FILES = ("", "-wal", "-shm")


def delete(path: Path) -> None:
    path.unlink()


def rename(path: Path) -> None:
    path.rename(f"{path}.old")


def replace(path: Path) -> None:
    """As an editor, `cp --remove-destination` or a restored backup does."""
    shutil.copyfile(path, f"{path}.copy")
    Path(f"{path}.copy").replace(path)


def move(path: Path, folder: Path) -> None:
    """Move the files of a database that are there."""
    folder.mkdir(exist_ok=True)
    for suffix in FILES:
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(folder / f"{path.name}{suffix}")


async def store(database: Database, name: str) -> None:
    insert = text("INSERT INTO receipt_proofs (name, body) VALUES (:name, x'00')")
    await database.write(lambda connection: connection.execute(insert, {"name": name}).rowcount)


async def stored(path: Path) -> set[str]:
    """What a restart finds."""
    async with aclosing(Database(f"sqlite:///{path}")) as again:
        await migrate(again)
        names = text("SELECT name FROM receipt_proofs")
        return await again.read(lambda connection: {row.name for row in connection.execute(names)})


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("take_away", [delete, rename, replace])
async def test_nothing_is_acknowledged_that_a_restart_would_not_find(
    sqlite_database: Database, suffix: str, take_away: object
) -> None:
    path = Path(str(sqlite_database.url.database))
    acknowledged: set[str] = set()
    await store(sqlite_database, "before")
    take_away(Path(f"{path}{suffix}"))  # type: ignore[operator]
    with pytest.raises(DatabaseError) as caught:
        await store(sqlite_database, "first")
    assert database_reason(caught.value) is MOVED
    for name in ("second", "third"):
        with suppress(DatabaseError):
            await store(sqlite_database, name)
            acknowledged.add(name)
    await sqlite_database.aclose()

    assert acknowledged <= await stored(path)


async def test_all_files_deleted_is_an_error_until_they_are_back_and_no_empty_database_takes_their_place(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = Path(str(sqlite_database.url.database))
    await store(sqlite_database, "before")
    away = tmp_path / "away"
    await asyncio.to_thread(move, path, away)

    for _ in range(3):
        with pytest.raises(DatabaseError, match="deleted or replaced"):
            await sqlite_database.check()
    assert await asyncio.to_thread(os.listdir, tmp_path) == [away.name]

    await asyncio.to_thread(move, away / path.name, tmp_path)
    await sqlite_database.check()
    await store(sqlite_database, "after")
    assert {"before", "after"} <= await stored(path)


@each(
    ("url", "path"),
    [
        ("sqlite:////data/x.db", "/data/x.db"),
        ("sqlite:///x.db?timeout=5", "x.db"),
        ("sqlite:///file:/data/x%20y.db?mode=rw&uri=true", "/data/x y.db"),
        ("sqlite:///file:///data/x.db?uri=true", "/data/x.db"),
        ("sqlite:///file:x.db?uri=true", "x.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///file:x?mode=memory&uri=true", None),
    ],
)
def test_the_file_that_an_address_names(url: str, path: str | None) -> None:
    assert sqlite_file(Database(url).url) == (None if path is None else Path(path))


def test_an_index_is_cut_short_if_its_pages_are_not_whole_or_there_are_none_for_a_log(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert not is_index_cut_short(path)
    for log, index, expected in (
        (0, 0, False),
        (0, 32768, False),
        (50, 65536, False),
        (50, 0, True),
        (50, 100, True),
        (0, 3, True),
    ):
        Path(f"{path}-wal").write_bytes(bytes(log))
        Path(f"{path}-shm").write_bytes(bytes(index))
        assert is_index_cut_short(path) is expected, (log, index)


CUT_SHORT = """
import asyncio, faulthandler, os, sys
from sqlalchemy import text
from bot.storage.database import Database

async def main(path):
    database = Database(f"sqlite:///{path}")
    for name in ("one", "two", "three"):
        insert = text(f"INSERT INTO receipt_proofs (name, body) VALUES ('{name}', x'00')")
        await database.write(lambda connection: connection.execute(insert).rowcount)
        if name == "two":
            os.truncate(path + "-shm", 100)

faulthandler.enable()
asyncio.run(main(sys.argv[1]))
"""


async def test_an_index_cut_short_ends_the_process_with_a_word_and_the_next_start_mends_it(
    tmp_path: Path, template_database: Path
) -> None:
    path = shutil.copyfile(template_database, tmp_path / "state.db")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CUT_SHORT, str(path), stderr=asyncio.subprocess.PIPE)
    said = (await process.communicate())[1].decode()
    if process.returncode == 0:
        pytest.skip("SQLite has survived it")

    assert said.startswith("Fatal Python error: Bus error")
    with capture_logs() as logs:
        assert await stored(path) >= {"one", "two"}
    assert [line["event"] for line in logs] == ["database.index_cut_short"]
    with capture_logs() as logs:
        assert await stored(path) >= {"one", "two"}
    assert logs == [], "once mended, it is whole"
