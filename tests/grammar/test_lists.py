"""Several numbers in the clothes of lists and sums: each is read as it was typed, none is joined, cut, swallowed or made up."""

from __future__ import annotations

from bot.errors import UsageError
from tests.cases import each
from tests.grammar.contexts import parse_context, refusal, targets
from tests.grammar.test_properties import answer

A, B = "13912345678", "13987654321"
ONE, TWO = f"+86{A}", f"+86{B}"
SERIAL = "5000:1045710669157053657849499619"

NUMBERINGS = [
    ("1:", "2:"), ("1：", "2："), ("1: ", "2: "), ("01. ", "02. "), ("1.", "2."), ("1. ", "2. "), ("1) ", "2) "), ("1)", "2)"),
    ("(1)", "(2)"), ("（1）", "（2）"), ("(1) ", "(2) "), ("1、", "2、"), ("①", "②"), ("① ", "② "), ("⑴", "⑵"), ("❶ ", "❷ "),
    ("⒈", "⒉"), ("1️⃣ ", "2️⃣ "), ("1 ", "2 "), ("#1 ", "#2 "), ("No. 1: ", "No. 2: "), ("2026:", "2027:"),
]  # fmt: skip


@each(("first", "second"), NUMBERINGS)
def test_a_numbered_list_is_the_numbers_in_it(first: str, second: str) -> None:
    for plus in ("", "+86"):
        assert targets(f"{first}{plus}{A}\n{second}{plus}{B}") == [ONE, TWO]
        assert targets(f"since 2h\n{first}{plus}{A}\n{second}{plus}{B}") == [ONE, TWO]


@each("prefix", ["1:", "10:", "1：", "2026:", "① "])
def test_a_single_item_is_a_number_too(prefix: str) -> None:
    assert targets(f"{prefix}{A} since 2h") == [ONE]


def test_what_stands_behind_a_colon_is_a_number_only_where_it_can_be_one() -> None:
    assert targets(SERIAL) == [SERIAL]
    assert targets(f"{A} {SERIAL}") == [f"{ONE} {SERIAL}"]
    assert targets(f"{A} 2:{B}") == [ONE, TWO]
    assert targets("1:4155552671", parse_context(region="US")) == ["+14155552671"]
    assert targets(f"id:1:{A}") == [f"1:{A}"]


@each("text", [f"{A} + {B}", f"{A}+{B}", f"{A} +{B}", f"{A} ＋ {B}", f"+86{A} + {B}", f"+86{A} + +86{B}"])
def test_a_plus_between_two_numbers_makes_up_no_country_code(text: str) -> None:
    assert targets(text) == [ONE, TWO]


def test_a_plus_between_national_numbers_is_a_joiner_even_where_it_could_be_a_country_code() -> None:
    maryland = "13012345678"  # +1 301 234 5678 is a number too
    assert targets(f"{A} + {maryland}") == [ONE, f"+86{maryland}"]
    assert targets(f"{A}+{maryland}") == [ONE, f"+86{maryland}"]
    assert targets(f"+86{A} +{maryland}") == [ONE, f"+{maryland}"]
    assert targets(f"+86{A}+{maryland}") == [ONE, f"+{maryland}"]


def test_a_plus_that_means_a_country_code_stays_one() -> None:
    assert targets(f"{A} +1 415 555 2671") == [ONE, "+14155552671"]
    assert targets("+8611011112222") == ["+8611011112222"]  # in no table yet, and no number without its country code
    assert targets(f"+ 86 {A}") == [ONE]


@each(
    "text",
    [f"{A}②{B}", f"{A}0086{B}", f"{A} #{B}", f"{A} @{B}", f"{A}#{B}", f"{A}@{B}", f"@{A} #{B}", f"{A} → {B}", f"{A}-{B}",
     f"{A}\\{B}", f"{A}_{B}", f"{A}={B}", f"{A}—{B}"],
)  # fmt: skip
def test_no_number_is_joined_to_another_or_swallowed(text: str) -> None:
    assert targets(text) == [ONE, TWO]


@each("sign", ["@x", "#x", ":x", "!here", "x@", "https://example.com/", "www.example.com/"])
def test_a_run_that_holds_a_number_is_never_passed_over(sign: str) -> None:
    text = f"{A} {sign}{B}"
    answered = answer(text)
    if isinstance(answered, UsageError):
        assert answered.example is None
    else:
        assert targets(text) == [ONE, TWO]


# As people and tools write masks: what stands for the hidden digits (x, X, #, ?) is the input under test.
@each(
    "masked",
    ["139****5678", "139 **** 5678", "+86 139 **** 5678", "139…5678", "139...5678", "139????5678", "139____5678", "139----5678",
     "139####5678", "139••••5678", "139xxxx5678", "139XXXX5678", "139-****-5678", "139？？？？5678", "1395678****",
     "139 xxxx 5678"],
)  # fmt: skip
def test_a_masked_number_is_said_to_be_masked(masked: str) -> None:
    error = refusal(f"{masked} since 2h")
    assert "is masked" in str(error)
    assert error.example is None
