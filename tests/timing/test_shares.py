"""Replicas that share a limit, with simulated time: whatever fails, no second sees more arrivals than the limit."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.timing.arrivals import SECOND, OutgoingCall
from bot.timing.limits import limit_name
from bot.timing.shares import Share, SharedWindow, ShareTimings, fair_share
from tests.examples import examples

LIMIT = 20
TIMINGS = ShareTimings()
ANSWER = 0.05  # seconds to a call's answer


@dataclass
class Rows:
    """The rows of one limit, and the server's clock."""

    now: float = 0.0
    rows: dict[str, tuple[Share, float]] = field(default_factory=dict)

    def others(self, replica: str) -> list[Share]:
        rows = [share._replace(is_over=until <= self.now) for share, until in self.rows.values()]
        return [row for row in rows if row.replica != replica]

    def renew(self, share: Share) -> None:
        self.rows[share.replica] = (share, self.now + TIMINGS.lease)


@dataclass
class Replica:
    """One replica: its window, what waits, and by how much its clock differs."""

    name: str
    ahead: float
    window: SharedWindow = field(default_factory=lambda: SharedWindow(LIMIT, TIMINGS))
    waiting: int = 0
    under_way: list[OutgoingCall] = field(default_factory=list)

    def renew(self, rows: Rows, *, is_committed: bool = True, is_told: bool = True) -> None:
        now = rows.now + self.ahead
        share = self.window.propose(self.name, self.waiting, rows.others(self.name), now)
        if is_committed:
            rows.renew(share)
        if is_committed and is_told:
            self.window.settle(now, now)

    def send(self, rows: Rows) -> list[float]:
        """Begin what may begin now; when each arrives."""
        now, arrivals = rows.now + self.ahead, []
        while self.waiting and self.window.admits(now):
            call = self.window.begin(now)
            call.written = now
            self.under_way.append(call)
            self.waiting -= 1
            arrivals.append(rows.now)
        return arrivals

    def answer(self, rows: Rows) -> None:
        now = rows.now + self.ahead
        for call in [one for one in self.under_way if now >= one.begun + ANSWER]:
            self.window.answer(call, now)
            self.window.end(call, now)
            self.under_way.remove(call)


def busiest_second(arrivals: list[float]) -> int:
    moments = sorted(arrivals)
    return max((bisect_left(moments, start + 1) - place for place, start in enumerate(moments)), default=0)


class Sharing(RuleBasedStateMachine):
    """Replicas come, ask, die and leave; the database is away and back, and what it was told is lost or not heard of."""

    @initialize(count=st.integers(1, 4))
    def begin(self, count: int) -> None:
        self.rows = Rows()
        self.names = itertools.count()
        self.replicas: list[Replica] = []
        self.arrivals: list[float] = []
        self.is_away = False
        for _ in range(count):
            self.join(0.0)

    @precondition(lambda self: not self.is_away and len(self.replicas) < 5)
    @rule(ahead=st.floats(-1000, 1000))
    def join(self, ahead: float) -> None:
        self.replicas.append(Replica(f"r{next(self.names)}", ahead))
        self.replicas[-1].renew(self.rows)

    @rule(which=st.integers(0, 4), calls=st.integers(1, 60))
    def ask(self, which: int, calls: int) -> None:
        if self.replicas:
            self.replicas[which % len(self.replicas)].waiting += calls

    @rule(which=st.integers(0, 4))
    def die(self, which: int) -> None:
        if self.replicas:
            self.replicas.pop(which % len(self.replicas))

    @precondition(lambda self: not self.is_away)
    @rule(which=st.integers(0, 4), is_committed=st.booleans())
    def renewal_whose_end_is_not_heard_of(self, which: int, *, is_committed: bool) -> None:
        if self.replicas:
            self.replicas[which % len(self.replicas)].renew(self.rows, is_committed=is_committed, is_told=False)

    @rule()
    def database_away_or_back(self) -> None:
        self.is_away = not self.is_away

    @rule(tenths=st.integers(1, 60), turn=st.integers(0, 4))
    def time_passes(self, tenths: int, turn: int) -> None:
        for tenth in range(tenths):
            self.rows.now += 0.1
            for place, replica in enumerate(self.replicas):
                replica.answer(self.rows)
                if not self.is_away and (tenth + place + turn) % 5 == 0:
                    replica.renew(self.rows)
                self.arrivals += replica.send(self.rows)
        assert busiest_second(self.arrivals) <= LIMIT
        live = [share.held for share, until in self.rows.rows.values() if until > self.rows.now]
        assert sum(live) <= LIMIT
        self.arrivals = [one for one in self.arrivals if one > self.rows.now - 2]


TestSharing = Sharing.TestCase
TestSharing.settings = examples(60, steps=25)


wanted = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 100), min_size=1, max_size=8)


@given(st.integers(0, 300), wanted)
def test_fair_shares_give_away_the_whole_limit_and_no_more(limit: int, wants: dict[str, int]) -> None:
    shares = {one: fair_share(limit, one, wants) for one in wants}
    assert sum(shares.values()) == limit
    assert min(shares.values()) >= min(2, limit // len(wants))
    for one, other in itertools.permutations(wants, 2):
        assert shares[one] >= min(wants[one], shares[other] - 1), "who wants more than they get has no less than anybody"


@pytest.mark.parametrize(
    ("wants", "shares"),
    [
        ({"a": 0}, [20]),
        ({"a": 0, "b": 0}, [10, 10]),
        ({"a": 100, "b": 0}, [18, 2]),
        ({"a": 100, "b": 50}, [10, 10]),
        ({"a": 12, "b": 1}, [15, 5]),
    ],
)
def test_an_idle_replica_leaves_what_it_does_not_want(wants: dict[str, int], shares: list[int]) -> None:
    assert [fair_share(LIMIT, one, wants) for one in sorted(wants)] == shares


def test_one_replica_has_the_whole_limit_at_once() -> None:
    rows, one = Rows(), Replica("a", 0.0)
    one.renew(rows)
    one.waiting = 100
    assert len(one.send(rows)) == LIMIT


def test_what_a_dead_replica_held_is_anothers_when_its_row_is_over() -> None:
    rows, dead, other = Rows(), Replica("a", 0.0), Replica("b", 50.0)
    dead.renew(rows)
    for _ in range(30):
        other.waiting = 100
        other.renew(rows)
        other.send(rows)
        rows.now += 0.25
        other.answer(rows)
    assert other.window.calls == LIMIT


def test_without_the_database_each_goes_down_to_an_even_part_and_comes_back_from_there() -> None:
    rows, busy, idle = Rows(), Replica("a", 0.0), Replica("b", 0.0)
    for _ in range(20):
        busy.waiting = 100
        for one in (busy, idle):
            one.renew(rows)
        rows.now += 0.25
    assert (busy.window.calls, idle.window.calls) == (18, 2)
    rows.now += TIMINGS.valid + 10
    for one in (busy, idle):
        one.window.admits(rows.now)
    assert (busy.window.calls, idle.window.calls) == (10, 2)
    busy.renew(rows)  # its neighbour's row is over, but it may be alive
    for _ in range(int(TIMINGS.returning)):
        assert busy.window.calls == 18
        rows.now += 1
        busy.renew(rows)
    assert busy.window.calls == LIMIT


def test_whoever_comes_first_after_an_outage_leaves_the_others_what_they_had() -> None:
    rows, old, new = Rows(), Replica("a", 0.0), Replica("b", 0.0)
    old.renew(rows)
    rows.now += 60
    new.waiting = 100
    new.renew(rows)
    assert new.window.calls == 0
    old.renew(rows)
    new.renew(rows)
    assert (old.window.calls, new.window.calls) == (2, 18)


def test_calls_that_still_count_are_not_given_away() -> None:
    rows, first, second = Rows(), Replica("a", 0.0), Replica("b", 0.0)
    first.renew(rows)
    first.waiting = LIMIT
    first.send(rows)
    rows.now += 0.1
    first.answer(rows)
    second.waiting = 100
    second.renew(rows)
    first.renew(rows)
    second.renew(rows)
    assert second.window.calls == 0
    rows.now += SECOND
    first.renew(rows)
    second.renew(rows)
    assert (first.window.calls, second.window.calls) == (2, 18)


def test_the_name_of_a_limit_tells_no_credentials() -> None:
    name = limit_name("QueryMessage", "https://dysmsapi.aliyuncs.com", "AKID-of-somebody")
    assert name == limit_name("QueryMessage", "https://dysmsapi.aliyuncs.com", "AKID-of-somebody")
    assert name != limit_name("QueryMessage", "https://dysmsapi.aliyuncs.com", "AKID-of-another")
    assert "somebody" not in name
    assert name.startswith("QueryMessage ")
