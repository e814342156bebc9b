"""The lease on both databases: one holder at a time, without a common clock; a holder that sleeps past its expiry loses it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.receipts.lease import Lease

if TYPE_CHECKING:
    from bot.storage.database import Database


class Watch:
    """A replica's own monotonic clock, which starts anywhere."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def lease(database: Database, watch: Watch, name: str = "drain:1") -> Lease:
    return Lease(database, name, seconds=60, timer=watch)


async def test_of_many_that_want_it_at_once_one_has_it(database: Database) -> None:
    many = [lease(database, Watch()) for _ in range(8)]
    held = await asyncio.gather(*(one.acquire() for one in many))
    assert sorted(held, key=str) == [1, *[None] * 7]


async def test_two_names_are_two_leases(database: Database) -> None:
    assert await lease(database, Watch(), "a").acquire() == 1
    assert await lease(database, Watch(), "b").acquire() == 1


async def test_a_lease_that_is_renewed_is_never_taken(database: Database) -> None:
    mine, theirs = Watch(), Watch(1_000_000.0)  # clocks that have nothing in common
    holder, waiting = lease(database, mine), lease(database, theirs)

    for _ in range(10):
        assert await holder.acquire() == 1
        assert await waiting.acquire() is None
        mine.now += 40
        theirs.now += 40


async def test_a_lease_that_is_not_renewed_is_taken_when_it_has_been_watched_for_its_time(database: Database) -> None:
    theirs = Watch(500.0)
    waiting = lease(database, theirs)
    await lease(database, Watch()).acquire()

    assert await waiting.acquire() is None  # seen for the first time now, however old it is
    theirs.now += 59
    assert await waiting.acquire() is None
    theirs.now += 1
    assert await waiting.acquire() == 2


async def test_who_slept_through_its_time_can_neither_renew_nor_give_back(database: Database) -> None:
    mine, theirs = Watch(), Watch()
    sleeper, next_one = lease(database, mine), lease(database, theirs)
    await sleeper.acquire()
    await next_one.acquire()
    theirs.now += 60
    assert await next_one.acquire() == 2

    mine.now += 1_000
    assert await sleeper.acquire() is None
    await sleeper.release()
    theirs.now += 30
    assert await next_one.acquire() == 2


async def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    holder, waiting = lease(database, Watch()), lease(database, Watch())
    await holder.acquire()
    assert await waiting.acquire() is None
    await holder.release()
    assert await waiting.acquire() == 2
    assert await holder.acquire() is None


async def test_a_lease_is_renewed_only_when_a_third_of_its_time_is_over(database: Database) -> None:
    watch = Watch()
    holder = lease(database, watch)

    async def beats() -> int:
        return await database.read(lambda connection: int(connection.execute(text("SELECT beat FROM leases")).scalar_one()))

    await holder.acquire()
    watch.now += holder.renewal_seconds - 1
    await holder.acquire()
    assert await beats() == 0
    watch.now += 1
    await holder.acquire()
    assert await beats() == 1


async def test_a_database_that_fails_is_told_and_the_lease_is_kept_when_it_is_back(database: Database) -> None:
    watch = Watch()
    holder = lease(database, watch)
    await holder.acquire()
    watch.now += 30
    await database.write(lambda connection: connection.execute(text("ALTER TABLE leases RENAME TO away")).rowcount)

    with pytest.raises(StoreError):
        await holder.acquire()

    await database.write(lambda connection: connection.execute(text("ALTER TABLE away RENAME TO leases")).rowcount)
    assert await holder.acquire() == 1
