"""A SQLite database whose one writer is at work, so that whatever else is to be written waits."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.database import Database


class BusyWriter:
    """The writer is at work until it is let go; `order` is that in which what waits for it has run."""

    def __init__(self, database: Database, order: list[str] | None = None) -> None:
        self.database = database
        self.order: list[str] = [] if order is None else order
        self._begun, self._end = threading.Event(), threading.Event()

    async def __aenter__(self) -> Self:
        self._writing = asyncio.create_task(self.database.write(self._work))
        await asyncio.to_thread(self._begun.wait)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let_go()
        await self._writing

    def let_go(self) -> None:
        self._end.set()

    def note(self, name: str, _: Connection) -> None:
        self.order.append(name)

    async def usual(self, *names: str) -> list[asyncio.Task[None]]:
        """Writes that wait for their turn."""
        tasks = [asyncio.create_task(self.database.write(partial(self.note, name))) for name in names]
        await asyncio.sleep(0)  # each has come as far as the queue
        return tasks

    def _work(self, _: Connection) -> None:
        self._begun.set()
        self._end.wait()
