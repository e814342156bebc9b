"""The sandbox as a process of its own, for a benchmark: strict stand-ins of Slack and the vendors, which keep no limit of calls.

It prints the environment of an app as a line of JSON, and then does what the lines of its standard input say:

    calm                    every vendor answers at once
    troubled                Alibaba is dead, and Tencent answers after SLOW_SECONDS
    slow tencent 0.5        a vendor answers after so many seconds

    async with stand_ins() as slack_and_vendors: …
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.demo import open_sandbox
from bot.sandbox.providers.faults import ProviderFaultKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.sandbox.demo import Sandbox

UNLIMITED = 1_000_000  # calls a second
SLOW_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class StandIns:
    """The running process, as its parent sees it."""

    process: asyncio.subprocess.Process
    environ: Mapping[str, str]

    async def tell(self, words: str) -> None:
        """Have it do what `words` say. Returns when it does."""
        assert self.process.stdin is not None  # noqa: S101 - for mypy, as below
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(words.encode() + b"\n")
        if await self.process.stdout.readline() != b"done\n":
            raise RuntimeError(f"the stand-ins do not understand {words!r}")


@asynccontextmanager
async def stand_ins() -> AsyncIterator[StandIns]:
    """Run the process until the block is left."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.stand_ins", stdin=pipe, stdout=pipe)
    assert process.stdin is not None  # noqa: S101 - for mypy, as below
    assert process.stdout is not None  # noqa: S101
    try:
        yield StandIns(process, json.loads(await process.stdout.readline()))
    finally:
        process.stdin.close()  # which ends it
        await process.wait()


def unlimited(sandbox: Sandbox) -> None:
    """Let the vendors answer however many calls come."""
    for stand_in in (sandbox.providers.tencent, sandbox.providers.aliyun):
        for limit in stand_in._limits.values():  # noqa: SLF001 - a setting of no real vendor
            limit.calls = UNLIMITED


async def obey(sandbox: Sandbox, words: str) -> None:
    tencent, aliyun = sandbox.providers.tencent, sandbox.providers.aliyun
    match words.split():
        case ["calm"]:
            tencent.faults.clear()
            aliyun.faults.clear()
            await aliyun.revive()
        case ["troubled"]:
            tencent.faults.play(ProviderFaultKind.DELAY, seconds=SLOW_SECONDS)
            await aliyun.die()
        case ["slow", "tencent", seconds]:
            tencent.faults.play(ProviderFaultKind.DELAY, seconds=float(seconds))
        case _:
            raise ValueError(words)


async def main() -> None:
    async with open_sandbox() as sandbox:
        unlimited(sandbox)
        print(json.dumps(dict(sandbox.environ)), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await obey(sandbox, line)
            for stand_in in (sandbox.providers.tencent, sandbox.providers.aliyun):
                stand_in.calls.clear()  # each call is remembered, and a benchmark makes many
            print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
