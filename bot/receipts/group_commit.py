"""Many small writes in one: whoever comes while a write is under way shares the next.

A commit costs a write to the disk, however little is in it. So a burst of pushes, each with a receipt or two, is written in a few
transactions instead of hundreds, and nobody waits longer than two of them take. Databases do the same inside and call it group
commit; SQLite, which takes one writer at a time, cannot.

If a shared write fails, each of its parts is written by itself, so that none fails for another's fault.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

P = TypeVar("P")
R = TypeVar("R")

MOST_TOGETHER = 50


class GroupCommit(Generic[P, R]):
    """Hands parts to `write`, several at once when several wait. `write` returns a result for each, in their order."""

    def __init__(self, write: Callable[[Sequence[P]], Awaitable[Sequence[R]]]) -> None:
        self._write = write
        self._waiting: deque[tuple[P, asyncio.Future[R]]] = deque()
        self._turn = asyncio.Lock()

    async def write(self, part: P) -> R:
        """The result for `part`, once it is written. Raises what `write` raised for it.

        Whoever's turn it is writes for all that wait. Cancelled while it does, it takes its own part away and leaves the
        others' to the next; a part may then be written although nobody waits for it any more, as with any commit.
        """
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((part, result))
        try:
            async with self._turn:
                while not result.done():
                    await self._next()
        finally:
            result.cancel()
        return result.result()

    async def _next(self) -> None:
        parts = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
        parts = [part for part in parts if not part[1].done()]
        try:
            if len(parts) == 1 or not await self._shared(parts):
                for part in parts:
                    await self._alone(*part)
        finally:
            self._waiting.extendleft(part for part in reversed(parts) if not part[1].done())

    async def _shared(self, parts: list[tuple[P, asyncio.Future[R]]]) -> bool:
        try:
            results = await self._write([part for part, _ in parts])
        except Exception:  # noqa: BLE001 - each part is tried by itself, and what is wrong is raised there
            return False
        for (_, waiting), result in zip(parts, results, strict=True):
            if not waiting.done():
                waiting.set_result(result)
        return True

    async def _alone(self, part: P, waiting: asyncio.Future[R]) -> None:
        if waiting.done():
            return
        try:
            (result,) = await self._write([part])
        except Exception as error:  # noqa: BLE001 - it is raised to whoever waits for this part
            if not waiting.done():
                waiting.set_exception(error)
        else:
            if not waiting.done():
                waiting.set_result(result)
