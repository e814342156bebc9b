"""What goes into pipes, onto narrow terminals, and onto terminals that lack characters."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot.cli.streams import fitted
from tests.cli.commands import CHINESE, NUMBER, in_a_pipe, in_a_terminal, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.sandbox.demo import Sandbox

IN_WORDS = (
    (),
    ("help",),
    ("help", "lookup"),
    ("--help",),
    ("--version",),
    (NUMBER, "since", "2h"),
    (NUMBER, "+8613711113333", "only", "failed", "please"),
    ("--json", NUMBER),
    ("providers",),
    ("1",),
    ("explain", "空号"),
    ("explain", "--search", "黑名单"),
    ("explain", "--json", "空号"),
    ("explain", "receipt"),
    ("explain", "短信 ✓ é ＡＢ"),
    ("explain", "\udcff\udcfe"),
    ("doctor",),
    ("audit",),
    ("receipts", "stats"),
    ("receipts", "quarantine"),
    ("receipts", "purge"),
    ("demo", "--once", "你好"),
    (NUMBER, "sinse", "2h"),
    (NUMBER, "下午的短信"),
    ("没有这个命令",),
    ("serve", "--port", "端口"),
)
FILES = (  # for programs, UTF-8 everywhere
    ("codes", "export", "--format", "markdown", "--language", "zh"),
    ("manifest",),
    ("audit", "export", "--format", "csv", "--language", "zh"),
)
EXPORT = ["codes", "export", "--language", "zh"]


@pytest.fixture
def environ(sandbox: Sandbox, tmp_path: Path) -> Mapping[str, str]:
    return {**sandbox.environ, "SMSSTATUS_DATA_DIR": str(tmp_path)}


@pytest.mark.parametrize(
    ("charset", "language", "commands"),
    [
        ("ascii", "en", IN_WORDS),
        ("ascii", "zh", IN_WORDS + FILES),
        ("gbk", "zh", IN_WORDS + FILES),
        ("utf-8", "en", IN_WORDS),
    ],
)
async def test_no_command_fails_for_want_of_a_character_or_ends_a_line_with_a_blank(
    environ: Mapping[str, str], *, charset: str, language: str, commands: Sequence[Sequence[str]]
) -> None:
    for arguments in commands:
        ran = await run({**environ, "SMSSTATUS_LANGUAGE": language}, *arguments, charset=charset)

        assert ran.status in {0, 1, 2}, arguments
        assert "Traceback" not in ran.err, arguments
        if "markdown" not in arguments:  # where two blanks break a line
            assert [line for line in (ran.out + ran.err).splitlines() if line.endswith((" ", "\t"))] == [], arguments
        if charset == "ascii" and arguments not in FILES:
            assert (ran.out + ran.err).isascii(), arguments


async def test_an_ascii_terminal_has_words_where_others_have_signs(environ: Mapping[str, str]) -> None:
    plain, signs = [(await run(environ, NUMBER, "since", "2h", charset=charset)).out for charset in ("ascii", "utf-8")]

    assert "✓ delivered" in signs
    assert "✗ failed" in signs
    assert re.search(r":\d\d   delivered ", plain)
    assert re.search(r":\d\d   failed ", plain)
    assert "?" not in plain


async def test_chinese_on_a_terminal_without_it_is_english_and_says_so(environ: Mapping[str, str]) -> None:
    plain = await run(environ, NUMBER, "--language", "zh", charset="ascii")
    chinese = await run(environ, NUMBER, "--language", "zh", charset="gbk")

    assert plain.out.startswith("Delivered ")
    assert plain.err == "This terminal (ascii) has no Chinese characters: English instead.\n"
    assert chinese.out.startswith("已送达 ")
    assert chinese.err == ""


async def test_json_on_an_ascii_terminal_loses_nothing(environ: Mapping[str, str]) -> None:
    plain, whole = [await run(environ, "explain", "--json", "空号", charset=charset) for charset in ("ascii", "utf-8")]

    assert plain.out.isascii()
    assert json.loads(plain.out) == json.loads(whole.out)


async def test_the_environment_tells_that_a_terminal_is_ascii_files_stay_utf_8_and_lines_whole(
    environ: Mapping[str, str],
) -> None:
    """A pipe gets whole lines whatever COLUMNS says, and a file's text is the same whatever the terminal has."""
    given = {**environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "20"}
    explained, helped, exported = in_a_pipe(given, ["explain", "MK:0008"], ["lookup", "--help"], EXPORT)
    (in_c,) = in_a_pipe({"LC_ALL": "C", "COLUMNS": "20"}, ["explain", "MK:0008"])
    (in_utf_8,) = in_a_pipe({"LC_ALL": "C", "PYTHONIOENCODING": "utf-8", "SMSSTATUS_LANGUAGE": "zh"}, ["explain", "MK:0008"])

    assert explained == in_c
    assert explained.isascii()
    assert not in_utf_8.isascii()
    for printed in (explained, helped):
        assert max(map(len, printed.decode().splitlines())) > 120
    assert exported.decode() == (await run(environ, *EXPORT)).out


async def test_a_terminals_lines_fit_and_have_whole_words() -> None:
    explain, wrong = ["explain", "MK:0008"], ["serve", "--mode", "phone"]
    asked = (["--language", "en", *explain], explain, ["--language", "en", *wrong])
    for arguments, shown in zip(asked, in_a_terminal(40, {**CHINESE, "TERM": "dumb"}, *asked), strict=True):
        piped = await run(CHINESE, *arguments)
        whole = piped.out + piped.err

        assert [line for line in shown.splitlines() if cell_len(line) > 40 or line.endswith(" ")] == []
        assert "".join(shown.split()) == "".join(whole.split())
        assert arguments is explain or shown.split() == whole.split()  # Chinese may be broken anywhere


def test_a_signs_word_stands_in_its_place_only_where_no_word_does() -> None:
    assert fitted("✅ Delivered 14:03 · ✓", "ascii") == "Delivered 14:03 - ok"
    assert fitted("⚠️ Unclear", "ascii") == "Unclear"
    assert fitted("naïve ＋８６ … “x” 短", "ascii") == "naive +86 ... 'x' ?"
    assert fitted("✗ 失败 é", "gbk") == "失败 é"


def test_the_demos_one_answer_is_all_that_stdout_has() -> None:
    (printed,) = in_a_pipe({"LC_ALL": "C.UTF-8", "SMSSTATUS_LANGUAGE": "en"}, ["demo", "--once", f"/smsstatus {NUMBER} since 2h"])

    assert printed.decode().startswith("✅ Delivered")
