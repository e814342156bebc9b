"""Words without a command, the receipt store by name, and whole numbers, which are in the audit before they are shown."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.cli.auditing import os_user
from tests.cli.commands import CHINESE, NUMBER, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.sandbox.demo import Sandbox

WHOLE = "13711112222"


async def verdict(environ: Mapping[str, str], *arguments: str) -> str:
    return str(json.loads((await run(environ, *arguments)).out)["outcome"])


async def test_words_without_a_command_are_looked_up(sandbox: Sandbox) -> None:
    for arguments in (
        [NUMBER, "since", "2h"],
        [f"{NUMBER} since 2h"],
        ["137", "1111", "2222", "最近2小时"],
        ["lookup", NUMBER, "since", "2h"],
        ["check", NUMBER],
        ["--language", "zh", NUMBER],
        ["was", NUMBER, "delivered?"],
    ):
        assert (await run(sandbox.environ, *arguments)).out.startswith(("Delivered ", "已送达 ")), arguments
        for before in (["--json", *arguments], [*arguments, "--json"]):
            assert await verdict(sandbox.environ, *before) == "delivered", before


async def test_the_messages_as_csv_are_masked_and_in_the_terminals_language(sandbox: Sandbox) -> None:
    english, chinese = [await run(sandbox.environ, *before, NUMBER, "--csv") for before in ([], ["--language", "zh"])]

    assert (english.status, english.err) == (0, "")
    assert english.out.startswith("\ufeffSent,Receipt,Seconds,Number,Status,Code,")
    assert chinese.out.startswith("\ufeff发送时间,")
    assert "'+86 137****2222,delivered," in english.out
    assert WHOLE not in english.out + chinese.out


@pytest.mark.parametrize("words", [["MK:0008", "--csv"], ["lookup", "providers", "--csv"], [NUMBER, "--csv", "--json"]])
async def test_csv_is_a_form_of_lookups_alone(words: list[str]) -> None:
    ran = await run({}, *words)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "--csv prints a lookup, and goes without --json: smsstatus NUMBER --csv\n"


async def test_a_code_alone_is_explained_without_any_setting() -> None:
    alone, named, looked_up = [await run({}, *before, "MK:0008") for before in ([], ["explain"], ["lookup"])]

    assert alone == named == looked_up
    assert alone.status == 0
    assert alone.out.startswith("MK:0008 · Tencent")
    assert (await run({}, "MK:9999")).status == 1
    assert json.loads((await run({}, "--json", "MK:0008")).out)["listed"] is True


async def test_json_of_the_providers_is_json_and_of_the_help_one_sentence(sandbox: Sandbox) -> None:
    printed, helped = await run(sandbox.environ, "lookup", "--json", "providers"), await run({}, "--json", "help")

    tencent, *others = json.loads(printed.out)["providers"]
    assert (
        tencent.items() >= {"provider": "tencent", "configured": True, "keeps_days": 7, "last_check": None, "error": None}.items()
    )
    assert next(each for each in others if each["provider"] == "receipts")["settings"]
    assert (helped.status, helped.out, helped.err.count("\n")) == (2, "", 1)
    assert "Use --json with a number" in helped.err


async def test_providers_and_help_need_no_lookup_in_front(sandbox: Sandbox) -> None:
    providers, shown = await run(sandbox.environ, "providers"), await run({}, "help")

    assert providers.out.split()[:5] == ["Provider", "Account", "Answers", "Keeps", "State"]
    assert (shown.status, shown.err) == (0, "")
    assert shown.out == (await run({}, "帮助")).out == (await run({}, "lookup")).out


async def test_a_slip_is_told_with_what_was_meant(sandbox: Sandbox) -> None:
    for arguments, said in (
        (["docter"], "Error: No such command 'docter'. Did you mean 'doctor'?"),
        (["audti", "list"], "Error: No such command 'audti'. Did you mean 'audit'?"),
        (["explian", "MK:0008"], "Try: smsstatus explain MK:0008"),
        ([NUMBER, "sinse", "2h"], f"Try: smsstatus {NUMBER} since 2h"),
        (["--qqqq", NUMBER], "Error: No such option '--qqqq'."),
    ):
        ran = await run(sandbox.environ, *arguments)

        assert (ran.status, ran.out) == (2, ""), arguments
        assert ran.err.splitlines()[-1] == said


async def test_every_example_of_the_help_can_be_typed(sandbox: Sandbox, tmp_path: Path) -> None:
    environ = {**sandbox.environ, "SMSSTATUS_DATA_DIR": str(tmp_path)}
    lines = (await run(environ, "help")).out.splitlines()
    typed = [line.split()[1:] for line in lines if line.startswith("  smsstatus ")]

    assert len(typed) == 13
    for words in typed:
        if words[0] not in {"serve", "demo", "watch"}:
            assert (await run(environ, *words)).status == 0, words


async def test_the_receipt_store_is_asked_by_name_where_it_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    kept_here = {"SMSSTATUS_CALLBACK_TOKEN": "unguessable-callback-token-01", "SMSSTATUS_DATA_DIR": str(tmp_path)}
    for words in (["via", "receipts"], ["via", "store"], ["via", "receipts,tencent"]):
        asked = await run({**sandbox.environ, **kept_here}, "--json", NUMBER, *words)

        assert (asked.status, asked.err) == (0, "")
        assert "receipts" in [part["provider"] for part in json.loads(asked.out)["coverage"]]


async def test_the_receipt_store_where_there_is_none_is_one_clear_line(sandbox: Sandbox) -> None:
    english = await run(sandbox.environ, NUMBER, "via", "receipts")
    chinese = await run({**sandbox.environ, **CHINESE}, "lookup", NUMBER, "via", "receipts,tencent")

    assert (english.status, english.out, chinese.status) == (2, "", 2)
    assert english.err == (
        "There is no receipt store here: set one of SMSSTATUS_CALLBACK_TOKEN, TENCENT_SMS_LEGACY_DRAIN, then receipts are kept.\n"
    )
    assert chinese.err.startswith("这里没有回执库")


async def test_whole_numbers_are_in_the_audit_with_who_saw_them(sandbox: Sandbox, tmp_path: Path) -> None:
    environ = {**sandbox.environ, "SMSSTATUS_DATA_DIR": str(tmp_path)}
    for words in (
        ["--reveal", NUMBER],
        ["lookup", "--json", NUMBER, "via", "tencent", "--reveal"],
        ["--csv", NUMBER, "--reveal"],
    ):
        assert WHOLE in (await run(environ, *words)).out
    masked = await run(environ, NUMBER)
    entries = [json.loads(line) for line in (await run(environ, "audit", "export", "--reveals")).out.splitlines()]
    about = (await run(environ, "audit", "--target", NUMBER, "-n", "1")).out

    assert WHOLE not in masked.out
    assert [(one["surface"], one["command"], one["user"], one["outcome"]) for one in entries] == [
        ("terminal", "lookup", os_user(), "revealed")
    ] * 3
    assert entries[1]["providers"] == ["tencent"]
    assert "terminal lookup REVEAL" in about
    assert WHOLE not in about


@pytest.mark.parametrize("as_json", [[], ["--json"]])
async def test_what_the_audit_cannot_record_is_not_revealed(sandbox: Sandbox, tmp_path: Path, as_json: list[str]) -> None:
    environ = {**sandbox.environ, "SMSSTATUS_DATA_DIR": str(tmp_path)}
    assert (await run(environ, "audit")).status == 0
    with sqlite3.connect(tmp_path / "smsstatus.db") as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    full = await run(environ, NUMBER, "--reveal", *as_json)
    (tmp_path / "smsstatus.db").write_bytes(b"this is no database, whatever its name says" * 50)
    broken = await run(environ, NUMBER, "--reveal", *as_json)

    for refused in (full, broken):
        assert (refused.status, refused.out) == (2, "")
        assert refused.err.startswith("No number is shown in full, because the audit cannot record it. ")
        assert len(refused.err.splitlines()) == 1
    assert (await run(environ, NUMBER)).status == 0


async def test_nobody_is_asked_for_what_could_not_be_revealed(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "smsstatus.db").write_bytes(b"this is no database, whatever its name says" * 50)
    before = len(sandbox.providers.tencent.calls)
    await run({**sandbox.environ, "SMSSTATUS_DATA_DIR": str(tmp_path)}, NUMBER, "--reveal")

    assert len(sandbox.providers.tencent.calls) == before
