"""A number is forgotten beside a running app: its answers are gone from the database at once, and soon from memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from bot.slack.views.buttons import DETAILS
from bot.storage import retention
from tests.cli.commands import in_a_pipe
from tests.slack.conftest import NUMBER, found_button, words_of

if TYPE_CHECKING:
    import pytest

    from tests.slack.conftest import Offices


async def test_a_running_serve_holds_nothing_of_a_number_that_was_forgotten(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "UPKEEP_SECONDS", 0.05)
    async with offices.open() as office:
        answer = await office.ask(f"{NUMBER} since 2h")

        with capture_logs() as logged:
            (printed,) = await asyncio.to_thread(in_a_pipe, office.sandbox.environ, ("forget", NUMBER, "--yes"))
            async with asyncio.timeout(15):
                while not [one for one in logged if one["event"] == "memory.dropped"]:  # noqa: ASYNC110 - a log has no events
                    await asyncio.sleep(0)
        before = len(office.seen())
        await office.workspace.click("li", answer, *found_button(answer, DETAILS))
        said = (await office.workspace.wait_for(lambda: office.seen()[before:], within=15))[0]

        assert b"1 question behind an answer; its buttons end" in printed
        assert b"1 entry of the audit: it stays, without the number" in printed
        assert words_of(said).startswith("This answer is no longer kept, so its buttons have stopped working.")
        again = await office.ask(f"{NUMBER} since 2h")
        assert "+86 137****2222" in words_of(again), "it can be asked as before"
