"""`smsstatus watch`: a line for each change, the answer at the end, and Ctrl-C at any time."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cli.watch import reports
from bot.codes import load_catalogue
from bot.grammar import Watch
from bot.lookup import LookupService
from bot.model import Query, Status, Window
from bot.observability.metrics import Metrics
from tests.cli.commands import CHINESE, SMSSTATUS, run
from tests.toys import NOW, TARGET, ToyClock, ToyProvider, delivery

if TYPE_CHECKING:
    from bot.providers.base import ProviderQuery, ResultCollector
    from bot.sandbox.demo import Sandbox

DELIVERED, NEVER = "13811112021", "13811112017"
WATCH = Watch(Query((TARGET,), Window(NOW - timedelta(hours=2), NOW)), timedelta(minutes=10))


async def looks(statuses: list[Status]) -> tuple[list[Status], list[float]]:
    """What each look of a watch found, and the pauses between them; the last status stays."""
    clock, pauses = ToyClock(), list[float]()

    async def answer(query: ProviderQuery, collector: ResultCollector) -> None:
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        collector.deliveries.append(delivery(0, status))

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(seconds=seconds)

    service = LookupService([ToyProvider(answer)], load_catalogue(), Metrics(), clock=clock)
    found = [report.deliveries[0].status async for report in reports(service, WATCH, clock=clock, sleep=sleep)]
    await service.aclose()
    return found, pauses


async def test_it_asks_at_growing_gaps_until_all_is_final() -> None:
    pending, delivered = Status.PENDING, Status.DELIVERED

    assert await looks([pending, pending, pending, delivered]) == (
        [pending, pending, pending, delivered],
        [10, 10, 20],
    )
    assert await looks([delivered]) == ([delivered], [])


async def test_the_last_look_is_at_the_end_of_the_time() -> None:
    found, pauses = await looks([Status.PENDING])

    assert len(found) == len(pauses) + 1
    assert sum(pauses) == WATCH.within.total_seconds()


async def test_each_change_is_a_line_and_the_answer_follows(sandbox: Sandbox) -> None:
    ran = await run(sandbox.environ, "watch", DELIVERED, "for", "2m")
    chinese = await run({**sandbox.environ, **CHINESE}, "监视", DELIVERED)
    as_json = await run(sandbox.environ, "watch", DELIVERED, "--json")

    watching, change, *answer = ran.out.splitlines()
    assert watching.startswith("Watching +86 138****2021 until ")
    assert "Delivered" in change
    assert answer[0].startswith("Delivered ")
    assert (ran.status, as_json.status) == (0, 0)
    assert chinese.out.startswith("正在监视 +86 138****2021 至 ")
    assert json.loads(as_json.out)["outcome"] == "delivered"


async def test_ctrl_c_ends_it_cleanly_with_what_is_known(sandbox: Sandbox) -> None:
    process = await asyncio.create_subprocess_exec(
        *SMSSTATUS,
        *("watch", NEVER, "since", "1d"),
        env=dict(sandbox.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert b"Watching" in await process.stdout.readline()
    assert b"No receipt" in await process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 30)

    assert out.decode().startswith("No receipt")
    assert (process.returncode, err) == (0, b"")


async def test_what_is_wrong_is_one_line(sandbox: Sandbox) -> None:
    too_long = await run(sandbox.environ, "watch", DELIVERED, "for", "2d")
    nothing = await run(sandbox.environ, "watch")
    listing = await run({}, "watches")

    assert too_long.err.splitlines()[-1] == f"Try: smsstatus watch {DELIVERED}"
    assert "`for 2d`: a watch lasts at least 1 minute and at most 24 hours" in too_long.err
    assert "In Slack, /smsstatus watches lists yours." in listing.err
    assert [one.status for one in (too_long, nothing, listing)] == [2, 2, 2]
