"""What is done to the app, to its store, to Slack and to the providers: one of each kind at a time, all kinds beside each other.

Each kind has dice of its own, so a seed makes the same troubles in the same order, whatever the machine's pace.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.chaos.ledger import Span
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.slack.faults import CUT, SILENT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from benchmarks.chaos.ledger import Ledger
    from benchmarks.chaos.processes import Replica
    from benchmarks.chaos.queue import VendorQueue
    from benchmarks.chaos.stores import Store
    from bot.sandbox.providers.server import StandIn
    from bot.sandbox.slack import SlackWorkspace

    Trouble = Callable[[Random], Awaitable[None]]

KINDS = ("processes", "warm kills", "store", "slack", "providers", "strangers")
WARM_SECONDS = 2.0  # that a process has been ready before it is killed, where warm ones are to be killed
LONG_FREEZE = 33.0  # longer than a lease
STOPPING_SECONDS = 15.0  # that a process takes to stop, at the most
NO_RESTARTS = frozenset({"deleted", "read-only"})
PROVIDER_FAULTS = (
    *(ProviderFaultKind.CUT_JSON, ProviderFaultKind.WRONG_LENGTH, ProviderFaultKind.HTML_502, ProviderFaultKind.RESET),
    *(ProviderFaultKind.DELAY, ProviderFaultKind.HANG, ProviderFaultKind.HTTP_429, ProviderFaultKind.HTTP_500),
    *(ProviderFaultKind.RATE_LIMITED, ProviderFaultKind.GARBAGE_ROWS, ProviderFaultKind.CLOCK_AHEAD),
)
PACKED = gzip.compress(bytes(20 * 1024 * 1024), 9)
HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nx"


@dataclass(slots=True)
class Scene:
    """Everything that can be troubled."""

    replicas: Sequence[Replica]
    store: Store
    workspace: SlackWorkspace
    providers: Sequence[StandIn]
    queue: VendorQueue
    ledger: Ledger
    is_socket: bool
    done: Counter[str] = field(default_factory=Counter)
    restarts: asyncio.Lock = field(default_factory=asyncio.Lock)  # held while no process may be started


class Chaos:
    """Troubles a scene until the block is left. `only`: the kinds of trouble; `calm`: how much longer than usual between two."""

    def __init__(self, scene: Scene, seed: int, only: Sequence[str] = (), calm: float = 1.0) -> None:
        self._scene = scene
        self._seed = seed
        self._calm = calm
        self._tasks: list[asyncio.Task[None]] = []
        listed: Mapping[str, tuple[Trouble, float]] = {  # each with the mean of the seconds between two
            "processes": (self._trouble_processes, 4.0),
            "warm kills": (self._kill_a_warm_one, 1.0),
            "store": (self._trouble_store, 15.0),
            "slack": (self._trouble_slack, 0.7),
            "providers": (self._trouble_providers, 3.0),
            "strangers": (self._send_strangers, 3.0),
        }
        self._listed = {name: listed[name] for name in only or [name for name in listed if name != "warm kills"]}

    async def __aenter__(self) -> None:
        self._tasks = [
            asyncio.create_task(self._repeat(Random(f"{self._seed} {name}"), trouble, mean * self._calm))  # noqa: S311 - no secrets
            for name, (trouble, mean) in self._listed.items()
        ]

    async def __aexit__(self, *_: object) -> None:
        """No more troubles; what is broken is mended."""
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
        for provider in self._scene.providers:
            provider.faults.clear()
            await provider.revive()
        self._scene.workspace.revoke(None)

    async def _repeat(self, dice: Random, trouble: Trouble, mean: float) -> None:
        while True:
            await asyncio.sleep(dice.expovariate(1 / mean))
            under_way = asyncio.ensure_future(trouble(dice))
            try:
                await asyncio.shield(under_way)
            except asyncio.CancelledError:
                await under_way  # what was broken must be mended
                raise

    async def _trouble_processes(self, dice: Random) -> None:
        replica = dice.choice(self._scene.replicas)
        kind = dice.choice(["kill", "kill", "kill", "kill", "kill at the start", "terminate", "freeze", "freeze long"])
        if kind == "kill":
            await replica.ready()
            await asyncio.sleep(dice.uniform(0, 1))
        async with self._scene.restarts:
            self._scene.done[kind] += 1
            match kind:
                case "kill" | "kill at the start":
                    replica.kill()
                case "terminate":
                    replica.terminate()
                    self._scene.ledger.halts.append(Span(kind, time.monotonic(), time.monotonic() + STOPPING_SECONDS))
                case _:
                    begun = time.monotonic()
                    replica.freeze()
                    await asyncio.sleep(LONG_FREEZE if kind == "freeze long" and len(self._scene.replicas) > 1 else 2.0)
                    replica.thaw()
                    # It may hold the lock of a SQLite file, which then stands still for the others too.
                    self._scene.ledger.trouble(f"beside a {kind}", begun, time.monotonic())
                    self._scene.ledger.halts.append(Span(kind, begun, time.monotonic()))

    async def _kill_a_warm_one(self, dice: Random) -> None:
        replica = dice.choice(self._scene.replicas)
        await replica.ready()
        await asyncio.sleep(max(0.0, replica.ready_at + WARM_SECONDS - time.monotonic()) + dice.uniform(0, 2))
        self._scene.done["kill"] += 1
        replica.kill()

    async def _trouble_store(self, dice: Random) -> None:
        troubles = self._scene.store.troubles(self._scene.replicas)
        name = dice.choice(list(troubles))
        seconds = dice.choice([0.5, 2.0, 6.0])
        await asyncio.gather(*(replica.ready() for replica in self._scene.replicas))
        # What is started while the files are gone would make new ones, which only an operator may do.
        async with self._scene.restarts if name in NO_RESTARTS else nullcontext():
            self._scene.done[f"store {name}"] += 1
            begun = time.monotonic()
            async with troubles[name]():
                await asyncio.sleep(seconds)
            self._scene.ledger.trouble(name, begun, time.monotonic())

    async def _trouble_slack(self, dice: Random) -> None:
        workspace = self._scene.workspace
        fail, is_ordered = workspace.fail_next, workspace.faults.is_ordered
        listed: list[tuple[str, Callable[[], object]]] = [
            ("response_url 429", lambda: fail("response_url", "ratelimited", status=429)),
            ("response_url 503", lambda: fail("response_url", "service_unavailable", status=503)),
            ("response_url used up", lambda: fail("response_url", "used_url", status=404)),
            ("response_url cut", lambda: fail("response_url", CUT)),
            ("response_url lost", lambda: fail("response_url", after=True)),
            ("response_url silent", lambda: fail("response_url", SILENT)),
            ("post 429", lambda: fail("chat.postMessage", "ratelimited", status=429, retry_after=2)),
            ("post 503", lambda: fail("chat.postMessage", "service_unavailable", status=503)),
            ("post lost", lambda: fail("chat.postMessage", after=True)),
            ("post cut", lambda: fail("chat.postMessage", CUT)),
            ("ephemeral 429", lambda: fail("chat.postEphemeral", "ratelimited", status=429, retry_after=1)),
            # Not twice in a row: whom Slack twice does not tell of may not ask.
            ("people 503", lambda: is_ordered("users.info") or fail("users.info", "service_unavailable", status=503)),
        ]
        if self._scene.is_socket:
            listed += [
                ("socket dropped", workspace.socket.drop),
                ("socket refused", lambda: workspace.socket.refuse(2)),
                ("socket refresh", workspace.socket.disconnect),
                ("socket warning", lambda: workspace.socket.disconnect("warning")),
            ]
        name, trouble = dice.choice(listed)
        self._scene.done[f"slack {name}"] += 1
        waiting = trouble()
        if isinstance(waiting, asyncio.Future) or hasattr(waiting, "__await__"):
            with suppress(ConnectionError):
                await waiting

    async def _trouble_providers(self, dice: Random) -> None:
        provider = dice.choice(self._scene.providers)
        if dice.random() < 0.2:  # noqa: PLR2004
            self._scene.done["provider down"] += 1
            await provider.die()
            await asyncio.sleep(3)
            await provider.revive()
            return
        fault = dice.choice([one for one in PROVIDER_FAULTS if one not in provider.unsupported])
        self._scene.done[f"provider {fault.value}"] += 1
        provider.faults.play(fault, times=10)
        await asyncio.sleep(3)
        provider.faults.clear()

    async def _send_strangers(self, dice: Random) -> None:
        replica, kind = dice.choice(self._scene.replicas), dice.choice(["unsigned", "packed", "half"])
        self._scene.done[f"strangers {kind}"] += 1
        if kind == "half":
            await asyncio.gather(*(_half(replica.port) for _ in range(50)))
            return
        headers = {"Content-Encoding": "gzip"} if kind == "packed" else {}
        body = PACKED if kind == "packed" else b"command=%2Fsmsstatus&text=help"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as client:
            post = partial(client.post, f"{replica.url}/slack/events", data=body, headers=headers)

            async def one() -> None:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    async with post() as response:
                        await response.read()

            await asyncio.gather(*(one() for _ in range(20)))


async def _half(port: int) -> None:
    with suppress(OSError, TimeoutError):
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
        writer.write(HALF)
        await asyncio.sleep(2)
        writer.close()
