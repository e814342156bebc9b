"""Where a word may end."""

from __future__ import annotations

from bot.grammar.cursor import one_of, pattern
from tests.cases import each


@each(
    ("text", "ends"),
    [
        ("last", True),
        ("last 2h", True),
        ("last,2h", True),
        ("last、2h", True),
        ("last两小时", True),
        ("lastчас", True),
        ("lasts", False),
        ("last2", False),
        ("lasté", False),
        ("last_", False),
        ("last-", False),
    ],
)
def test_an_english_word_ends_before_a_separator_or_letters_of_another_script(text: str, *, ends: bool) -> None:
    assert bool(pattern(one_of(["last", "until"])).match(text)) is ends


def test_anything_may_follow_a_chinese_word_and_the_longest_is_taken() -> None:
    found = pattern(one_of(["发送", "发送失败", "until"])).match("发送失败abc")

    assert found is not None
    assert found[0] == "发送失败"
