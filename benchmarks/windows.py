"""How long, and how many calls, a long window of one number takes, beside what else the vendors' documented rules allow.

Three days at Alibaba, words to JSON: beside the official SDK, which asks for one day after the other.

A week with 1,000 and 5,000 rows of one number: beside `fewest`, a client that knows beforehand where every row is. It asks for
full windows of Tencent's receipts (100 rows of a window, no paging), and full pages of its sends (72 hours, 1,000 rows of a
window) and of Alibaba's days, all at once as the limits allow, and only parses the JSON. Who does not know must find out: `in
turn` are the same fewest calls, each after the one before.

Rounds alternate; figures are medians. The stand-ins have a process of their own; a call takes 50 ms there.

    .venv/bin/python -m benchmarks.windows [--short]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks import bare
from benchmarks.lookups import ours, sdk
from benchmarks.vendors import BUSY, WEEK, Vendors, last, looking_up, stand_ins
from bot.cli.env_file import ENV_FILE_KEY
from bot.model import Query, Target

if TYPE_CHECKING:
    from benchmarks.vendors import StandIns

CALL_SECONDS = 0.05
THREE_DAYS = "Alibaba, 3 days"
LOOKUPS = 30
ROWS = (1_000, 5_000)
ROUNDS = 3
A_MOMENT = timedelta(minutes=1)
A_SECOND = 1.2  # and a little for calls on their way


async def three_days(lookups: int) -> None:
    async with stand_ins(Vendors(CALL_SECONDS)) as found:
        os.environ.update({**found.environ, ENV_FILE_KEY: ""})
        spent: dict[str, list[float]] = {"sdk": [], "ours": []}
        async with sdk(THREE_DAYS) as theirs, ours(THREE_DAYS) as mine:
            asks = {"sdk": theirs, "ours": mine}
            number = 13_000_000_000
            for _ in range(lookups + 1):
                for side, ask in asks.items():
                    number += 1
                    begun = time.perf_counter()
                    await ask(number)
                    spent[side].append(time.perf_counter() - begun)
        in_turn, at_once = (statistics.median(figures[1:]) for figures in spent.values())
        print(f"{'wall ms of three days at Alibaba':40}{'SDK in turn':>14}{'ours':>8}{'ratio':>8}{'target':>9}")
        print(f"{'':40}{in_turn * 1000:>14.0f}{at_once * 1000:>8.0f}{at_once / in_turn:>8.2f}{'≤ 0.4':>9}", flush=True)


async def ask_for_week(found: StandIns, via: str) -> tuple[float, int]:
    """The seconds that our lookup takes, and the rows that it finds."""
    async with looking_up(found) as service:
        await service.lookup(Query((Target(BUSY),), last(A_MOMENT), providers=(via,)))  # opens a connection
        await asyncio.sleep(A_SECOND)  # that call counts no more
        await found.calls()
        query = Query((Target(BUSY),), last(WEEK), providers=(via,))
        begun = time.perf_counter()
        report = await service.lookup(query, refresh=True)
        return time.perf_counter() - begun, len(report.deliveries)


async def week(rows: int, rounds: int) -> None:
    vendors = Vendors(CALL_SECONDS, rows, datetime.now(UTC))
    async with stand_ins(vendors) as found:
        for via in ("tencent", "aliyun"):
            spent: dict[str, list[float]] = {"ours": [], "fewest": [], "in turn": []}
            calls: dict[str, int] = {}
            seen = 0
            await found.calls()
            for _ in range(rounds):
                for side, figures in spent.items():
                    if side == "ours":
                        seconds, seen = await ask_for_week(found, via)
                        if seen != rows:
                            raise RuntimeError("rows are missing")
                    else:
                        fewest = bare.fewest_at_tencent if via == "tencent" else bare.fewest_at_alibaba
                        signed = fewest(found, vendors.sent_at)
                        seconds = await bare.send_all(signed, one_by_one=side == "in turn", work_seconds=CALL_SECONDS)
                    figures.append(seconds)
                    made = await found.calls()
                    if made.refused:
                        raise RuntimeError("a call was refused by its limit")
                    calls[side] = made.total
                    await asyncio.sleep(A_SECOND)
            mine, fewest_wall, in_turn = (statistics.median(figures) for figures in spent.values())
            print(
                f"{via:>8}{rows:>7}{seen:>7}{calls['fewest']:>9}{calls['ours']:>7}{calls['ours'] / calls['fewest']:>7.2f}"
                f"{fewest_wall:>9.2f}{in_turn:>9.2f}{mine:>7.2f}{mine / fewest_wall:>7.2f}{mine / in_turn:>9.2f}",
                flush=True,
            )


async def main(*, short: bool) -> None:
    await three_days(3 if short else LOOKUPS)
    print("\na week of one number, 50 ms a call; targets: ≤ 2 times the calls, ≤ 2 times the wall\n")
    heads = ("at", "there", "found", "fewest", "ours", "ratio", "fewest s", "in turn", "ours s", "ratio", "of turn")
    print("".join(f"{head:>{width}}" for head, width in zip(heads, (8, 7, 7, 9, 7, 7, 9, 9, 7, 7, 9), strict=True)))
    for rows in ROWS[:1] if short else ROWS:  # enough of them that a limit which does not hold is noticed
        await week(rows, 1 if short else ROUNDS)


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
