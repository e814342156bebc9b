"""A story for alerts: China Mobile stops delivering, and delivers again. Its receipts are pushed as Tencent pushes them.

Their times lie in the last half an hour, so that nobody has to wait that long: all was well until twenty minutes ago, then China
Mobile failed for five minutes. When it delivers again, it has done so for a quarter of an hour.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

MOBILE, UNICOM = "+8613900", "+8613000"  # by their numbers' ranges
FAILED, DELIVERED = "MN:0029", "DELIVRD"
A_MINUTE = 12  # messages of each carrier
_MINUTE = timedelta(minutes=1)
_WELL_SINCE, _FAILING_SINCE, _GOOD_SINCE = 30, 20, 15  # minutes ago


class Outage:
    """The story, told to the app at `url`."""

    def __init__(self, url: str, token: str, clock: Callable[[], datetime] = system_clock) -> None:
        self._url = url
        self._token = token
        self._clock = clock
        self._ids = count(1)

    async def begin(self) -> str:
        """All was well, then China Mobile failed for five minutes."""
        well = [*self._minutes(MOBILE, _WELL_SINCE, _FAILING_SINCE), *self._minutes(UNICOM, _WELL_SINCE, _GOOD_SINCE)]
        failing = list(self._minutes(MOBILE, _FAILING_SINCE, _GOOD_SINCE, failed=A_MINUTE - 2))
        await self._push([*well, *failing])
        lost = (A_MINUTE - 2) * (_FAILING_SINCE - _GOOD_SINCE)
        return f"{lost} of China Mobile's last {len(failing)} messages failed. The alert comes to #incidents within a minute."

    async def end(self) -> str:
        """China Mobile has delivered for a quarter of an hour."""
        good = [*self._minutes(MOBILE, _GOOD_SINCE + 1, 0), *self._minutes(UNICOM, _GOOD_SINCE + 1, 0)]
        await self._push(good)
        return f"{len(good)} messages of the last {_GOOD_SINCE} minutes arrived. The alert is closed within a minute."

    def _minutes(self, numbers: str, since: int, until: int, failed: int = 0) -> Iterator[SandboxMessage]:
        """The messages of some minutes, of which so many failed in each."""
        now = self._clock().replace(second=0, microsecond=0)
        for minute in range(since, until, -1):
            for at in range(A_MINUTE):
                place = next(self._ids)
                moment = now - minute * _MINUTE + at * (_MINUTE / A_MINUTE)
                receipt = SandboxReceipt(moment, FAILED if at < failed else DELIVERED, delivered=at >= failed)
                number, message_id = f"{numbers}{place:06}", f"5000:20457106691570536578{place:08d}"
                yield SandboxMessage(SandboxSystem.TENCENT, number, message_id, moment, receipt)

    async def _push(self, messages: list[SandboxMessage]) -> None:
        async with CallbackPusher(self._url, self._token) as pusher:
            await pusher.tencent(messages)
