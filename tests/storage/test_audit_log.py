"""The audit log: append-only, found by hash only, purged by age, listed and exported by the CLI."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from rich.cells import cell_len

from bot.cli.main import main
from bot.errors import DatabaseError
from bot.model import PhoneNumber, Target
from bot.storage.audit_log import AUDIT, COLUMNS, AuditEntry, AuditError, AuditLog
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.timing.clock import system_clock
from tests.cases import each
from tests.toys import NOW, NUMBER, TARGET, ToyClock

KEY = "a secret of sixteen characters and more"
OTHER = Target(PhoneNumber("+8613722223333", 86, "13722223333"))
BY_ID = Target(message_id="2019:1234567890")


@pytest.fixture
def clock() -> ToyClock:
    return ToyClock()


@pytest.fixture
def audit(database: Database, clock: ToyClock) -> AuditLog:
    return AuditLog(database, Keyring(KEY), clock)


def entry(**changes: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "team": "T0HOME001",
        "user": "U0ASKER01",
        "channel": "C0CHANNEL1",
        "surface": "command",
        "command": "lookup",
        "outcome": "answered",
    }
    return AuditEntry(**{**values, **changes})


async def listed(audit: AuditLog, **filters: Any) -> list[AuditEntry]:
    return [one async for one in audit.entries(**filters)]


async def test_an_entry_comes_back_as_it_was_written_dated(audit: AuditLog) -> None:
    written = entry(targets=(audit.hash_target(TARGET),), providers=("tencent", "aliyun"), cached=True)

    await audit.write(written)

    (found,) = await listed(audit)
    assert found == AuditEntry(**{name: getattr(written, name) for name in written.__slots__ if name != "at"}, at=NOW)
    assert found.to_json()["at"] == "2026-11-21T06:05:31.000Z"


async def test_no_number_is_in_the_database_and_a_number_is_found_by_its_hash(audit: AuditLog, database: Database) -> None:
    both = Target(NUMBER, "2019:1234567890")
    for target in (TARGET, OTHER, both, BY_ID):
        await audit.write(entry(targets=(audit.hash_target(target),)))

    stored = await database.read(lambda connection: str(connection.execute(sa.select(AUDIT)).all()))
    assert "1371111" not in stored
    assert "1234567890" not in stored
    assert [one.targets for one in await listed(audit, target=TARGET)] == [
        (audit.hash_target(TARGET),),
        (audit.hash_target(both),),
    ]
    assert len(await listed(audit, target=BY_ID)) == 2
    assert len(await listed(audit, target=both)) == 1
    assert await listed(AuditLog(database, Keyring("another key, just as long"), ToyClock()), target=TARGET) == []


async def test_an_entry_cannot_be_changed_in_the_database_itself(audit: AuditLog, database: Database) -> None:
    await audit.write(entry())

    with pytest.raises(DatabaseError, match="append-only"):
        await database.write(lambda connection: connection.execute(sa.update(AUDIT).values(outcome="nothing")).rowcount)
    assert [one.outcome for one in await listed(audit)] == ["answered"]


async def test_entries_are_picked_by_time_person_and_reveal_oldest_first(audit: AuditLog, clock: ToyClock) -> None:
    for minute, (user, reveal) in enumerate([("U0A", False), ("U0B", True), ("U0A", True)]):
        clock.now = NOW + timedelta(minutes=minute)
        await audit.write(entry(user=user, reveal=reveal))

    def users(entries: list[AuditEntry]) -> list[str]:
        return [one.user for one in entries]

    assert users(await listed(audit)) == ["U0A", "U0B", "U0A"]
    assert users(await listed(audit, since=NOW + timedelta(minutes=1))) == ["U0B", "U0A"]
    assert users(await listed(audit, until=NOW + timedelta(minutes=1))) == ["U0A"]
    assert len(await listed(audit, user="U0A")) == 2
    assert users(await listed(audit, reveals=True)) == ["U0B", "U0A"]


async def test_the_purge_takes_what_is_older_and_leaves_the_rest(audit: AuditLog, clock: ToyClock) -> None:
    await audit.write(entry(user="U0OLD"))
    clock.advance(days=365)
    await audit.write(entry(user="U0NEW"))

    assert await audit.purge(clock() - timedelta(days=365)) == 0
    assert await audit.purge(clock() - timedelta(days=364)) == 1
    assert [one.user for one in await listed(audit)] == ["U0NEW"]


async def test_many_entries_are_read_page_by_page(audit: AuditLog, database: Database) -> None:
    row = {"at": NOW, "team": "T", "channel": "C", "surface": "s", "command": "c", "outcome": "o", "reveal": False}
    rows = [{**row, "user": f"U{number}", "targets": [], "providers": []} for number in range(1201)]
    await database.write(lambda connection: connection.execute(sa.insert(AUDIT), rows).rowcount)

    assert [one.user for one in await listed(audit)] == [f"U{number}" for number in range(1201)]


async def test_what_slack_sends_too_long_is_cut_and_does_not_fail(audit: AuditLog) -> None:
    await audit.write(entry(user="U" * 99, command="c" * 99, outcome="o" * 99))

    (found,) = await listed(audit)
    assert (len(found.user), len(found.command), len(found.outcome)) == (32, 64, 64)


async def test_a_database_that_is_away_is_an_audit_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    audit = AuditLog(database, Keyring(KEY), system_clock)

    for job in (audit.write(entry()), listed(audit), audit.purge(NOW)):
        with pytest.raises(AuditError):
            await job
    await database.aclose()


@pytest.fixture
def environ(tmp_path: Path, template_database: Path) -> dict[str, str]:
    """A data folder with three entries in its audit log."""
    path = shutil.copyfile(template_database, tmp_path / "smsstatus.db")

    async def fill() -> None:
        database = Database(f"sqlite:///{path}")
        clock = ToyClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
        audit = AuditLog(database, Keyring(KEY), clock)
        await audit.write(entry(targets=(audit.hash_target(TARGET),), providers=("tencent",), cached=False))
        clock.advance(days=1)
        await audit.write(entry(user="U0GUEST01", outcome="refused: guest"))
        await audit.write(entry(command="reveal", outcome="revealed", reveal=True, targets=(audit.hash_target(OTHER),)))
        await database.aclose()

    asyncio.run(fill())
    return {"SMSSTATUS_DATA_DIR": str(tmp_path), "SMSSTATUS_SECRET_KEY": KEY}


def run(environ: dict[str, str], *arguments: str) -> Any:
    return CliRunner(env=environ).invoke(main, ["audit", *arguments])


def test_the_list_shows_the_newest_entries_a_line_each(environ: dict[str, str]) -> None:
    lines = run(environ, "list").stdout.splitlines()

    assert len(lines) == 3
    assert lines[0].startswith("2026-11-20 16:00:00 UTC+8  U0ASKER01")  # in the terminal's zone
    assert "refused: guest" in lines[1]
    assert "REVEAL" in lines[2]
    for newest in (["list", "--last", "1"], ["list", "-n", "1"], ["-n", "1"]):
        assert run(environ, *newest).stdout.split() == lines[2].split()
    assert run(environ).stdout.splitlines() == lines


def test_the_export_as_json_lines_has_every_field(environ: dict[str, str]) -> None:
    rows = [json.loads(line) for line in run(environ, "export").stdout.splitlines()]

    assert [set(row) for row in rows] == [set(COLUMNS)] * 3
    assert rows[0]["providers"] == ["tencent"]
    assert (rows[0]["cached"], rows[1]["cached"], rows[2]["reveal"]) == (False, None, True)


def test_the_export_as_csv_has_a_header_even_when_it_is_empty(environ: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(environ, "export", "--format", "csv").stdout)))
    empty = run(environ, "export", "--format", "csv", "--user", "U0NOBODY0").stdout

    assert [row["user"] for row in rows] == ["U0ASKER01", "U0GUEST01", "U0ASKER01"]
    assert empty.splitlines() == [",".join(COLUMNS)]


@each(
    ("filters", "count"),
    [
        (["--target", "+86 137 1111 2222"], 1),
        (["--target", "13722223333"], 1),
        (["--target", "+8613799998888"], 0),
        (["--since", "2026-11-21"], 2),
        (["--since", "2026-11-21 16:00"], 2),  # in the terminal's zone
        (["--since", "2026-11-21 16:01"], 0),
        (["--since", "2026-11-21T08:01Z"], 0),
        (["--until", "2026-11-20T08:00:01Z"], 1),
        (["--until", "11月20日 16:00"], 1),
        (["--since", "2026-11-20 09:00", "--until", "23:00"], 1),
        (["--since", "24h"], 0),
        (["--reveals"], 1),
        (["--user", "U0GUEST01"], 1),
    ],
)
def test_entries_can_be_picked(environ: dict[str, str], filters: list[str], count: int) -> None:
    assert len(run(environ, "export", *filters).stdout.splitlines()) == count


@each(
    ("arguments", "said"),
    [
        (["--since", "soon"], "--since: `soon` is not a valid time. `since` takes `2h`, `yesterday` or `09:00`."),
        (["--until", "2h via x"], "--until: `via` is not part of a time."),
        (["--since", "2026-11-21", "--until", "2026-11-20"], "--since: The window would end (`2026-11-20`) before it begins"),
    ],
)
def test_a_time_that_is_none_is_told_as_in_a_lookup(environ: dict[str, str], arguments: list[str], said: str) -> None:
    result = run(environ, "list", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


@each(
    ("arguments", "said"),
    [
        (["export", "--target", "nonsense"], "--target"),
        (["export", "--target", "+8613711112222 +8613722223333"], "takes one number"),
        (["export", "--target", "help"], "takes one number"),
    ],
)
def test_a_target_that_is_none_is_one_clear_line(environ: dict[str, str], arguments: list[str], said: str) -> None:
    result = run(environ, *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_audit_is_read_in_chinese_with_its_own_words_as_they_are(environ: dict[str, str]) -> None:
    lines = run(environ | {"SMSSTATUS_LANGUAGE": "zh"}, "list").stdout.splitlines()
    english = run(environ, "list").stdout.splitlines()

    assert "1 个查询对象  tencent  answered" in lines[0]
    assert "refused: guest" in lines[1]
    assert "reveal 完整号码" in lines[2]
    starts = {cell_len(line[: line.index("个查询对象")]) for line in lines}
    assert len(starts) == len({line.index(" target") for line in english}) == 1
    nobody = run(environ | {"SMSSTATUS_LANGUAGE": "zh"}, "list", "--user", "U0NOBODY0")
    assert (nobody.stdout, nobody.stderr) == ("", "没有记录。\n")


def test_the_header_of_the_csv_is_chinese_when_that_is_asked_for_and_not_before(environ: dict[str, str]) -> None:
    english = run(environ, "export", "--format", "csv").stdout.splitlines()
    by_locale = run(environ | {"LANG": "zh_CN.UTF-8", "SMSSTATUS_LANGUAGE": "zh"}, "export", "--format", "csv")
    asked = run(environ, "export", "--format", "csv", "--language", "zh").stdout.splitlines()
    as_json = run(environ, "export", "--language", "zh").stdout

    assert by_locale.stdout.splitlines() == english
    assert asked[0] == "时间,工作区,用户,频道,入口,命令,查询对象,服务商,结果,缓存,显示完整号码"
    assert asked[1:] == english[1:]
    assert as_json == run(environ, "export").stdout


def test_a_target_that_is_none_is_told_in_chinese(environ: dict[str, str]) -> None:
    chinese = environ | {"SMSSTATUS_LANGUAGE": "zh"}

    assert run(chinese, "list", "--target", "help").stderr == "--target 只接受一个号码或一个消息 ID，例如 +8613711112222\n"
    assert run(chinese, "list", "--target", "nonsense").stderr.startswith("--target：")


def test_a_database_that_cannot_be_opened_is_one_clear_line(environ: dict[str, str], tmp_path: Path) -> None:
    Path(tmp_path / "smsstatus.db").write_bytes(b"this is no database, whatever its name says" * 50)

    result = run(environ, "list")

    assert result.exit_code == 2
    assert "SMSSTATUS_DATABASE_URL" in result.stderr
