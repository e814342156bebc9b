"""Every kind of answer and message, compared with the file that was read and found good (see `tests/golden_files.py`).

As its reader in Shanghai reads it: first the notification, then the message. The English ones are in `tests/golden/slack`, the
Chinese ones in `zh` below it. Of a few, one of each structure, the blocks are kept as well; that Slack takes all of them is
proved in `test_views_labels.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.i18n import ENGLISH
from bot.sandbox.plain import render_text
from tests.cases import each
from tests.golden_files import FOLDER, UPDATING, as_json, folder, kept
from tests.slack.views.samples import LANGUAGES, MESSAGES, payload

if TYPE_CHECKING:
    from bot.i18n import Language

STRUCTURES = ("answer-sample", "answer-sample-public", "answer-table-explained", "explain-listed", "usage-error")


def as_read(name: str, language: Language) -> str:
    message = MESSAGES[name](language=language)
    return f"{message.text}\n\n{render_text(message.text, message.blocks, 'Asia/Shanghai', language)}\n"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@each("name", MESSAGES)
def test_each_message_reads_as_it_was_found_good(name: str, language: Language) -> None:
    shown = as_read(name, language)

    assert shown == kept(f"{folder('slack', language)}/{name}.txt", shown)


@each("name", STRUCTURES)
def test_the_blocks_of_each_structure_are_those_that_were_found_good(name: str) -> None:
    shown = as_json(payload(MESSAGES[name](language=ENGLISH)))

    assert shown == kept(f"slack/{name}.json", shown)


def test_there_is_no_golden_file_without_a_message() -> None:
    assert not UPDATING, "the files were written; run again to compare"
    for language in LANGUAGES:
        assert {path.stem for path in (FOLDER / folder("slack", language)).glob("*.txt")} == set(MESSAGES)
    assert {path.stem for path in (FOLDER / "slack").rglob("*.json")} == set(STRUCTURES)
