"""How long a start takes, beside what people would use instead.

    serve      until the first 200 to a signed /smsstatus command, beside a stock Bolt app over httpx (`stock_httpx_app.py`)
    commands   a whole process of `smsstatus lookup`, `explain` and `--help`, beside minimal scripts over the official SDKs that
               look a number up (`sdk_tencent.py`, `sdk_alibaba.py`)

Every process is new, with compiled files and a warm page cache; rounds alternate, the figures are medians.

    .venv/bin/python -m benchmarks.cold_start
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.asker import Asker
from benchmarks.served import cpu_of
from bot.sandbox.demo import open_sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.demo import Sandbox

ROUNDS = 9
POLL, WAIT = 0.005, 60.0  # seconds between two tries to be acknowledged; until a start counts as failed
NUMBER = "+8613000000000"
APPS: Mapping[str, tuple[str, ...]] = {
    "stock Bolt over httpx": ("-m", "benchmarks.stock_httpx_app"),
    "serve, again": ("-m", "bot", "serve", "--mode", "http"),
    "serve, the first time": ("-m", "bot", "serve", "--mode", "http"),
}
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "script, Tencent's SDK": ("-m", "benchmarks.sdk_tencent", NUMBER),
    "script, Alibaba's SDK": ("-m", "benchmarks.sdk_alibaba", NUMBER),
    "lookup NUMBER --json": ("-m", "bot", "lookup", NUMBER, "since", "2h", "--json"),
    "explain MK:0008": ("-m", "bot", "explain", "MK:0008"),
    "explain 3004": ("-m", "bot", "explain", "3004"),
    "--help": ("-m", "bot", "--help"),
}
STATUS = {"explain 3004": 1}  # which no table lists
Spent = tuple[float, float]  # wall and CPU, in milliseconds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def first_ack(asker: Asker, name: str, environ: Mapping[str, str]) -> Spent:
    """Start an app, and stop it once it has acknowledged a command."""
    port = free_port()
    asker.app_url = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *APPS[name], env={**environ, "SMSSTATUS_PORT": str(port)}, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(WAIT):
            while True:
                with suppress(aiohttp.ClientError):
                    await asker.post(NUMBER, os.urandom(8).hex())
                    break
                await asyncio.sleep(POLL)
        return (time.perf_counter() - begun) * 1000, cpu_of(process.pid) * 1000
    finally:
        process.terminate()
        await process.wait()


async def starts(sandbox: Sandbox, rounds: int) -> Mapping[str, list[Spent]]:
    found: dict[str, list[Spent]] = defaultdict(list)
    environ = environment(sandbox.environ)
    async with aiohttp.ClientSession() as client:
        asker = Asker("", 0, client)
        asker.url = sandbox.workspace.api_url  # where answers go unheard
        for at in range(rounds + 1):
            for name in APPS:
                folder = f"new-{at}" if name == "serve, the first time" else "kept"
                spent = await first_ack(asker, name, {**environ, "SMSSTATUS_DATA_DIR": str(sandbox.data / folder)})
                found[name] += [spent] if at else []  # the first round warms up
    return found


def whole_process(name: str, environ: Mapping[str, str]) -> Spent:
    """Run a command to its end. Raises RuntimeError for an exit status that it should not have."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, *COMMANDS[name]], env=environ, stdout=subprocess.PIPE) as process:  # noqa: S603
        printed = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != STATUS.get(name, 0) or not printed:
        raise RuntimeError(f"{name}: exit status {process.returncode}")
    return wall * 1000, (used.ru_utime + used.ru_stime) * 1000


async def commands(sandbox: Sandbox, rounds: int) -> Mapping[str, list[Spent]]:
    found: dict[str, list[Spent]] = defaultdict(list)
    environ = environment(sandbox.provider_environ) | {"TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666"}
    for at in range(rounds + 1):
        for name in COMMANDS:
            spent = await asyncio.to_thread(whole_process, name, environ)
            found[name] += [spent] if at else []
    return found


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's, where compiled files are kept, and `more`."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | dict(more)


def show(title: str, found: Mapping[str, list[Spent]], beside: Sequence[str]) -> None:
    """A row for each, with the ratios of wall and CPU to those `beside`."""
    medians = {name: [statistics.median(one) for one in zip(*spent, strict=True)] for name, spent in found.items()}
    print(f"{title:28}{'wall':>8}{'CPU':>8}" + "".join(f"{f'× {name}':>32}" for name in beside))
    for name, (wall, cpu) in medians.items():
        ratios = "".join(f"{wall / medians[one][0]:>24.2f}{cpu / medians[one][1]:>8.2f}" for one in beside)
        print(f"{name:28}{wall:>8.0f}{cpu:>8.0f}{ratios}", flush=True)


async def main(rounds: int) -> None:
    async with open_sandbox() as sandbox:
        for limits in (sandbox.providers.tencent._limits, sandbox.providers.aliyun._limits):  # noqa: SLF001 - scripts keep to none
            for limit in limits.values():
                limit.calls = 10_000
        show("ms to the first ack", await starts(sandbox, rounds), ["stock Bolt over httpx"])
        show("ms of a process", await commands(sandbox, rounds), ["script, Tencent's SDK", "script, Alibaba's SDK"])


if __name__ == "__main__":
    asyncio.run(main(1 if "--short" in sys.argv else ROUNDS))
