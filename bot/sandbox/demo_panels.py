"""What the page shows beside conversations: a message to send, a workflow's step, the audit and the receipts in the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox.demo_installation import STEP
from bot.sandbox.slack import Panel
from bot.sandbox.stories import README_NUMBER, STORIES, WATCHED_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.outage import Outage
    from bot.sandbox.scenario import Scenario
    from bot.sandbox.slack import SlackWorkspace

_STEP_SECONDS = 20
_ARRIVES = timedelta(seconds=30)
LISTED = 60  # customers of the list


def panels(workspace: SlackWorkspace, scenario: Scenario, environ: Mapping[str, str], outage: Outage) -> Sequence[Panel]:
    """The panels of a demo whose app is serving; `environ` is what a terminal needs for it."""
    asked = {"target": README_NUMBER, "since": "2h", "channel": "C0INCIDENT"}
    return (
        Panel("send", f"Send a code to {WATCHED_NUMBER}", partial(_send, scenario)),
        Panel("step", f"A workflow runs the step “{STEP.title}” with {json.dumps(asked)}", partial(_step, workspace, asked)),
        Panel("list", "Li drops a list of customers into #incidents with a mention", partial(_drop, workspace)),
        Panel("outage", "China Mobile stops delivering: watch the alert come", outage.begin),
        Panel("outage-over", "China Mobile delivers again: the alert is closed", outage.end),
        Panel("audit", "Who looked up what: smsstatus audit list", partial(_terminal, environ, "audit", "list")),
        Panel("receipts", "What the store holds: smsstatus receipts stats", partial(_terminal, environ, "receipts", "stats")),
    )


async def _send(scenario: Scenario) -> str:
    """Something to watch: a message whose receipt is on its way."""
    scenario.send(WATCHED_NUMBER, arrives=_ARRIVES)
    return f"Sent. Its receipt comes in {_ARRIVES.seconds} seconds: /smsstatus watch {WATCHED_NUMBER}"


async def _step(workspace: SlackWorkspace, inputs: dict[str, str]) -> str:
    """What a workflow goes on with, once the app has completed the step."""
    run = await workspace.run_step(STEP.callback_id, inputs, "li")
    await workspace.wait_for(lambda: run.state != "running", within=_STEP_SECONDS)
    return str(run.error) if run.error else json.dumps(run.outputs, ensure_ascii=False, indent=2)


async def _drop(workspace: SlackWorkspace) -> str:
    """What was dropped."""
    listed = customers()
    mention = workspace.say  # what is called say is taken for a phrase
    await mention("li", "incidents", "@smsstatus since 2h", files={"customers.csv": listed.encode("gbk")})
    return listed


def customers() -> str:
    """A list as a spreadsheet exports it: the numbers of all stories and of customers without one; it damaged two."""
    numbers = [story.number.removeprefix("+86") for story in STORIES]
    numbers += [f"139000000{tail}" for tail in range(10, 10 + LISTED - len(numbers))]
    damaged = ["赵六,8.61371E+12,1024", "钱七,'13811112000,1025"]
    return "\r\n".join(["姓名,手机号,订单", *(f"客户{at},{number},{at}" for at, number in enumerate(numbers, 1)), *damaged])


async def _terminal(environ: Mapping[str, str], *words: str) -> str:
    """What `smsstatus` prints, asked with the demo's environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return printed.decode(errors="replace").strip()
