"""docs/upgrade.md: its table is the code's, and its commands back up a database in use and restore it."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config import load_settings
from bot.i18n import ENGLISH
from bot.model import Query, Target, Window
from bot.receipts.opening import open_receipts
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.answers import AnswerStore
from bot.storage.database import Database
from bot.storage.migration import losses, migrate, revisions
from bot.timing.clock import system_clock
from tests.cli.commands import run
from tests.conftest import POSTGRES_HOMES
from tests.docs.pages import ROOT, Page
from tests.receipts.samples import receipt
from tests.storage.test_upgrade import RELEASES
from tests.toys import NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.config import AppSettings
    from tests.cli.commands import Ran
    from tests.conftest import Postgres

PAGE = Page(ROOT / "docs" / "upgrade.md")
SMSSTATUS = ".venv/bin/smsstatus"
ACCOUNT = {  # a lookup needs one, which is not asked here
    "SMSSTATUS_CALLBACK_TOKEN": "t" * 32,
    "TENCENTCLOUD_SECRET_ID": "AKIDexample",
    "TENCENTCLOUD_SECRET_KEY": "example",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
}
LATER = 200  # receipts that are written beside the backup


def test_the_page_lists_each_schema_with_the_release_that_had_it_first_and_what_is_lost_below_it() -> None:
    (table,) = PAGE.tables
    older = ("base", *revisions())
    lost = {revision: losses(revision, below) for revision, below in zip(revisions(), older, strict=False)}
    said = [
        (f"`{revision}`", ENGLISH.comma_list(one.said_in(ENGLISH) for one in lost[revision]) or "nothing")
        for revision in reversed(revisions())
    ]

    assert [(row[0], row[2]) for row in table[1:]] == said
    released = {release: max(row[0].strip("`") for row in table[1:] if row[1] == release) for release in RELEASES}
    assert released == RELEASES


def commands(heading: str) -> list[list[str]]:
    """The lines of each shell block below a heading."""
    (part,) = re.findall(rf"^### {heading}\n(.*?)(?=^##|\Z)", PAGE.text, re.MULTILINE | re.DOTALL)
    return [block.lines for block in PAGE.blocks if block.text in part]


async def type_in(lines: list[str], environ: dict[str, str]) -> list[Ran]:
    """What smsstatus says to each of its lines; the others are the shell's. `export` changes `environ`."""
    said = []
    for line in lines:
        program, *words = shlex.split(line)
        if program == SMSSTATUS:
            said.append(await run(environ, *words))
        elif program == "export":
            environ.update({name: value for name, _, value in (word.partition("=") for word in words)})
        else:
            shell = {**environ, "PATH": os.pathsep.join([os.environ["PATH"], *POSTGRES_HOMES])}
            await asyncio.to_thread(subprocess.run, ["/bin/sh", "-ec", line], env=shell, check=True)
    return said


@asynccontextmanager
async def in_use(environ: Mapping[str, str]) -> AsyncIterator[str]:
    """A database with a receipt and an answer, whose id is given, into which receipts are written until the block is left."""
    general = load_settings(environ, ()).general
    async with aclosing(Database(general.database_url)) as database:
        await migrate(database)
        store, now = open_receipts(database, general.keyring(), system_clock).store, system_clock()
        await store.ingest(None, [receipt("kept", sent_at=now, received_at=now)])
        question = Query((Target(NUMBER),), Window(now - timedelta(hours=2), now))
        answer_id = await answers_in(database, general).add(AnswerRecord(question, "U1", "C1"))

        async def push() -> None:
            for number in range(LATER):
                await store.ingest(None, [receipt(f"later-{number}", sent_at=now, received_at=now)])

        pushing = asyncio.create_task(push())
        yield answer_id
        await pushing


def answers_in(database: Database, general: AppSettings) -> AnswerStore:
    return AnswerStore(database, general.keyring(), system_clock, ("receipts",))


async def check_restored(environ: dict[str, str], answer_id: str, said: list[Ran]) -> None:
    """A lookup finds the receipt, the answer is opened, and another key is told."""
    status, stats = said
    assert (status.status, stats.status) == (0, 0), (status, stats)
    found = await run({**environ, **ACCOUNT}, "lookup", "id:kept", "via", "receipts")
    general = load_settings(environ, ()).general
    async with aclosing(Database(general.database_url)) as database:
        answer = await answers_in(database, general).find(answer_id)
        there = await open_receipts(database, general.keyring(), system_clock).store.counts()
    other_key = await run({**environ, "SMSSTATUS_SECRET_KEY": "another key of 32 characters ..."}, "receipts", "stats")

    assert found.out.startswith("Delivered"), found
    assert answer is not None
    assert answer.query.targets == (Target(NUMBER),)
    assert 1 <= there.receipts <= 1 + LATER
    assert (other_key.status, other_key.out) == (1, "")
    assert "is not the key that the stored receipts were kept with" in other_key.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands are typed: nothing is there but what the page makes. It is the home folder, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


async def test_a_sqlite_database_is_backed_up_in_use_and_restored_as_the_page_says(folder: Path) -> None:
    environ = {"HOME": str(folder)}  # and no setting of where the data is
    backing_up, restoring = commands("SQLite")
    async with in_use(environ) as answer_id:
        (said,) = await type_in(backing_up, environ)
    key = folder / ".local" / "share" / "smsstatus" / "secret.key"
    assert said.out.replace("\n", " ") == f"Copied to backup/smsstatus.db. Keep the key somewhere else: {key} "
    assert (folder / "backup" / "smsstatus.db").stat().st_mode & 0o777 == 0o600

    await check_restored(environ, answer_id, await type_in(restoring, environ))


@pytest.fixture
def two_urls(postgres: Postgres) -> tuple[str, str]:
    """Of two databases that are empty."""
    return postgres.copy("template1", "one"), postgres.copy("template1", "restored")


@pytest.mark.usefixtures("folder")
async def test_a_postgresql_database_is_backed_up_in_use_and_restored_as_the_page_says(two_urls: tuple[str, str]) -> None:
    url, empty = two_urls
    environ = {"SMSSTATUS_DATABASE_URL": url, "SMSSTATUS_SECRET_KEY": "the key of all the replicas, 32."}
    backing_up, restoring = commands("PostgreSQL")
    async with in_use(environ) as answer_id:
        await type_in(backing_up, environ)

    restoring = [line.replace("postgresql://smsstatus@db.example/restored", empty) for line in restoring]
    await check_restored(environ, answer_id, await type_in(restoring, environ))
    assert environ["SMSSTATUS_DATABASE_URL"] == empty
