"""A site of the codes that is set is linked wherever Slack explains a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.slack.conftest import NUMBER, Office, payload_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.slack.conftest import Offices

SITE = "https://codes.example.com/"


@pytest.fixture
async def linking(offices: Offices) -> AsyncIterator[Office]:
    async with offices.open(SMSSTATUS_CODES_SITE=SITE) as office:
        yield office


async def test_explain_the_button_and_the_word_in_a_thread_link_the_codes_page(linking: Office) -> None:
    assert f"{SITE}en/c/mk-0008.html" in payload_of(await linking.ask("explain MK:0008"))
    answer = await linking.press(await linking.ask(f"{NUMBER} since 2h"), "answer.explain")
    assert f"{SITE}en/c/" in payload_of(answer)
    shared = await linking.ask(f"{NUMBER} since 2h share")
    rows = [await linking.say(f"@smsstatus explain {at}", thread=shared.ts) for at in (1, 2)]
    assert any(f"{SITE}en/c/" in payload_of(row) for row in rows)
