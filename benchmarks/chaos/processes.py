"""The app's processes: started, killed, frozen, stopped, and started again whatever ended them, as a service manager does."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

ROOT = Path(__file__).parents[2]
RESTART_SECONDS = 0.2  # after whatever ended a process
LOG_LINE_BYTES = 1024 * 1024


class Replica:
    """One replica. `kills` are the moments at which its process was killed."""

    def __init__(self, mode: str, port: int, environ: Mapping[str, str], log: Path | None = None) -> None:
        self._mode = mode
        self._log = log  # where all of its log goes
        self._environ = {**os.environ, **environ, "SMSSTATUS_PORT": str(port), "PYTHONPATH": str(ROOT)}
        self._ready = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_ours = False  # what ended the process was done by us
        self._for_next_start: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.pid = 0
        self.ready_at = 0.0
        self.kills: list[float] = []
        self.exits: list[float] = []  # that nobody asked for
        self.away: list[float] = []  # the moments at which it said that it could not store a request
        self.said: Counter[str] = Counter()  # the warnings and errors of its log

    async def __aenter__(self) -> Self:
        self._parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.chaos.replica", self._mode),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LOG_LINE_BYTES,
            env=self._environ,
            cwd=ROOT,
        )
        self._tasks = [asyncio.create_task(self._keep_running()), asyncio.create_task(self._read_log())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._parent.kill()  # and with it the process
        await self._parent.wait()

    @property
    def is_ready(self) -> bool:
        """Whether it takes requests."""
        return self._ready.is_set()

    async def ready(self) -> None:
        """Wait until it takes requests."""
        await self._ready.wait()

    def kill(self) -> None:
        """End the process at once."""
        self.kills.append(time.monotonic())
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to stop, as a rollout does."""
        self._signal(signal.SIGTERM)

    def freeze(self) -> None:
        """Stop the process's clock, as a machine does that swaps or is migrated."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def restart_with(self, settings: Mapping[str, str]) -> None:
        """Kill it; it starts with these settings beside its own."""
        self._for_next_start = dict(settings)
        self.kill()

    def limit_files(self, size: int | None) -> None:
        """Let it write no byte of a file beyond `size`, as on a disk without space; None: no limit any more."""
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def _signal(self, number: int) -> None:
        self._is_ours = True
        self._ready.clear()
        self._send(number)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def _keep_running(self) -> None:
        while True:
            self._is_ours = False
            await self._start()
            await self._ended()
            self._ready.clear()
            if not self._is_ours:
                self.exits.append(time.monotonic())
            await asyncio.sleep(RESTART_SECONDS)

    async def _start(self) -> None:
        assert self._parent.stdin is not None  # noqa: S101 - for mypy, as below
        assert self._parent.stdout is not None  # noqa: S101
        self._parent.stdin.write(json.dumps(self._for_next_start).encode() + b"\n")
        self._for_next_start = {}
        self.pid = int(await self._parent.stdout.readline())

    async def _ended(self) -> None:
        try:
            watched = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(watched, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(watched)
            os.close(watched)

    async def _read_log(self) -> None:
        assert self._parent.stderr is not None  # noqa: S101
        async for line in self._parent.stderr:
            if self._log is not None:
                with self._log.open("ab") as log:
                    log.write(line)
            try:
                said = json.loads(line)
            except ValueError:
                self.said["no JSON"] += 1
                continue
            if said.get("event") == "serving":
                self.ready_at = time.monotonic()
                self._ready.set()
            elif said.get("level") not in {"debug", "info"}:
                if said.get("event") == "inbox.not_stored":
                    self.away.append(time.monotonic())
                reason = said.get("reason") or ""
                self.said[f"{said.get('level')} {said.get('event')} {reason}".strip()] += 1
