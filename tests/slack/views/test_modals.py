"""The windows and the Home tab, compared with the files that were read and found good (see `tests/golden_files.py`).

As they are read: the English ones are in `tests/golden/slack_views`, the Chinese ones in `zh` below it. Of a few, one of each
structure, the blocks are kept as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.i18n import ENGLISH
from bot.sandbox.plain import render_text
from bot.sandbox.slack.view_blocks import check_view
from bot.slack.views import home
from tests.cases import each
from tests.golden_files import FOLDER, UPDATING, as_json, folder, kept
from tests.reports import TITLES, report
from tests.slack.views.samples import ID, LANGUAGES, VIEWS, home_context, states

if TYPE_CHECKING:
    from bot.i18n import Language
    from tests.slack.views.samples import Json


STRUCTURES = ("lookup-anywhere", "post-in-thread", "home")


def as_read(name: str, language: Language) -> str:
    view = VIEWS[name](language=language)
    lines = [line for block in view["blocks"] for line in _lines(block, language)]
    buttons = [view[part]["text"] for part in ("close", "submit") if part in view]
    title = [view["title"]["text"], ""] if "title" in view else []
    return "\n".join([*title, *lines, *([f"[{']  ['.join(buttons)}]"] if buttons else [])]) + "\n"


def _lines(block: Json, language: Language) -> list[str]:
    """A block as it is read: of an input its label, what stands in it, what can be chosen, and its hint."""
    if block["type"] != "input":
        return render_text("", [block], "Asia/Shanghai", language).split("\n")
    element = block["element"]
    chosen = element.get("initial_option")
    options = [f"{'(•)' if option == chosen else '( )'} {option['text']['text']}" for option in element.get("options", ())]
    typed = element.get("initial_value") or element.get("placeholder", {}).get("text", "")
    hint = [block["hint"]["text"]] if "hint" in block else []
    return [f"{block['label']['text']}:", *(f"  {line}" for line in options or [f"[{typed}]"]), *(f"  {line}" for line in hint)]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@each("name", VIEWS)
def test_each_view_reads_as_it_was_found_good(name: str, language: Language) -> None:
    shown = as_read(name, language)

    assert shown == kept(f"{folder('slack_views', language)}/{name}.txt", shown)


@each("name", STRUCTURES)
def test_the_blocks_of_each_structure_are_those_that_were_found_good(name: str) -> None:
    shown = as_json(VIEWS[name](language=ENGLISH))

    assert shown == kept(f"slack_views/{name}.json", shown)


def test_there_is_no_golden_file_without_a_view() -> None:
    assert not UPDATING, "the files were written; run again to compare"
    for language in LANGUAGES:
        assert {path.stem for path in (FOLDER / folder("slack_views", language)).glob("*.txt")} == set(VIEWS)
    assert {path.stem for path in (FOLDER / "slack_views").rglob("*.json")} == set(STRUCTURES)


@each("language", LANGUAGES, ids=lambda language: language.code)
def test_the_fullest_home_tab_is_within_slacks_limits(language: Language) -> None:
    shown = [replace(states(language)[0], title="T" * 200, account="A" * 200, answers="x" * 500)] * 30
    context = home_context(language, notice="n" * 500)
    context = replace(context, titles=dict.fromkeys(TITLES, "P" * 300))
    repeats = [home.RepeatButton(ID, replace(report(numbers=50).query, providers=tuple(TITLES)), None)] * 10

    assert check_view(home.home(shown, repeats, context)) == []
