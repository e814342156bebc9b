"""What a whole command costs, from the signed HTTP request to the posted answer: this app, and a stock Bolt app over the SDKs.

Each runs as a process of its own against the same stand-ins in a third one; rounds alternate, and each number is asked once, so
nothing comes from a cache. CPU is what the kernel counts for the process.

    .venv/bin/python -m benchmarks.command [--short]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from benchmarks.asker import Asker
from benchmarks.unsigned import address
from bot.sandbox.demo import open_sandbox
from bot.web import ConnectionLimits, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from bot.sandbox.demo import Sandbox

APPS: Mapping[str, tuple[str, ...]] = {
    "stock Bolt and SDKs": ("-m", "benchmarks.stock_app"),
    "ours": ("-m", "bot", "serve", "--mode", "http"),
}
WARM_UP, COMMANDS, ROUNDS = 20, 40, 5
PACE = 0.25  # seconds between two commands: the SDKs keep to no limit, and the stand-in to the vendor's
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """CPU and wall of each round, in milliseconds a command."""

    cpu: list[float]
    wall: list[float]


@asynccontextmanager
async def running(sandbox: Sandbox, name: str, client: aiohttp.ClientSession) -> AsyncIterator[Asker]:
    log = sandbox.data / f"{name}.log"
    environ = {**os.environ, **sandbox.environ, "SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_LANGUAGE": "en"}
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(sys.executable, *APPS[name], env=environ, stderr=stderr)
    try:
        asker = Asker(await address(log), process.pid, client)
        sink = web.Application()
        sink.router.add_post("/{id}", asker.hear)
        async with listening(sink, "127.0.0.1", 0, ConnectionLimits(total=4_000, per_peer=4_000)) as server:
            asker.url = server.url
            yield asker
    finally:
        process.terminate()
        await process.wait()


def cpu_of(process: int) -> float:
    """Seconds that the process has used, of all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def measure(asker: Asker, numbers: Iterator[int], commands: int) -> tuple[float, float]:
    spent, cpu = 0.0, cpu_of(asker.process)
    for _ in range(commands):
        begun = time.perf_counter()
        await asker.ask(f"+86{next(numbers)} since 2h")
        spent += time.perf_counter() - begun
        await asyncio.sleep(max(0.0, PACE - (time.perf_counter() - begun)))
    return (cpu_of(asker.process) - cpu) * 1000 / commands, spent * 1000 / commands


async def main(*, short: bool) -> None:
    warm_up, commands, rounds = (2, 4, 1) if short else (WARM_UP, COMMANDS, ROUNDS)
    numbers = iter(range(13_000_000_000, 13_100_000_000))
    results = {name: Measured([], []) for name in APPS}
    async with open_sandbox() as sandbox, aiohttp.ClientSession() as client, AsyncExitStack() as stack:
        askers = {name: await stack.enter_async_context(running(sandbox, name, client)) for name in APPS}
        for asker in askers.values():
            await measure(asker, numbers, warm_up)
        for _ in range(rounds):
            for name, asker in askers.items():
                cpu, wall = await measure(asker, numbers, commands)
                results[name].cpu.append(cpu)
                results[name].wall.append(wall)
    print(f"{'a command, ms':24}{'CPU':>8}{'wall':>8}")
    for name, one in results.items():
        print(f"{name:24}{statistics.median(one.cpu):>8.1f}{statistics.median(one.wall):>8.1f}")
    stock, ours = results.values()
    print(f"{'ratio':24}{ratio(ours.cpu, stock.cpu):>8.2f}{ratio(ours.wall, stock.wall):>8.2f}")


def ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(ours) / statistics.median(theirs)


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
