"""`smsstatus lookup --file`: the answer on stdout alone, what could not be read on stderr, the exit status as of a lookup."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import CHINESE, NUMBER, run

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.demo import Sandbox

STRANGERS = [f"1390000{tail:04}" for tail in range(15)]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    rows = ["name,phone", f"Li,{NUMBER}", f"Li,{NUMBER}", "Wu,8.61371E+12", *(f"Xu,{number}" for number in STRANGERS)]
    path.write_bytes("\n".join(rows).encode("utf-16"))
    return path


async def test_a_file_is_looked_up_and_its_bad_lines_are_told_beside_the_answer(sandbox: Sandbox, listed: Path) -> None:
    ran = await run(sandbox.environ, "lookup", "--file", str(listed), "since", "2h", "via", "tencent", "--json")

    answer = json.loads(ran.out)
    assert (ran.status, len(answer["query"]["targets"]), answer["query"]["providers"]) == (0, 16, ["tencent"])
    assert answer["query"]["targets"][0] == "+86 137****2222"
    assert answer["summary"]["delivered"] == 1
    held, bad = ran.err.splitlines()
    assert held == "16 numbers from column 2 (`phone`) · 1 repeated line · 1 line not read"
    assert bad.startswith("Line 4: A spreadsheet shortened `8.61371E+12`: the last digits are lost. ")
    assert NUMBER not in ran.out + ran.err


async def test_a_list_is_read_from_stdin_and_told_in_the_terminals_language(sandbox: Sandbox) -> None:
    ran = await run(
        {**sandbox.environ, **CHINESE}, "lookup", "--file", "-", "via", "tencent", given=f"{NUMBER}\nhello\n".encode()
    )

    assert ran.status == 0
    assert ran.out.startswith("已送达")
    assert ran.err.splitlines() == ["1 个号码 · 1 行无法读取", "第 2 行：`hello` 不是手机号或消息 ID。"]


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"PK\x03\x04", [], "This is a spreadsheet (Excel or Numbers), not a text file."),
        (b"", [], "The list is empty."),
        (b"13711112222", ["sinse", "2h"], "Unknown word"),
    ],
)
async def test_what_cannot_be_looked_up_is_one_message_and_status_2(
    sandbox: Sandbox, tmp_path: Path, content: bytes, words: list[str], said: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    ran = await run(sandbox.environ, "lookup", "--file", str(path), *words)

    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert "Try:" not in ran.err


async def test_a_file_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = await run(sandbox.environ, "lookup", "--file", str(tmp_path / "none.csv"))

    assert (ran.status, ran.err) == (2, f"{tmp_path / 'none.csv'}: No such file or directory\n")
