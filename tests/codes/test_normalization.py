"""Folding a code's spelling: what is the same code, and what only looks like it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.codes.normalization import code_class, normalize_code, without_namespace
from tests.cases import each


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert normalize_code(normalize_code(text)) == normalize_code(text)


@given(st.text())
def test_a_folded_code_has_no_blanks(text: str) -> None:
    assert not any(char.isspace() for char in normalize_code(text))


@each(
    ("written", "folded"),
    [
        ("  mk:0008\n", "MK:0008"),
        ("ＭＫ：０００８", "MK:0008"),
        ("BWLIST _006", "BWLIST_006"),
        ("UNDELIVS719s", "UNDELIVS719S"),
        ("\u200eMK:\u200b0008\u2069", "MK:0008"),
        ("MK:\u00a00008", "MK:0008"),
    ],
)
def test_blanks_case_and_full_width_characters_make_no_difference(written: str, folded: str) -> None:
    assert normalize_code(written) == folded


@each(
    ("one", "other"),
    [
        ("MK:1", "MK:0001"),
        ("LT:0", "LT:0000"),
        ("MI:0020", "MI0020"),
        ("MI0020", "MI00020"),
        ("DB:0141", "DB00141"),
        ("CJ:007", "CJ:0007"),
        ("IC-0054", "IC:0054"),
        ("MA:0054?", "MA:0054"),
        ("1", "01"),
    ],
)
def test_look_alikes_stay_different_codes(one: str, other: str) -> None:
    assert normalize_code(one) != normalize_code(other)


def test_the_business_prefixes_come_off_and_nothing_else_does() -> None:
    assert (
        without_namespace("ISV.SYSTEM_ERROR")
        == without_namespace("ISP.SYSTEM_ERROR")
        == without_namespace("SYSTEM_ERROR")
        == "SYSTEM_ERROR"
    )
    assert without_namespace("SDK.HTTPERROR") == "SDK.HTTPERROR"


def test_the_class_of_a_code_is_what_stands_before_its_first_dot() -> None:
    assert code_class("FAILEDOPERATION.A.B") == "FAILEDOPERATION"
    assert code_class("FAILEDOPERATION") == ""
