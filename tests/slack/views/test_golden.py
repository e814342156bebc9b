"""Every kind of answer and message, compared with the file that was read and found good (see `tests/golden_files.py`).

The English ones are in `tests/golden/slack`, the Chinese ones in `zh` below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.golden_files import FOLDER, UPDATING, as_json, folder, kept
from tests.slack.views.samples import LANGUAGES, MESSAGES, payload

if TYPE_CHECKING:
    from bot.i18n import Language


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_is_the_one_that_was_found_good(name: str, language: Language) -> None:
    shown = as_json(payload(MESSAGES[name](language=language)))

    assert shown == kept(f"{folder('slack', language)}/{name}.json", shown)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_there_is_no_golden_file_without_a_message(language: Language) -> None:
    assert not UPDATING, "the files were written; run again to compare"
    assert {path.stem for path in (FOLDER / folder("slack", language)).glob("*.json")} == set(MESSAGES)
