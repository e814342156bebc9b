"""The daily purges: every store, every day, whether or not one of them fails."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from bot.storage.retention import purge_daily


async def test_every_store_is_purged_after_the_start_and_then_daily_though_one_fails() -> None:
    waits: list[float] = []
    purged: list[str] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            raise asyncio.CancelledError

    async def well() -> int:
        purged.append("well")
        return 3

    async def ill() -> int:
        raise OperationalError("DELETE", {}, OSError("disk full"))

    with pytest.raises(asyncio.CancelledError):
        await purge_daily({"ill": ill, "well": well}, first_after=60, every=86400, sleep=sleep)

    assert waits == [60, 86400, 86400, 86400]
    assert purged == ["well"] * 3
