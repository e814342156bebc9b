"""Exactly-once: replays, retries, double submits, two replicas, a process that died. On every kind of database."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import sqlalchemy as sa

from bot.errors import SlackDeliveryError
from bot.slack.access import parse_request
from bot.slack.messaging.claims import Claim, ClaimLostError
from bot.slack.requests import inbox_database
from bot.slack.requests.context import RequestContext, RequestOutcome
from bot.slack.requests.exactly_once import RequestInbox
from bot.slack.requests.inbox_tables import LEASE, REQUESTS, RETRY_DELAYS
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from bot.storage.migration import migrate
from tests.slack.access import samples as slack
from tests.slack.access.samples import CHANNEL, KEYRING, open_house
from tests.storage.busy_writer import BusyWriter
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.slack.access import SlackRequest

    T = TypeVar("T")
    Work = Callable[[Claim], Awaitable[RequestOutcome]]


@pytest.fixture
def clock() -> ToyClock:
    return ToyClock()


@pytest.fixture
def inbox(database: Database, clock: ToyClock, monkeypatch: pytest.MonkeyPatch) -> RequestInbox:
    monkeypatch.setattr(inbox_database, "WAIT_SECONDS", 10.0)  # a busy machine is no fault of the database
    return RequestInbox(database, KEYRING, clock)


class Screen:
    """What people see. `fails` are the refusals that come before the next posts get through."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.fails: list[SlackDeliveryError] = []

    def answer(self, said: str = "answer") -> Work:
        async def post(claim: Claim) -> RequestOutcome:
            await claim.confirm()
            if self.fails:
                error = self.fails.pop(0)
                claim.failures.append(error.reason)
                raise error
            self.shown.append(said)
            return RequestOutcome.ANSWERED

        return post


@pytest.fixture
def screen() -> Screen:
    return Screen()


async def once(inbox: RequestInbox, request: SlackRequest, work: Work) -> RequestOutcome:
    """Process a request as the runner does: with a claim of its own, which whatever posts confirms."""
    claim = Claim()
    return await inbox.process_once(request, claim, lambda: work(claim))


def visit(body: Any, *, signature: str = "", retry: str = "") -> SlackRequest:
    return parse_request(body, bot_user=slack.BOT, signature=signature, retry=retry)


async def test_a_replay_of_a_signed_request_is_not_acted_on(inbox: RequestInbox, screen: Screen, clock: ToyClock) -> None:
    """A request without any id of its own, as an old or hand-made client sends it: the signature alone tells."""
    bare = slack.command(trigger_id=None)
    assert await once(inbox, visit(bare, signature="v0=1"), screen.answer()) == RequestOutcome.ANSWERED

    for minutes in (0, 3, 9):
        clock.advance(minutes=minutes)
        assert await once(inbox, visit(bare, signature="v0=1"), screen.answer()) == RequestOutcome.DUPLICATE
    assert screen.shown == ["answer"]


async def test_a_click_that_is_replayed_is_done_once(inbox: RequestInbox, screen: Screen) -> None:
    for _ in range(3):
        await once(inbox, visit(slack.action()), screen.answer())

    assert len(screen.shown) == 1


@pytest.mark.parametrize("order", [("", "1", "2"), ("2", "", "1"), ("3", "3", "")])
async def test_an_event_is_answered_once_in_whatever_order_its_retries_come(
    inbox: RequestInbox, screen: Screen, order: tuple[str, ...]
) -> None:
    for number, retry in enumerate(order):
        await once(inbox, visit(slack.mention(), signature=f"v0={number}", retry=retry), screen.answer())

    assert len(screen.shown) == 1


async def test_a_mention_that_comes_as_two_events_is_answered_once(inbox: RequestInbox, screen: Screen) -> None:
    words = f"<@{slack.BOT}> help"
    as_message = slack.event("message", channel=CHANNEL, channel_type="channel", ts="1700000001.000100", text=words)

    await once(inbox, visit(slack.mention()), screen.answer())
    await once(inbox, visit(as_message), screen.answer())

    assert len(screen.shown) == 1


async def test_a_command_typed_again_shares_the_answer_only_while_that_is_being_made(
    inbox: RequestInbox, database: Database, screen: Screen, clock: ToyClock
) -> None:
    """A double tap is one question; the same words after the answer are another."""
    at_work, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(claim: Claim) -> RequestOutcome:
        at_work.set()
        await go_on.wait()
        return await screen.answer("first")(claim)

    first = asyncio.create_task(once(inbox, visit(slack.command("+86137", trigger_id="a")), slowly))
    await at_work.wait()
    clock.advance(seconds=2)
    await once(inbox, visit(slack.command("+86137", trigger_id="b")), screen.answer("thumb"))
    replica = RequestInbox(database, KEYRING, clock)
    await once(replica, visit(slack.command("+86137", trigger_id="b2")), screen.answer("thumb elsewhere"))
    await once(inbox, visit(slack.command("+86138", trigger_id="c")), screen.answer("other words"))
    await once(inbox, visit(slack.command("+86137", trigger_id="d", user_id="U0B")), screen.answer("other person"))
    go_on.set()
    await first
    await once(inbox, visit(slack.command("+86137", trigger_id="e")), screen.answer("again"))
    await once(replica, visit(slack.command("+86137", trigger_id="f")), screen.answer("again elsewhere"))
    await once(inbox, visit(slack.command("+86137", trigger_id="b")), screen.answer("replay of the thumb"))

    assert screen.shown == ["other words", "other person", "first", "again", "again elsewhere"]


async def test_replicas_that_get_the_same_event_at_once_answer_once(database_url: str, screen: Screen, clock: ToyClock) -> None:
    databases = [Database(database_url) for _ in range(4)]
    await migrate(databases[0])
    replicas = [RequestInbox(one, KEYRING, clock) for one in databases]

    outcomes = await asyncio.gather(
        *(once(replica, visit(slack.mention(), retry=str(n)), screen.answer()) for n, replica in enumerate(replicas * 5))
    )

    assert len(screen.shown) == 1
    assert sorted(set(outcomes)) == ["answered", RequestOutcome.DUPLICATE]
    await asyncio.gather(*(one.aclose() for one in databases))


async def test_what_was_answered_before_a_restart_is_not_answered_after_it(
    database: Database, screen: Screen, clock: ToyClock
) -> None:
    await once(RequestInbox(database, KEYRING, clock), visit(slack.mention()), screen.answer())
    clock.advance(hours=1)

    assert (
        await once(RequestInbox(database, KEYRING, clock), visit(slack.mention(), retry="3"), screen.answer())
        == RequestOutcome.DUPLICATE
    )


async def begun_and_died(inbox: RequestInbox, one: SlackRequest, *, answering: bool = False) -> None:
    """A worker that took the request and was killed, before or after it was about to answer."""
    reached = asyncio.Event()

    async def job(claim: Claim) -> RequestOutcome:
        if answering:
            await claim.confirm()
        reached.set()
        await asyncio.Event().wait()
        return RequestOutcome.SHARED_BEFORE

    task = asyncio.create_task(once(inbox, one, job))
    await reached.wait()
    nowhere = inbox._database._database = Database("sqlite:///:memory:")  # the dead write nothing more
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await nowhere.aclose()


async def test_a_request_whose_worker_died_is_taken_up_by_the_next_retry_when_its_lease_is_over(
    database: Database, screen: Screen, clock: ToyClock
) -> None:
    await begun_and_died(RequestInbox(database, KEYRING, clock), visit(slack.mention()))
    alive = RequestInbox(database, KEYRING, clock)

    assert await once(alive, visit(slack.mention(), retry="1"), screen.answer()) == RequestOutcome.DUPLICATE, (
        "it may still be at work"
    )
    clock.advance(seconds=LEASE.total_seconds())
    assert await once(alive, visit(slack.mention(), retry="2"), screen.answer()) == RequestOutcome.ANSWERED
    assert await once(alive, visit(slack.mention(), retry="3"), screen.answer()) == RequestOutcome.DUPLICATE


async def test_without_any_retry_it_is_overdue_and_comes_back_as_slack_sent_it(
    database: Database, screen: Screen, clock: ToyClock
) -> None:
    await begun_and_died(RequestInbox(database, KEYRING, clock), visit(slack.command("+8613711112222")))
    alive = RequestInbox(database, KEYRING, clock)
    assert await alive.expired() == []

    clock.advance(seconds=LEASE.total_seconds())
    ((request_id, body, _),) = await alive.expired()
    assert body == slack.command("+8613711112222")
    again = parse_request(body, request_id=request_id)
    assert await once(alive, again, screen.answer()) == RequestOutcome.ANSWERED
    assert await alive.expired() == []


async def test_what_may_have_been_shown_is_never_shown_again(database: Database, screen: Screen, clock: ToyClock) -> None:
    await begun_and_died(RequestInbox(database, KEYRING, clock), visit(slack.mention()), answering=True)
    alive = RequestInbox(database, KEYRING, clock)
    clock.advance(hours=1)

    assert await alive.expired() == []
    assert await once(alive, visit(slack.mention(), retry="3"), screen.answer()) == RequestOutcome.DUPLICATE


async def test_a_worker_that_slept_through_its_lease_does_not_answer(database: Database, screen: Screen, clock: ToyClock) -> None:
    sleepy, quick = RequestInbox(database, KEYRING, clock), RequestInbox(database, KEYRING, clock)
    asleep, wake = asyncio.Event(), asyncio.Event()

    async def slowly(claim: Claim) -> RequestOutcome:
        asleep.set()
        await wake.wait()
        return await screen.answer("too late")(claim)

    sleeper = asyncio.create_task(once(sleepy, visit(slack.mention()), slowly))
    await asleep.wait()
    clock.advance(seconds=LEASE.total_seconds())
    await once(quick, visit(slack.mention(), retry="2"), screen.answer("in time"))
    wake.set()

    assert await sleeper == RequestOutcome.DUPLICATE
    assert screen.shown == ["in time"]


async def test_a_shutdown_hands_over_what_was_not_answered_at_once(database: Database, clock: ToyClock) -> None:
    """What has been taken and not begun too: it may still wait for Slack's word on the person."""
    begun, inbox = asyncio.Event(), RequestInbox(database, KEYRING, clock)

    async def job(claim: Claim) -> RequestOutcome:
        begun.set()
        await asyncio.Event().wait()
        return RequestOutcome.SHARED_BEFORE

    task = asyncio.create_task(once(inbox, visit(slack.mention()), job))
    assert await inbox.take(visit(slack.command("+86137")), Claim())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await inbox.hand_back()

    assert len(await RequestInbox(database, KEYRING, clock).expired()) == 2, "without waiting for the lease"


@pytest.mark.parametrize("reason", ["ratelimited", "unreachable", "service_unavailable"])
async def test_a_slack_that_takes_nothing_for_the_moment_is_tried_later(
    inbox: RequestInbox, screen: Screen, clock: ToyClock, reason: str
) -> None:
    screen.fails = [SlackDeliveryError(reason)]
    assert await once(inbox, visit(slack.mention()), screen.answer()) == RequestOutcome.POSTPONED
    assert await inbox.expired() == []

    clock.advance(seconds=RETRY_DELAYS[0].total_seconds())
    ((request_id, body, _),) = await inbox.expired()
    assert await once(inbox, parse_request(body, request_id=request_id), screen.answer()) == RequestOutcome.ANSWERED


async def test_slacks_own_waiting_time_is_kept(inbox: RequestInbox, screen: Screen, clock: ToyClock) -> None:
    screen.fails = [SlackDeliveryError("ratelimited", retry_after=60)]
    assert await once(inbox, visit(slack.mention()), screen.answer()) == RequestOutcome.POSTPONED

    clock.advance(seconds=59)
    assert await inbox.expired() == []
    clock.advance(seconds=1)
    assert len(await inbox.expired()) == 1


@pytest.mark.parametrize("reason", ["answer_lost", "HTTP 500"])
async def test_a_post_whose_answer_was_lost_is_not_posted_again(
    inbox: RequestInbox, screen: Screen, clock: ToyClock, reason: str
) -> None:
    screen.fails = [SlackDeliveryError(reason)]
    assert await once(inbox, visit(slack.mention()), screen.answer()) == RequestOutcome.UNCONFIRMED
    clock.advance(minutes=5)

    assert await inbox.expired() == []
    assert await once(inbox, visit(slack.mention(), retry="3"), screen.answer()) == RequestOutcome.DUPLICATE


async def test_a_lost_answer_before_a_refusal_counts_as_lost(inbox: RequestInbox, screen: Screen, clock: ToyClock) -> None:
    """The response_url gave no answer, then the fall-back was refused for the moment: the first may stand there."""

    async def two_ways(claim: Claim) -> RequestOutcome:
        await claim.confirm()
        screen.fails = [SlackDeliveryError("answer_lost"), SlackDeliveryError("ratelimited")]
        try:
            return await screen.answer()(claim)
        except SlackDeliveryError:
            return await screen.answer("by the other way")(claim)

    assert await once(inbox, visit(slack.mention()), two_ways) == RequestOutcome.UNCONFIRMED
    clock.advance(minutes=5)
    assert await inbox.expired() == []


async def test_a_refusal_for_good_is_not_repeated_but_a_new_delivery_may_try(
    inbox: RequestInbox, screen: Screen, clock: ToyClock
) -> None:
    screen.fails = [SlackDeliveryError("channel_not_found")]
    assert await once(inbox, visit(slack.command(trigger_id="a")), screen.answer()) == RequestOutcome.LOST
    clock.advance(seconds=8)

    assert await inbox.expired() == []
    assert await once(inbox, visit(slack.command(trigger_id="b")), screen.answer()) == RequestOutcome.ANSWERED, (
        "nothing was shown"
    )


async def test_after_the_last_attempt_it_is_given_up(inbox: RequestInbox, screen: Screen, clock: ToyClock) -> None:
    attempts = 0
    arrived = visit(slack.mention())
    while True:
        screen.fails = [SlackDeliveryError("ratelimited")]
        assert await once(inbox, arrived, screen.answer()) in {RequestOutcome.POSTPONED, RequestOutcome.LOST}
        attempts += 1
        clock.advance(minutes=3)
        overdue = await inbox.expired()
        if not overdue:
            break
        arrived = parse_request(overdue[0].body, request_id=overdue[0].request_id)

    assert attempts == len(RETRY_DELAYS) + 1


async def test_what_is_too_old_to_matter_is_not_answered_any_more(database: Database, clock: ToyClock) -> None:
    await begun_and_died(RequestInbox(database, KEYRING, clock), visit(slack.mention()))
    clock.advance(minutes=26)

    assert await RequestInbox(database, KEYRING, clock).expired() == []


async def test_asking_around_is_not_yet_the_answer(database: Database, screen: Screen, clock: ToyClock) -> None:
    """Between "Asking …" and the answer a worker may die, and another still answers."""
    inbox = RequestInbox(database, KEYRING, clock)
    asking = asyncio.Event()

    async def job(claim: Claim) -> RequestOutcome:
        screen.shown.append("Asking …")  # which confirms nothing
        asking.set()
        await asyncio.Event().wait()
        return RequestOutcome.SHARED_BEFORE

    task = asyncio.create_task(once(inbox, visit(slack.mention()), job))
    await asking.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await inbox.hand_back()

    assert len(await inbox.expired()) == 1


async def test_nothing_readable_is_stored_and_the_request_itself_only_until_it_is_answered(
    database: Database, screen: Screen, clock: ToyClock
) -> None:
    await begun_and_died(RequestInbox(database, KEYRING, clock), visit(slack.command("+8613711112222")))

    async def sealed() -> bytes | None:
        return await database.read(lambda connection: connection.execute(sa.select(REQUESTS.c.sealed)).scalar_one())

    assert b"1371111" not in (await sealed() or b"1371111")
    assert await RequestInbox(database, Keyring("another key of sixteen characters"), clock).expired() == []
    clock.advance(seconds=LEASE.total_seconds())
    await once(RequestInbox(database, KEYRING, clock), visit(slack.command("+8613711112222")), screen.answer())
    assert await sealed() is None


async def test_the_purge_forgets_what_slack_delivers_no_more(inbox: RequestInbox, screen: Screen, clock: ToyClock) -> None:
    await once(inbox, visit(slack.mention()), screen.answer())
    clock.advance(hours=24)
    assert await inbox.purge() == 0

    clock.advance(hours=2)
    assert await inbox.purge() == 1
    assert await once(inbox, visit(slack.mention()), screen.answer()) == RequestOutcome.ANSWERED


async def test_what_must_happen_once_is_reserved_by_one_request_and_free_again_when_it_failed(
    database: Database, clock: ToyClock
) -> None:
    one, two = RequestInbox(database, KEYRING, clock), RequestInbox(database, KEYRING, clock)
    span = timedelta(days=30)
    reserved: list[tuple[str, bool]] = []

    def share(inbox: RequestInbox, name: str) -> Work:
        async def work(claim: Claim) -> RequestOutcome:
            reserved.append((name, await inbox.reservations.acquire(claim, "share:x", span)))
            return RequestOutcome.SHARED

        return work

    await once(one, visit(slack.action(trigger_id="1", actions=[])), share(one, "first"))
    await once(two, visit(slack.action(trigger_id="2", actions=[])), share(two, "second"))
    await two.reservations.release("share:x")
    await once(two, visit(slack.action(trigger_id="3", actions=[])), share(two, "third"))

    assert reserved == [("first", True), ("second", False), ("third", True)]


async def test_a_request_that_is_taken_up_again_keeps_what_it_reserved(database: Database, clock: ToyClock) -> None:
    inbox = RequestInbox(database, KEYRING, clock)
    reserved = []

    async def share(claim: Claim) -> RequestOutcome:
        reserved.append(await inbox.reservations.acquire(claim, "share:x", timedelta(days=30)))
        if len(reserved) == 1:
            raise SlackDeliveryError("ratelimited")
        return RequestOutcome.SHARED

    assert await once(inbox, visit(slack.action()), share) == RequestOutcome.POSTPONED
    clock.advance(seconds=5)
    ((request_id, body, _),) = await inbox.expired()
    await once(inbox, parse_request(body, request_id=request_id), share)

    assert reserved == [True, True]


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any tables."""
    one = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield one
    await one.aclose()


async def test_while_the_database_is_away_first_deliveries_are_answered_once_and_retries_not(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    inbox = RequestInbox(broken, KEYRING, clock)

    await once(inbox, visit(slack.mention()), screen.answer("mention"))
    await once(inbox, visit(slack.mention()), screen.answer("replay"))
    await once(inbox, visit(slack.direct(), retry="1"), screen.answer("retry: another replica may have answered"))
    await once(inbox, visit(slack.command(trigger_id="a")), screen.answer("command"))
    clock.advance(seconds=11)
    await once(inbox, visit(slack.command(trigger_id="b")), screen.answer("the same command later"))

    assert screen.shown == ["mention", "command", "the same command later"]
    assert await inbox.expired() == []
    assert await inbox.reservations.acquire(Claim(), "share:x", timedelta(days=1))
    assert not await inbox.reservations.acquire(Claim(), "share:x", timedelta(days=1))


@pytest.mark.parametrize("body", [slack.mention(), slack.command(), slack.action()], ids=["mention", "command", "press"])
async def test_of_two_deliveries_at_the_same_moment_while_the_database_is_away_one_is_answered(
    broken: Database, screen: Screen, clock: ToyClock, body: dict[str, Any]
) -> None:
    inbox = RequestInbox(broken, KEYRING, clock)

    await asyncio.gather(*(once(inbox, visit(body), screen.answer()) for _ in range(2)))

    assert screen.shown == ["answer"]


async def test_what_was_taken_while_the_database_was_away_and_is_not_answered_yet_outlives_its_process(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    killed, alive = RequestInbox(broken, KEYRING, clock), RequestInbox(broken, KEYRING, clock)
    claim = Claim()
    assert await killed.take(visit(slack.command()), claim)
    await migrate(broken)
    assert await killed.write_endings()

    clock.advance(seconds=31)
    ((request_id, body, _),) = await alive.expired()
    assert await once(alive, parse_request(body, request_id=request_id), screen.answer()) == RequestOutcome.ANSWERED
    with pytest.raises(ClaimLostError):  # should it live after all
        await claim.confirm()
    assert screen.shown == ["answer"]


async def test_what_was_stored_late_is_answered_once_by_whoever_took_it(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    inbox, is_taken, is_back = RequestInbox(broken, KEYRING, clock), asyncio.Event(), asyncio.Event()

    async def answer(claim: Claim) -> RequestOutcome:
        is_taken.set()
        await is_back.wait()
        return await screen.answer()(claim)

    answering = asyncio.create_task(once(inbox, visit(slack.command()), answer))
    await is_taken.wait()
    await migrate(broken)
    assert await inbox.write_endings()
    is_back.set()
    assert await answering == RequestOutcome.ANSWERED
    assert await once(inbox, visit(slack.command()), screen.answer()) == RequestOutcome.DUPLICATE
    clock.advance(seconds=31)
    assert await RequestInbox(broken, KEYRING, clock).expired() == []
    assert screen.shown == ["answer"]


class CountingDatabase(Database):
    """Counts the transactions that write."""

    writes = 0

    async def write(self, work: Any, *, synced: bool = True, is_urgent: bool = False) -> Any:
        self.writes += 1
        return await super().write(work, synced=synced, is_urgent=is_urgent)


async def test_what_many_requests_leave_to_be_written_after_an_outage_is_written_at_once(tmp_path: Path, clock: ToyClock) -> None:
    """Or each that ends writes what all of them left, and a database that was slow once stays so."""
    database = CountingDatabase(f"sqlite:///{tmp_path / 'empty.db'}")
    inbox, is_back, confirmed = RequestInbox(database, KEYRING, clock), asyncio.Event(), asyncio.Barrier(61)

    async def answer(claim: Claim) -> RequestOutcome:
        await claim.confirm()
        await confirmed.wait()
        await is_back.wait()
        return RequestOutcome.ANSWERED

    requests = [visit(slack.command(trigger_id=str(number), text=str(number))) for number in range(60)]
    answering = [asyncio.create_task(once(inbox, request, answer)) for request in requests]
    await confirmed.wait()
    await migrate(database)
    database.writes = 0
    is_back.set()
    assert set(await asyncio.gather(*answering)) == {RequestOutcome.ANSWERED}

    assert (database.writes <= 10, len(inbox.unwritten)) == (True, 0), database.writes
    assert [await once(inbox, request, answer) for request in requests] == [RequestOutcome.DUPLICATE] * len(requests)
    await database.aclose()


async def test_what_was_reserved_while_the_database_was_away_holds_for_the_other_replicas_when_it_is_back(
    broken: Database, clock: ToyClock
) -> None:
    one, other = RequestInbox(broken, KEYRING, clock), RequestInbox(broken, KEYRING, clock)
    span = timedelta(days=30)
    assert await one.reservations.acquire(Claim(), "share:x", span)
    assert not await one.write_endings()

    await migrate(broken)
    assert await one.write_endings()
    assert not await other.reservations.acquire(Claim(), "share:x", span)
    clock.advance(days=31)
    assert await other.reservations.acquire(Claim(), "share:x", span)


async def test_what_was_freed_while_the_database_was_away_is_free_for_all_when_it_is_back(
    sqlite_database: Database, clock: ToyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_database, "WAIT_SECONDS", 0.05)
    inbox = RequestInbox(sqlite_database, KEYRING, clock)
    assert await inbox.reservations.acquire(Claim(), "share:x", timedelta(days=30))
    locking = sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)
    locking.execute("BEGIN IMMEDIATE")
    await inbox.reservations.release("share:x")
    locking.execute("ROLLBACK")
    locking.close()
    monkeypatch.undo()

    assert await inbox.write_endings()
    another = RequestInbox(sqlite_database, KEYRING, clock)
    assert await another.reservations.acquire(Claim(), "share:x", timedelta(days=30))


async def test_a_retry_after_an_outage_is_left_until_the_replica_that_may_have_answered_has_written_it(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    one, two = RequestInbox(broken, KEYRING, clock), RequestInbox(broken, KEYRING, clock)
    await once(one, visit(slack.mention()), screen.answer())
    await once(two, visit(slack.command()), screen.answer("another"))  # sees the outage too
    await migrate(broken)  # it is over

    assert await once(two, visit(slack.mention(), retry="1"), screen.answer("twice")) == RequestOutcome.DUPLICATE
    unknown = Claim()
    assert not await two.take(visit(slack.mention(), retry="1"), unknown)
    assert unknown.is_undecided
    await one.write_endings()
    known = Claim()
    assert not await two.take(visit(slack.mention(), retry="2"), known)
    assert not known.is_undecided
    assert screen.shown == ["answer", "another"]


async def test_while_the_database_is_away_a_first_delivery_that_comes_late_is_left_to_whoever_has_it_by_then(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    """It lay in the socket of a process that was frozen: Slack has given it up after three seconds and brought it to another."""
    inbox = RequestInbox(broken, KEYRING, clock)

    def said(seconds_ago: int) -> SlackRequest:
        body = {**slack.mention(), "event_time": int(clock().timestamp()) - seconds_ago, "event_id": f"Ev{seconds_ago}"}
        return visit({**body, "event": {**body["event"], "ts": f"1700000000.{seconds_ago:06}"}})

    late = Claim()
    assert not await inbox.take(said(20), late)
    assert late.is_undecided
    assert await once(inbox, said(3), screen.answer("in time")) == RequestOutcome.ANSWERED
    await migrate(broken)
    assert await once(inbox, said(20), screen.answer("twice")) == RequestOutcome.DUPLICATE
    clock.advance(seconds=16)
    assert await once(inbox, said(20), screen.answer("late")) == RequestOutcome.ANSWERED
    assert screen.shown == ["in time", "late"]


async def test_a_retry_after_an_outage_that_nobody_answered_is_answered_when_the_doubt_is_over(
    broken: Database, screen: Screen, clock: ToyClock
) -> None:
    inbox = RequestInbox(broken, KEYRING, clock)
    await once(inbox, visit(slack.command()), screen.answer("another"))
    await migrate(broken)
    assert await once(inbox, visit(slack.mention(), retry="1"), screen.answer()) == RequestOutcome.DUPLICATE

    clock.advance(seconds=16)
    assert await once(inbox, visit(slack.mention(), retry="2"), screen.answer()) == RequestOutcome.ANSWERED


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_what_cannot_be_told_to_be_answered_is_not_acknowledged(broken: Database, mode: str) -> None:
    """So Slack brings it again: after an ack nobody would."""
    screen = Screen()

    async def answer(ctx: RequestContext) -> RequestOutcome:
        return await screen.answer()(ctx.claim)

    house = open_house(broken, then=answer)
    assert (await house.send(slack.mention(), mode=mode, retry="1")).status == 503

    await migrate(broken)
    house.clock.advance(seconds=16)
    assert (await house.send(slack.mention(), mode=mode, retry="2")).status == 200
    assert screen.shown == ["answer"]


async def test_what_nobody_waits_for_any_more_keeps_no_other_write_waiting(
    sqlite_database: Database, screen: Screen, clock: ToyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a database that was slow once stays so: all that is written is too late, and what is not is waiting behind it."""
    monkeypatch.setattr(inbox_database, "WAIT_SECONDS", 0.05)
    inbox = RequestInbox(sqlite_database, KEYRING, clock)
    other = sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    for number in range(3):
        await once(inbox, visit(slack.command(trigger_id=str(number), text=str(number))), screen.answer())
    other.execute("ROLLBACK")
    other.close()
    await sqlite_database.write(lambda _: None)  # the queue is empty
    monkeypatch.undo()

    count = sa.select(sa.func.count()).select_from(REQUESTS)
    assert len(screen.shown) == 3
    assert await sqlite_database.read(lambda connection: connection.execute(count).scalar_one()) == 0
    assert await inbox.write_endings()
    assert await sqlite_database.read(lambda connection: connection.execute(count).scalar_one()) == 3


async def test_requests_are_taken_before_whatever_else_waits_to_be_written(sqlite_database: Database, clock: ToyClock) -> None:
    order: list[str] = []

    class Noted(Database):
        def write_first(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
            def noted(connection: Connection) -> T:
                order.append("taken")
                return work(connection)

            return super().write_first(noted)

    database = Noted(sqlite_database.url)
    inbox = RequestInbox(database, KEYRING, clock)
    requests = [visit(slack.command(text=f"{number}", trigger_id=f"{number}")) for number in range(3)]
    async with BusyWriter(database, order) as writer:
        usual = await writer.usual("audit 1", "audit 2")
        taking = [asyncio.create_task(inbox.take(request, Claim())) for request in requests]
        await asyncio.sleep(0)
        writer.let_go()
        assert await asyncio.gather(*taking) == [True, True, True]
        await asyncio.gather(*usual)
    await database.aclose()

    assert order[0] == "taken"
    count = sa.select(sa.func.count()).select_from(REQUESTS)
    assert await sqlite_database.read(lambda connection: connection.execute(count).scalar_one()) == 3


async def test_of_many_requests_that_end_at_once_each_ending_is_written_once(sqlite_database: Database, clock: ToyClock) -> None:
    """Not those of all the others too: under load that was most of what the database had to do."""

    class Counted(Database):
        writes = 0

        async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:
            self.writes += 1
            return await super().write(work, synced=synced, is_urgent=is_urgent)

    counted = Counted(sqlite_database.url)
    inbox = RequestInbox(counted, KEYRING, clock)

    async def nothing(_: Claim) -> RequestOutcome:
        return RequestOutcome.ANSWERED

    requests = [visit(slack.command(text=f"{number}", trigger_id=f"{number}")) for number in range(30)]
    await asyncio.gather(*(once(inbox, request, nothing) for request in requests))
    await counted.aclose()

    assert counted.writes <= len(requests)


async def test_a_lost_claim_stays_lost_whoever_confirms_it_next() -> None:
    async def lose(_: Claim) -> None:
        raise ClaimLostError("x")

    claim = Claim()
    claim.grant(("request", "owner", 1), lose)
    for _ in range(2):
        with pytest.raises(ClaimLostError):
            await claim.confirm()


async def test_a_superseded_error_is_none_of_the_askers_business(inbox: RequestInbox) -> None:
    async def job(_: Claim) -> RequestOutcome:
        raise ClaimLostError("x")

    assert await once(inbox, visit(slack.mention()), job) == RequestOutcome.DUPLICATE


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_through_the_door_a_replay_and_a_retry_are_answered_once(database: Database, mode: str) -> None:
    screen = Screen()

    async def answer(ctx: RequestContext) -> RequestOutcome:
        return await screen.answer(ctx.request.body.get("trigger_id", "mention"))(ctx.claim)

    house = open_house(database, then=answer)
    for _ in range(2):
        await house.send(slack.command(trigger_id="first"), mode=mode)
    for retry in ("", "1", "2"):
        await house.send(slack.mention(), mode=mode, retry=retry)

    assert screen.shown == ["first", "mention"]
    assert all(body is not None for body in house.heard)
