"""How soon a slash command is acknowledged: stock Bolt, and this app, side by side in one run.

Signed requests are dispatched through two Bolt apps that do the same work (half a second of waiting) for each command. Stock
Bolt runs the listener beside and polls for its ack. Ours goes the app's own road: the middleware authorises the request, writes
it into a SQLite file on the disk, and only then acks and hands the work to a task. Stock Bolt writes nothing.

    .venv/bin/python benchmarks/ack.py
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.requests.context import RequestContext, RequestOutcome
from bot.slack.transport.bolt import handle
from bot.storage.database import Database
from bot.storage.migration import migrate
from tests.slack.access import samples as slack
from tests.slack.access.samples import SECRET, House, StoppedClock, open_house, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_bolt.request.async_request import AsyncBoltRequest

WORK_SECONDS = 0.5
WARM_UP, SERIAL, AT_ONCE, ROUNDS = 10, 100, 200, 3


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-benchmark")  # noqa: S106


def stock() -> AsyncApp:
    """The listener of Bolt's own documentation: ack, then work."""
    app = AsyncApp(signing_secret=SECRET, authorize=authorize)
    for middleware in app._async_middleware_list:  # noqa: SLF001 - the requests are signed at one moment
        if hasattr(middleware, "verifier"):
            middleware.verifier.clock = StoppedClock()

    @app.command("/smsstatus")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(WORK_SECONDS)

    return app


def ours(database: Database) -> House:
    """The app's middleware, inbox and runner, with a listener that works as long."""

    async def work(_: RequestContext) -> RequestOutcome:
        await asyncio.sleep(WORK_SECONDS)
        return RequestOutcome.DUPLICATE  # nothing is shown, and nobody is to wonder

    return open_house(database, rate=1_000_000, then=work)


def requests() -> Iterator[AsyncBoltRequest]:
    """Signed commands, each another one."""
    for number in count():
        yield signed(slack.command(f"explain MK:{number:04}", trigger_id=f"t{number}"))


async def ack_seconds(app: AsyncApp, asked: AsyncBoltRequest) -> float:
    begun = time.perf_counter()
    response = await handle(app, asked)
    if response.status != 200:  # noqa: PLR2004 - HTTP OK
        raise RuntimeError(f"answered {response.status}")
    return time.perf_counter() - begun


async def measure(app: AsyncApp, asked: Iterator[AsyncBoltRequest]) -> list[list[float]]:
    """The seconds to each ack: one at a time; at once, from when its own work began; at once, from when all of them had come."""
    for _ in range(WARM_UP):
        await ack_seconds(app, next(asked))
    serial = [await ack_seconds(app, next(asked)) for _ in range(SERIAL)]
    many = [next(asked) for _ in range(AT_ONCE)]
    begun = time.perf_counter()

    async def one_of_many(one: AsyncBoltRequest) -> tuple[float, float]:
        return await ack_seconds(app, one), time.perf_counter() - begun

    at_once = await asyncio.gather(*map(one_of_many, many))
    return [serial, *map(list, zip(*at_once, strict=True))]


def quantiles(times: Sequence[float]) -> list[float]:
    return [statistics.median(times), sorted(times)[int(len(times) * 0.99) - 1]]


async def main() -> None:
    results: dict[str, list[list[float]]] = {"stock Bolt": [[], [], []], "ours": [[], [], []]}
    with tempfile.TemporaryDirectory(dir=".") as folder:  # on a disk, where a commit is a commit
        async with aclosing(Database(f"sqlite:///{folder}/state.db")) as database:
            await migrate(database)
            house = ours(database)
            asked = requests()
            gc.freeze()  # as the app does when it has started
            for _ in range(ROUNDS):
                for name, app in (("stock Bolt", stock()), ("ours", house.app)):
                    for all_times, times in zip(results[name], await measure(app, asked), strict=True):
                        all_times.extend(times)
                    await house.tasks.drain(30)
    heads = ("one at a time", f"{AT_ONCE} at once", "the same, since all had come")
    print(f"{'ms to ack':12}" + "".join(f"{head:>30}" for head in heads))
    print(f"{'':12}" + f"{'p50':>20}{'p99':>10}" * len(heads))
    stock_cells, our_cells = ([cell for times in results[name] for cell in quantiles(times)] for name in results)
    rows = {name: [f"{cell * 1000:.2f}" for cell in cells] for name, cells in zip(results, (stock_cells, our_cells), strict=True)}
    rows["ratio"] = [f"{our / theirs:.2f}" for our, theirs in zip(our_cells, stock_cells, strict=True)]
    for name, cells in rows.items():
        print(f"{name:12}" + "".join(f"{cell:>{(20, 10)[at % 2]}}" for at, cell in enumerate(cells)))


if __name__ == "__main__":
    asyncio.run(main())
