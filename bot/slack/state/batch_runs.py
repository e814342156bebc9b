"""The batches that run in this process: one of a person at a time, each to be stopped by its id.

*Cancel* may reach another replica than the one that runs the batch: it makes a key known, which whoever runs it looks for between
two states of its progress.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.lookup.batch import Batch, BatchEnd

if TYPE_CHECKING:
    from bot.slack.messaging.claims import Claim

MAX_RUNS = 20  # of all people: each holds the answers about a thousand targets at most
_KEEP = timedelta(hours=1)  # no batch takes so long


class Signals(Protocol):
    """What all replicas know of, by a key; `bot.slack.requests.reservations` is it."""

    async def acquire(self, claim: Claim, key: str, span: timedelta) -> bool:
        """Make the key known; whether nobody had."""

    async def is_held(self, key: str) -> bool:
        """Whether anybody made it known."""


@dataclass(slots=True)
class BatchRuns:
    """What runs, by the id of its answer. Without `signals` it can be cancelled in this process alone."""

    signals: Signals | None = None
    _running: dict[str, tuple[str, Batch]] = field(default_factory=dict)
    _is_stopping: bool = False

    def begin(self, answer_id: str, user: str, batch: Batch) -> bool:
        """Whether `user` may run `batch` now: nobody runs two at once. Whoever begins one says when it is over (`end`)."""
        if len(self._running) >= MAX_RUNS or any(who == user for who, _ in self._running.values()):
            return False
        self._running[answer_id] = (user, batch)
        if self._is_stopping:
            batch.stop(BatchEnd.CUT)
        return True

    @property
    def count(self) -> int:
        """How many run."""
        return len(self._running)

    def end(self, answer_id: str) -> None:
        """It is over."""
        self._running.pop(answer_id, None)

    def cancel(self, answer_id: str) -> bool:
        """Stop the one with this id; whether it runs here."""
        if answer_id not in self._running:
            return False
        self._running[answer_id][1].stop(BatchEnd.CANCELLED)
        return True

    async def cancel_elsewhere(self, claim: Claim, answer_id: str) -> bool:
        """Tell whichever replica runs it; whether that is possible."""
        if self.signals is None:
            return False
        await self.signals.acquire(claim, _key(answer_id), _KEEP)
        return True

    async def hear(self, answer_id: str) -> None:
        """Stop the one with this id if another replica was told to."""
        if self.signals is not None and await self.signals.is_held(_key(answer_id)):
            self.cancel(answer_id)

    def cut(self) -> None:
        """The app is stopping: each ends with what it has, and says so."""
        self._is_stopping = True
        for _, batch in self._running.values():
            batch.stop(BatchEnd.CUT)


def _key(answer_id: str) -> str:
    return f"cancel:{answer_id}"
