"""Labels have little room, in any language: what a button, a window, a menu says is short, and a longer one would be found."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import pytest

from bot.i18n import ENGLISH, Language
from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.view_blocks import check_view
from bot.slack.views import buttons
from bot.slack.views.readings import PREFIX
from tests.phrases import translations
from tests.slack.stretching import OVERLONG, TWICE_AS_LONG
from tests.slack.views.samples import CHINESE, LANGUAGES, all_messages, all_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blocks import BlockProblem

# Columns, of which a Chinese character takes two: a button stays on one line of a phone. The others are Slack's, in characters.
BUTTON_COLUMNS = 24
CHARACTERS = {"button": 75, "spoken": 75, "option": 75, "window": 24, "header": 150, "label": 2000, "hint": 2000}


def columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in {"W", "F"} else 1 for char in text)


def labels(value: Any) -> Iterator[tuple[str, str]]:
    """Every label in what is sent to Slack, and its kind."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from labels(item)
    if isinstance(value, dict):
        yield from _labels_of(value)
        for content in value.values():
            yield from labels(content)


def _labels_of(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match value:
        case {"type": "modal"}:
            yield from (("window", value[name]["text"]) for name in ("title", "submit", "close") if name in value)
        case {"type": "button", "action_id": str(action)} if action.startswith(PREFIX):
            pass  # put together of a question's parts
        case {"type": "button"}:
            yield "button", value["text"]["text"]
            yield "spoken", value.get("accessibility_label") or value["text"]["text"]
        case {"type": "header"}:
            yield "header", value["text"]["text"]
        case {"type": "input"}:
            yield "label", value["label"]["text"]
            yield "hint", value.get("hint", value["label"])["text"]
        case {"options": options}:
            yield from (("option", option["text"]["text"]) for option in options if option["text"]["type"] == "plain_text")


@cache
def all_labels(language: Language) -> frozenset[tuple[str, str]]:
    """Of all samples. For `LANGUAGES` alone: a stretched language is equal to English."""
    return frozenset(labels([shown for samples in (all_messages, all_views) for _, shown in samples(language)]))


def problems(language: Language) -> list[BlockProblem]:
    """Everything that Slack would not take of all samples."""
    of_messages = [problem for _, message in all_messages(language) for problem in check_message(message)]
    return of_messages + [problem for _, view in all_views(language) for problem in check_view(view)]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_slack_takes_every_sample(language: Language) -> None:
    assert problems(language) == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_label_is_as_short_as_its_place(language: Language) -> None:
    found = all_labels(language)

    assert {kind for kind, _ in found} == set(CHARACTERS)
    assert [(kind, text) for kind, text in found if len(text) > CHARACTERS[kind]] == []
    assert [text for kind, text in found if kind in {"button", "option"} and columns(text) > BUTTON_COLUMNS] == []


def test_the_samples_show_every_button_with_its_label_and_what_a_screen_reader_says() -> None:
    for language in LANGUAGES:
        shown = all_labels(language)

        for label, spoken in buttons._LABELS.values():  # the table itself: no entry may be left out
            assert ("button", label.said_in(language)) in shown
            assert ("spoken", spoken.said_in(language)) in shown


def test_the_chinese_of_every_label_stands_in_the_language_files_and_fits() -> None:
    """The files by themselves, so that the entry is named that is too long."""
    kinds: dict[str, set[str]] = {}
    for kind, text in all_labels(ENGLISH):
        kinds.setdefault(text, set()).add(kind)
    entries = {key: strings[0] for _, key, strings in translations() if key in kinds}

    untold = [text for text in kinds if text not in entries and not text.startswith("Last ")]  # with a length of its own
    assert untold == []
    assert [key for key, chinese in entries.items() for kind in kinds[str(key)] if len(chinese) > CHARACTERS[kind]] == []
    assert [key for key, chinese in entries.items() if "button" in kinds[str(key)] and columns(chinese) > BUTTON_COLUMNS] == []


def test_an_overlong_label_is_found_wherever_it_stands_and_everything_else_is_made_to_fit() -> None:
    found = problems(OVERLONG)

    places = {re.sub(r"\d+", "0", problem.pointer.removeprefix("/view")) for problem in found}
    assert places == {
        "/blocks/0/elements/0/text/text",
        "/blocks/0/elements/0/accessibility_label",
        "/blocks/0/elements/0/options/0/text/text",
        "/blocks/0/accessory/text/text",
        "/blocks/0/accessory/accessibility_label",
        "/blocks/0/element/options/0/text/text",
        "/blocks/0/element/initial_option/text/text",
        "/blocks/0/text/text",  # of a header
        "/title/text",
        "/submit/text",
        "/close/text",
    }
    assert {problem.message for problem in found} == {f"must be less than {most} characters" for most in (25, 76, 151)}


def test_phrases_twice_as_long_are_too_long_for_the_narrowest_labels_only() -> None:
    found = problems(TWICE_AS_LONG)

    assert [problem for problem in found if not problem.pointer.endswith(("/accessibility_label", "/title/text"))] == []


def test_chinese_labels_are_chinese() -> None:
    assert [text for _, text in all_labels(CHINESE) if not re.search(r"[\u4e00-\u9fff]", text)] == []
