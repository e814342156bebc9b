"""The batches that run in this process: one of a person at a time, each to be stopped by its id."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.lookup.batch import Batch, BatchEnd

MAX_RUNS = 20  # of all people: each holds the answers about a thousand targets at most


@dataclass(slots=True)
class BatchRuns:
    """What runs, by the id of its answer."""

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

    def cut(self) -> None:
        """The app is stopping: each ends with what it has, and says so."""
        self._is_stopping = True
        for _, batch in self._running.values():
            batch.stop(BatchEnd.CUT)
