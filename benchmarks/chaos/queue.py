"""The vendor's queue of the old API, which the app drains: filled while a run lasts; each of its answers is handed out once."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.sandbox.archive import LEGACY_ACCOUNT
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent_legacy import RECEIPTS, TencentLegacyStandIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.providers.tencent_legacy import Handed

ROWS = 100  # that come into the queue at once: as many as one answer of it has
NUMBER = "+8613711112222"
KEEPS_ITS_ROWS = frozenset({None, ProviderFaultKind.WRONG_LENGTH, ProviderFaultKind.DELAY, ProviderFaultKind.HANG})
"""The faults of an answer that reaches the app in full all the same."""


class VendorQueue:
    """Its stand-in, and what it has handed out so far."""

    def __init__(self) -> None:
        self._queued: list[SandboxMessage] = []
        self.stand_in = TencentLegacyStandIn(self, accounts=[LEGACY_ACCOUNT])

    @property
    def messages(self) -> Sequence[SandboxMessage]:
        """What is not handed out yet: for the stand-in, which would look through all that ever was there at each pull."""
        return self._queued[sum(len(one.rows) for one in self.answers) :]

    @property
    def answers(self) -> list[Handed]:
        """The answers with receipts, in order."""
        return [one for one in self.stand_in.handed if one.kind == RECEIPTS]

    async def fill(self, total: int, seconds: float) -> None:
        """Let so many receipts come, spread evenly."""
        begun = time.monotonic()
        for first in range(0, total, ROWS):
            await asyncio.sleep(max(0.0, begun + seconds * first / total - time.monotonic()))
            now = datetime.now(UTC)
            self._queued += [
                SandboxMessage(SandboxSystem.TENCENT, NUMBER, f"queue-{number}", now, SandboxReceipt(now, "MK:0008"))
                for number in range(first, min(first + ROWS, total))
            ]


def is_lost_on_the_wire(answer: Handed) -> bool:
    """Whether the vendor sent something else in the place of the answer, a part of it, or nothing."""
    return not answer.is_sent or answer.fault not in KEEPS_ITS_ROWS
