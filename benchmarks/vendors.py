"""Tencent's and Alibaba's stand-ins in a process of their own, with the vendors' limits, and our lookup over an account each."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.codes import load_catalogue
from bot.lookup import LookupService
from bot.model import PhoneNumber, Target, Window
from bot.observability.metrics import Metrics
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.sandbox.providers.aliyun import AliyunAccount, AliyunStandIn
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.sandbox.providers.tencent_sends import SENDS
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from multiprocessing.connection import Connection

TENCENT, ALIYUN = TencentAccount(), AliyunAccount()
WITHOUT_SENDS = TencentAccount(denied=frozenset({SENDS.name}))  # a key that may read receipts alone
WEEK = timedelta(days=7)
BUSY = PhoneNumber("+8613700000000", 86, "13700000000")  # who has the rows of a `Vendors`
MARGIN = timedelta(minutes=10)
TO_RECEIPT = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Vendors:
    """What the stand-ins do: the seconds a call takes, and the rows that `BUSY` has at each, spread evenly over `end`'s week."""

    call_seconds: float = 0.0
    rows: int = 0
    end: datetime = field(default_factory=lambda: datetime.now(UTC))
    tencent: TencentAccount = TENCENT

    def messages(self, system: SandboxSystem) -> list[SandboxMessage]:
        """The rows at one of them."""
        return [
            SandboxMessage(system, BUSY.e164, f"2028:{which}^0", at, SandboxReceipt(at + TO_RECEIPT, "DELIVRD", delivered=True))
            for which, at in enumerate(self.sent_at)
        ]

    @property
    def sent_at(self) -> list[datetime]:
        """When each row was sent, the oldest first. The oldest are not forgotten meanwhile; the newest have their receipts."""
        return [self.end - MARGIN - (WEEK - 2 * MARGIN) * ((self.rows - which) / self.rows) for which in range(self.rows)]


def serve(calls: Connection, vendors: Vendors) -> None:
    """The process. Sends the addresses, then for each word received how often each action was answered, and with what."""

    async def run() -> None:
        tencents = TencentStandIn(vendors.messages(SandboxSystem.TENCENT), accounts=(vendors.tencent,))
        async with tencents as tencent, AliyunStandIn(vendors.messages(SandboxSystem.ALIYUN)) as aliyun:
            for stand_in in (tencent, aliyun):
                stand_in.faults.play(ProviderFaultKind.DELAY, seconds=vendors.call_seconds)
            calls.send((tencent.url, aliyun.url))
            while await asyncio.to_thread(calls.recv):
                made = Counter((call.action, call.outcome) for stand_in in (tencent, aliyun) for call in stand_in.calls)
                calls.send(made)
                tencent.calls.clear()
                aliyun.calls.clear()

    asyncio.run(run())


@dataclass(frozen=True, slots=True)
class StandIns:
    """The running process."""

    tencent_url: str
    aliyun_url: str
    _calls: Connection = field(repr=False)

    @property
    def environ(self) -> Mapping[str, str]:
        """The settings with which an app finds them."""
        return {
            "TENCENTCLOUD_SECRET_ID": TENCENT.secret_id,
            "TENCENTCLOUD_SECRET_KEY": TENCENT.secret_key,
            "TENCENTCLOUD_REGION": TENCENT.region,
            "TENCENTCLOUD_SMS_SDK_APP_ID": TENCENT.app_ids[0],
            "TENCENTCLOUD_SMS_ENDPOINT": self.tencent_url,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN.access_key_secret,
            "ALIBABA_CLOUD_SMS_ENDPOINT": self.aliyun_url,
        }

    async def calls(self) -> Made:
        """What was asked since the last time."""
        self._calls.send("calls")
        return Made(await asyncio.to_thread(self._calls.recv))


@dataclass(frozen=True, slots=True)
class Made:
    """Calls that were made, by action and outcome."""

    counts: Counter[tuple[str, str]]

    @property
    def total(self) -> int:
        """All of them."""
        return self.counts.total()

    @property
    def refused(self) -> int:
        """Those that the vendor's limit refused."""
        return sum(count for (_, outcome), count in self.counts.items() if "Limit" in outcome or "Throttling" in outcome)

    def of(self, action: str) -> int:
        """Those of one action."""
        return sum(count for (made, _), count in self.counts.items() if made == action)


@asynccontextmanager
async def stand_ins(vendors: Vendors) -> AsyncIterator[StandIns]:
    """The process, for as long as the block."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, vendors), daemon=True)
    process.start()
    try:
        tencent_url, aliyun_url = await asyncio.to_thread(ours.recv)
        yield StandIns(tencent_url, aliyun_url, ours)
    finally:
        ours.send(None)
        await asyncio.to_thread(process.join)


@asynccontextmanager
async def looking_up(found: StandIns, *, deadline: float = 8.0) -> AsyncIterator[LookupService]:
    """Our lookup, as the app opens it."""
    tencent = TencentSettings.model_validate({**found.environ, "TENCENTCLOUD_SMS_SDK_APP_ID": [TENCENT.app_ids[0]]})
    aliyun = AliyunSettings.model_validate(found.environ)
    providers = [*open_tencent(tencent, None, system_clock), *open_aliyun(aliyun, None, system_clock)]
    service = LookupService(providers, load_catalogue(None), Metrics(), deadline_seconds=deadline)
    gc.freeze()  # as the app does when it has started
    try:
        yield service
    finally:
        await service.aclose()


def numbers(first: int, count: int) -> tuple[Target, ...]:
    """So many numbers."""
    return tuple(Target(PhoneNumber(f"+86137{tail:08}", 86, f"137{tail:08}")) for tail in range(first, first + count))


def last(span: timedelta) -> Window:
    """The window that ends now."""
    now = datetime.now(UTC)
    return Window(now - span, now)
