"""How soon a slash command is acknowledged: stock Bolt, and this app, each as a process of its own, side by side in one run.

Both ack, and then work for half a second. Stock Bolt's listener sleeps so long, and writes nothing. Ours is `serve` itself: it
writes the request into a SQLite file on the disk before the ack, and then looks a number up at Tencent's stand-in, which takes
half a second to answer, and posts the answer. One at a time, and 200 at once; over HTTP, and over Socket Mode from a stand-in
in this process. Only one of the two is at work at a time; rounds alternate.

.venv/bin/python -m benchmarks.ack             about three minutes
.venv/bin/python -m benchmarks.ack --short     a few of each
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Protocol

from benchmarks.open_loop import open_loop
from benchmarks.served import served
from benchmarks.stand_ins import stand_ins
from benchmarks.stock_ack import WORK_SECONDS
from bot.sandbox.demo_installation import INSTALLATION
from bot.sandbox.slack import SlackWorkspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from benchmarks.open_loop import OpenLoop
    from benchmarks.served import Served
    from benchmarks.stand_ins import StandIns

MODES = ("http", "socket")
SIDES = ("stock Bolt", "ours")
WARM_UP, SERIAL, AT_ONCE, ROUNDS = 20, 100, 200, 5
ENVIRON = {"SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_LANGUAGE": "en", "SMSSTATUS_ENV_FILE": ""}
PAUSE = 0.05  # seconds between two that come one at a time
NUMBERS = count(13_000_000_000)


class Asks(Protocol):
    """Asks one app by one transport."""

    async def ask(self, many: int) -> list[float]:
        """Type so many commands at once; the seconds until each was acknowledged."""


class HttpAsks:
    """Over HTTP."""

    def __init__(self, asker: OpenLoop) -> None:
        self._asker = asker

    async def ask(self, many: int) -> list[float]:
        """As `Asks` says."""
        asked = await self._asker.run([words() for _ in range(many)], [0.0] * many, answered=False)
        return [one.ack_seconds for one in asked]


class SocketAsks:
    """Over Socket Mode."""

    def __init__(self, workspace: SlackWorkspace, answers_url: str) -> None:
        self._workspace = workspace
        self._answers_url = answers_url

    async def ask(self, many: int) -> list[float]:
        """As `Asks` says."""
        acks = await asyncio.gather(*(self._workspace.socket.deliver("slash_commands", self._command()) for _ in range(many)))
        return [float("inf") if ack.error else ack.ms / 1000 for ack in acks]

    def _command(self) -> dict[str, str]:
        trigger = secrets.token_hex(8)
        person = {"user_id": "U0LIWEI01", "team_id": "T0SANDBOX", "channel_id": "C0INCIDENT"}
        return {
            "command": "/smsstatus",
            "text": words(),
            "trigger_id": trigger,
            "response_url": f"{self._answers_url}/{trigger}",
            **person,
        }


def words() -> str:
    return f"+86{next(NUMBERS)} since 2h via tencent"


@asynccontextmanager
async def asking(side: str, mode: str, beside: StandIns) -> AsyncIterator[tuple[Asks, Served]]:
    """Who asks one of the two apps, and the app in its process."""
    program = "benchmarks.stock_ack" if side == "stock Bolt" else "benchmarks.unpaced"
    async with SlackWorkspace(bot=INSTALLATION, ack_seconds=30.0) as workspace:
        environ = {**beside.environ, **ENVIRON, "SLACK_API_URL": workspace.api_url}
        async with served(environ, "-m", program, mode) as app, open_loop(app.url) as asker:
            if mode == "socket":
                yield SocketAsks(workspace, asker.answers_url), app
            else:
                await asker.open(AT_ONCE)  # as many as a proxy keeps; a new one for each would be its cost, not the app's
                yield HttpAsks(asker), app


async def measure(asks: Asks, app: Served, serial: int, at_once: int) -> tuple[list[float], list[float]]:
    """The seconds to the acks one at a time, and at once."""
    for _ in range(WARM_UP):
        await asks.ask(1)
    await at_rest(app)
    alone = []
    for _ in range(serial):
        alone += await asks.ask(1)
        await asyncio.sleep(PAUSE)
    await at_rest(app)
    together = await asks.ask(at_once)
    await at_rest(app)
    return alone, together


async def at_rest(app: Served) -> None:
    """Wait until the work behind the acks is done."""
    await asyncio.sleep(WORK_SECONDS)
    await app.idle()


def quantiles(times: Sequence[float]) -> tuple[float, float]:
    """The median, and the 99th of 100."""
    return statistics.median(times), sorted(times)[max(0, int(len(times) * 0.99) - 1)]


def print_table(mode: str, at_once: int, found: Mapping[str, list[list[float]]]) -> None:
    """The medians over the rounds: p50 and p99 one at a time, and the same at once."""
    cells = {side: [statistics.median(column) for column in zip(*rounds, strict=True)] for side, rounds in found.items()}
    print(f"\n{mode + ', ms to ack':22}{'one at a time p50':>18}{'p99':>8}{f'{at_once} at once p50':>18}{'p99':>8}")
    for side, row in cells.items():
        print(f"{side:22}{row[0] * 1000:>18.1f}{row[1] * 1000:>8.1f}{row[2] * 1000:>18.0f}{row[3] * 1000:>8.0f}")
    theirs, own = (cells[side] for side in SIDES)
    ratios = [ours / stock for ours, stock in zip(own, theirs, strict=True)]
    print(f"{'ratio':22}{ratios[0]:>18.2f}{ratios[1]:>8.2f}{ratios[2]:>18.2f}{ratios[3]:>8.2f}", flush=True)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--short", action="store_true", help="a few of each, in seconds; fails when an ack is missing")
    short = arguments.parse_args().short
    serial, at_once, rounds = (5, 20, 1) if short else (SERIAL, AT_ONCE, ROUNDS)
    async with stand_ins() as beside:
        await beside.tell(f"slow tencent {WORK_SECONDS}")
        for mode in MODES:
            found: dict[str, list[list[float]]] = {side: [] for side in SIDES}
            for _ in range(rounds):
                for side in SIDES:
                    async with asking(side, mode, beside) as (asks, app):
                        alone, together = await measure(asks, app, serial, at_once)
                    if float("inf") in (*alone, *together):
                        raise SystemExit(f"{side}, {mode}: a command was not acknowledged")
                    found[side].append([*quantiles(alone), *quantiles(together)])
            print_table(mode, at_once, found)


if __name__ == "__main__":
    asyncio.run(main())
