"""Retries at the start: transient errors (UnavailableError) are retried and logged once a minute; permanent ones end it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import UnavailableError
from bot.i18n import ENGLISH
from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.i18n import Phrase

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartupBackoff:
    """The retry backoff of the start, in seconds."""

    first_pause: float = 1.0  # each further pause is twice as long
    longest_pause: float = 15.0
    longest_retry_after: float = 300.0  # the longest Retry-After of Slack that is obeyed
    log_every: float = 60.0  # between two log lines


class StartupWait:
    """Retries the steps of the start, and is its readiness check until `finish`."""

    def __init__(self, backoff: StartupBackoff | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._backoff = backoff or StartupBackoff()
        self._throttle = Throttle(clock, self._backoff.log_every)
        self._over = False
        self._waits_for: Phrase | None = None

    async def wait_for(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call `attempt` until it succeeds and return its result. UnavailableError is retried; raises SettingsError at once."""
        pause = self._backoff.first_pause
        while True:
            try:
                result = await attempt()
            except UnavailableError as error:
                self._waits_for = error.lines[0]
                if (suppressed := self._throttle.admit("waits")) is not None:
                    log.warning("startup.waiting", reason=self._waits_for.said_in(ENGLISH), suppressed=suppressed)
                await asyncio.sleep(min(max(pause, error.retry_after or 0.0), self._backoff.longest_retry_after))
                pause = min(pause * 2, self._backoff.longest_pause)
            else:
                self._waits_for = None
                return result

    def finish(self) -> None:
        """Report ready from now on."""
        self._over = True

    def not_ready(self) -> str | None:
        """Readiness error; None once the start is over."""
        if self._over:
            return None
        return f"starting: {self._waits_for.said_in(ENGLISH)}" if self._waits_for else "starting"
