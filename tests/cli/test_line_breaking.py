"""Lines with Chinese in them: how wide they are and where they are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.cli.line_breaking import break_offsets, pad_cells, wrap

SAID = "手机关机或无信号（可能），请客户检查后再重发。见 SMSSTATUS_DATABASE_URL，共 12 条“回执”。"
TEXTS = st.text(alphabet="手机关，。（）“”：、abC_1 0\u3000…", max_size=80)


@pytest.mark.parametrize("width", [24, 30, 40, 80])
def test_no_line_begins_with_what_closes_or_ends_with_what_opens(width: int) -> None:
    lines = wrap(SAID, width)

    assert not any(line.startswith(tuple("，。）”、：")) or line.endswith(tuple("（“")) for line in lines)


def test_words_and_settings_stay_whole_and_numbers_stay_with_what_they_count() -> None:
    assert wrap(SAID, 26) == [
        "手机关机或无信号（可能），",
        "请客户检查后再重发。见",
        "SMSSTATUS_DATABASE_URL，共",
        "12 条“回执”。",
    ]


def test_a_word_wider_than_the_line_is_cut_where_the_line_is_full() -> None:
    assert wrap("见 SMSSTATUS_DATABASE_URL", 10) == ["见", "SMSSTATUS_", "DATABASE_U", "RL"]


@given(TEXTS, st.integers(2, 40))
def test_every_line_fits_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS, st.integers(2, 40))
def test_the_places_are_in_order_and_inside_the_text(text: str, width: int) -> None:
    places = break_offsets(text, width)

    assert places == sorted(set(places))
    assert all(0 < place < len(text) for place in places)


def test_padding_counts_cells() -> None:
    assert [pad_cells("正常", 8), pad_cells("ok", 8)] == ["正常    ", "ok      "]
