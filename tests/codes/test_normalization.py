"""Folding a code's spelling: what is the same code, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes.normalization import bare, fold, head


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_folded_code_has_no_blanks(text: str) -> None:
    assert not any(char.isspace() for char in fold(text))


@pytest.mark.parametrize(
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
    assert fold(written) == folded


@pytest.mark.parametrize(
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
    assert fold(one) != fold(other)


def test_the_business_prefixes_come_off_and_nothing_else_does() -> None:
    assert bare("ISV.SYSTEM_ERROR") == bare("ISP.SYSTEM_ERROR") == bare("SYSTEM_ERROR") == "SYSTEM_ERROR"
    assert bare("SDK.HTTPERROR") == "SDK.HTTPERROR"


def test_the_class_of_a_code_is_what_stands_before_its_first_dot() -> None:
    assert head("FAILEDOPERATION.A.B") == "FAILEDOPERATION"
    assert head("FAILEDOPERATION") == ""
