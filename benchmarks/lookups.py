"""CPU of one uncached lookup, from the words to the JSON report, beside the official SDKs making the same calls.

Each side runs in a process of its own, the stand-ins in another; rounds alternate, one at a time and twenty in flight. The SDKs
block, so in flight they run in threads. They keep to no limit of calls, so neither do we here. Our side searches for garbage as
`serve` does, which is what answers one lookup after the other. Between the two: what the calls alone take (`bare_lookup.py`).

    .venv/bin/python -m benchmarks.lookups [--short]
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from benchmarks.bare_lookup import bare_alibaba, bare_tencent
from benchmarks.sdk_alibaba import alibaba
from benchmarks.sdk_tencent import tencent
from benchmarks.unpaced import lift_limits
from bot.cli.env_file import ENV_FILE_KEY
from bot.cli.runner import search_little_for_garbage
from bot.cli.terminal_lookup import open_terminal_lookup
from bot.cli.words import asker, known_systems
from bot.config import load_settings
from bot.grammar import Lookup, parse
from bot.i18n import ENGLISH
from bot.presentation.as_json.report import report_to_json
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.sandbox.demo import open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

Ask = Callable[[int], Awaitable[object]]

LOOKUPS, ROUNDS, WARM_UP = 400, 5, 50
IN_FLIGHT = (1, 20)
KINDS: Mapping[str, str] = {"Tencent, 2 h": "since 2h via tencent", "Alibaba, 3 days": "since 2 days via aliyun"}
CHINA = 8 * 3600
DAYS = 3


@asynccontextmanager
async def ours(kind: str) -> AsyncIterator[Ask]:
    """What `smsstatus lookup … --json` does, in one process."""
    settings = load_settings(dict(os.environ), VENDORS)
    known = known_systems(settings)
    async with open_terminal_lookup(settings) as lookups:

        async def ask(number: int) -> str:
            command = parse(f"+86{number} {KINDS[kind]}", asker(settings, known))
            if not isinstance(command, Lookup):
                raise TypeError(kind)
            return json.dumps(report_to_json(await lookups.lookup(command.query), titles=titles(ENGLISH)))

        yield ask


@asynccontextmanager
async def sdk(kind: str) -> AsyncIterator[Ask]:
    """The same calls by the official SDK, and its rows as JSON."""
    calls = tencent() if kind.startswith("Tencent") else [alibaba(day) for day in days()]

    def one_after_the_other(number: int) -> str:
        return json.dumps([call(f"+86{number}") for call in calls])

    async def ask(number: int) -> str:
        return await asyncio.to_thread(one_after_the_other, number)

    yield ask


def days() -> list[str]:
    """The last three days in China, as Alibaba asks for them."""
    return [time.strftime("%Y%m%d", time.gmtime(time.time() + CHINA - day * 86400)) for day in range(DAYS)]


@asynccontextmanager
async def bare(kind: str) -> AsyncIterator[Ask]:
    """The same calls by a bare client, and its rows as JSON."""
    async with bare_tencent() if kind.startswith("Tencent") else bare_alibaba(days()) as ask:
        yield ask


SIDES = {"sdk": sdk, "bare": bare, "ours": ours}


async def worker(side: str, kind: str, first: int, in_flight: int, lookups: int) -> None:
    """Print the CPU and the wall of a lookup, in milliseconds."""
    if side == "ours":
        lift_limits()
        search_little_for_garbage()
    async with SIDES[side](kind) as ask:
        await asyncio.gather(*(ask(first - 1 - one) for one in range(WARM_UP)))
        numbers = iter(range(first, first + lookups))

        async def work() -> None:
            for number in numbers:
                await ask(number)

        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(in_flight)))
        spent = (time.process_time() - cpu, time.perf_counter() - begun)
    sys.stdout.write(json.dumps([one * 1000 / lookups for one in spent]))


async def measure(environ: Mapping[str, str], *arguments: object) -> tuple[float, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.lookups",
        *map(str, arguments),
        env={**os.environ, **environ},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("a side broke; its reason stands above")
    cpu, wall = json.loads(printed)
    return cpu, wall


async def main(*, short: bool) -> None:
    lookups, rounds, every = (5, 1, IN_FLIGHT[-1:]) if short else (LOOKUPS, ROUNDS, IN_FLIGHT)
    print(f"{'CPU ms a lookup':20}{'in flight':>10}{'official SDK':>14}{'bare':>8}{'ratio':>8}{'ours':>8}{'ratio':>8}")
    first = 13_000_001_000
    async with open_sandbox() as sandbox:
        for limits in (sandbox.providers.tencent._limits, sandbox.providers.aliyun._limits):  # noqa: SLF001 - the SDKs keep to none
            for limit in limits.values():
                limit.calls = 10_000
        environ = {**sandbox.provider_environ, ENV_FILE_KEY: "", "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666"}
        for kind in KINDS:
            for in_flight in every:
                found: dict[str, list[float]] = {side: [] for side in SIDES}
                for _ in range(rounds):
                    for side, figures in found.items():
                        cpu, _ = await measure(environ, side, kind, first, in_flight, lookups)
                        figures.append(cpu)
                        first += 10_000
                theirs, least, own = (statistics.median(figures) for figures in found.values())
                ratios = f"{least:>8.2f}{least / theirs:>8.2f}{own:>8.2f}{own / theirs:>8.2f}"
                print(f"{kind:20}{in_flight:>10}{theirs:>14.2f}{ratios}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] != "--short":
        side, kind, *figures = sys.argv[1:]
        asyncio.run(worker(side, kind, *map(int, figures)))
    else:
        asyncio.run(main(short="--short" in sys.argv))
