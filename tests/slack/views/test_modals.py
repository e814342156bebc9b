"""The windows and the Home tab, compared with the files that were read and found good (see `tests/golden_files.py`).

The English ones are in `tests/golden/slack_views`, the Chinese ones in `zh` below it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.slack.view_blocks import check_view
from bot.slack.views import home
from tests.golden_files import FOLDER, UPDATING, as_json, folder, kept
from tests.reports import TITLES, report
from tests.slack.views.samples import ID, LANGUAGES, VIEWS, home_context, states

if TYPE_CHECKING:
    from bot.i18n import Language


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@pytest.mark.parametrize("name", VIEWS)
def test_the_view_is_the_one_that_was_found_good(name: str, language: Language) -> None:
    shown = as_json(VIEWS[name](language=language))

    assert shown == kept(f"{folder('slack_views', language)}/{name}.json", shown)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_there_is_no_golden_file_without_a_view(language: Language) -> None:
    assert not UPDATING, "the files were written; run again to compare"
    assert {path.stem for path in (FOLDER / folder("slack_views", language)).glob("*.json")} == set(VIEWS)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_fullest_home_tab_is_within_slacks_limits(language: Language) -> None:
    shown = [replace(states(language)[0], title="T" * 200, account="A" * 200, answers="x" * 500)] * 30
    settings = [("S" * 200, "v" * 500)] * 20
    context = home_context(language, settings=settings, notice="n" * 500)
    context = replace(context, titles=dict.fromkeys(TITLES, "P" * 300))
    repeats = [home.Repeat(ID, replace(report(numbers=50).query, providers=tuple(TITLES)), None)] * 10

    assert check_view(home.home(shown, repeats, context)) == []
