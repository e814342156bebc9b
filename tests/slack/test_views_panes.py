"""The windows and the Home tab, compared with the files that were read and found good (see `tests/golden_files.py`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import Status
from bot.sandbox.slack.view_blocks import check_view
from bot.slack.views import home, modal
from tests.golden_files import FOLDER, UPDATING, as_json, kept
from tests.reports import NOW, SHANGHAI, TITLES, report
from tests.slack.test_views_golden import EXAMPLES, STATES

if TYPE_CHECKING:
    from collections.abc import Callable

DRAFT = "Zk3-opaque-id_7Q"
STAGE = home.HomeStage(
    now=NOW,
    zone=SHANGHAI,
    titles=TITLES,
    command="/smsstatus",
    bot_name="smsstatus",
    examples=EXAMPLES,
    settings=(("National numbers belong to", "CN"), ("Longest wait for an answer", "8 s")),
    kept_days=30,
)
OPEN = report().query
CLOSED = replace(OPEN, window=replace(OPEN.window, open=False), providers=("tencent",), only=frozenset({Status.FAILED}))
REPEATS = (
    home.Repeat(DRAFT, OPEN, timedelta(hours=2)),
    home.Repeat(DRAFT, CLOSED, None),
    home.Repeat(DRAFT, report(numbers=14).query, timedelta(days=1)),
)
VIEWS: dict[str, Callable[[], dict[str, Any]]] = {
    "lookup-of-a-message": lambda: modal.lookup_modal(DRAFT, "+8613711112222", count=1, where=modal.IN_THREAD),
    "lookup-nothing-found": lambda: modal.lookup_modal(DRAFT, "", count=0, where=modal.IN_THREAD),
    "lookup-anywhere": lambda: modal.lookup_modal(DRAFT, "", count=None, where=modal.CHOSEN),
    "lookup-again-alone": lambda: modal.lookup_modal(DRAFT, "", count=None, where=modal.ALONE),
    "post-in-thread": lambda: modal.post_modal(DRAFT),
    "home": lambda: home.home(STATES, REPEATS, STAGE),
    "home-of-somebody-new": lambda: home.home(STATES, (), replace(STAGE, notice="This lookup is no longer kept.")),
}


@pytest.mark.parametrize("name", VIEWS)
def test_the_view_is_the_one_that_was_found_good(name: str) -> None:
    shown = as_json(VIEWS[name]())

    assert shown == kept(f"slack_views/{name}.json", shown)


@pytest.mark.parametrize("name", VIEWS)
def test_slack_takes_the_view(name: str) -> None:
    assert check_view(VIEWS[name]()) == []


def test_there_is_no_golden_file_without_a_view() -> None:
    assert not UPDATING, "the files were written; run again to compare"
    assert {path.stem for path in (FOLDER / "slack_views").glob("*.json")} == set(VIEWS)


def test_the_fullest_home_tab_is_within_slacks_limits() -> None:
    states = [replace(STATES[0], title="T" * 200, account="A" * 200, answers="x" * 500)] * 30
    settings = [("S" * 200, "v" * 500)] * 20
    many = report(numbers=50).query
    full = replace(STAGE, settings=settings, notice="n" * 500, titles=dict.fromkeys(TITLES, "P" * 300))
    repeats = [home.Repeat(DRAFT, replace(many, providers=tuple(TITLES)), None)] * 10

    assert check_view(home.home(states, repeats, full)) == []
