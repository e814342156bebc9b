"""The failure mix of a batch, asked as people ask: first one line, then the whole of it, and for programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bot.sandbox.stories import MOBILE_NUMBERS, UNICOM_NUMBERS
from tests.cli.commands import run
from tests.slack.conftest import words_of

if TYPE_CHECKING:
    from tests.slack.conftest import Office

BATCH = " ".join((*MOBILE_NUMBERS, *UNICOM_NUMBERS))


async def test_what_failures_have_in_common_is_one_line_and_the_details_have_it_in_words_and_drawn(office: Office) -> None:
    answer = await office.ask(f"{BATCH} since 2h")
    details = await office.press(answer, "answer.explain")
    filtered = await office.press(details, "answer.only_failed")

    line = next(line for line in words_of(answer).splitlines() if "China Mobile" in line)
    assert re.fullmatch(r"Failures: only China Mobile \(by number range\), since \d\d:\d\d\.", line)
    for shown in (details, filtered):
        assert "Failed by carrier: China Mobile 5 of 10 · China Unicom 0 of 4" in words_of(shown)
        assert "Carrier by number range: ported numbers may differ." in words_of(shown)
        assert [block["type"] for block in shown.blocks].count("data_visualization") == 1


async def test_programs_get_the_mix_too_and_none_of_a_few_messages(office: Office) -> None:
    environ = office.sandbox.environ

    mix = json.loads((await run(environ, "--json", *BATCH.split(), "since", "2h")).out)["mix"]
    few = json.loads((await run(environ, "--json", MOBILE_NUMBERS[0], "since", "2h")).out)["mix"]

    assert (mix["total"], mix["failed"], mix["delivered"], few) == (14, 5, 9, None)
    assert [(one["dimension"], one["value"], one["by_number_range"]) for one in mix["places"]] == [
        ("carrier", "China Mobile", True)
    ]
    assert mix["failing_since"].endswith("Z")
