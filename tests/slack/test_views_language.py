"""The views in Chinese: no English is left in them, and what Slack formats stands where Slack sees that it is to be formatted."""

from __future__ import annotations

import re
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pytest

from bot.language import Language
from tests.phrases import said
from tests.slack.view_samples import CHINESE, all_messages, all_views

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = [
    *(pytest.param(sample, id=name) for name, sample in all_messages(CHINESE)),
    *(pytest.param(sample, id=f"view-{name}") for name, sample in all_views(CHINESE)),
]
# What nobody sees: for us and for Slack.
_UNSEEN = {"type", "value", "action_id", "block_id", "callback_id", "private_metadata", "format", "style", "initial_value"}
# What is no English: code, links, mentions and dates, time zones, and the words of this list.
_NO_WORDS = re.compile(r"`[^`]*`|<[^>]*>|\b[A-Z][a-z]+/[A-Z][a-z_]+\b")
_NAMES = {
    "SMS",
    "Slack",
    "Check SMS status",  # the shortcut's name, which Slack shows as the manifest has it
    "Singtel",  # a carrier and a country, as the provider calls them
    "Singapore",
}


def texts(value: Any) -> Iterator[str]:
    """Everything that somebody reads or hears, but for what is set as code."""
    if isinstance(value, str):
        yield value
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    if isinstance(value, dict) and value.get("style") != {"code": True}:
        for name, content in value.items():
            if name not in _UNSEEN:
                yield from texts(content)


def english_in(text: str) -> list[str]:
    for name in sorted(_NAMES, key=len, reverse=True):
        text = text.replace(name, "")
    return re.findall(r"[A-Za-z]{3,}", _NO_WORDS.sub("", text))


@pytest.mark.parametrize("sample", SHOWN)
def test_no_english_is_left(sample: dict[str, Any]) -> None:
    left = [(word, text) for text in texts(sample) for word in english_in(text)]

    assert left == []


def test_english_that_is_left_would_be_found() -> None:
    assert english_in("`failed` 的短信 <https://example.com|here> Asia/Shanghai、SMS，no receipt") == ["receipt"]
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


@pytest.mark.parametrize("sample", SHOWN)
def test_what_slack_formats_touches_no_wide_character(sample: dict[str, Any]) -> None:
    assert [found for text in texts(sample) for found in crowded(text)] == []


def test_what_touches_a_wide_character_would_be_found() -> None:
    assert crowded("错误码`A`。 *粗* ：`B`，") == ["码`A`。", "码`A`。", "：`B`，", "：`B`，"]


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

    of_views = {key for key, paths in said().items() if any(path.parts[:2] == ("slack", "views") for path in paths)}
    assert of_views - book.keys == set()
