"""What a whole command costs, from the signed HTTP request to the posted answer: this app, and a stock Bolt app over the SDKs.

Each runs as a process of its own against the same stand-ins in a third one; rounds alternate, and each number is asked once, so
nothing comes from a cache. The SDKs keep to no limit of calls, so neither do we here, nor the stand-ins. CPU is what the kernel
counts for the process.

Commands come one after the other, as under load, and four times a second: what runs after a pause finds the processor's caches
full of others' work.

    .venv/bin/python -m benchmarks.command [--short]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from benchmarks.asker import Asker
from benchmarks.served import cpu_of, served
from benchmarks.stand_ins import stand_ins
from bot.web import ConnectionLimits, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

APPS: Mapping[str, tuple[str, ...]] = {
    "stock Bolt and SDKs": ("-m", "benchmarks.stock_app"),
    "ours": ("-m", "benchmarks.unpaced", "http"),
}
PACES: Mapping[str, float] = {"one after the other": 0.0, "four a second": 0.25}  # seconds from a command to the next
WARM_UP, COMMANDS, ROUNDS = 20, 40, 5


@dataclass
class Measured:
    """CPU and wall of each round, in milliseconds a command."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


@asynccontextmanager
async def running(environ: Mapping[str, str], name: str, client: aiohttp.ClientSession) -> AsyncIterator[Asker]:
    environ = {**environ, "SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_LANGUAGE": "en"}
    async with served(environ, *APPS[name]) as app:
        asker = Asker(app.url, app.pid, client)
        sink = web.Application()
        sink.router.add_post("/{id}", asker.hear)
        async with listening(sink, "127.0.0.1", 0, ConnectionLimits(total=4_000, per_peer=4_000)) as server:
            asker.url = server.url
            yield asker


async def measure(asker: Asker, numbers: Iterator[int], commands: int, pace: float) -> tuple[float, float]:
    spent, cpu = 0.0, cpu_of(asker.process)
    for _ in range(commands):
        begun = time.perf_counter()
        await asker.ask(f"+86{next(numbers)} since 2h")
        spent += time.perf_counter() - begun
        await asyncio.sleep(max(0.0, pace - (time.perf_counter() - begun)))
    return (cpu_of(asker.process) - cpu) * 1000 / commands, spent * 1000 / commands


async def main(*, short: bool) -> None:
    warm_up, commands, rounds = (2, 4, 1) if short else (WARM_UP, COMMANDS, ROUNDS)
    numbers = iter(range(13_000_000_000, 13_100_000_000))
    async with stand_ins() as slack_and_vendors, aiohttp.ClientSession() as client, AsyncExitStack() as stack:
        environ = slack_and_vendors.environ
        askers = {name: await stack.enter_async_context(running(environ, name, client)) for name in APPS}
        for asker in askers.values():
            await measure(asker, numbers, warm_up, 0.0)
        for title, pace in PACES.items():
            results = {name: Measured() for name in APPS}
            for _ in range(rounds):
                for name, asker in askers.items():
                    cpu, wall = await measure(asker, numbers, commands, pace)
                    results[name].cpu.append(cpu)
                    results[name].wall.append(wall)
            report(title, results)


def report(title: str, results: Mapping[str, Measured]) -> None:
    print(f"{f'a command, ms, {title}':40}{'CPU':>8}{'wall':>8}")
    for name, one in results.items():
        print(f"{name:40}{statistics.median(one.cpu):>8.1f}{statistics.median(one.wall):>8.1f}")
    stock, ours = results.values()
    print(f"{'ratio':40}{ratio(ours.cpu, stock.cpu):>8.2f}{ratio(ours.wall, stock.wall):>8.2f}", flush=True)


def ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(ours) / statistics.median(theirs)


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
