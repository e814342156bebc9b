"""How soon a slash command is acknowledged: stock Bolt, and this app, side by side in one run.

Signed requests are dispatched through two Bolt apps that do the same work (half a second of waiting) for each command. Stock
Bolt runs the listener beside and polls for its ack. Ours goes the app's own road: the middleware authorises the request, writes
it into a SQLite file on the disk, and only then acks and hands the work to a task.

    .venv/bin/python benchmarks/ack.py
"""

from __future__ import annotations

import asyncio
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
from bot.storage import Database, migrate
from tests.slack.access import samples as slack
from tests.slack.access.samples import SECRET, House, StoppedClock, open_house, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_bolt.request.async_request import AsyncBoltRequest

WORK_SECONDS = 0.5
WARM_UP, SERIAL, AT_ONCE, ROUNDS = 10, 50, 200, 3


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
        return RequestOutcome.IGNORED

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


async def measure(app: AsyncApp, asked: Iterator[AsyncBoltRequest]) -> tuple[list[float], list[float]]:
    for _ in range(WARM_UP):
        await ack_seconds(app, next(asked))
    serial = [await ack_seconds(app, next(asked)) for _ in range(SERIAL)]
    many = [next(asked) for _ in range(AT_ONCE)]
    at_once = await asyncio.gather(*(ack_seconds(app, one) for one in many))
    return serial, list(at_once)


def shown(name: str, serial: Sequence[float], at_once: Sequence[float]) -> str:
    def p99(times: Sequence[float]) -> float:
        return sorted(times)[int(len(times) * 0.99) - 1]

    cells = [statistics.median(serial), p99(serial), statistics.median(at_once), p99(at_once)]
    return f"{name:12}" + "".join(f"{cell * 1000:14.2f}" for cell in cells)


async def main() -> None:
    results: dict[str, tuple[list[float], list[float]]] = {"stock Bolt": ([], []), "ours": ([], [])}
    with tempfile.TemporaryDirectory(dir=".") as folder:  # on a disk, where a commit is a commit
        async with aclosing(Database(f"sqlite:///{folder}/state.db")) as database:
            await migrate(database)
            house = ours(database)
            asked = requests()
            for _ in range(ROUNDS):
                for name, app in (("stock Bolt", stock()), ("ours", house.app)):
                    serial, at_once = await measure(app, asked)
                    results[name][0].extend(serial)
                    results[name][1].extend(at_once)
                    await house.tasks.drain(30)
    print(f"{'ms to ack':12}{'serial p50':>14}{'serial p99':>14}{f'{AT_ONCE} at once p50':>14}{'p99':>14}")
    for name, (serial, at_once) in results.items():
        print(shown(name, serial, at_once))
    ratios = [statistics.median(results["ours"][at]) / statistics.median(results["stock Bolt"][at]) for at in (0, 1)]
    print(f"p50, ours to stock Bolt: {ratios[0]:.2f} one at a time, {ratios[1]:.2f} with {AT_ONCE} at once")


if __name__ == "__main__":
    asyncio.run(main())
