"""The README's picture is of today's answer: its words are kept beside it, and compared with what the app answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs import picture
from tests.docs.pages import ROOT
from tests.docs.picture import LEAST_HEIGHT, MOST_HEIGHT, PICTURE, QUESTION, SHARPNESS, WORDS, open_for_asking
from tests.docs.png import size

if TYPE_CHECKING:
    from playwright.async_api import Browser

MOST_BYTES = 120_000


async def test_the_picture_shows_what_the_app_answers_today() -> None:
    async with open_for_asking() as asker:
        await asker.sandbox.workspace.slash(picture.USER, picture.CHANNEL, QUESTION)
        today = picture.caption(PICTURE.read_bytes(), asker.words(await asker.answer()))

    assert today == WORDS.read_text(encoding="utf-8"), "the answer looks otherwise now: run ./scripts/picture"


def test_the_picture_is_a_phones_and_small() -> None:
    width, height = size(PICTURE.read_bytes())

    assert width == 390 * SHARPNESS
    assert LEAST_HEIGHT * SHARPNESS <= height <= MOST_HEIGHT * SHARPNESS
    assert PICTURE.stat().st_size <= MOST_BYTES


def test_the_readme_shows_the_picture_asks_its_question_and_fits_on_a_screen() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert f'<img src="{PICTURE.relative_to(ROOT).as_posix()}"' in readme
    assert f"`{QUESTION}`" in readme
    assert len(readme.splitlines()) <= 45
    assert re.findall(r"^\./scripts/\w+", readme, re.MULTILINE) == ["./scripts/setup", "./scripts/demo"]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_picture_can_be_taken_and_shows_the_words_that_are_kept(browser: Browser) -> None:
    async with open_for_asking() as asker:
        taken = await asker.photograph(browser)

    width, height = size(taken.picture)
    assert (width, height >= LEAST_HEIGHT * SHARPNESS) == (390 * SHARPNESS, True)
    assert len(taken.picture) <= MOST_BYTES
    _, _, kept = WORDS.read_text(encoding="utf-8").partition("\n")
    assert visible_words(kept) - set(WORD.findall(taken.text)) == set()


WORD = re.compile(r"[^\W\d_]{3,}")
NOT_ON_THE_SCREEN = re.compile(r"^\[\w+\]$|\[⋯[^\]]*\]|DATE", re.MULTILINE)  # types of blocks, a menu that is closed


def visible_words(kept: str) -> set[str]:
    return set(WORD.findall(NOT_ON_THE_SCREEN.sub("", kept)))
