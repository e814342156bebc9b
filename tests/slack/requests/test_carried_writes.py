"""What an answer leaves, its state and the audit's entry, is written in the commit that it begins with."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import aclosing, closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.util import await_only

from bot.errors import SlackDeliveryError
from bot.slack import views
from bot.slack.access import parse_request
from bot.slack.messaging.claims import CarriedWrite, Claim
from bot.slack.requests import inbox_database
from bot.slack.requests.context import RequestOutcome
from bot.slack.requests.exactly_once import RequestInbox
from bot.slack.requests.inbox_tables import LEASE
from bot.slack.state.answer_record import AnswerRecord
from bot.slack.state.answers import ANSWERS, AnswerStore
from bot.slack.views.buttons import REFRESH
from bot.storage import sqlite_log
from bot.storage.database import Database
from tests.slack.access import samples as slack
from tests.slack.access.samples import KEYRING, open_house
from tests.slack.conftest import NUMBER, Office
from tests.slack.state.test_answers import QUERY
from tests.storage.busy_writer import BusyWriter
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from typing import Any

    from bot.config import Mode
    from bot.slack.requests.context import RequestContext

FIRST = AnswerRecord(QUERY, "U1", "C1")
LATER = replace(FIRST, page=2)


@pytest.fixture
def clock() -> ToyClock:
    return ToyClock()


@contextmanager
def transactions() -> Iterator[list[list[str]]]:
    """What is committed meanwhile: of each transaction its statements, by verb and table."""
    open_ones: dict[Any, list[str]] = {}
    committed: list[list[str]] = []

    def executed(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        words = statement.replace('"', "").split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            open_ones.setdefault(connection, []).append(f"{words[0]} {words[1 if words[0] == 'UPDATE' else 2]}")

    def done(connection: Any) -> None:
        if statements := open_ones.pop(connection, []):
            committed.append(statements)

    sa.event.listen(Engine, "before_cursor_execute", executed)
    sa.event.listen(Engine, "commit", done)
    try:
        yield committed
    finally:
        sa.event.remove(Engine, "before_cursor_execute", executed)
        sa.event.remove(Engine, "commit", done)


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_a_command_costs_two_commits_one_before_its_ack_and_nothing_that_is_not_needed(office: Office, mode: Mode) -> None:
    await office.ask(f"{NUMBER} since 2h")
    with transactions() as committed:
        await office.ask("+8613811112000 since 2h")
        await office.quiet()

    assert committed == [
        ["INSERT request_keys", "INSERT requests"],
        ["UPDATE requests", "DELETE request_keys", "INSERT audit", "INSERT answers"],
    ]


async def test_a_click_costs_two_commits_too(office: Office) -> None:
    answer = await office.ask(f"{NUMBER} since 2h")
    with transactions() as committed:
        await office.press(answer, REFRESH)
        await office.quiet()

    assert committed == [
        ["INSERT request_keys", "INSERT requests"],
        ["UPDATE requests", "INSERT audit", "INSERT answers"],
    ]


async def outcomes(house: slack.House) -> list[str]:
    return [entry.outcome async for entry in house.audit.entries()]


def house_that(database: Database, *, expects: RequestOutcome | None, ends: RequestOutcome | None) -> slack.House:
    """It foresees an end, begins to answer, and ends otherwise; None: Slack takes nothing."""

    async def answer(ctx: RequestContext) -> RequestOutcome:
        ctx.audit.expected = expects
        await ctx.claim.confirm()
        if ends is None:
            raise SlackDeliveryError("channel_not_found")
        return ends

    return open_house(database, then=answer)


async def test_an_end_that_was_foreseen_is_in_the_audit_once(database: Database) -> None:
    house = house_that(database, expects=RequestOutcome.ANSWERED, ends=RequestOutcome.ANSWERED)
    await house.send(slack.mention())

    assert await outcomes(house) == ["answered"]


async def test_an_end_that_was_foreseen_is_in_the_audit_once_though_nobody_waited_for_the_commit_that_wrote_it(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, disk = sqlite_log.DATA_SYNC, threading.Event()

    def sync_slowly(file: int) -> None:
        disk.wait(10)
        sync(file)

    async def answer(ctx: RequestContext) -> RequestOutcome:
        ctx.audit.expected = RequestOutcome.ANSWERED
        monkeypatch.setattr(inbox_database, "WAIT_SECONDS", 0.05)
        monkeypatch.setattr(sqlite_log, "DATA_SYNC", sync_slowly)
        await ctx.claim.confirm()
        disk.set()
        assert not ctx.claim.is_written
        return RequestOutcome.ANSWERED

    house = open_house(sqlite_database, then=answer)
    await house.send(slack.mention())

    assert await outcomes(house) == ["answered"]


async def test_an_end_that_nobody_foresaw_is_in_the_audit_when_it_is_known(database: Database) -> None:
    house = house_that(database, expects=None, ends=RequestOutcome.ANSWERED)
    await house.send(slack.mention())

    assert await outcomes(house) == ["answered"]


async def test_an_end_other_than_the_one_foreseen_is_in_the_audit_beside_it(database: Database) -> None:
    house = house_that(database, expects=RequestOutcome.ANSWERED, ends=None)
    await house.send(slack.mention())

    assert sorted(await outcomes(house)) == ["answered", "lost"]


def breaks(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("a bug")


async def test_a_bug_before_the_answer_begins_is_in_the_audit_as_that_and_not_as_an_answer_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "answer", breaks)
    await office.ask(f"{NUMBER} since 2h")
    await office.quiet()

    with closing(sqlite3.connect(office.sandbox.data / "smsstatus.db")) as file:
        assert file.execute("SELECT outcome FROM audit").fetchall() == [("crashed",)]


async def test_a_request_is_answered_though_the_database_refuses_what_the_answer_leaves(sqlite_database: Database) -> None:
    refusing = "CREATE TRIGGER refusing BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed'); END"
    await sqlite_database.write(lambda connection: connection.exec_driver_sql(refusing).rowcount)
    answered: list[str] = []

    async def answer(ctx: RequestContext) -> RequestOutcome:
        ctx.audit.expected = RequestOutcome.ANSWERED
        await ctx.claim.confirm()
        answered.append(ctx.claim.request_id)
        return RequestOutcome.ANSWERED

    house = open_house(sqlite_database, then=answer)
    for _ in range(2):
        await house.send(slack.mention())

    assert len(answered) == 1


async def begun(inbox: RequestInbox, claim: Claim, work: Any) -> RequestOutcome:
    async def answer() -> RequestOutcome:
        await work()
        await claim.confirm()
        return RequestOutcome.ANSWERED

    return await inbox.process_once(parse_request(slack.mention(), bot_user=slack.BOT, signature="v0=1"), claim, answer)


async def stored_answers(database: Database) -> int:
    count = sa.select(sa.func.count()).select_from(ANSWERS)
    return await database.read(lambda connection: connection.execute(count).scalar_one())


async def test_a_state_is_found_from_the_moment_it_is_carried_and_stored_when_the_answer_begins(
    database: Database, clock: ToyClock
) -> None:
    here, there = (AnswerStore(database, KEYRING, clock, ("toy",)) for _ in range(2))
    claim, ids = Claim(), []
    seen: list[int | AnswerRecord | None] = []

    async def work() -> None:
        ids.append(await here.add(FIRST, claim=claim))
        seen.extend([await stored_answers(database), await here.find(ids[0])])
        here.drop_reports()
        seen.append(await here.find(ids[0]))

    await begun(RequestInbox(database, KEYRING, clock), claim, work)

    assert seen == [0, FIRST, FIRST]
    assert await there.find(ids[0]) == FIRST


async def test_of_two_states_of_one_answer_the_later_one_stays_however_they_are_written(
    database: Database, clock: ToyClock
) -> None:
    store, there = (AnswerStore(database, KEYRING, clock, ("toy",)) for _ in range(2))
    claim, ids = Claim(), []

    async def carried_then_written() -> None:
        ids.append(await store.add(FIRST, claim=claim))
        await store.update(ids[0], LATER)

    await begun(RequestInbox(database, KEYRING, clock), claim, carried_then_written)
    await store.flush(5)

    assert await there.find(ids[0]) == LATER


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    async with aclosing(Database(postgres_url)) as one:
        yield one


async def test_a_state_that_is_being_written_with_its_answer_does_not_overtake_a_later_one(
    postgres_database: Database, clock: ToyClock
) -> None:
    """Two people press buttons of one answer. Writers of PostgreSQL do not wait for each other."""
    store, there = (AnswerStore(postgres_database, KEYRING, clock, ("toy",)) for _ in range(2))
    claim, begun_now, later_is_kept = Claim(), asyncio.Event(), asyncio.Event()
    answer_id = await store.add(FIRST)

    def held_up(_: sa.Connection) -> None:
        begun_now.set()
        await_only(later_is_kept.wait())

    async def press_twice() -> None:
        claim.carry("held up", CarriedWrite(lambda: held_up, lambda _: None))
        await store.update(answer_id, replace(FIRST, page=1), claim=claim)
        confirming = asyncio.create_task(claim.confirm())
        await begun_now.wait()
        await store.update(answer_id, LATER)
        later_is_kept.set()
        await confirming

    await begun(RequestInbox(postgres_database, KEYRING, clock), claim, press_twice)
    await store.flush(5)

    assert await there.find(answer_id) == LATER


async def test_a_worker_that_lost_its_claim_leaves_nothing(database: Database, clock: ToyClock) -> None:
    slow_store, quick_store = (AnswerStore(database, KEYRING, clock, ("toy",)) for _ in range(2))
    slow_inbox, quick_inbox = (RequestInbox(database, KEYRING, clock) for _ in range(2))
    slow, quick = Claim(), Claim()
    answer_id = await quick_store.add(FIRST)

    async def in_time() -> None:
        await quick_store.update(answer_id, LATER, claim=quick)

    async def too_late() -> None:
        await slow_store.update(answer_id, replace(FIRST, page=3), claim=slow)
        clock.advance(seconds=LEASE.total_seconds() + 1)
        await begun(quick_inbox, quick, in_time)

    outcome = await begun(slow_inbox, slow, too_late)
    await slow_store.flush(5)

    assert (outcome, slow.is_lost, slow.is_written) == (RequestOutcome.DUPLICATE, True, False)
    found = [await store.find(answer_id) for store in (slow_store, quick_store)]
    assert [one and one.page for one in found] == [LATER.page, LATER.page]


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any tables."""
    one = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield one
    await one.aclose()


async def test_an_answer_begins_before_whatever_else_waits_to_be_written(sqlite_database: Database, clock: ToyClock) -> None:
    order: list[str] = []
    claim, writer = Claim(), BusyWriter(sqlite_database, order)

    async def work() -> None:
        await writer.__aenter__()
        usual.extend(await writer.usual("1", "2"))
        claim.carry("note", CarriedWrite(lambda: partial(writer.note, "begun"), lambda _: None))
        asyncio.get_running_loop().call_soon(writer.let_go)

    usual: list[asyncio.Task[None]] = []
    await begun(RequestInbox(sqlite_database, KEYRING, clock), claim, work)
    await asyncio.gather(*usual)
    await writer.__aexit__()

    assert order == ["begun", "1", "2"]


async def test_while_the_database_is_away_the_answer_begins_and_its_state_is_in_memory(broken: Database, clock: ToyClock) -> None:
    store, claim, ids = AnswerStore(broken, KEYRING, clock, ("toy",)), Claim(), []

    async def work() -> None:
        ids.append(await store.add(FIRST, claim=claim))

    outcome = await begun(RequestInbox(broken, KEYRING, clock), claim, work)
    await store.flush(5)

    assert (outcome, claim.is_written) == (RequestOutcome.ANSWERED, False)
    assert await store.find(ids[0]) == FIRST
