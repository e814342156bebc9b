"""Alerts through the real app: receipts that are pushed by HTTP in, a message in the channel out, edited, muted, closed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.timing.clock import system_clock
from tests.slack.conftest import QUICK, Offices, Office, buttons_of, payload_of, words_of
from dataclasses import replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.sandbox.slack import PostedMessage

TOKEN = "sandbox-callback-token-0001"
CHANNEL = "C0INCIDENT"
MOBILE, UNICOM = "+86137000", "+86130000"
ALERTING = replace(QUICK, alert_every=0.05)


@dataclass
class ShiftedClock:
    """The real time, and what the test has added to it."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.by


@dataclass
class Traffic:
    """Receipts as Tencent pushes them."""

    pusher: CallbackPusher
    clock: ShiftedClock
    office: Office
    _ids: count[int] = field(default_factory=count)

    async def push(self, delivered: int, failed: int, numbers: str = MOBILE, code: str = "REJECTD") -> None:
        """So many receipts of now."""
        now = self.clock()
        codes = [*["DELIVRD"] * delivered, *[code] * failed]
        messages = [
            SandboxMessage(
                SandboxSystem.TENCENT,
                f"{numbers}{at:05}",
                f"5000:{at}",
                now,
                SandboxReceipt(now, one, delivered=one == "DELIVRD"),
            )
            for at, one in zip(self._ids, codes)
        ]
        pushed = await self.pusher.tencent(messages)
        assert all(push.is_taken for push in pushed)

    async def pass_minutes(self, minutes: int, delivered: int = 0, failed: int = 0) -> None:
        """Minutes in which so much comes."""
        for _ in range(minutes):
            self.clock.by += timedelta(minutes=1)
            if delivered or failed:
                await self.push(delivered, failed)

    async def told(self, number: int) -> list[PostedMessage]:
        """What the channel was told, once it is so many messages."""
        return await self.office.workspace.wait_for(
            lambda: found if len(found := self.office.seen()) >= number else None, within=15
        )


@asynccontextmanager
async def alerting(offices: Offices, **environ: str) -> AsyncIterator[Traffic]:
    clock = ShiftedClock()
    settings = {"SMSSTATUS_CALLBACK_TOKEN": TOKEN, "SMSSTATUS_ALERT_CHANNEL": CHANNEL, **environ}
    async with offices.open(timings=ALERTING, clock=clock, **settings) as office, CallbackPusher(office.url, TOKEN) as pusher:
        yield Traffic(pusher, clock, office)


async def test_an_outage_of_a_carrier_is_told_once_edited_and_closed(offices: Offices) -> None:
    async with alerting(offices) as traffic:
        await traffic.push(100, 1)
        await traffic.push(100, 1, UNICOM)
        await traffic.pass_minutes(10)
        await traffic.push(20, 60)
        await traffic.push(30, 0, UNICOM)
        await traffic.pass_minutes(1)
        told = (await traffic.told(1))[0]
        print(words_of(told))
        print(payload_of(told))
        assert False
