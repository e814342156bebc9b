"""How long lookups of many numbers take beside what the vendors' limits allow, and how long the next asker waits.

A number at Tencent is two calls: its receipts, 20 a second, and its sends, 10 a second, which is the limit that binds. At Alibaba
it is one, without a limit to speak of. What the limits allow is arithmetic: ten numbers in each second, and the time of a call.
`bare` is the calls of one second, signed beforehand and sent by a client that does nothing else: what this machine needs for them
beside the time of a call, which is a good part of it where calls are quick: ten numbers are thirty calls.
The stand-ins have a process of their own, and refuse what is beyond a limit. Rounds alternate; figures are medians.

    .venv/bin/python -m benchmarks.waiting [--short]
"""

from __future__ import annotations

import asyncio
import math
import statistics
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks import bare
from benchmarks.vendors import WITHOUT_SENDS, Vendors, last, looking_up, numbers, stand_ins
from bot.lookup.batch import Batch
from bot.model import Query
from bot.providers.tencent.plugin import CALLS_PER_SECOND as RECEIPTS_PER_SECOND
from bot.providers.tencent.send_records import CALLS_PER_SECOND as SENDS_PER_SECOND
from bot.providers.tencent.window_splitter import SecondRange

if TYPE_CHECKING:
    from benchmarks.vendors import StandIns
    from bot.lookup import LookupService
    from bot.model import Report, Target

CALL_SECONDS = (0.05, 0.2, 0.5, 1.0)
NUMBERS = (5, 10, 20, 50)
ROUNDS = 5
MANY = 200
ASKED_AFTER = (0.02, 0.3, 0.7, 1.1, 2.0, 3.3, 4.5, 6.0)
WINDOW = timedelta(minutes=5)


def allowed(count: int, per_second: int, call_seconds: float) -> float:
    """The seconds in which so many calls may be answered."""
    return (count - 1) // per_second + call_seconds


async def look_up(
    service: LookupService, targets: tuple[Target, ...], asker: str, *, via: tuple[str, ...] = ("tencent", "aliyun")
) -> tuple[float, Report]:
    """The seconds that a lookup takes, and its report."""
    query = Query(targets, last(WINDOW), providers=via)
    begun = time.perf_counter()
    report = await service.lookup(query, asker=asker)
    return time.perf_counter() - begun, report


def bare_calls(found: StandIns, targets: tuple[Target, ...]) -> list[bare.Call]:
    """The calls that a lookup of these makes."""
    window = last(WINDOW)
    span, day = SecondRange(int(window.since.timestamp()), int(window.until.timestamp())), bare.china_day(window.until)
    wanted = [target.number for target in targets if target.number]
    return [
        call
        for number in wanted
        for call in (bare.receipts(found, number, span), bare.sends(found, number, span), bare.details(found, number, day))
    ]


async def times(every: tuple[float, ...], counts: tuple[int, ...], rounds: int) -> int:
    """Returns how many calls were refused, and answers not complete."""
    troubles = 0
    print("seconds for a lookup of so many numbers at two providers, within the app's deadline\n")
    heads = ("a call", "numbers", "allowed", "ours", "ratio", "target", "bare", "of bare", "refused", "missing")
    print("".join(f"{head:>9}" for head in heads))
    first = 0
    for call_seconds in every:
        async with stand_ins(Vendors(call_seconds)) as found, looking_up(found) as service:
            await look_up(service, numbers(900_000, max(counts)), "ann")  # connections, and what the limiter knows of the way
            for count in counts:
                ours, others, missing = [], [math.nan], 0
                await found.calls()
                for _ in range(rounds):
                    await asyncio.sleep(1.1 + call_seconds)
                    seconds, report = await look_up(service, numbers(first, count), "ann")
                    ours.append(seconds)
                    missing += sum(not part.complete for part in report.coverage)
                    first += count
                    if count <= SENDS_PER_SECOND:  # else it waits for the limit as we do
                        await asyncio.sleep(1.1 + call_seconds)
                        others.append(await bare.send_all(bare_calls(found, numbers(first, count))))
                refused = (await found.calls()).refused
                limit = allowed(count, SENDS_PER_SECOND, call_seconds)
                mine, theirs = statistics.median(ours), statistics.median(others[1:] or others)
                beside = f"{'':18}" if math.isnan(theirs) else f"{theirs:>9.2f}{mine / theirs:>9.2f}"
                troubles += refused + missing
                print(
                    f"{call_seconds * 1000:>6.0f} ms{count:>9}{limit:>9.2f}{mine:>9.2f}{mine / limit:>9.2f}{'≤ 1.2':>9}"
                    f"{beside}{refused:>9}{missing:>9}",
                    flush=True,
                )
    return troubles


async def many(count: int) -> None:
    """A batch, as the app runs a list of more than fifty."""
    print(f"\n{count} numbers at Tencent in a batch, 50 ms a call\n")
    print("".join(f"{head:>15}" for head in ("limit", "allowed", "ours", "ratio", "calls", "refused", "target")))
    for name, per_second, vendors in (
        ("sends, 10/s", SENDS_PER_SECOND, Vendors(0.05)),
        ("receipts, 20/s", RECEIPTS_PER_SECOND, Vendors(0.05, tencent=WITHOUT_SENDS)),
    ):
        async with stand_ins(vendors) as found, looking_up(found) as service:
            await look_up(service, numbers(900_000, 1), "ann", via=("tencent",))  # whether the key may read sends
            await asyncio.sleep(1.1)
            await found.calls()
            batch = Batch(Query(numbers(0, count), last(WINDOW), providers=("tencent",)))
            begun = time.perf_counter()
            report = await service.run_batch(batch, asker="ann")
            seconds = time.perf_counter() - begun
            made = await found.calls()
            if len(report.query.targets) != count or report.failed_accounts:
                raise RuntimeError("the batch is not complete")
            limit = count / per_second
            print(
                f"{name:>15}{limit:>15.2f}{seconds:>15.2f}{seconds / limit:>15.2f}"
                f"{made.total:>15}{made.refused:>15}{'≤ 1.05':>15}",
                flush=True,
            )


async def equal_questions() -> None:
    async with stand_ins(Vendors(0.05)) as found, looking_up(found) as service:
        await found.calls()
        one, window = numbers(0, 1), last(WINDOW)
        await asyncio.gather(*(service.lookup(Query(one, window), asker=f"person {who}") for who in range(100)))
        made = await found.calls()
        print("\n100 equal questions at once: calls of each action, target 1\n")
        for (action, _), calls in sorted(made.counts.items()):
            print(f"{action:>40}{calls:>6}")
        if set(made.counts.values()) != {1}:
            raise RuntimeError("equal questions are asked more than once")


async def next_asker(every: tuple[float, ...], lookups: int, after: tuple[float, ...]) -> None:
    print(f"\nseconds that others wait for one number beside one person's {lookups} lookups of 50, by when they ask")
    print("(-: no answer in 8 s)\n")
    print(f"{'a call':>9}" + "".join(f"{moment:>8.2f} s" for moment in after) + f"{'refused':>10}")
    for call_seconds in every:
        async with stand_ins(Vendors(call_seconds)) as found, looking_up(found) as service:

            async def ask(which: int, moment: float, service: LookupService = service) -> str:
                await asyncio.sleep(moment)
                waited, report = await look_up(service, numbers(10_000 + which, 1), f"person {which}")
                return "-" if report.failed_accounts else f"{waited:.2f}"

            async with asyncio.TaskGroup() as group:
                for which in range(lookups):
                    group.create_task(look_up(service, numbers(50 * which, 50), "ann"))
                others = [group.create_task(ask(which, moment)) for which, moment in enumerate(after)]
            refused = (await found.calls()).refused
            print(f"{call_seconds * 1000:>6.0f} ms" + "".join(f"{other.result():>10}" for other in others) + f"{refused:>10}")


async def main(*, short: bool) -> None:
    if short:
        if await times((0.05,), (5, 20), 1):
            raise RuntimeError("a call was refused, or an answer is not complete")
        await many(15)
        await equal_questions()
        await next_asker((0.05,), 1, (0.3,))
    else:
        await times(CALL_SECONDS, NUMBERS, ROUNDS)
        await many(MANY)
        await equal_questions()
        await next_asker(CALL_SECONDS, 1, ASKED_AFTER[:5])
        await next_asker(CALL_SECONDS, 30, ASKED_AFTER)


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
