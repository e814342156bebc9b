"""An app in a process of its own, for a benchmark: started with an environment, ended when the block is left, and looked at."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")
START_SECONDS = 30.0
IDLE_SECONDS, IDLE_PART = 0.5, 0.05  # so much of a core is upkeep


@dataclass(frozen=True, slots=True)
class Served:
    """The running app."""

    pid: int
    url: str

    @property
    def cpu(self) -> float:
        """Seconds that it has used, of all its threads."""
        return cpu_of(self.pid)

    async def idle(self) -> None:
        """Wait until it has nothing to do any more."""
        before = -IDLE_SECONDS
        while self.cpu - before > IDLE_SECONDS * IDLE_PART:
            before = self.cpu
            await asyncio.sleep(IDLE_SECONDS)

    @property
    def rss(self) -> float:
        """Resident memory, in MiB."""
        return rss_of(self.pid)


def cpu_of(process: int) -> float:
    """Seconds that a process has used, of all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_of(process: int) -> float:
    """Resident memory of a process, in MiB."""
    return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20


@asynccontextmanager
async def served(environ: Mapping[str, str], *arguments: str) -> AsyncIterator[Served]:
    """Run Python with these arguments until the block is left; entered when its log says that it serves."""
    whole = {**os.environ, **environ}
    with tempfile.NamedTemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=whole, stderr=log)
        try:
            yield Served(process.pid, await address(process, Path(log.name)))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def address(process: asyncio.subprocess.Process, log: Path) -> str:
    """Where it serves, once it does. Raises RuntimeError with its log when it ends before, or does not come to it."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.returncode is None:
        for line in (await asyncio.to_thread(log.read_text)).splitlines():
            if '"serving"' in line:
                return str(json.loads(line)["url"])
        await asyncio.sleep(0.05)
    raise RuntimeError(await asyncio.to_thread(log.read_text))
