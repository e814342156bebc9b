"""The help of every command, in both languages."""

from __future__ import annotations

import re

from rich.cells import cell_len

from tests.cases import each
from tests.cli.localized_click.pages import CHINESE_TERMINAL, ENGLISH_TERMINAL, latin_words, paths, typed
from tests.golden_files import kept

PATHS = [*paths()]
COMMANDS = {word for path in PATHS for word in path}
# What is typed or called by these words in every language.
NAMES = {"API", "CSV", "HTTP", "JSON", "LANG", "Lines", "Mode", "Slack", "Socket", "TXT", "UTC", "https"}
NAMES |= {"Ctrl", "for", "lookup", "list", "since", "smsstatus", "socket", "watch"}
NAMES |= {
    "MCP",
    "PostgreSQL",
    "SQLite",
    "agents",
    "check",
    "datapackage",
    "doctor",
    "docs",
    "dump",
    "explain",
    "json",
    "pg",
    "serve",
    "signature",
    "stats",
}


def called(path: tuple[str, ...]) -> str:
    return "-".join(path) or "smsstatus"


@each("path", PATHS, ids=called)
def test_the_help_is_the_one_that_was_found_good(path: tuple[str, ...]) -> None:
    chinese, english = typed(*path, "--help"), typed(*path, "--help", environ=ENGLISH_TERMINAL)

    assert chinese == (0, kept(f"terminal/zh/help/{called(path)}.txt", chinese[1]))
    assert english == (0, kept(f"terminal/help/{called(path)}.txt", english[1]))


@each("path", PATHS, ids=called)
def test_the_help_in_chinese_has_no_english_left_in_it(path: tuple[str, ...]) -> None:
    assert latin_words(typed(*path, "--help", width=200)[1]) <= NAMES | COMMANDS


@each("path", PATHS, ids=called)
def test_no_line_of_help_is_wider_than_the_terminal_or_ends_with_a_blank(path: tuple[str, ...]) -> None:
    for width in (40, 52, 60, 80, 120):
        for environ in (CHINESE_TERMINAL, ENGLISH_TERMINAL):
            lines = typed(*path, "--help", width=width, environ=environ)[1].splitlines()

            assert [line for line in lines if cell_len(line) > width or line.endswith(" ")] == []


@each("path", PATHS, ids=called)
def test_help_cuts_no_word_on_a_narrow_terminal(path: tuple[str, ...]) -> None:
    narrow, wide = (typed(*path, "--help", width=width, environ=ENGLISH_TERMINAL)[1] for width in (40, 100))

    assert set(narrow.split()) == set(wide.split())


@each("path", PATHS, ids=called)
def test_what_options_and_commands_do_stands_in_one_column(path: tuple[str, ...]) -> None:
    page = typed(*path, "--help", width=120)[1]

    for section in re.split(r"\n(?=选项：|命令：)", page)[1:]:
        rows = [re.match(r"  \S.*?\S?  +(?=\S)", line) for line in section.splitlines()]
        assert len({cell_len(row[0]) for row in rows if row}) == 1


def test_the_language_may_be_asked_for_anywhere() -> None:
    assert "Usage:" in typed("explain", "--help", "--language", "en")[1]
    assert "Usage:" in typed("--language=en", "explain", "--help")[1]
    assert "用法：" in typed("explain", "--help", "--language", "zh", environ=ENGLISH_TERMINAL)[1]
    assert typed("explain", "receipt", "--language", "en")[1].startswith("Receipt (DLR)")


def test_no_command_at_all_is_shown_the_help() -> None:
    assert typed() == (2, typed("--help")[1])
    assert typed("receipts") == (2, typed("receipts", "--help")[1])


@each("path", [path for path in PATHS if path], ids=called)
def test_help_with_a_commands_name_is_its_own_help(path: tuple[str, ...]) -> None:
    assert typed("help", *path, width=100) == typed(*path, "--help", width=100)


def test_help_about_no_command_says_so() -> None:
    assert typed("help", "whatever") == (2, "没有 whatever 这个命令。试试：smsstatus help\n")


def test_the_version_is_told_in_the_language() -> None:
    assert typed("--version")[1].startswith("smsstatus，版本 ")
    assert typed("--version", environ=ENGLISH_TERMINAL)[1].startswith("smsstatus, version ")
