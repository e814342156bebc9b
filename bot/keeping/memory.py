"""What a running process holds of numbers is dropped when one was forgotten, in whichever process: the audit tells of it.

The audit is looked at every minute, a few minutes back: clocks of machines differ, and what was being looked up at that moment is
held afterwards. So a number is dropped more than once, which costs no more than asking the providers again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.keeping.forgetting import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.storage.audit_log import AuditLog
    from bot.timing.clock import Clock

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(minutes=3)


class HeldMemory:
    """What this process holds; `drops` empty its stores."""

    def __init__(self, audit_log: AuditLog, clock: Clock, drops: Sequence[Callable[[], None]]) -> None:
        self._audit_log = audit_log
        self._clock = clock
        self._drops = drops
        self._looked_at = clock()

    async def follow(self) -> None:
        """Drop all of it, if a number was forgotten since the last look. Raises AuditError; the next look then sees further."""
        now = self._clock()
        if await self._audit_log.has(COMMAND, since=self._looked_at - LOOK_BACK):
            for drop in self._drops:
                drop()
            log.info("memory.dropped", reason="a number was forgotten")
        self._looked_at = now
