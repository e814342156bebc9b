"""What is kept for people: their last lookups, the windows that are open before them, and whom the bot introduced itself to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.grammar import Lookup
from bot.model import Query, Target, Window
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.answers import KEEP, AnswerStore
from bot.slack.state.drafts import DRAFTS, DraftStore, ModalDraft, new_draft_id
from bot.slack.state.help_throttle import AGAIN_AFTER, INTRODUCTIONS, HelpThrottle
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from tests.reports import phone
from tests.toys import NOW, ToyClock

if TYPE_CHECKING:
    from pathlib import Path

KEYRING = Keyring("a secret of sixteen characters and more")
QUERY = Query((Target(phone()),), Window(NOW - timedelta(hours=2), NOW))
DRAFT = ModalDraft("C1", "1700000000.000100", "https://hooks.slack.com/actions/T1/1/secret", "an-answers-id", alone=True)


def answers_in(database: Database, clock: ToyClock) -> AnswerStore:
    return AnswerStore(database, KEYRING, clock, ("toy",))


async def test_the_last_lookups_of_one_person_newest_first_and_equal_ones_once(database: Database) -> None:
    clock = ToyClock()
    answers = answers_in(database, clock)
    for index in (0, 1, 0, 2):
        query = replace(QUERY, targets=(Target(phone(index)),))
        await answers.add(AnswerRecord.first(Lookup(query), asked_by="U1", channel="C1"))
        await answers.add(AnswerRecord.first(Lookup(query), asked_by="U2", channel="C1"))
        clock.advance(seconds=1)

    found = await answers_in(database, clock).latest_of("U1", 10)

    assert [shown.query.targets[0].number for _, shown in found] == [phone(2), phone(0), phone(1)]
    assert {shown.asked_by for _, shown in found} == {"U1"}
    assert len(await answers.latest_of("U1", 2)) == 2


async def test_a_window_that_goes_with_the_time_keeps_its_length_and_a_closed_one_has_none(database: Database) -> None:
    clock = ToyClock()
    closed = replace(QUERY, window=replace(QUERY.window, open=False))
    await answers_in(database, clock).add(AnswerRecord.first(Lookup(QUERY), asked_by="U1", channel="C1"))
    await answers_in(database, clock).add(AnswerRecord.first(Lookup(closed), asked_by="U1", channel="C1"))
    clock.advance(hours=5)

    found = await answers_in(database, clock).latest_of("U1", 10)

    assert {shown.relative_length for _, shown in found} == {timedelta(hours=2), None}


async def test_lookups_that_are_no_longer_kept_are_not_listed(database: Database) -> None:
    clock = ToyClock()
    await answers_in(database, clock).add(AnswerRecord.first(Lookup(QUERY), asked_by="U1", channel="C1"))
    clock.advance(seconds=KEEP.total_seconds() + 1)

    assert await answers_in(database, clock).latest_of("U1", 10) == []


async def test_a_draft_is_found_by_any_replica_for_a_day_and_is_sealed(database: Database) -> None:
    clock, draft_id = ToyClock(), new_draft_id()
    await DraftStore(database, KEYRING, clock).put(draft_id, DRAFT)

    assert await DraftStore(database, KEYRING, clock).get(draft_id) == DRAFT
    sealed = await database.read(lambda connection: connection.execute(sa.select(DRAFTS.c.sealed)).scalar_one())
    assert b"hooks.slack.com" not in sealed
    clock.advance(hours=25)
    assert await DraftStore(database, KEYRING, clock).get(draft_id) is None
    assert await DraftStore(database, KEYRING, clock).purge() == 1


async def test_a_draft_of_another_key_or_an_unknown_one_is_none(database: Database) -> None:
    draft_id = new_draft_id()
    await DraftStore(database, KEYRING, ToyClock()).put(draft_id, DRAFT)

    assert await DraftStore(database, Keyring("another secret of sixteen"), ToyClock()).get(draft_id) is None
    assert await DraftStore(database, KEYRING, ToyClock()).get("no-such-draft") is None


async def test_an_introduction_is_due_once_a_day_whichever_replica_is_asked(database: Database) -> None:
    clock = ToyClock()
    one, other = (HelpThrottle(database, KEYRING, clock) for _ in range(2))

    assert [await one.is_due("U1"), await one.is_due("U1"), await other.is_due("U1"), await other.is_due("U2")] == [
        True,
        False,
        False,
        True,
    ]
    clock.advance(seconds=AGAIN_AFTER.total_seconds() + 1)
    assert await other.is_due("U1")
    assert not await HelpThrottle(database, KEYRING, clock).is_due("U1")
    people = await database.read(lambda connection: connection.execute(sa.select(INTRODUCTIONS.c.person)).scalars().all())
    assert all(b"U1" not in person for person in people)
    clock.advance(seconds=AGAIN_AFTER.total_seconds() + 1)
    assert await one.purge() == 2


async def test_while_the_database_cannot_be_written_things_work_from_memory(tmp_path: Path) -> None:
    broken = Database(f"sqlite:///{tmp_path / 'never-migrated.db'}")
    drafts, introductions, clock = (
        DraftStore(broken, KEYRING, ToyClock()),
        HelpThrottle(broken, KEYRING, ToyClock()),
        ToyClock(),
    )
    await drafts.put("id", DRAFT)

    assert await drafts.get("id") == DRAFT
    assert await drafts.get("other") is None
    assert [await introductions.is_due("U1"), await introductions.is_due("U1")] == [True, False]
    assert await answers_in(broken, clock).latest_of("U1", 10) == []
    await broken.aclose()
