"""The views in Chinese: no English is left in them, and what Slack formats stands where Slack sees that it is to be formatted."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import pytest

from bot.i18n import Language
from bot.slack import views
from tests.phrases import said_in
from tests.slack.languages import english_in, english_left, texts
from tests.slack.views.samples import CHINESE, all_messages, all_views

if TYPE_CHECKING:
    from tests.slack.views.samples import Json


@pytest.fixture(scope="module")
def shown() -> dict[str, Json]:
    """Every message and every view in Chinese, by name."""
    return {**dict(all_messages(CHINESE)), **{f"view-{name}": view for name, view in all_views(CHINESE)}}


def test_no_english_is_left(shown: dict[str, Json]) -> None:
    left = {name: english_left(sample) for name, sample in shown.items()}

    assert {name: found for name, found in left.items() if found} == {}


def test_english_that_is_left_would_be_found() -> None:
    assert english_in("`failed` 的短信 <@U0ASKER> Asia/Shanghai、SMS，no receipt") == ["no", "receipt"]
    assert english_in("见<https://example.com|the answer>，<!date^1^{date_short_pretty}|Nov 21>") == ["the", "answer", "Nov"]
    assert english_in("来源：<https://www.example.com/codes|www.example.com>，消息 ID") == []
    assert list(texts({"type": "text", "text": "seen", "style": {"code": True}})) == []
    assert list(texts({"type": "button", "text": {"text": "seen"}, "value": "hidden", "accessibility_label": "heard"})) == [
        "seen",
        "heard",
    ]


_FORMATTED = re.compile(r"`[^`\n]+`|\*[^*\n]+\*")


def crowded(text: str) -> list[str]:
    """What is to be formatted and touches a wide character, so that Slack shows its marks instead."""
    return [
        text[max(0, span.start() - 1) : span.end() + 1]
        for span in _FORMATTED.finditer(text)
        for beside in (text[: span.start()][-1:], text[span.end() :][:1])
        if beside and east_asian_width(beside) in {"W", "F"}
    ]


def test_what_slack_formats_touches_no_wide_character(shown: dict[str, Json]) -> None:
    touching = {name: [found for text in texts(sample) for found in crowded(text)] for name, sample in shown.items()}

    assert {name: found for name, found in touching.items() if found} == {}


_GAP = re.compile(
    r".{0,12}(?:(?<!`) （|，\*? (?!`)|(?<!`) ，).{0,12}"
)  # Slack wants a blank beside code, and there is no other way


def test_no_gap_stands_before_a_bracket_nor_beside_a_comma(shown: dict[str, Json]) -> None:
    gaps = {name: [found[0] for text in texts(sample) for found in _GAP.finditer(text)] for name, sample in shown.items()}

    assert {name: found for name, found in gaps.items() if found} == {}
    assert [found[0] for found in _GAP.finditer("*失败* （2 条）、*送达率，* 昨天、`A` ，好，`B` （3 条）")] == [
        "*失败* （2 条）、*送达率，* "
    ]


def test_what_touches_a_wide_character_would_be_found() -> None:
    assert crowded("错误码`A`。 *粗* ：`B`，") == ["码`A`。", "码`A`。", "：`B`，", "：`B`，"]


def test_what_is_cut_below_a_notice_is_marked_in_the_readers_language() -> None:
    notice = views.delivery_failed("not_in_channel", language=CHINESE)
    cut = views.with_notice(notice, views.Message("一行\n" * 2000, ()), language=CHINESE)

    assert len(cut.text) < 3001
    assert cut.text.split("\n")[-1] == "…… 此处截断，其余内容见消息。"
    assert english_left(cut.text) == []


class _Recording(NullTranslations):
    def __init__(self) -> None:
        super().__init__()
        self.keys: set[str | tuple[str, str]] = set()

    def gettext(self, message: str) -> str:
        self.keys.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.keys.add((msgid1, msgid2))
        return msgid1 if n == 1 else msgid2


def test_the_samples_say_every_phrase_of_the_views() -> None:
    book = _Recording()
    for samples in (all_messages, all_views):
        assert list(samples(Language("en", book)))

    assert said_in("slack/views") - book.keys == set()
