"""A toy provider for the tests, scripted by each test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import Delivery, NeedsMessageId, NeedsNumber, Note, PhoneNumber, Status, Target, Window
from bot.providers.base import ProviderQuery, ResultCollector
from bot.timing.clock import system_clock

NOW = datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC)
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
TARGET = Target(NUMBER)


class ToyClock:
    """A clock set by the test."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class ShiftedClock:
    """The real time, and what the test has added to it."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.by


Script = Callable[[ProviderQuery, ResultCollector], Awaitable[None]]


@dataclass
class ToyProvider:
    """A provider that answers by its script and records its queries; each query blocks while `gate` is unset."""

    script: Script
    name: str = "toy"
    account: str = "main"
    retention: timedelta | None = timedelta(days=7)
    by_id: bool = False
    gate: asyncio.Event | None = None
    asked: list[ProviderQuery] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def unsupported_reason(self, target: Target) -> Note | None:
        if self.by_id and target.message_id is None:
            return NeedsMessageId()
        if not self.by_id and target.number is None:
            return NeedsNumber()
        return None

    async def query(self, query: ProviderQuery, collector: ResultCollector) -> None:
        self.asked.append(query)
        self.begun.set()
        collector.requests += 1
        if self.gate is not None:
            await self.gate.wait()
        await self.script(query, collector)

    async def aclose(self) -> None:
        self.closed = True


def delivery(minutes_ago: float = 5, status: Status = Status.DELIVERED, **changes: object) -> Delivery:
    """A delivery to NUMBER, sent so many minutes before NOW."""
    sent = NOW - timedelta(minutes=minutes_ago)
    values: dict[str, object] = {
        "provider": "toy",
        "account": "main",
        "status": status,
        "number": NUMBER,
        "message_id": f"m{minutes_ago}",
        "sent_at": sent,
        "received_at": sent + timedelta(seconds=3) if status.is_final else None,
    }
    return Delivery(**{**values, **changes})  # type: ignore[arg-type]  # the tests' own keyword arguments


def finds(*deliveries: Delivery) -> Script:
    """A script that returns these deliveries for any query."""

    async def script(_query: ProviderQuery, collector: ResultCollector) -> None:
        collector.add(deliveries)

    return script


def window(hours: float = 2, *, until: datetime = NOW, opened: bool = True) -> Window:
    """The last so many hours before `until`."""
    return Window(until - timedelta(hours=hours), until, open=opened)
