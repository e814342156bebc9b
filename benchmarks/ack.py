"""How soon a slash command is acknowledged: stock Bolt, and the way this app does it, side by side in one run.

Signed requests are dispatched through two Bolt apps that do the same work (half a second of waiting) for each command. Stock
Bolt runs the listener beside and polls for its ack; ours acks, hands the work to `TaskSupervisor` and returns.

    .venv/bin/python benchmarks/ack.py
"""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.slack.requests.task_supervisor import TaskSupervisor

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET = "benchmark"  # noqa: S105 - signs the requests of this script
WORK_SECONDS = 0.5
SERIAL, AT_ONCE = 50, 200


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-benchmark")  # noqa: S106


def stock() -> AsyncApp:
    """The listener of Bolt's own documentation: ack, then work."""
    app = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @app.command("/smsstatus")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        await asyncio.sleep(WORK_SECONDS)

    return app


def ours(work: TaskSupervisor) -> AsyncApp:
    """The listener of this app: ack, hand over, return."""
    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)

    @app.command("/smsstatus")
    async def listen(ack: AsyncAck) -> None:
        await ack()
        work.spawn(asyncio.sleep(WORK_SECONDS), name="work")

    return app


def request() -> AsyncBoltRequest:
    body = urlencode({"command": "/smsstatus", "text": "help", "user_id": "U2", "team_id": "T1", "channel_id": "C1"})
    now = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    headers: dict[str, str | Sequence[str]] = {
        "x-slack-request-timestamp": now,
        "x-slack-signature": signature or "",
        "content-type": "application/x-www-form-urlencoded",
    }
    return AsyncBoltRequest(body=body, headers=headers)


async def ack_seconds(app: AsyncApp) -> float:
    asked = request()
    begun = time.perf_counter()
    response = await app.async_dispatch(asked)
    if response.status != 200:  # noqa: PLR2004 - HTTP OK
        raise RuntimeError(f"answered {response.status}")
    return time.perf_counter() - begun


async def measure(app: AsyncApp) -> tuple[list[float], list[float]]:
    serial = [await ack_seconds(app) for _ in range(SERIAL)]
    at_once = await asyncio.gather(*(ack_seconds(app) for _ in range(AT_ONCE)))
    return serial, list(at_once)


def shown(name: str, serial: Sequence[float], at_once: Sequence[float]) -> str:
    def p99(times: Sequence[float]) -> float:
        return sorted(times)[int(len(times) * 0.99) - 1]

    cells = [statistics.median(serial), p99(serial), statistics.median(at_once), p99(at_once)]
    return f"{name:12}" + "".join(f"{cell * 1000:14.2f}" for cell in cells)


async def main() -> None:
    work = TaskSupervisor()
    results = {"stock Bolt": await measure(stock()), "ours": await measure(ours(work))}
    await work.drain(5)
    print(f"{'ms to ack':12}{'serial p50':>14}{'serial p99':>14}{f'{AT_ONCE} at once p50':>14}{'p99':>14}")
    for name, (serial, at_once) in results.items():
        print(shown(name, serial, at_once))
    ratio = statistics.median(results["stock Bolt"][0]) / statistics.median(results["ours"][0])
    print(f"serial p50: stock Bolt takes {ratio:.0f} times as long")


if __name__ == "__main__":
    asyncio.run(main())
