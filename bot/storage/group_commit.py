"""Group commit: writes that arrive during a write share the next one.

A commit has a cost, however little is in it: on PostgreSQL a few round trips and a disk sync, on SQLite a turn of its one writer.
So a burst of pushes, each with a receipt or two, is written in a few transactions instead of hundreds, and no write waits longer
than two of them take. The disk syncs of a SQLite file are shared in the same way.

Where a write is done at once, in the event loop itself, nothing can arrive during it. There the first item of an iteration of the
loop is written at once, and those that arrive in the same iteration share the next write, in the next iteration.

If a shared write fails because of what is in it, each of its items is written by itself, so that none fails because of another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_BATCH = 50


class _Waiting(NamedTuple, Generic[Item, Result]):
    """An item, and what its caller waits for."""

    item: Item
    written: asyncio.Future[Result]

    def succeed(self, result: Result) -> None:
        if not self.written.done():
            self.written.set_result(result)

    def fail(self, error: BaseException) -> None:
        if not self.written.done():
            self.written.set_exception(error)


class GroupCommit(Generic[Item, Result]):
    """Batches the items of concurrent writes. `write` gets a batch and returns a result for each item, in their order.

    After an error of the kind `alone_after` the items of a batch are tried one by one; any other is that of all of them.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        alone_after: type[Exception] | tuple[()] = Exception,
    ) -> None:
        self._write = write
        self._alone_after = alone_after
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._running: asyncio.Future[Any] | None = None
        self._is_gathering = False  # until the loop's next iteration, since something was written at once in this one

    def write(self, item: Item) -> asyncio.Future[Result]:
        """Write `item`. The future has its result, or what `write` raised for it; it is done already if that was done at once.

        An item whose future is cancelled is left out, unless it is being written.
        """
        waiting = _Waiting[Item, Result](item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._running is None and not self._is_gathering:
            self._is_gathering = True
            asyncio.get_running_loop().call_soon(self._write_gathered)
            self._write_next()
        return waiting.written

    def _write_gathered(self) -> None:
        """Write what arrived in the last iteration, unless that waits for a write anyway."""
        self._is_gathering = False
        self._write_next()

    def _write_next(self) -> None:
        """Write what waits, batch after batch while each is done at once."""
        while self._running is None and (batch := self._next_batch()):
            self._run(self._write([one.item for one in batch]), partial(self._hand_out, batch))

    def _next_batch(self) -> list[_Waiting[Item, Result]]:
        batch: list[_Waiting[Item, Result]] = []
        while self._waiting and len(batch) < MAX_BATCH:
            one = self._waiting.popleft()
            if not one.written.done():
                batch.append(one)
        return batch

    def _run(self, work: Awaitable[T], then: Callable[[asyncio.Future[T]], None]) -> None:
        """Call `then` when `work` is done: now, if it is done already; else what waits is written after that."""
        running = asyncio.ensure_future(work)
        if running.done():
            then(running)
        else:
            self._running = running
            running.add_done_callback(partial(self._go_on, then))

    def _go_on(self, then: Callable[[asyncio.Future[T]], None], done: asyncio.Future[T]) -> None:
        self._running = None
        then(done)
        self._write_next()

    def _hand_out(self, batch: list[_Waiting[Item, Result]], done: asyncio.Future[Sequence[Result]]) -> None:
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        if error is None:
            for one, result in zip(batch, done.result(), strict=True):
                one.succeed(result)
        elif len(batch) > 1 and isinstance(error, self._alone_after):
            self._run(self._write_each(batch), lambda _: None)
        else:
            for one in batch:
                one.fail(error)

    async def _write_each(self, batch: list[_Waiting[Item, Result]]) -> None:
        for one in batch:
            if not one.written.done():
                try:
                    (result,) = await self._write([one.item])
                except Exception as error:  # noqa: BLE001 - it is raised to the caller of this item
                    one.fail(error)
                else:
                    one.succeed(result)
