"""Group commit: writes that arrive during a transaction share the next one.

A commit costs a disk sync, however little is in it. So a burst of pushes, each with a receipt or two, is written in a few
transactions instead of hundreds, and no write waits longer than two of them take. Databases do the same inside; SQLite, which
takes one writer at a time, cannot.

If a shared write fails, each of its items is written by itself, so that none fails because of another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_BATCH = 50


class GroupCommit(Generic[Item, Result]):
    """Batches the items of concurrent writes. `write` gets a batch and returns a result for each item, in their order."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._write = write
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._lock = asyncio.Lock()

    async def write(self, item: Item) -> Result:
        """Write `item` and return its result. Raises what `write` raised for it.

        The caller that holds the lock writes for all that wait. If it is cancelled meanwhile, its own item is dropped and the
        others go into the next batch; a dropped item may still have been written, as with any commit.
        """
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        try:
            async with self._lock:
                while not result.done():
                    await self._write_next()
        finally:
            result.cancel()
        return result.result()

    async def _write_next(self) -> None:
        items = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
        items = [item for item in items if not item[1].done()]
        try:
            if len(items) == 1 or not await self._write_batch(items):
                for item in items:
                    await self._write_one(*item)
        finally:
            self._waiting.extendleft(item for item in reversed(items) if not item[1].done())

    async def _write_batch(self, items: list[tuple[Item, asyncio.Future[Result]]]) -> bool:
        try:
            results = await self._write([item for item, _ in items])
        except Exception:  # noqa: BLE001 - each item is tried by itself, and what is wrong is raised there
            return False
        for (_, waiting), result in zip(items, results, strict=True):
            if not waiting.done():
                waiting.set_result(result)
        return True

    async def _write_one(self, item: Item, waiting: asyncio.Future[Result]) -> None:
        if waiting.done():
            return
        try:
            (result,) = await self._write([item])
        except Exception as error:  # noqa: BLE001 - it is raised to the caller of this item
            if not waiting.done():
                waiting.set_exception(error)
        else:
            if not waiting.done():
                waiting.set_result(result)
