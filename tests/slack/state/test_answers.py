"""What is kept of an answer: on both databases, sealed, for thirty days, and never in the way of the answer itself."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.grammar import Lookup
from bot.model import Query, Report, Status, Target, Window
from bot.slack.state.answer_record import AnswerRecord, Thread
from bot.slack.state.answers import ANSWERS, KEEP, AnswerStore
from bot.slack.state.drafts import new_draft_id
from bot.slack.state.findings import Finding
from bot.storage.keyring import Keyring
from tests.toys import NOW, NUMBER, TARGET, ToyClock, delivery

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.database import Database

KEYRING = Keyring("a secret of sixteen characters and more")
QUERY = Query((TARGET,), Window(NOW - timedelta(hours=2), NOW))
THREAD = Thread("T1", "C1", "1700000000.000100")


def answers_in(database: Database, clock: ToyClock, keyring: Keyring = KEYRING, **options: int) -> AnswerStore:
    return AnswerStore(database, keyring, clock, ("toy",), **options)


async def test_another_replica_finds_the_question_and_this_one_the_report_too(database: Database) -> None:
    here, there = answers_in(database, ToyClock()), answers_in(database, ToyClock())
    shown = AnswerRecord(
        QUERY, "U1", "C1", Report(QUERY, NOW, (delivery(),)), page=2, public=True, thread=THREAD, message_ts="1.2"
    )

    answer_id = await here.add(shown)

    assert await here.find(answer_id) == shown
    assert await there.find(answer_id) == replace(shown, report=None)


async def test_what_was_found_first_and_last_outlives_the_report_and_the_thread_tells_it(database: Database) -> None:
    clock = ToyClock()
    store, there = answers_in(database, clock), answers_in(database, clock)
    shown = AnswerRecord(QUERY, "U1", "C1", Report(QUERY, NOW, (delivery(),)), public=True, thread=THREAD)
    later = NOW + timedelta(minutes=5)

    answer_id = await store.add(shown)
    again = await store.find(answer_id)
    assert again is not None
    await store.update(answer_id, replace(again, report=Report(QUERY, later, (delivery(), delivery()))))
    await store.add(replace(shown, thread=replace(THREAD, ts="1700000000.000200")))
    ((found_id, found),) = await there.newest_in(THREAD, 20)

    assert found_id == answer_id
    assert found.found_first == Finding("delivered", NOW, (("delivered", 1),))
    assert found.found_last == Finding("delivered", later, (("delivered", 2),))


async def test_an_outcome_that_an_earlier_version_stored_is_read(database: Database) -> None:
    store = answers_in(database, ToyClock())
    answer_id = await store.add(AnswerRecord(QUERY, "U1", "C1", Report(QUERY, NOW, (delivery(),))))
    sealed = await database.read(lambda connection: connection.execute(sa.select(ANSWERS.c.sealed)).scalar_one())
    value = json.loads(KEYRING.open(sealed, "answers"))
    older = {key: value[key] for key in value.keys() - {"first", "last"}} | {"outcome": "failed", "as_of": NOW.timestamp()}
    change = sa.update(ANSWERS).values(sealed=KEYRING.seal(json.dumps(older).encode(), "answers"))
    await database.write(lambda connection: connection.execute(change).rowcount)

    found = await answers_in(database, ToyClock()).find(answer_id)

    assert found is not None
    assert (found.found_first, found.found_last) == (None, Finding("failed", NOW))


async def test_what_an_answer_builds_on_comes_back_with_it(database: Database) -> None:
    asked = Lookup(replace(QUERY, only=frozenset({Status.FAILED})), ignored=("please",))
    shown = AnswerRecord.first(asked, asked_by="U1", channel="C1", previous=QUERY)

    answer_id = await answers_in(database, ToyClock()).add(shown)

    assert await answers_in(database, ToyClock()).find(answer_id) == shown


async def test_an_answer_that_an_earlier_version_kept_is_still_read(database: Database) -> None:
    shown = AnswerRecord(QUERY, "U1", "C1", page=2)
    answer_id = await answers_in(database, ToyClock()).add(shown)

    def write_as_it_was_said_then(connection: Connection) -> None:
        kept = json.loads(KEYRING.open(connection.execute(sa.select(ANSWERS.c.sealed)).scalar_one(), "answers"))
        del kept["after"]
        earlier = json.dumps({**kept, "on_top": "On top of the last lookup: only failed"}).encode()
        connection.execute(sa.update(ANSWERS).values(sealed=KEYRING.seal(earlier, "answers")))

    await database.write(write_as_it_was_said_then)

    assert await answers_in(database, ToyClock()).find(answer_id) == shown


async def test_every_kind_of_question_comes_back_as_it_was(database: Database) -> None:
    answers, elsewhere = (answers_in(database, ToyClock()) for _ in range(2))
    closed = Window(NOW - timedelta(days=3), NOW - timedelta(days=1), open=False)
    queries = [
        QUERY,
        Query((Target(None, "900^0"), Target(NUMBER, "5000:1045710669157053657849499619")), closed),
        Query((TARGET,), closed, ("toy",), frozenset({Status.FAILED, Status.PENDING})),
    ]

    ids = [await answers.add(AnswerRecord(query, "U1", "C1")) for query in queries]
    await answers.flush(10)  # a busy machine may take longer than a person waits

    found = [await elsewhere.find(answer_id) for answer_id in ids]
    assert [one.query for one in found if one] == queries


async def test_the_latest_answer_of_a_thread_is_found_by_any_replica(database: Database) -> None:
    clock = ToyClock()
    answers = answers_in(database, clock)
    await answers.add(AnswerRecord(QUERY, "U1", "C1", thread=THREAD))
    clock.advance(seconds=1)
    second = await answers.add(AnswerRecord(QUERY, "U2", "C1", thread=THREAD))
    await answers.add(AnswerRecord(QUERY, "U3", "C1", thread=replace(THREAD, ts="1700000000.000200")))

    found = await answers_in(database, clock).latest_in(THREAD)

    assert found is not None
    assert (found[0], found[1].asked_by) == (second, "U2")
    assert await answers.latest_in(replace(THREAD, team="T2")) is None


async def test_a_report_of_another_question_is_never_shown_for_the_stored_one(database: Database) -> None:
    here, there = answers_in(database, ToyClock()), answers_in(database, ToyClock())
    answer_id = await here.add(AnswerRecord(QUERY, "U1", "C1", Report(QUERY, NOW, (delivery(),))))
    wider = replace(QUERY, window=Window(NOW - timedelta(days=7), NOW))

    await there.update(answer_id, AnswerRecord(wider, "U1", "C1"))

    found = await here.find(answer_id)
    assert found is not None
    assert (found.query, found.report) == (wider, None)


async def test_after_thirty_days_it_is_unknown_and_then_deleted(database: Database) -> None:
    clock = ToyClock()
    answer_id = await answers_in(database, clock).add(AnswerRecord(QUERY, "U1", "C1"))

    clock.now += KEEP + timedelta(seconds=1)
    later = answers_in(database, clock)

    assert await later.find(answer_id) is None
    assert await later.purge() == 1
    assert await later.purge() == 0


async def test_nothing_in_the_table_tells_whom_it_is_about_or_where_it_was_asked(database: Database) -> None:
    await answers_in(database, ToyClock()).add(AnswerRecord(QUERY, "U1ASKER", "C1CHANNEL", thread=THREAD))

    row = await database.read(lambda connection: connection.execute(sa.select(ANSWERS)).one())
    dump = repr(tuple(row)).encode() + row.sealed + row.thread
    for secret in (b"13711112222", b"U1ASKER", b"C1CHANNEL", b"1700000000.000100"):
        assert secret not in dump


async def test_an_id_is_96_random_bits(sqlite_database: Database) -> None:
    answers = answers_in(sqlite_database, ToyClock())

    ids = [await answers.add(AnswerRecord(QUERY, "U1", "C1")) for _ in range(5)] + [new_draft_id() for _ in range(5)]

    bits = [urlsafe_b64decode(one) for one in ids]
    assert {len(one) * 8 for one in bits} == {96}
    assert len({byte for one in bits for byte in one}) > 60  # of 120, which repeat some 25 times; nothing of it is a counter


async def test_with_another_key_what_was_kept_is_unknown(database: Database) -> None:
    answer_id = await answers_in(database, ToyClock()).add(AnswerRecord(QUERY, "U1", "C1"))

    assert await answers_in(database, ToyClock(), Keyring("another secret, just as long")).find(answer_id) is None


async def test_a_database_that_cannot_be_written_leaves_the_buttons_working_here(sqlite_database: Database) -> None:
    await sqlite_database.write(lambda connection: connection.execute(sa.text("DROP TABLE answers")).rowcount)
    answers = answers_in(sqlite_database, ToyClock())

    answer_id = await answers.add(AnswerRecord(QUERY, "U1", "C1"))

    assert await answers.find(answer_id) == AnswerRecord(QUERY, "U1", "C1")


@pytest.mark.parametrize("max_bytes", [9_000])
async def test_reports_in_memory_are_bounded_and_the_question_stays_known(database: Database, max_bytes: int) -> None:
    answers = answers_in(database, ToyClock(), max_bytes=max_bytes)
    large = AnswerRecord(QUERY, "U1", "C1", Report(QUERY, NOW, tuple(delivery(minute) for minute in range(9))))

    found = await answers.find(await answers.add(large))

    assert found == replace(large, report=None)


async def test_a_state_that_could_not_be_stored_leads_over_the_older_one_that_was(sqlite_database: Database) -> None:
    answers = answers_in(sqlite_database, ToyClock())
    shown = AnswerRecord(QUERY, "U1", "C1")
    answer_id = await answers.add(shown)
    await sqlite_database.write(
        lambda connection: (
            connection.execute(
                sa.text("CREATE TRIGGER full BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'full'); END")
            ).rowcount
        )
    )

    await answers.update(answer_id, replace(shown, page=1))
    await answers.update(answer_id, replace(shown, page=2))

    assert await answers.find(answer_id) == replace(shown, page=2)
