"""`smsstatus forget` and `smsstatus data`, on both databases, beside a process that has the database open."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.cli.auditing import entry_of, open_audit
from bot.config import load_settings
from bot.i18n import get_language
from bot.keeping.memory import HeldMemory
from bot.keeping.traces import find_traces
from bot.model import Target
from bot.providers.registry import VENDORS
from bot.receipts.rows import RowCodec
from bot.receipts.tables import RECEIPTS
from bot.storage.audit_log import AuditEntry, AuditLog
from bot.timing.clock import system_clock
from tests.cli.commands import Ran, in_a_terminal, run
from tests.keeping.filled import KEYRING, OTHER, SECRET, fill, keep_under_way
from tests.toys import NUMBER, ToyClock

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.database import Database


def environ(database: Database, secret: str = SECRET, **more: str) -> dict[str, str]:
    return {
        "SMSSTATUS_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "SMSSTATUS_SECRET_KEY": secret,
        "SMSSTATUS_TIMEZONE": "Asia/Shanghai",
        **more,
    }


async def forget(database: Database, *words: str, secret: str = SECRET) -> Ran:
    return await run(environ(database, secret), "forget", *words)


async def audit_of(database: Database) -> list[AuditEntry]:
    return [entry async for entry in AuditLog(database, KEYRING, system_clock).entries()]


async def test_all_that_is_kept_of_a_number_is_removed_and_said_and_nothing_of_another(database: Database) -> None:
    await fill(database)

    ran = await forget(database, "137 1111", "2222", "--yes")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"Removed of +86 137****2222 from {database.shown}:",
        "  3 receipts",
        "  1 reply",
        "  1 receipt that could not be read",
        "  3 questions behind answers; their buttons end",
        "  1 watch; an open one ends untold",
        "  1 open window or button",
        "  1 unanswered request",
        "  2 entries of the audit: they stay, without the number",
        "A running serve drops it from memory within 2 minutes.",
        "Not removed: messages in Slack, the providers' records, your log files and backups.",
    ]
    now = system_clock()
    assert (await find_traces(database, KEYRING, NUMBER, now)).total == 0
    other = await find_traces(database, KEYRING, OTHER, now)
    assert (other.total, len(other.audited)) == (13, 2)
    counted = await database.read(
        lambda connection: connection.execute(sa.text("SELECT amount FROM receipt_totals")).scalar_one()
    )
    assert counted == 3

    again = await forget(database, "+8613711112222", "--yes")
    assert again.status == 0
    assert again.out.startswith(f"Nothing is stored of +86 137****2222 in {database.shown}.\n")


async def test_the_audit_keeps_who_asked_without_the_number_and_shows_the_removal_without_it_too(database: Database) -> None:
    await fill(database)
    before = await audit_of(database)
    hashed = AuditLog.hash_number(KEYRING, NUMBER)

    await forget(database, "+8613711112222", "--yes")
    *kept, last = await audit_of(database)

    assert hashed in str(before)
    assert hashed not in str(kept)
    assert [(entry.at, entry.user, len(entry.targets)) for entry in kept] == [(e.at, e.user, len(e.targets)) for e in before]
    by_id = AuditLog(database, KEYRING, system_clock).hash_target(Target(None, "2028:b1"))
    assert kept[1].targets[0] == f"n:forgotten {by_id}"
    assert (last.surface, last.command, last.outcome, last.targets) == ("terminal", "forget", "removed 13", ())


async def test_neither_number_nor_hash_nor_id_is_in_the_files_while_another_process_has_them_open(
    sqlite_database: Database, tmp_path: Path
) -> None:
    filled = await fill(sqlite_database)
    codec = RowCodec(KEYRING)
    traces = [
        b"13711112222",
        codec.number(NUMBER),
        AuditLog.hash_number(KEYRING, NUMBER).encode(),
        b"137****2222",
        *(one.encode() for one in filled.sealed_ids),
    ]
    assert len([one for one in traces if one in _files(tmp_path)]) == len(traces) - 1, "the number itself is nowhere in clear"

    assert (await forget(sqlite_database, "+8613711112222", "--yes")).status == 0

    assert [one for one in traces if one in _files(tmp_path)] == []
    assert codec.number(OTHER) in _files(tmp_path)


def _files(folder: Path) -> bytes:
    files = [path for path in folder.iterdir() if path.name.startswith("state.db")]
    assert {path.name for path in files} > {"state.db"}, "its log is open"
    return b"".join(path.read_bytes() for path in files)


async def test_what_is_under_way_is_left_and_said_with_what_to_do(sqlite_database: Database) -> None:
    await keep_under_way(sqlite_database, NUMBER)

    ran = await forget(sqlite_database, "+8613711112222", "--yes", "--json")

    found = json.loads(ran.out)
    assert (ran.status, found["removed"], found["under_way"], found["log_cut"]) == (1, {}, 2, True)
    assert found["number"] == "+86 137****2222"
    shown = await forget(sqlite_database, "+8613711112222", "--yes")
    assert "Still there: 2 requests or pushes under way. Run this again in a minute." in shown.out


async def test_under_another_key_nothing_is_removed_and_that_is_said(sqlite_database: Database) -> None:
    await fill(sqlite_database)

    ran = await forget(sqlite_database, "+8613711112222", "--yes", secret="another secret of sixteen characters")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err == "Nothing was removed: SMSSTATUS_SECRET_KEY is not the key that the stored receipts were kept with\n"
    await sqlite_database.write(lambda connection: connection.execute(sa.text("DELETE FROM receipt_proofs")).rowcount)
    ran = await forget(sqlite_database, "+8613711112222", "--yes", secret="another secret of sixteen characters")
    assert ran.status == 1
    assert "rows sealed with another key" in ran.out


async def test_where_there_is_no_database_nothing_is_made_and_nobody_is_told_that_nothing_is_stored(tmp_path: Path) -> None:
    ran = await run({"SMSSTATUS_DATA_DIR": str(tmp_path)}, "forget", "+8613711112222", "--yes")

    assert (ran.status, ran.out) == (2, "")
    missing = f"there is no database {tmp_path / 'smsstatus.db'}"
    assert ran.err.startswith(f"Nothing was removed: {missing}. Run it with the settings of serve (SMSSTATUS_DATA_DIR")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - which would be asynchronous


async def test_from_the_first_entry_of_the_audit_on_another_key_is_told_so(tmp_path: Path) -> None:
    kept = {"SMSSTATUS_DATA_DIR": str(tmp_path), "SMSSTATUS_SECRET_KEY": SECRET}
    async with open_audit(load_settings(kept, VENDORS).general) as audit:
        await audit.write(entry_of(audit, "lookup", "answered", [Target(number=NUMBER)]))
    other = {**kept, "SMSSTATUS_SECRET_KEY": "another secret of sixteen characters"}

    forgot = await run(other, "forget", "+8613711112222", "--yes")
    found = await run(other, "audit", "list", "--target", "+8613711112222")

    told = "SMSSTATUS_SECRET_KEY is not the key that the stored receipts were kept with"
    assert (forgot.status, forgot.err) == (3, f"Nothing was removed: {told}\n")
    assert (found.status, found.out) == (2, "")
    assert told in found.err
    assert "lookup" in (await run(other, "audit", "list")).out
    assert "lookup" in (await run(kept, "audit", "list", "--target", "+8613711112222")).out


async def test_what_is_no_number_is_refused_with_an_example_and_without_yes_nothing_happens(sqlite_database: Database) -> None:
    await fill(sqlite_database)

    for words in (("id:2028:a1",), ("MK:0008",), ("+8613711112222", "+8613899998888"), ("help",)):
        ran = await forget(sqlite_database, *words, "--yes")
        assert (ran.status, ran.out) == (2, ""), words
        assert "forget takes one phone number. Try: smsstatus forget +8613711112222" in ran.err
    assert "`12` has 2 digits" in (await forget(sqlite_database, "12", "--yes")).err
    for options in ((), ("--json",)):
        ran = await forget(sqlite_database, "+8613711112222", *options)
        assert (ran.status, ran.out) == (2, "")
        assert "Nothing was removed. Without a terminal to ask at, add --yes." in ran.err
    assert (await find_traces(sqlite_database, KEYRING, NUMBER, system_clock())).total == 13


async def test_a_database_that_fails_removes_nothing(sqlite_database: Database) -> None:
    await fill(sqlite_database)
    refuse = sa.text("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    await sqlite_database.write(lambda connection: connection.execute(refuse).rowcount)

    ran = await forget(sqlite_database, "+8613711112222", "--yes")

    assert (ran.status, ran.out) == (3, "")
    assert "Nothing was removed: the database failed" in ran.err
    assert (await find_traces(sqlite_database, KEYRING, NUMBER, system_clock())).total == 13


async def test_it_shows_what_is_there_and_asks_first(sqlite_database: Database) -> None:
    await fill(sqlite_database)
    chinese = environ(sqlite_database, SMSSTATUS_LANGUAGE="zh", LC_ALL="zh_CN.UTF-8")

    (asked,) = in_a_terminal(100, chinese | {"TERM": "dumb"}, ("forget", "+8613711112222"), answer="n\n")

    assert get_language("zh").say("Nothing was removed.") in asked
    assert "+86 137****2222" in asked
    assert (await find_traces(sqlite_database, KEYRING, NUMBER, system_clock())).total == 13


async def test_data_tells_of_every_table_with_its_rows_and_the_settings_that_hold(database: Database) -> None:
    await fill(database)

    ran = await run(environ(database, SMSSTATUS_RECEIPT_DAYS="7", SMSSTATUS_AUDIT_DAYS="30"), "data", "--json")

    found = json.loads(ran.out)
    rows = {one["table"]: (one["rows"], one["kept"]) for one in found["stored"]}
    assert rows["receipts"] == (6, "7 d")
    assert rows["audit"] == (4, "30 d")
    assert rows["answers"] == (6, "30 d")
    assert (rows["watches"][0], rows["requests"][0], rows["receipt_quarantine"][0]) == (2, 2, 2)
    assert {one["oldest"] is None for one in found["stored"] if one["table"] in {"receipts", "audit", "drafts"}} == {False}
    assert SECRET not in ran.out
    shown = await run(environ(database), "data")
    assert shown.status == 0
    assert "receipts" in shown.out
    assert found["database"] in shown.out


async def test_a_process_drops_what_it_holds_once_the_audit_shows_it_and_again_while_clocks_may_differ(
    database: Database,
) -> None:
    clock, dropped = ToyClock(), list[str]()
    audit = AuditLog(database, KEYRING, clock)
    held = HeldMemory(audit, clock, (lambda: dropped.append("answers"), lambda: dropped.append("reports")))

    await held.follow()
    assert dropped == []
    entry = AuditEntry(team="", user="root", channel="", surface="terminal", command="forget", outcome="removed 1")
    await AuditLog(database, KEYRING, ToyClock(clock() - timedelta(minutes=2))).write(entry)  # a machine whose clock is slow
    await held.follow()
    assert dropped == ["answers", "reports"]
    for _ in range(5):
        clock.advance(minutes=1)
        await held.follow()
    assert dropped[2:] == 2 * ["answers", "reports"], "and then no more"


async def test_receipts_of_others_are_found_as_before(database: Database) -> None:
    await fill(database)
    await forget(database, "+8613711112222", "--yes")

    left = await database.read(lambda connection: {row.number for row in connection.execute(sa.select(RECEIPTS.c.number))})

    assert left == {RowCodec(KEYRING).number(OTHER)}
