"""Sanitizing of untrusted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sanitize import mask_digits, mask_known, single_line, truncate
from tests.reports import NUMBER, phone


def test_lines_run_together_and_invisible_characters_go() -> None:
    assert single_line(" a\r\n b\t\u202ec\u200b\x1b[31m\x00 \ud800") == "a b c[31m"


@given(st.text(), st.integers(1, 50))
def test_what_is_clipped_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(truncate(single_line(text, limit), limit)) <= limit


@pytest.mark.parametrize("spelling", ["+8613711112222", "8613711112222", "008613711112222", "13711112222"])
def test_a_known_number_is_masked_however_it_is_written(spelling: str) -> None:
    assert mask_known(f"user {spelling} absent", [phone(1), NUMBER]) == "user +86 137****2222 absent"


def test_a_long_run_of_digits_in_prose_is_hidden_and_a_short_one_kept() -> None:
    assert mask_digits("user 13500001111 hour level Permits:5 code 000027") == "user **** hour level Permits:5 code 000027"
