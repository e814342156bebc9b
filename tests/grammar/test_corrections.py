"""What has several readings, or a slip: every reading is a complete command about the numbers that were typed."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.errors import UsageError
from bot.grammar import Explain, Lookup, parse
from tests.cases import each
from tests.grammar.contexts import ENGINEER, lookup, refusal
from tests.grammar.test_properties import ANY_TEXT, answer

A = "13912345678"


@each(
    ("text", "readings"),
    [
        (f"{A} since 9", [f"{A} since 9h", f"{A} since 9:00"]),
        (f"{A} 10", [f"{A} since 10h", f"{A} since 10:00", A]),
        (f"{A} 40", [f"{A} since 40h", f"{A} since 40m", A]),
        (f"{A} 9-11", [f"{A} from 9-11", f"{A} since 2026-11-09", f"{A} since 2026-09-11", A]),
        (f"{A} since 9-11", [f"{A} since 2026-11-09", f"{A} since 2026-09-11"]),
        (f"{A} last 30", [f"{A} last 30m", f"{A} last 30h", f"{A} last 30d"]),
        (f"{A} since 2h since 3h", [f"{A} since 2h", f"{A} since 3h"]),
        (f"{A} sinse 2h", [f"{A} since 2h"]),
        (f"{A} faild", [f"{A} failed", A]),
        (f"{A} via tencnt", [f"{A} via tencent", A]),
        (f"{A} only foo", [f"{A} only {status}" for status in ("failed", "delivered", "pending", "rejected")] + [A]),
        (f"{A} just now", [f"{A} 2h", f"{A} 24h", f"{A} 7d"]),
        (f"{A} 剛剛", [f"{A} 2h", f"{A} 24h", f"{A} 7d"]),
        (f"{A} since lunch", [f"{A} since 2h", f"{A} since 24h", f"{A} since 7d"]),
        (f"{A} limit 5", [A]),
        (f"{A} not failed", [A]),
        (f"{A} older than 2h", [f"{A} until 2h", f"{A}, 2h"]),
        (f"{A} MK:0008", [A, "explain MK:0008"]),
        ("MK:0008 and MK:0010", ["explain MK:0008", "explain MK:0010"]),
        ("85291234567 since 2h", ["+85291234567 since 2h"]),
        (f"explain {A}", [A]),
        ("since 2h", []),
        ("1391234567", []),
        ("139****5678", []),
        ("110101199003072316", []),
    ],
)
def test_each_reading_is_a_command(text: str, readings: list[str]) -> None:
    assert list(refusal(text).readings) == readings


@given(ANY_TEXT)
def test_a_reading_asks_about_what_was_typed_and_can_be_run(text: str) -> None:
    error = answer(f"{A} {text}")
    for reading in error.readings if isinstance(error, UsageError) else ():
        command = parse(reading, ENGINEER)
        assert not isinstance(command, Lookup) or command.query.targets


@each(
    "text",
    ["MK:0008 please", "hi, what does MK:0008 mean?", "錯誤碼 MK:0008", "MK:0008 是什麼意思", "什麼是 MK:0008", "解釋 MK:0008",
     "*MK:0008*", "MK:0008 thanks", "請問 MK:0008 是什麼意思"],
)  # fmt: skip
def test_a_code_with_words_around_it_is_explained(text: str) -> None:
    assert parse(text, ENGINEER) == Explain("MK:0008")


def test_words_that_follow_a_lookup_are_read_as_complete_ones() -> None:
    last = lookup(f"{A} since 5h").query
    with pytest.raises(UsageError) as caught:
        parse("sinse 2h", ENGINEER.__class__(ENGINEER.now, ENGINEER.zone, ENGINEER.providers, last=last))
    assert caught.value.readings == ("since 2h",)
