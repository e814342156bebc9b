"""Lookups of many numbers at stand-ins that keep the vendors' limits: how long they take, and how long the next asker waits.

.venv/bin/python benchmarks/fairness.py

The stand-ins have a process of their own; a call takes the time in the column. In brackets: the time as a multiple of what the
limits allow, which for Tencent's sends is 10 calls at once and 10 more each second. `refused`: calls that a stand-in refused by
its limit.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.codes import load_catalogue
from bot.lookup import LookupService
from bot.model import PhoneNumber, Query, Target, Window
from bot.observability.metrics import Metrics
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.sandbox.providers.aliyun import AliyunAccount, AliyunStandIn
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.sandbox.providers.tencent_sends import SENDS
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.connection import Connection

    from bot.model import Report

CALL_SECONDS = (0.05, 0.2, 0.5, 1.0)
NUMBERS = (5, 10, 20, 50)
ASKED_AFTER = (0.02, 0.3, 0.7, 1.1, 2.0, 3.3, 4.5, 6.0)
TENCENT, ALIYUN = TencentAccount(), AliyunAccount()


def serve(calls: Connection, call_seconds: float) -> None:
    """The stand-ins, in a process of their own. Sends their addresses, then for each word received the calls since the last."""

    async def run() -> None:
        async with TencentStandIn() as tencent, AliyunStandIn() as aliyun:
            for stand_in in (tencent, aliyun):
                stand_in.faults.play(ProviderFaultKind.DELAY, seconds=call_seconds)
            calls.send((tencent.url, aliyun.url))
            while await asyncio.to_thread(calls.recv):
                made = [call.outcome for stand_in in (tencent, aliyun) for call in stand_in.calls]
                calls.send((len(made), sum(outcome != "OK" for outcome in made)))
                tencent.calls.clear()
                aliyun.calls.clear()

    asyncio.run(run())


@asynccontextmanager
async def opened(call_seconds: float, deadline: float = 60.0) -> AsyncIterator[tuple[LookupService, Connection]]:
    """A lookup over a Tencent and an Alibaba account whose calls take `call_seconds`."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, call_seconds), daemon=True)
    process.start()
    tencent_url, aliyun_url = await asyncio.to_thread(ours.recv)
    tencent = TencentSettings.model_validate({
        "TENCENTCLOUD_SECRET_ID": TENCENT.secret_id, "TENCENTCLOUD_SECRET_KEY": TENCENT.secret_key,
        "TENCENTCLOUD_REGION": TENCENT.region, "TENCENTCLOUD_SMS_SDK_APP_ID": list(TENCENT.app_ids),
        "TENCENTCLOUD_SMS_ENDPOINT": tencent_url,
    })  # fmt: skip
    aliyun = AliyunSettings.model_validate({
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN.access_key_id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN.access_key_secret,
        "ALIBABA_CLOUD_SMS_ENDPOINT": aliyun_url,
    })  # fmt: skip
    providers = [*open_tencent(tencent, None, system_clock), *open_aliyun(aliyun, None, system_clock)]
    service = LookupService(providers, load_catalogue(None), Metrics(), deadline_seconds=deadline)
    gc.freeze()  # as the app does when it has started
    try:
        yield service, ours
    finally:
        await service.aclose()
        ours.send(None)
        await asyncio.to_thread(process.join)


def numbers(first: int, count: int) -> tuple[Target, ...]:
    return tuple(Target(PhoneNumber(f"+86137{tail:08}", 86, f"137{tail:08}")) for tail in range(first, first + count))


async def look_up(
    service: LookupService, targets: tuple[Target, ...], asker: str, *, via: tuple[str, ...] = ()
) -> tuple[float, Report]:
    """The seconds that a lookup of the last minutes takes, and its report."""
    now = datetime.now(UTC)
    begun = time.perf_counter()
    report = await service.lookup(Query(targets, Window(now - timedelta(minutes=5), now), providers=via), asker=asker)
    return time.perf_counter() - begun, report


async def calls_of(stand_ins: Connection) -> tuple[int, int]:
    """The calls that the stand-ins have got since the last time, and how many of them they refused."""
    stand_ins.send("calls")
    made, refused = await asyncio.to_thread(stand_ins.recv)
    return made, refused


async def times() -> None:
    print("seconds for a lookup of so many numbers at two providers\n")
    print(f"{'a call':>8}" + "".join(f"{count:>16}" for count in NUMBERS) + f"{'refused':>10}")
    for call_seconds in CALL_SECONDS:
        async with opened(call_seconds) as (service, stand_ins):
            line, first = f"{call_seconds * 1000:>5.0f} ms", 0
            for count in NUMBERS:
                taken, _ = await look_up(service, numbers(first, count), "ann")
                allowed = (count - 1) // SENDS.calls_per_second + call_seconds
                line += f"{taken:>8.2f} ({taken / allowed:4.2f})"
                first += count
                await asyncio.sleep(1.2 + call_seconds)
            _, refused = await calls_of(stand_ins)
            print(f"{line}{refused:>10}")


async def long_lookup() -> None:
    async with opened(0.0) as (service, stand_ins):
        taken, _ = await look_up(service, numbers(0, 200), "ann", via=("tencent",))
        made, refused = await calls_of(stand_ins)
        print(f"\n200 numbers at Tencent: {taken:.2f} s ({taken / 10:.2f} of 10 s), {made} calls, {refused} refused")
        one = numbers(900, 1)
        await asyncio.gather(*(look_up(service, one, f"person {who}") for who in range(100)))
        print(f"100 equal questions at once, two providers: {(await calls_of(stand_ins))[0]} calls")


async def next_asker() -> None:
    print(
        "\nseconds that others wait for one number beside one person's 30 lookups of 50, by when they ask (-: no answer in 8 s)\n"
    )
    print(f"{'a call':>8}" + "".join(f"{after:>8.2f} s" for after in ASKED_AFTER) + f"{'refused':>10}")
    for call_seconds in CALL_SECONDS:
        async with opened(call_seconds, deadline=8.0) as (service, stand_ins):

            async def ask(which: int, after: float, service: LookupService = service) -> str:
                await asyncio.sleep(after)
                waited, report = await look_up(service, numbers(10_000 + which, 1), f"person {which}")
                return "-" if report.failed_accounts else f"{waited:.2f}"

            async with asyncio.TaskGroup() as group:
                for which in range(30):
                    group.create_task(look_up(service, numbers(50 * which, 50), "ann"))
                others = [group.create_task(ask(which, after)) for which, after in enumerate(ASKED_AFTER)]
            _, refused = await calls_of(stand_ins)
            print(f"{call_seconds * 1000:>5.0f} ms" + "".join(f"{other.result():>10}" for other in others) + f"{refused:>10}")


async def main() -> None:
    await times()
    await long_lookup()
    await next_asker()


if __name__ == "__main__":
    asyncio.run(main())
