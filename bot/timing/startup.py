"""The start waits for what may get better by itself, says so once a minute, and ends at once with what cannot."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import NotYetError
from bot.i18n import ENGLISH
from bot.timing.rate_limits import Throttle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.i18n import Phrase

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartupPatience:
    """How the start waits. In seconds."""

    first_pause: float = 1.0  # each further pause is twice as long
    longest_pause: float = 15.0
    longest_asked: float = 300.0  # of what Slack may ask for
    say_every: float = 60.0


class StartupWait:
    """What the start waits for, while it does."""

    def __init__(self, patience: StartupPatience | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience or StartupPatience()
        self._throttle = Throttle(clock, self._patience.say_every)
        self._over = False
        self._waits_for: Phrase | None = None

    async def wait_for(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` returns, once it does. Raises SettingsError for what only the operator can mend."""
        pause = self._patience.first_pause
        while True:
            try:
                found = await ask()
            except NotYetError as error:
                self._waits_for = error.lines[0]
                if (held := self._throttle.admit("waits")) is not None:
                    log.warning("start_waits", reason=self._waits_for.said_in(ENGLISH), held_back=held)
                await asyncio.sleep(min(max(pause, error.retry_after or 0.0), self._patience.longest_asked))
                pause = min(pause * 2, self._patience.longest_pause)
            else:
                self._waits_for = None
                return found

    def finish(self) -> None:
        """All is there."""
        self._over = True

    def not_ready(self) -> str | None:
        """Why requests cannot be answered yet; None when the start is over."""
        if self._over:
            return None
        return f"starting: {self._waits_for.said_in(ENGLISH)}" if self._waits_for else "starting"
