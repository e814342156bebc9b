"""Tab in a shell: what is offered, asked for as the shells ask, and in a real bash with the line of the documents."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.help_screen import COMPLETION_LINE
from bot.providers.systems import SYSTEMS
from tests.cli.commands import CHINESE, SMSSTATUS, run

COMMANDS = Path(__file__).parents[2] / "docs" / "commands.md"


async def offered(typed: str, shell: str = "bash", *, charset: str = "utf-8", **environ: str) -> list[str]:
    """What the shell is told for the word at the end of what is typed."""
    words = ["smsstatus", *typed.split()] + ([""] if typed.endswith(" ") or not typed else [])
    at = words[-1] if shell == "fish" else str(len(words) - 1)
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": at, "_SMSSTATUS_COMPLETE": f"{shell}_complete"}
    ran = await run({**asked, **environ}, charset=charset)
    assert (ran.status, ran.err) == (0, "")
    return [line for line in ran.out.splitlines() if line]


async def values(typed: str) -> list[str]:
    return [line.removeprefix("plain,") for line in await offered(typed)]


async def test_the_first_word_is_a_command_or_a_code() -> None:
    assert {"lookup", "audit", "help", "since", "via"} <= {*await values("")}
    assert await values("doc") == ["doctor"]
    assert {"MK:0008", "MK:0001"} <= {*await values("MK")}
    assert "isv.BUSINESS_LIMIT_CONTROL" in await values("isv.bus")


@pytest.mark.parametrize("before", ["", "lookup ", "--language zh "])
async def test_the_words_of_a_lookup_are_offered_in_their_places(before: str) -> None:
    number = f"{before}+8613711112222 "

    assert await values(number) == ["since", "until", "via", "only"]
    assert await values(f"{number}since 2h ") == ["until", "via", "only"]
    assert await values(f"{number}u") == ["until"]
    assert await values(f"{number}via ") == [system.name for system in SYSTEMS]
    assert await values(f"{number}via tencent,al") == ["tencent,aliyun", "tencent,aliyun-intl"]
    assert await values(f"{number}only f") == ["failed"]
    assert await values(f"{number}since y") == ["yesterday"]


async def test_codes_and_terms_come_after_explain() -> None:
    assert "MK:0008" in await values("explain MK")
    assert "receipt" in await values("explain rec")
    assert await values("explain MK ") == []
    assert await values("explain --s") == ["--search"]


async def test_bash_breaks_a_word_at_its_colon_and_gets_what_comes_behind() -> None:
    assert "0008" in await values("explain MK : 00")
    assert "0008" in await values("MK :")
    assert all(value.startswith("00") for value in await values("MK : 00"))


async def test_codes_have_their_titles_beside_them_in_the_shells_that_show_them() -> None:
    zsh = await offered("explain MK:0008", "zsh", **CHINESE)
    fish = await offered("explain MK:0008", "fish")

    assert zsh[:2] == ["plain", r"MK\:0008"]
    assert zsh[2].startswith("手机")
    assert fish[0].startswith("plain,MK:0008\t")


async def test_nothing_else_is_printed_into_a_line_that_is_being_typed() -> None:
    assert await values("没有") == []
    assert await offered("MK:0008", SMSSTATUS_LANGUAGE="zh", charset="ascii") == ["plain,0008"]
    assert await offered("MK:0008", SMSSTATUS_CONFIG="/nowhere.toml") == ["plain,0008"]


def test_the_line_of_the_documents_completes_in_a_real_bash(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    smsstatus = tmp_path / "smsstatus"
    smsstatus.write_text(f'#!/bin/sh\nexec {shlex.join(SMSSTATUS)} "$@"\n')
    smsstatus.chmod(0o755)
    script = f"""
        {COMPLETION_LINE}
        COMP_WORDS=(smsstatus MK : 000); COMP_CWORD=3
        _smsstatus_completion smsstatus; echo "${{COMPREPLY[@]}}"
        COMP_WORDS=(smsstatus +8613711112222 via tencent,rec); COMP_CWORD=3; COMPREPLY=()
        _smsstatus_completion smsstatus; echo "${{COMPREPLY[@]}}"
        complete -p smsstatus
    """
    path = f"{tmp_path}:/usr/bin:/bin"
    environ = {"PATH": path, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([bash, "-c", script], env=environ, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    codes, providers, registered = done.stdout.splitlines()

    assert done.stderr == ""
    assert "0008" in codes.split()
    assert providers == "tencent,receipts"
    assert registered.endswith("_smsstatus_completion smsstatus")
    assert COMPLETION_LINE in COMMANDS.read_text(encoding="utf-8")
