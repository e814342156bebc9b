"""The bench of the drain's tests: a drain over a real queue and a real store, with simulated time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import StoreError
from bot.i18n import phrase
from bot.model import Window
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy
from bot.providers.tencent.legacy import PATH
from bot.providers.tencent.legacy.plugin import VENDOR
from bot.providers.tencent.legacy.queue import LegacyQueue
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.receipts.drain import QueueDrainer
from bot.receipts.lease import Lease
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxReply, SandboxSystem
from bot.sandbox.providers.tencent_legacy import LegacyAccount, TencentLegacyStandIn
from tests.toys import NOW, NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.receipts.ingestion import QueueSource
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database


ACCOUNT = LegacyAccount()
MONTH = Window(NOW - timedelta(days=30), NOW)
REPLY = SandboxReply(NUMBER.e164, "TD", NOW - timedelta(minutes=1))


def messages(count: int, begin: int = 0) -> list[SandboxMessage]:
    sent_at = NOW - timedelta(days=9)
    receipt = SandboxReceipt(sent_at + timedelta(seconds=3), "DELIVRD", delivered=True)
    return [
        SandboxMessage(SandboxSystem.TENCENT, NUMBER.e164, f"5000:{which:028}", sent_at, receipt)
        for which in range(begin, begin + count)
    ]


class Time:
    """Simulated time that advances only during sleeps, and records their lengths. While `go` is unset, sleeps block."""

    def __init__(self) -> None:
        self.now = 0.0
        self.go = asyncio.Event()
        self.go.set()
        self.pauses: list[float] = []
        self.changed = asyncio.Condition()

    def timer(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        async with self.changed:
            self.pauses.append(seconds)
            self.changed.notify_all()
        await self.go.wait()
        self.now += seconds
        await asyncio.sleep(0)

    async def wait_for_pauses(self, count: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.pauses) >= count)


class Bench:
    """A drain over a real queue and a real store, with simulated time."""

    def __init__(
        self, stand_in: TencentLegacyStandIn, store: Any, database: Database, queue_source: QueueSource[Any] | None = None
    ) -> None:
        self.stand_in = stand_in
        self.time = Time()
        auth = LegacyAuth(ACCOUNT.app_id, ACCOUNT.app_key, lambda: NOW)
        self.http = ProviderHttpClient(
            f"{stand_in.url}{PATH}pullstatus", auth=auth, clock=lambda: NOW, retry_policy=RetryPolicy(attempts=1)
        )
        self.drain = QueueDrainer(
            LegacyQueue(self.http, app_id=ACCOUNT.app_id),
            queue_source or VENDOR.queue_source,  # type: ignore[arg-type]  # it has one
            store,
            Lease(database, f"drain:{ACCOUNT.app_id}", seconds=60, timer=self.time.timer),
            clock=lambda: NOW,
            timer=self.time.timer,
            sleep=self.time.sleep,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.drain.run())
        try:
            yield
        finally:
            await self.drain.stop()
            await task
            await self.http.aclose()

    async def run_for(self, calls: int) -> None:
        """Drain until the queue was pulled so often, and stop."""
        async with self.running():
            await self.stand_in.wait_for_calls(calls)


@asynccontextmanager
async def queue(
    waiting: Sequence[SandboxMessage], replies: Sequence[SandboxReply] = (), **account: Any
) -> AsyncIterator[TencentLegacyStandIn]:
    async with TencentLegacyStandIn(waiting, replies=replies, accounts=[LegacyAccount(**account)], clock=lambda: NOW) as stand_in:
        yield stand_in


class FailingStore:
    """A store whose methods fail a given number of times; otherwise it delegates to the real one."""

    def __init__(self, store: ReceiptStore, *, error: Exception | None = None, **failures: int) -> None:
        self._store = store
        self._error = error or StoreError(phrase("the disk is full"))
        self._failures = failures
        self.failed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def call(*values: Any, **named: Any) -> Any:
            if self._failures.get(name, 0):
                self._failures[name] -= 1
                self.failed.append(name)
                raise self._error
            return await getattr(self._store, name)(*values, **named)

        return call
