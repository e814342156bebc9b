"""Words that mean nothing for the question are passed over and named; what could change it never is."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import Lookup
from bot.grammar.traditional import simplify
from tests.cases import each
from tests.grammar.contexts import lookup, refusal
from tests.grammar.test_properties import answer

A, B = "13912345678", "13987654321"

TALK = [
    f"banana {A}", f"{A} customer is angry", f"{A} (customer Zhang)", f"{A} 张先生", f"{A} 王女士 没收到",
    f"{A} 客户已经很生气了",
    f"{A} not working", f"why didn't {A} get it", f"{A} can't log in", f"whats up with {A}", f"any luck with {A}", f"pls chk {A}",
    f"{A} bob@example.com", f"OPS-1234: {A}", f"{A} INC0012345", f"{A} with love", f"has {A} been delivered?", f"{A} any update?",
    f"{A} 用戶說一直收不到驗證碼，麻煩幫忙查一下，謝謝", f"{A} 請問發了嗎", f"{A} 狀態如何", f"{A} 怎麼回事", f"{A}:", f"【{A}】",
]  # fmt: skip


def test_what_people_say_around_a_number_is_passed_over() -> None:
    assert [text for text in TALK if lookup(text) != lookup(A)] == []


def test_what_was_passed_over_is_named_as_it_was_typed() -> None:
    assert lookup(f"{A} 張先生 為什麼 Müller").ignored == ("張先生", "為什麼", "Müller")
    assert lookup(f"{A} ticket OPS-1234").ignored == ("ticket", "OPS-1234")


@each(
    ("talk", "plain"),
    [
        (f"{A} 張先生只看失敗", f"{A} only failed"),
        (f"帮忙看看{A}今天的短信", f"{A} today"),
        (f"請幫忙查 {A} 最近兩小時的簡訊", f"{A} since 2h"),
        (f"{A} 僅看失敗 通過騰訊", f"{A} only failed via tencent"),
        (f"{A} 走阿里雲 送達失敗", f"{A} only failed via aliyun"),
        (f"{A} not working since yesterday", f"{A} since yesterday"),
        (f"{A}（最近2小時）", f"{A} since 2h"),
        (f"{A} (since 2h)", f"{A} since 2h"),
        (f"{A} during the last 2h", f"{A} since 2h"),
        (f"{A} window=2h status=failed", f"{A} since 2h only failed"),
        (f"{A} tencent/aliyun failed|pending", f"{A} via tencent,aliyun only failed,pending"),
        (f"{A} via tencent via aliyun", f"{A} via tencent,aliyun"),
        (f"{A} since 2h since 2h share share", f"{A} since 2h share"),
        (f"{A} with tencent", f"{A} via tencent"),
        (f"{A} -2h", f"{A} since 2h"),
        (f"{A} last2h", f"{A} since 2h"),
        (f"{A} /since 2h", f"{A} since 2h"),
        (f"{A} since = 2h", f"{A} since 2h"),
        (f"{A} 9 to 11", f"{A} from 9:00 to 11:00"),
        (f"{A} 9:00-11", f"{A} from 9:00 to 11:00"),
        (f"{A} 9-11点", f"{A} from 9:00 to 11:00"),
        (f"{A} 9am-11", f"{A} from 9:00 to 11:00"),
        (f"{A} errors only", f"{A} only failed"),
        (f"{A} no receipt", f"{A} only pending"),
        (f"{A} 還有 {B}", f"{A} {B}"),
    ],
)
def test_the_rest_is_read_as_without_them(talk: str, plain: str) -> None:
    assert lookup(talk) == lookup(plain)


@each(
    "text",
    [
        f"{A} not failed", f"{A} not via tencent", f"{A} not the failed ones", f"{A} without tencent", f"{A} 不看失敗",
        f"{A} 除了騰訊",
        f"{A} older than 2h", f"{A} limit 5", f"{A} top 5", f"{A} faild", f"{A} tencnet", f"{A} lastt 2h", f"{A} publicly",
        f"stats {A}", f"{A} 這三天", f"{A} foo1", f"foo{B} {A}", f"{A} MK:0008", f"{A} since", f"{A} {'x' * 50}",
    ],
)  # fmt: skip
def test_what_could_change_the_question_is_not_passed_over(text: str) -> None:
    refusal(text)


def test_without_anything_to_ask_the_word_is_what_is_not_understood() -> None:
    for text in ("foo", "foo bar", "天氣"):
        assert str(refusal(text)) == f"Unknown word `{text.split()[0]}`."


@given(st.text(string.ascii_letters, min_size=1, max_size=12), st.sampled_from(["since 2h", "only failed", "via aliyun", ""]))
def test_a_word_that_is_named_as_passed_over_changed_nothing(word: str, part: str) -> None:
    said = answer(f"{A} {part} {word}")
    assert not isinstance(said, Lookup) or word not in said.ignored or said == lookup(f"{A} {part}")


def test_traditional_words_are_read_character_for_character() -> None:
    words = "兩個小時內 僅看失敗 騰訊雲 驗證碼 簡訊 週一 禮拜"
    assert simplify(words) == "两个小时内 仅看失败 腾讯云 验证码 简讯 周一 礼拜"
    assert simplify(simplify(words)) == simplify(words)
    assert len(simplify(words)) == len(words)
