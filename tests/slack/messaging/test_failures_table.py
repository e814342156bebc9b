"""The table "When Slack misbehaves" in ARCHITECTURE.md, the tests that prove it, and the error names in the code: one story."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bot.slack.messaging import failures
from bot.slack.messaging.failures import FailureKind

ROOT = Path(__file__).parents[3]
TESTS = (Path(__file__).with_name("test_failures.py"), Path(__file__).parent.parent / "transport" / "test_socket_mode.py")


def table() -> list[list[str]]:
    """The cells of each row."""
    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## When Slack misbehaves")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", cell)


ROWS = [name for row in table() for name in names_in(row[0])]


def proofs_in(path: Path) -> list[tuple[str, set[str]]]:
    """The name of each test, and the words among its parameters."""
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = {
                inner.value
                for decorator in node.decorator_list
                for inner in ast.walk(decorator)
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            }
            found.append((node.name.removeprefix("test_"), words))
    return found


PROOFS = [test for path in TESTS for test in proofs_in(path)]


def test_every_row_has_a_test_that_bears_its_name() -> None:
    without = [row for row in ROWS if not any(name.startswith(row + "_") or row in words for name, words in PROOFS)]

    assert len(ROWS) > 20
    assert without == []


def test_every_test_of_bad_weather_is_about_a_row() -> None:
    beside = [name for name, words in proofs_in(TESTS[0]) if not any(name.startswith(row + "_") or row in words for row in ROWS)]

    assert beside == []


def test_no_row_stands_twice_and_each_says_what_we_do() -> None:
    assert len(set(ROWS)) == len(ROWS)
    assert all(len(row) == 4 and all(row) for row in table())


def test_every_error_name_that_the_code_treats_in_its_own_way_is_in_the_table() -> None:
    told = {name for row in table() for cell in row for name in names_in(cell)}
    special = (
        set(failures.FAILURE_KINDS)
        | failures.TOKEN_REFUSED
        | {failures.CHANNEL_BUSY, failures.STOPPING, "internal_error", "fatal_error"}
    )

    assert special - told - {failures.ADDRESS_REFUSED} == set()


def test_the_rows_say_of_each_name_what_the_code_does_with_it() -> None:
    rows = {names_in(row[0])[0]: set(names_in(row[1])) for row in table()}
    by_outlook = {
        "rate_limited": FailureKind.RATE_LIMITED,
        "not_acted": FailureKind.RETRYABLE,
        "no_connection": FailureKind.RETRYABLE,
        "answer_lost": FailureKind.UNCONFIRMED,
        "token_refused": FailureKind.PERMANENT,
        "message_gone": FailureKind.PERMANENT,
        "blocks_refused": FailureKind.BLOCKS_REJECTED,
        "trigger_expired": FailureKind.PERMANENT,
    }

    for row, expected in by_outlook.items():
        assert {failures.classify(name) for name in rows[row]} == {expected}, row
    assert rows["token_refused"] == failures.TOKEN_REFUSED
