"""What everybody else sends in the demo: a few hundred messages an hour, of which one app's have fallen.

All is well with the codes and at Alibaba. Of the marketing app's messages 97 % arrived until some hours ago, and 61 % since then.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.traffic import HOUR, HourOfTraffic
from bot.sandbox.stories import MARKETING_APP
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

FELL_AGO = timedelta(hours=2)
_MESSAGES = {SandboxSystem.TENCENT: 600, SandboxSystem.ALIYUN: 240, SandboxSystem.ALIYUN_INTL: 20}  # an hour
_USUAL, _FALLEN = 97, 61  # per cent
_WAITING_NOW = 0.02  # of the running hour, without a receipt yet


class Everybody:
    """The traffic as of now. It fell some whole hours before the demo began."""

    def __init__(self, clock: Callable[[], datetime] = system_clock) -> None:
        self._clock = clock
        self._fell_at = clock().replace(minute=0, second=0, microsecond=0) - FELL_AGO

    def traffic(self, system: SandboxSystem, account: str, hour: datetime) -> HourOfTraffic:
        """The messages of an hour, of the running one as many as there are by now. See `Traffic`."""
        elapsed = min(1.0, max(0.0, (self._clock() - hour) / HOUR))
        messages = round(_MESSAGES[system] * elapsed)
        waiting = round(messages * _WAITING_NOW) if elapsed < 1 else 0
        known = messages - waiting
        percent = _FALLEN if account == MARKETING_APP and hour >= self._fell_at else _USUAL
        delivered = round(known * percent / 100)
        return HourOfTraffic(delivered=delivered, failed=known - delivered, waiting=waiting, refused=round(messages / 200))
