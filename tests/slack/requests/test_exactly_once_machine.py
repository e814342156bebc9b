"""A state machine over everything that can come between a request and its one visible answer.

Two processes share a database, as replicas do: real Bolt, the real door, intake and desk, a real SQLite file. Slack is a list of
what is seen, and has moods. Hypothesis delivers, retries, replays, types twice, stops workers at any point, kills and restarts
processes, lets time pass and lets Slack fail; and looks for a way to a second answer, or to none.
"""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from bot.errors import DatabaseError, SlackDeliveryError
from bot.slack.requests.context import RequestContext, RequestOutcome
from bot.slack.requests.inbox_tables import DOUBLE_SUBMIT_WINDOW, LEASE, MAX_AGE, MAX_ATTEMPTS, RETRY_DELAYS
from bot.storage.database import Database
from tests.examples import examples
from tests.slack.access import samples as slack
from tests.slack.access.samples import BOT, CHANNEL, HOME, TIMESTAMP, House, Json, open_house
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from bot.slack.requests.context import RequestContext

T = TypeVar("T")
MOODS = ("takes it", "not now", "never", "takes it but the answer is lost", "does not take it and the answer is lost")
KINDS = ("mention", "command", "click")
STOPS = (None, None, None, "working", "posting", "shown")
ROUNDS = MAX_ATTEMPTS + 1
LONGEST = max(LEASE, *RETRY_DELAYS)


@dataclasses.dataclass
class Request:
    """One thing that somebody wants, in all its deliveries."""

    name: str
    body: Json
    at: float
    retries: int = 0
    attempts: int = 0  # workers that began on it
    begun: bool = False  # its answer: the same words after that are a new question
    excused: bool = False  # Slack said no for good, or nobody can know whether it was shown: then it is not shown again


class FailingDatabase(Database):
    """A database whose next transactions fail: before they do anything, or when all is committed."""

    failing = 0
    is_late = False

    async def read(self, work: Callable[[Connection], T], *, within: float | None = None) -> T:
        self._fail(is_late=False)
        return await super().read(work, within=within)

    async def write(self, work: Callable[[Connection], T], *, synced: bool = True, is_urgent: bool = False) -> T:
        self._fail(is_late=False)
        done = await super().write(work, synced=synced, is_urgent=is_urgent)
        self._fail(is_late=True)
        return done

    def write_first(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        return asyncio.ensure_future(self.write(work))

    def _fail(self, *, is_late: bool) -> None:
        if self.failing and self.is_late is is_late:
            self.failing -= 1
            raise DatabaseError(OSError("no space left on device"))


class Process:
    """One replica. It can be stopped at a point of its work, woken, and killed without a last word."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.database = FailingDatabase(f"sqlite:///{world.path}")
        self.house: House = open_house(self.database, rate=10_000, then=self.answer)
        self.house.clock = world.clock
        inbox = self.house.inbox
        for part in (inbox, inbox._database, inbox.unwritten, inbox.reservations, self.house.audit, self.house.authorizer.rate):
            part._clock = world.clock
        self.stop_at: str | None = None
        self.parked = 0
        self.wake = asyncio.Event()
        self.changed = asyncio.Event()

    async def answer(self, ctx: RequestContext) -> RequestOutcome:
        request = self.world.requests[name_of(ctx.request.body)]
        request.attempts += 1
        await self.reach("working")
        await ctx.claim.confirm()
        request.begun = True
        await self.reach("posting", request)
        self.world.post(request)
        await self.reach("shown")
        return RequestOutcome.ANSWERED

    async def reach(self, point: str, request: Request | None = None) -> None:
        """Stop here if that was asked for. Killed at "posting", nobody can know whether Slack would have got it."""
        if self.stop_at != point:
            return
        self.stop_at = None
        self.parked += 1
        self.changed.set()
        try:
            await self.wake.wait()
        except asyncio.CancelledError:
            self.parked -= 1
            if request is not None:
                request.excused = True
            raise

    async def settle(self) -> None:
        """Until every worker has ended or is stopped."""
        work = self.house.tasks
        while len(work) > self.parked:
            self.changed.clear()
            change = asyncio.ensure_future(self.changed.wait())
            await asyncio.wait({*work._tasks, change}, return_when=asyncio.FIRST_COMPLETED)
            change.cancel()

    async def deliver(self, body: Json, *, stop_at: str | None = None, retry: int = 0) -> None:
        self.stop_at = stop_at
        again, signed_at = str(retry or ""), str(int(TIMESTAMP) + retry)
        response = await self.house.send(body, mode="http", retry=again, timestamp=signed_at, settle=False)
        assert response.status == 200
        await self.settle()
        self.stop_at = None

    async def wake_up(self) -> None:
        self.wake.set()
        self.wake, self.parked = asyncio.Event(), 0
        await self.settle()

    async def die(self) -> None:
        """What is killed writes nothing more."""
        nowhere = Database("sqlite:///:memory:")
        self.house.inbox._database._database = self.house.audit._database = nowhere
        await self.house.tasks.drain(0)
        await nowhere.aclose()
        await self.database.aclose()


def name_of(body: Mapping[str, Any]) -> str:
    """What a request is about, whichever of its deliveries this is."""
    return str(body.get("text") or body.get("event", {}).get("text") or body["actions"][0]["value"])


class World:
    """What all processes share: the time, the database, and Slack's screen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ToyClock()
        self.requests: dict[str, Request] = {}
        self.seen: Counter[str] = Counter()
        self.mood = MOODS[0]

    def post(self, request: Request) -> None:
        if self.mood == "not now":
            raise SlackDeliveryError("ratelimited")
        if self.mood == "never":
            request.excused = True
            raise SlackDeliveryError("channel_not_found")
        if "does not take" not in self.mood:
            self.seen[request.name] += 1
        if "lost" in self.mood:
            request.excused = True
            raise SlackDeliveryError("answer_lost")


class OneAnswer(RuleBasedStateMachine):
    """The rules are what the world may do. Which process a delivery reaches is chance, as it is in Socket Mode."""

    template: ClassVar[Path]  # a database with today's schema: each run begins with a copy
    replicas = 2

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "state.db"
        shutil.copyfile(self.template, path)
        self.world = World(path)

    @initialize()
    def start(self) -> None:
        self.processes = [self.runner.run(self.started()) for _ in range(self.replicas)]

    async def started(self) -> Process:
        return Process(self.world)

    @rule(kind=st.sampled_from(KINDS), process=st.integers(0, 1), stop_at=st.sampled_from(STOPS))
    def first_delivery(self, kind: str, process: int, stop_at: str | None) -> None:
        name = f"{kind} {len(self.world.requests)} <@{BOT}>"
        body = {"mention": a_mention, "command": a_command, "click": a_click}[kind](name)
        self.world.requests[name] = Request(name, body, self.now)
        self.runner.run(self.processes[process % self.replicas].deliver(body, stop_at=stop_at))

    @precondition(lambda self: self.world.requests)
    @rule(data=st.data(), process=st.integers(0, 1), stop_at=st.sampled_from(STOPS))
    def retry(self, data: st.DataObject, process: int, stop_at: str | None) -> None:
        """Slack delivers an event again: signed anew, on any replica, in any order."""
        events = [request for request in self.world.requests.values() if "event" in request.body]
        if not events:
            return
        request = data.draw(st.sampled_from(events))
        request.retries += 1
        self.runner.run(self.processes[process % self.replicas].deliver(request.body, stop_at=stop_at, retry=request.retries))

    @precondition(lambda self: self.world.requests)
    @rule(data=st.data(), process=st.integers(0, 1))
    def replay(self, data: st.DataObject, process: int) -> None:
        """The very same request, signature and all."""
        request = data.draw(st.sampled_from(list(self.world.requests.values())))
        self.runner.run(self.processes[process % self.replicas].deliver(request.body))

    @precondition(lambda self: self.world.requests)
    @rule(data=st.data(), process=st.integers(0, 1), stop_at=st.sampled_from(STOPS))
    def twin(self, data: st.DataObject, process: int, stop_at: str | None) -> None:
        """The same message as the other event that Slack makes of it; the same command typed again before it is answered."""
        request = data.draw(st.sampled_from(list(self.world.requests.values())))
        request.retries += 1
        if "event" in request.body:
            event = {**request.body["event"], "type": "message", "channel_type": "channel"}
            body = {**request.body, "event_id": f"{request.body['event_id']}.twin", "event": event}
        elif "command" in request.body and not request.begun and self.now - request.at < DOUBLE_SUBMIT_WINDOW.total_seconds():
            body = {**request.body, "trigger_id": f"{request.body['trigger_id']}.{request.retries}"}
        else:
            return
        self.runner.run(self.processes[process % self.replicas].deliver(body, stop_at=stop_at))

    @precondition(lambda self: self.replicas > 1)  # what could not be written dies with the process that knows it
    @rule(process=st.integers(0, 1))
    def kill_and_restart(self, process: int) -> None:
        self.runner.run(self.processes[process % self.replicas].die())
        self.processes[process % self.replicas] = self.runner.run(self.started())

    @rule(process=st.integers(0, 1))
    def a_stopped_worker_goes_on(self, process: int) -> None:
        self.runner.run(self.processes[process % self.replicas].wake_up())

    @precondition(lambda self: self.replicas > 1)
    @rule(kind=st.sampled_from(KINDS))
    def a_worker_sleeps_through_its_lease(self, kind: str) -> None:
        """Another process takes its request up; then it wakes and goes on."""
        self.first_delivery(kind=kind, process=0, stop_at="working")
        self.time_passes(seconds=int(LEASE.total_seconds()) + 1)
        self.the_door_goes_its_round(process=1, stop_at=None)
        self.a_stopped_worker_goes_on(process=0)

    @rule(seconds=st.sampled_from([1, 5, 9, 45, 91, 130]))
    def time_passes(self, seconds: int) -> None:
        if self.now + seconds < (MAX_AGE - ROUNDS * LONGEST).total_seconds():
            self.world.clock.advance(seconds=seconds)

    @rule(process=st.integers(0, 1), stop_at=st.sampled_from(STOPS))
    def the_door_goes_its_round(self, process: int, stop_at: str | None) -> None:
        self.runner.run(self.round(self.processes[process % self.replicas], stop_at))

    @rule(mood=st.sampled_from(MOODS))
    def slack_is(self, mood: str) -> None:
        self.world.mood = mood

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        assert [name for name, times in self.world.seen.items() if times > 1] == []

    def teardown(self) -> None:
        """Slack recovers, the stopped go on or are dead, and time passes: then everything that can be answered is."""
        try:
            if hasattr(self, "processes"):
                self.world.mood = MOODS[0]
                for process in self.processes:
                    self.runner.run(process.wake_up())
                for _ in range(ROUNDS):
                    self.world.clock.advance(seconds=LONGEST.total_seconds())
                    self.runner.run(self.round(self.processes[0], None))
                self.nothing_is_answered_twice()
                wanting = [request for request in self.world.requests.values() if not request.excused]
                unanswered = [one.name for one in wanting if not self.world.seen[one.name] and one.attempts < MAX_ATTEMPTS]
                assert unanswered == []
                for process in self.processes:
                    self.runner.run(process.die())
        finally:
            self.runner.close()
            self.folder.cleanup()

    async def round(self, process: Process, stop_at: str | None) -> None:
        process.stop_at = stop_at
        await process.house.resumption.resume_expired()
        await process.settle()
        process.stop_at = None

    @property
    def now(self) -> float:
        return (self.world.clock() - ToyClock().now).total_seconds()


class OneAnswerOnAFailingStore(OneAnswer):
    """One process, whose database fails at any step, for any length."""

    replicas = 1

    @rule(length=st.integers(1, 8), is_late=st.booleans())
    def the_store_fails(self, length: int, is_late: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        for process in self.processes:
            process.database.failing, process.database.is_late = length, is_late

    def teardown(self) -> None:
        if hasattr(self, "processes"):
            self.the_store_fails(length=0, is_late=False)
        super().teardown()


def a_mention(name: str) -> Json:
    number = int(name.split()[1])
    said = {"channel": CHANNEL, "ts": f"1700000001.{number:06d}", "text": name, "team": HOME}
    return slack.event("app_mention", {"event_id": f"Ev{number}"}, **said)


def a_command(name: str) -> Json:
    return slack.command(name, trigger_id=f"trigger {name}")


def a_click(name: str) -> Json:
    pressed = {"action_id": "answer.refresh", "block_id": "b", "value": name, "type": "button", "action_ts": name}
    return slack.action(trigger_id=f"trigger {name}", actions=[pressed])


def test_whatever_happens_each_request_is_answered_at_most_once_and_in_the_end(template_database: Path) -> None:
    class FromTemplate(OneAnswer):
        template = template_database

    run_state_machine_as_test(FromTemplate, settings=examples(4, steps=25))


def test_whatever_the_store_does_each_request_is_answered_at_most_once_and_in_the_end(template_database: Path) -> None:
    class FromTemplate(OneAnswerOnAFailingStore):
        template = template_database

    run_state_machine_as_test(FromTemplate, settings=examples(4, steps=25))
