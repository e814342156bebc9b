"""What is kept of a watch: on both databases, sealed, and looked at and told by one process at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.model import Query, Target, Window
from bot.slack.watching.store import KEEP, LEASE, MOST_OPEN, POSTING, WATCHES, Opening, WatchStore
from bot.slack.watching.watch import Asker, Place, Watch, WatchState
from bot.storage.keyring import Keyring
from tests.toys import NOW, NUMBER, TARGET, ToyClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.database import Database

KEYRING = Keyring("a secret of sixteen characters and more")
QUERY = Query((TARGET,), Window(NOW - timedelta(hours=2), NOW))
MINUTES = timedelta(minutes=10)
ASKER = Asker("U1", ("T1",), "E1", ("T2",), shared_channel=True)
WATCH = Watch(QUERY, ASKER, "C1", Place("C1", "1.2"), NOW, NOW + MINUTES)


def store_in(database: Database, clock: ToyClock, keyring: Keyring = KEYRING) -> WatchStore:
    return WatchStore(database, keyring, clock, ("toy",))


def about(*ids: str) -> Watch:
    return replace(WATCH, query=replace(QUERY, targets=tuple(Target(None, each) for each in ids)))


async def kept(store: WatchStore, watch: Watch = WATCH, *, due: timedelta = timedelta()) -> Watch:
    """A new watch whose card is posted, due then."""
    opened = await store.open(watch, NOW)
    assert opened.what is Opening.OPENED
    assert await store.keep(replace(opened.watch, place=replace(watch.place, card_ts="1.3")), NOW + due)
    return opened.watch


async def test_another_replica_reads_the_whole_watch(database: Database) -> None:
    clock = ToyClock()
    watch = await kept(store_in(database, clock), replace(WATCH, waiting=(0,), shown="pending", shown_at=NOW, looked_at=NOW))

    found = await store_in(database, clock).find(watch.id)

    assert found == replace(watch, place=Place("C1", "1.2", "1.3"))
    assert await store_in(database, clock, Keyring("another secret of sixteen characters")).find(watch.id) is None


async def test_nothing_of_the_question_or_the_person_is_stored_in_plain(database: Database) -> None:
    await kept(store_in(database, ToyClock()))

    rows = await database.read(lambda connection: connection.execute(sa.select(WATCHES)).all())

    assert rows
    # Two letters alone may be in what is sealed, by chance.
    assert all(said not in str(rows) for said in (NUMBER.e164, NUMBER.e164[3:], "'U1'", "'C1'"))


async def test_of_several_processes_one_has_a_watch_that_is_due(database: Database) -> None:
    clock = ToyClock()
    stores = [store_in(database, clock) for _ in range(3)]
    watch = await kept(stores[0], due=timedelta(seconds=10))
    assert [await store.lease_due(9) for store in stores] == [[], [], []]

    clock.advance(seconds=10)
    leased = [await store.lease_due(9) for store in stores]

    assert [[one.id for one in some] for some in leased] == [[watch.id], [], []]


async def test_of_many_that_are_opened_at_once_on_several_replicas_five_are_and_equal_ones_are_one(database: Database) -> None:
    stores = [store_in(database, ToyClock()) for _ in range(4)]
    many = await asyncio.gather(*(store.open(about(f"{at}"), NOW) for at, store in enumerate(stores * 3)))
    equal = await asyncio.gather(*(store.open(replace(WATCH, asker=Asker("U2")), NOW) for store in stores))

    assert sorted(opened.what.name for opened in many) == ["OPENED"] * MOST_OPEN + ["TOO_MANY"] * (12 - MOST_OPEN)
    assert sorted(opened.what.name for opened in equal) == ["JOINED"] * 3 + ["OPENED"]


async def test_a_killed_processs_watch_is_taken_up_and_the_dead_can_do_nothing_more(database: Database) -> None:
    clock = ToyClock()
    dead, alive = store_in(database, clock), store_in(database, clock)
    await kept(dead)
    (lost,) = await dead.lease_due(9)

    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert await alive.lease_due(9) == []
    clock.advance(seconds=1)
    (found,) = await alive.lease_due(9)

    assert found.id == lost.id
    assert not await dead.begin_telling(lost)
    assert not await dead.keep(lost, NOW)
    assert await alive.begin_telling(found)


async def test_one_that_is_killed_while_it_posts_the_card_leaves_a_watch(database: Database) -> None:
    clock = ToyClock()
    opened = await store_in(database, clock).open(WATCH, NOW)
    assert await store_in(database, clock).lease_due(9) == []

    clock.advance(seconds=POSTING.total_seconds())

    assert [one.id for one in await store_in(database, clock).lease_due(9)] == [opened.watch.id]


async def test_what_may_have_been_said_is_nobodys_to_say_again(database: Database) -> None:
    clock = ToyClock()
    dead, alive = store_in(database, clock), store_in(database, clock)
    await kept(dead)
    (telling,) = await dead.lease_due(9)
    assert await dead.begin_telling(telling)
    assert not await dead.begin_telling(telling)

    clock.advance(seconds=POSTING.total_seconds())
    (found,) = await alive.lease_due(9)

    assert found.state is WatchState.TELLING
    assert not await alive.begin_telling(found)
    assert await alive.end(found)
    clock.advance(minutes=10)
    assert await alive.lease_due(9) == []


async def test_what_slack_surely_did_not_take_is_said_later(database: Database) -> None:
    clock = ToyClock()
    store = store_in(database, clock)
    await kept(store)
    (watch,) = await store.lease_due(9)
    assert await store.begin_telling(watch)

    assert await store.tell_later(watch, NOW + timedelta(seconds=30))

    assert await store.lease_due(9) == []
    clock.advance(seconds=30)
    (again,) = await store.lease_due(9)
    assert await store.begin_telling(again)


async def test_stopping_wins_over_a_look_under_way(database: Database) -> None:
    store = store_in(database, ToyClock())
    await kept(store)
    (looking,) = await store.lease_due(9)

    assert await store.stop(looking)

    assert not await store.begin_telling(looking)
    assert not await store.keep(looking, NOW)
    assert not await store.stop(looking)
    assert await store.open_of("U1") == []


async def test_the_same_question_of_the_same_person_joins_and_lasts_as_long_as_the_longer_one(database: Database) -> None:
    store = store_in(database, ToyClock())
    first = await kept(store, about("1^0", "2^0"))

    again = await store.open(replace(about("2^0", "1^0"), ends_at=NOW + 2 * MINUTES), NOW)
    shorter = await store.open(about("1^0", "2^0"), NOW)
    others = await store.open(replace(about("1^0", "2^0"), asker=Asker("U2")), NOW)

    assert (again.what, again.watch.id, again.watch.ends_at) == (Opening.JOINED, first.id, NOW + 2 * MINUTES)
    assert (shorter.what, shorter.watch.ends_at) == (Opening.JOINED, NOW + 2 * MINUTES)
    assert others.what is Opening.OPENED


async def test_a_person_has_five_at_most_and_another_when_one_is_over(database: Database) -> None:
    store = store_in(database, ToyClock())
    mine: Sequence[Watch] = [await kept(store, about(f"{each}^0")) for each in range(MOST_OPEN)]

    sixth = await store.open(about("9^0"), NOW)
    anothers = await store.open(replace(about("9^0"), asker=Asker("U2")), NOW)
    await store.stop(mine[0])
    then = await store.open(about("9^0"), NOW)

    assert [one.what for one in (sixth, anothers, then)] == [Opening.TOO_MANY, Opening.OPENED, Opening.OPENED]
    assert {one.id for one in await store.open_of("U1")} == {*(one.id for one in mine[1:]), then.watch.id}


async def test_what_is_hastened_is_due_sooner_and_nothing_is_put_off(database: Database) -> None:
    store = store_in(database, ToyClock())
    early, late = await kept(store, about("1^0")), await kept(store, about("2^0"), due=MINUTES)

    await store.hasten([early.id, late.id], NOW)

    assert {one.id for one in await store.lease_due(9)} == {early.id, late.id}


async def test_a_process_that_stops_hands_its_watches_on(database: Database) -> None:
    clock = ToyClock()
    leaving, staying = store_in(database, clock), store_in(database, clock)
    await kept(leaving)

    await leaving.hand_back(await leaving.lease_due(9))

    assert len(await staying.lease_due(9)) == 1


async def test_what_is_over_for_a_day_is_deleted(database: Database) -> None:
    clock = ToyClock()
    store = store_in(database, clock)
    await kept(store)

    clock.now += MINUTES + KEEP
    assert await store.purge() == 0
    clock.advance(seconds=1)

    assert await store.purge() == 1
