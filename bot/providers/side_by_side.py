"""Calls that are made at once, where one that fails costs no other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import ProviderError
from bot.errors.frames import release_frames

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

T = TypeVar("T")


async def side_by_side(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T | ProviderError]:
    """What each call returns, or the ProviderError that it raises, when all have ended."""

    async def outcome(call: Coroutine[Any, Any, T]) -> T | ProviderError:
        try:
            return await call
        except ProviderError as error:
            return error

    return await all_of(map(outcome, calls))


async def all_of(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What the calls return, when all have ended. Raises an ExceptionGroup if one raises, and the others are cancelled.

    One alone needs no task of its own, and raises by itself. Callers expect neither: their calls return faults, or keep them.
    """
    calls = list(calls)
    if len(calls) == 1:
        return [await calls[0]]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_releasing(call)) for call in calls]
    return [task.result() for task in tasks]


async def _releasing(call: Coroutine[Any, Any, T]) -> T:
    """What `call` returns. A deadline ends many at once."""
    try:
        return await call
    except asyncio.CancelledError as error:
        release_frames(error)
        raise
