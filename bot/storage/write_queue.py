"""The queue in front of SQLite's one writer: a thread that runs a job at a time, the urgent ones first.

An urgent job is queued as if it had come QUEUE_SECONDS earlier. So it goes before each usual one that has not waited as long, and
urgent ones keep their order. A usual one waits no longer than that: then it is before whatever comes, and fails for being late.
"""

from __future__ import annotations

import itertools
import queue
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import DatabaseError
from bot.storage.driver_errors import translating_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    T = TypeVar("T")

QUEUE_SECONDS = 5.0  # that a transaction may wait for its turn


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    rank: float  # the moment of `time.monotonic` that it is queued by
    number: int
    submitted_at: float = field(compare=False)
    run: Callable[[], Any] = field(compare=False)
    done: Future[Any] = field(compare=False, default_factory=Future)

    def run_in_turn(self) -> None:
        if not self.done.set_running_or_notify_cancel():
            return
        try:
            with translating_errors():
                require_in_time(self.submitted_at)
                result = self.run()
        except BaseException as error:  # noqa: BLE001 - it is raised to whoever waits for the job
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


class WriteQueue:
    """Jobs, and the thread that runs them."""

    def __init__(self) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database writer")

    def submit(self, run: Callable[[], T], *, is_urgent: bool = False) -> Future[T]:
        """Queue `run`. The future has its result; or DatabaseError, also after too long a wait, or what else it raised."""
        now = time.monotonic()
        job = _Job(now - QUEUE_SECONDS if is_urgent else now, next(self._numbers), now, run)
        self._jobs.put(job)
        try:
            self._thread.submit(self._run_first)
        except RuntimeError:  # the thread has ended
            self._refuse_all()
        return job.done

    def close(self) -> None:
        """Let the job that runs end, and refuse the others."""
        self._thread.shutdown(cancel_futures=True)
        self._refuse_all()

    def _run_first(self) -> None:
        self._jobs.get().run_in_turn()

    def _refuse_all(self) -> None:
        with suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job.done.set_running_or_notify_cancel():
                    job.done.set_exception(DatabaseError(ConnectionError("the database is closed")))


def require_in_time(submitted_at: float) -> None:
    """Raises TimeoutError for what has waited too long for its turn."""
    if time.monotonic() - submitted_at > QUEUE_SECONDS:
        raise TimeoutError("the database is busy")
