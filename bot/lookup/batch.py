"""A batch: a lookup of more targets than a deadline of seconds allows, which tells how far it is and can be stopped.

It takes its turns at the accounts like every other command (decision 0040), so the vendors' limits are used and never crossed,
and whoever asks beside it waits no longer than before. Memory is bounded: of each target the newest rows are kept.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.model import Query, Target

    Ask = Callable[[Target], Awaitable[bool]]

AT_ONCE = 40  # targets: twice the calls of a second at the strictest vendor, so that answers of a second leave no gap
MOST_ROWS = 20  # of a target at an account: the newest, so that a thousand busy numbers stay within memory
TARGET_SECONDS = 60.0  # for one target, the wait for its turns among it
BATCH_SECONDS = 1_800.0  # for all of them
_ENOUGH_TO_GUESS = 5  # targets done, before the time left is told


class BatchEnd(Enum):
    """Why a batch ended before its last target."""

    CANCELLED = "cancelled"  # somebody said so
    CUT = "cut"  # the app is stopping
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is. `seconds_left` is None while nobody can tell."""

    done: int
    total: int
    failed: int = 0
    seconds_left: float | None = None


@dataclass(slots=True, eq=False)
class Batch:
    """A batch before, while and after it runs."""

    query: Query
    end: BatchEnd | None = None
    failed: int = 0
    is_trimmed: bool = False  # some target has more than `MOST_ROWS` messages, of which the newest are kept
    done: dict[Target, None] = field(default_factory=dict)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _begun: float = 0.0

    @property
    def rest(self) -> tuple[Target, ...]:
        """The targets that are not done, in their order."""
        return tuple(target for target in self.query.targets if target not in self.done)

    @property
    def seconds(self) -> float:
        """For how long it has run."""
        return asyncio.get_running_loop().time() - self._begun if self._begun else 0.0

    @property
    def progress(self) -> BatchProgress:
        """How far it is now."""
        done, total = len(self.done), len(self.query.targets)
        left = self.seconds / done * (total - done) if done >= _ENOUGH_TO_GUESS else None
        return BatchProgress(done, total, self.failed, left)

    def stop(self, why: BatchEnd) -> None:
        """End it with what is done, unless it has ended."""
        if self.end is None and len(self.done) < len(self.query.targets):
            self.end = why
            self._stopped.set()

    async def run(self, ask: Ask, *, seconds: float = BATCH_SECONDS) -> None:
        """Call `ask` for each target, `AT_ONCE` at a time; it returns whether the target's message failed."""
        self._begun = asyncio.get_running_loop().time()
        waiting = iter(self.query.targets)

        async def work() -> None:
            for target in waiting:  # one iterator for all workers
                is_failed = await ask(target)  # first: `+= await` would add to what was before
                self.failed += is_failed
                self.done[target] = None

        workers = [asyncio.create_task(work()) for _ in range(min(AT_ONCE, len(self.query.targets)))]
        all_done = asyncio.gather(*workers)
        stopping = asyncio.create_task(self._stopped.wait())
        try:
            waited: set[asyncio.Future[Any]] = {all_done, stopping}
            await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if all_done.done():
                all_done.result()
            else:
                self.stop(BatchEnd.TOO_LONG)
        finally:
            for task in (*workers, stopping):
                task.cancel()
            await asyncio.gather(*workers, stopping, return_exceptions=True)
            await asyncio.gather(all_done, return_exceptions=True)
