"""The README's picture is of today's answer: its words are kept beside it, and compared with what the app answers."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT
from tests.docs.picture import CHANNEL, LEAST_HEIGHT, MOST_HEIGHT, PICTURE, QUESTION, SHARPNESS, USER, WORDS, open_for_asking
from tests.docs.png import size

MOST_BYTES = 120_000


async def test_the_picture_shows_what_the_app_answers_today() -> None:
    async with open_for_asking() as asker:
        await asker.sandbox.workspace.slash(USER, CHANNEL, QUESTION)
        today = asker.words(await asker.answer())

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
