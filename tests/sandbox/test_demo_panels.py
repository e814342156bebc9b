"""What the demo shows beside conversations: the step, who may see whole numbers, the audit, the receipts; and its environment."""

from __future__ import annotations

import asyncio
import json
import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.demo import Sandbox, environment_lines, open_demo
from bot.sandbox.stories import README_NUMBER, WATCHED_NUMBER
from bot.slack.timings import Timings
from tests.cli.commands import run
from tests.toys import ShiftedClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def demo() -> AsyncIterator[Sandbox]:
    async with open_demo() as sandbox:
        yield sandbox


async def text_of(demo: Sandbox, name: str) -> str:
    return await next(each for each in demo.workspace.offers.panels if each.name == name).text()


async def test_the_page_shows_what_a_step_hands_on_that_li_may_reveal_the_audit_and_the_receipts(demo: Sandbox) -> None:
    assert f"/smsstatus watch {WATCHED_NUMBER}" in await text_of(demo, "send")
    assert WATCHED_NUMBER in [message.number for message in demo.scenario.messages]
    outputs = json.loads(await text_of(demo, "step"))
    assert outputs["status"] == "delivered"
    assert outputs["permalink"].startswith("http")

    await demo.workspace.slash("li", "incidents", f"/smsstatus {README_NUMBER} since 2h")
    said = demo.workspace.channel("incidents")
    assert await demo.workspace.wait_for(
        lambda: [one for one in said.visible_to("U0LIWEI01") if "answer.reveal" in str(one.blocks)], within=15
    )

    assert "8.61371E+12" in await text_of(demo, "list")
    progress = await demo.workspace.wait_for(
        lambda: [one for one in said.visible_to("U0LIWEI01") if "batch.cancel" in str(one.blocks)], within=15
    )
    assert progress
    await demo.workspace.click("li", progress[0], "batch.cancel")  # the rest of the list proves nothing here

    assert demo.legacy is not None
    await demo.legacy.wait_for_calls(3)
    audit, receipts = await asyncio.gather(text_of(demo, "audit"), text_of(demo, "receipts"))
    assert "lookup" in audit
    assert "receipt" in receipts


async def test_one_can_watch_an_alert_come_and_go() -> None:
    clock = ShiftedClock()
    async with open_demo(clock=clock, timings=Timings(alert_every=0.05)) as demo:
        said = demo.workspace.channel("incidents")
        assert "50 of China Mobile's last 60 messages failed" in await text_of(demo, "outage")
        clock.by += timedelta(minutes=1)
        (told,) = await demo.workspace.wait_for(
            lambda: [one for one in said.messages if "alert.mute" in str(one.blocks)], within=15
        )
        assert told.text.startswith("❌ China Mobile: 17 % delivered since ")

        assert "The alert is closed within a minute" in await text_of(demo, "outage-over")
        clock.by += timedelta(minutes=1)
        closed = await demo.workspace.wait_for(
            lambda: [one for one in said.messages if one.text.startswith("✅ Over at ")], within=15
        )
        assert closed[0].ts == told.ts
        assert "lasted 5 min · 50 messages failed" in closed[0].text


async def test_with_the_printed_environment_a_terminal_asks_the_demos_providers(demo: Sandbox) -> None:
    printed = dict(line.removeprefix("export ").split("=", 1) for line in environment_lines(demo.provider_environ).splitlines())
    environ = {key: shlex.split(value)[0] for key, value in printed.items()}
    assert not any(key.startswith("SLACK_") for key in environ)

    ran = await run(environ, "lookup", "--json", README_NUMBER, "since", "2h")

    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["outcome"] == "delivered"
