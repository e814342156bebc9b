"""What is kept of an alert: on both databases, sealed, for a week; whoever mutes one writes that alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.alerts.alert import Alert, Ending, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import Tally
from bot.alerts.judge import REMEMBERED
from bot.slack.alerting.posted import Mute, PostedAlert
from bot.slack.alerting.store import ALERTS, KEEP, AlertStore
from bot.storage.keyring import Keyring
from tests.toys import NOW, ToyClock

if TYPE_CHECKING:
    from bot.storage.database import Database

KEYRING = Keyring("a secret of sixteen characters and more")
MINUTE = timedelta(minutes=1)
ALERT = Alert(
    Cause("tencent", None, "China Mobile"),
    Trouble.FAILING,
    NOW - 10 * MINUTE,
    NOW,
    Tally(20, 60, 3, 0, 0),
    yesterday=Tally(97, 3),
    with_handsets=True,
    usual=1.5,
    counted_until=NOW,
    last_at=NOW - MINUTE,
)
POSTED = PostedAlert(ALERT, "C0CHANNEL", "1.2", 1, NOW)
MUTE = Mute("U0MUTED", NOW + timedelta(hours=1))


def store_in(database: Database, clock: ToyClock, keyring: Keyring = KEYRING) -> AlertStore:
    return AlertStore(database, keyring, clock)


def closed(posted: PostedAlert, at: timedelta = timedelta()) -> PostedAlert:
    return posted.of(replace(posted.alert, ending=Ending.RECOVERED, ended_at=NOW, closed_at=NOW + at))


async def test_another_replica_reads_the_whole_alert_and_who_has_muted_it(database: Database) -> None:
    clock = ToyClock()
    kept = await store_in(database, clock).add(POSTED)
    await store_in(database, clock).mute(kept.alert.id, MUTE)
    await store_in(database, clock).save(closed(replace(kept, is_done=True)))

    found = await store_in(database, clock).find(kept.alert.id)

    assert found == closed(replace(kept, is_done=True, mute=MUTE))
    assert await store_in(database, clock, Keyring("another secret of sixteen characters")).find(kept.alert.id) is None
    await store_in(database, clock).mute(kept.alert.id, None)
    assert await store_in(database, clock).find(kept.alert.id) == closed(replace(kept, is_done=True))


async def test_nothing_of_an_alert_or_of_whoever_muted_it_is_stored_in_plain(database: Database) -> None:
    store = store_in(database, ToyClock())
    await store.mute((await store.add(POSTED)).alert.id, MUTE)

    rows = await database.read(lambda connection: connection.execute(sa.select(ALERTS)).all())

    assert rows
    assert all(said not in str(rows) for said in ("China Mobile", "tencent", "C0CHANNEL", "U0MUTED"))


async def test_what_lasts_was_closed_lately_or_has_something_left_to_say_is_current(database: Database) -> None:
    clock = ToyClock()
    store = store_in(database, clock)
    lasting, done, unsaid = [await store.add(POSTED) for _ in range(3)]
    await store.save(closed(replace(done, is_done=True)))
    await store.save(closed(unsaid))
    assert {one.alert.id for one in await store.current()} == {one.alert.id for one in (lasting, done, unsaid)}

    clock.now += REMEMBERED
    assert {one.alert.id for one in await store.current()} == {lasting.alert.id, unsaid.alert.id}


async def test_what_was_told_a_week_ago_is_deleted(database: Database) -> None:
    clock = ToyClock()
    store = store_in(database, clock)
    lasting, over = await store.add(POSTED), await store.add(POSTED)
    await store.save(closed(over))

    clock.now += KEEP
    assert await store.purge() == 0
    clock.now += MINUTE
    assert await store.purge() == 2
    assert [await store.find(one.alert.id) for one in (lasting, over)] == [None, None]
