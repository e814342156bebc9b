"""Turns and arrivals, on an event loop with simulated time: what the vendor counts, who waits for how long, in which order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timing.arrivals import LEAST_ANSWERS, LEAST_SPREAD, SECOND, UNPROVEN_SPREAD, ArrivalWindow
from bot.timing.fair_queue import LITTLE_SECONDS, Asker, Askers, FairQueue, RoundRobin
from tests.cases import each
from tests.examples import examples
from tests.timing.simulated_loop import simulate

CALLS = 20
ANN, BOB = Asker("ann"), Asker("bob")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made: when it is asked for; the seconds to a connection, to the vendor, there, and back."""

    start: float = 0.0
    connect: float = 0.0
    way: float = 0.0
    service: float = 0.0
    back: float = 0.0
    asker: Asker = ANN
    gives_up: bool = False  # when it has been written, and it arrives all the same


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: when it was asked for, when it began, when it arrived, when it was answered."""

    call: Call
    begun: float
    arrived: float
    answered: float


async def make(queue: FairQueue, calls: list[Call]) -> list[Made]:
    loop, made = asyncio.get_running_loop(), []

    async def one(call: Call) -> None:
        await asyncio.sleep(call.start)
        with await queue.turn(Askers(call.asker)) as turn:
            begun = loop.time()
            await asyncio.sleep(call.connect)
            turn.written()
            arrived = loop.time() + call.way
            if not call.gives_up:
                await asyncio.sleep(call.way + call.service + call.back)
                turn.answered()
        made.append(Made(call, begun, arrived, loop.time()))

    await asyncio.gather(*map(one, calls))
    return made


def made_by(calls: list[Call], limit: int = CALLS) -> list[Made]:
    return simulate(make(FairQueue(100, ArrivalWindow(limit)), calls))


def busiest_second(made: list[Made]) -> int:
    moments = sorted(one.arrived for one in made)
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


def last_answer(made: list[Made]) -> float:
    return max(one.answered for one in made)


# How many arrive

seconds = st.integers(0, 60).map(lambda twentieths: twentieths / 20)
quick = [Call()] * LEAST_ANSWERS  # their answers tell that the way may be short


@examples(25)
@given(st.lists(st.builds(Call, start=seconds, connect=seconds, way=seconds, service=seconds), min_size=21, max_size=50))
def test_no_second_sees_more_arrivals_than_allowed_whatever_the_network_does(calls: list[Call]) -> None:
    made = made_by([*quick, *calls])
    assert len(made) == len(quick) + len(calls)
    assert busiest_second(made) <= CALLS


@examples(25)
@given(st.data(), seconds, seconds)
def test_nor_if_ways_and_work_take_time_and_only_ever_more_than_those_of_the_quickest_call(
    data: st.DataObject, way: float, work: float
) -> None:
    """What is assumed, and no more: every call may be held up, on its way or there, for as long as it likes."""
    known = [Call(way=way, service=work)] * LEAST_ANSWERS
    call = st.builds(Call, start=seconds, connect=seconds, way=seconds.map(way.__add__), service=seconds.map(work.__add__))
    made = made_by([*known, *data.draw(st.lists(call, min_size=21, max_size=50))])
    assert busiest_second(made) <= CALLS


@examples(25)
@given(st.data(), seconds)
def test_ways_of_about_one_length_are_used_to_the_full_whatever_the_service_takes(data: st.DataObject, way: float) -> None:
    ways = st.sampled_from([way, way + LEAST_SPREAD])
    call = st.builds(Call, start=seconds, way=ways, service=seconds)
    assert busiest_second(made_by(data.draw(st.lists(call, min_size=21, max_size=50)))) <= CALLS


def test_a_call_whose_way_may_be_long_counts_until_a_second_after_its_answer() -> None:
    """The best that can be done: it may have arrived just before its answer, and the next one may arrive at once."""
    made = made_by([*quick, *[Call(start=5.0, way=2.0)] * CALLS, Call(start=5.1)])
    assert max(one.begun for one in made) == pytest.approx(7.0 + SECOND)


@each("longer", [0.05, 0.1, 0.3])
def test_a_call_that_takes_longer_than_others_counts_as_much_longer_and_not_a_second_after_its_answer(longer: float) -> None:
    known = [Call(start=2.0 * which, service=1.0) for which in range(LEAST_ANSWERS)]
    ten = [Call(start=20.0, service=1.0)] * 8 + [Call(start=20.0, service=1.0 + longer)] * 2
    made = made_by([*known, *ten, *[Call(start=20.1, service=1.0)] * 10], 10)
    assert busiest_second(made) <= 10
    assert max(one.begun for one in made) <= 20.0 + longer + LEAST_SPREAD + SECOND + 0.001


@each("held_up", [0.05, 0.1, 0.2, UNPROVEN_SPREAD])
def test_first_calls_that_are_held_up_alike_do_not_arrive_beside_those_that_are_not(held_up: float) -> None:
    """A first connection, or a busy moment: all answers so far are late, and differ by nothing."""
    for service in (0.0, 0.005, 0.1):
        first = [Call(connect=0.01, way=held_up, service=service)] * CALLS
        then = [Call(start=0.1, service=service)] * CALLS
        assert busiest_second(made_by([*first, *then])) <= CALLS, service


def test_calls_that_are_held_up_after_a_busy_minute_are_known_to_be_slow() -> None:
    """A hundred slow answers do not make those before forgotten."""
    known = [Call(start=second) for second in range(LEAST_ANSWERS)]
    busy = [Call(start=10.0 + second / 10, way=0.15) for second in range(150)]
    made = made_by([*known, *busy, *[Call(start=30.0, way=0.15)] * CALLS, *[Call(start=30.1)] * CALLS])
    assert busiest_second(made) <= CALLS


def test_fewer_calls_than_count_admit_none_until_those_are_over() -> None:
    window = ArrivalWindow(CALLS)
    for _ in range(CALLS):
        call = window.begin(0.0)
        call.written = 0.0
        window.answer(call, 0.01)
    window.calls = 3
    assert not window.admits(0.5)
    assert window.counted(0.5) == CALLS
    later = 0.01 + SECOND
    for _ in range(3):
        window.begin(later)
    assert not window.admits(later)


def test_nothing_is_taken_for_known_before_there_are_some_answers() -> None:
    made = made_by([Call(service=2.0)] * CALLS + [Call(start=0.1, way=1.0)])
    assert max(one.begun for one in made) == pytest.approx(2.0), "then all ways were of about one length"


def test_a_call_that_was_given_up_counts_as_it_may_still_arrive() -> None:
    known = [Call(way=0.5)] * LEAST_ANSWERS
    given_up = [Call(start=5.0, way=0.5, gives_up=True)] * CALLS
    made = made_by([*known, *given_up, *[Call(start=5.1, way=0.0)] * CALLS])
    assert busiest_second(made) <= CALLS


@each("call_seconds", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_a_batch_takes_little_longer_than_the_limit_allows(call_seconds: float) -> None:
    for limit in (10, CALLS):
        for count in (5, 10, 20, 50, 200):
            for call in (Call(service=call_seconds), Call(way=call_seconds)):
                made = made_by([call] * count, limit)
                assert busiest_second(made) <= limit
                if count == 200:
                    assert last_answer(made) <= 1.05 * (count / limit + call_seconds) + UNPROVEN_SPREAD
                else:
                    assert last_answer(made) <= 1.2 * ((count - 1) // limit + call_seconds) + 0.03, (limit, count, call)


@examples(25)
@given(st.integers(1, CALLS), st.integers(0, LITTLE_SECONDS * CALLS), st.sampled_from([0.0, 0.05, 0.2, 1.0]))
def test_what_takes_seconds_at_most_is_begun_as_fast_as_the_limit_allows(limit: int, count: int, call_seconds: float) -> None:
    """In every second all of its calls: each begins in the second in which the limit lets it, and no later."""
    count = min(count, LITTLE_SECONDS * limit)
    known = [Call(start=2.0 * which, service=call_seconds) for which in range(LEAST_ANSWERS)]
    made = made_by([*known, *[Call(start=20.0, service=call_seconds)] * count], limit)
    assert busiest_second(made) <= limit
    begun = sorted(one.begun - 20.0 for one in made if one.call.start == 20.0)
    a_second = SECOND + LEAST_SPREAD
    assert all(at <= place // limit * a_second + 0.001 for place, at in enumerate(begun))


# Who is next

batch = [Call(service=0.2)] * 1500


def test_one_number_comes_within_a_second_beside_any_batch() -> None:
    for a_second, most in ((1, 0.25), (7, 0.6)):
        others = [Call(start=which / a_second, service=0.2, asker=Asker(f"person {which}")) for which in range(8 * a_second)]
        made = made_by([*batch, *others])
        waited = [one.begun - one.call.start for one in made if one.call.asker != ANN]
        assert len(waited) == len(others)
        assert max(waited) <= most, a_second


def test_beside_what_takes_seconds_at_most_one_number_waits_for_a_second_at_most() -> None:
    fifty = [Call(service=0.2)] * 50
    others = [Call(start=which / 4, service=0.2, asker=Asker(f"person {which}")) for which in range(20)]
    waited = [one.begun - one.call.start for one in made_by([*fifty, *others], 10) if one.call.asker != ANN]
    assert max(waited) <= SECOND + UNPROVEN_SPREAD


def test_an_asker_who_goes_on_and_on_has_much_to_do_though_little_waits_at_a_time() -> None:
    """A batch asks for the next number when one is answered, 40 at a time; others come beside it within a part of a second."""

    async def scene() -> float:
        queue, loop, numbers = FairQueue(100, ArrivalWindow(10)), asyncio.get_running_loop(), iter(range(300))

        async def work() -> None:
            for _ in numbers:
                await make(queue, [Call(service=0.05)])

        workers = [asyncio.create_task(work()) for _ in range(40)]
        waited = []
        for _ in range(10):
            await asyncio.sleep(1.31)
            asked = loop.time()
            (one,) = await make(queue, [Call(asker=BOB)])
            waited.append(one.begun - asked)
        await asyncio.gather(*workers)
        return max(waited[3:])

    assert simulate(scene()) <= 0.4


def test_beside_a_batch_without_a_limit_a_part_of_the_slots_is_free_for_others() -> None:
    calls = [*batch, Call(start=0.1, service=0.2, asker=BOB)]
    made = simulate(make(FairQueue(100), calls))
    assert [one.begun for one in made if one.call.asker == BOB] == [0.1]


def test_two_batches_share_the_calls_evenly() -> None:
    made = made_by([Call(asker=asker) for asker in (ANN, BOB) for _ in range(100)])
    halfway = [one.call.asker for one in sorted(made, key=lambda one: one.begun)][:100]
    assert 45 <= halfway.count(BOB) <= 55


async def somebody_else_has_a_turn(queue: FairQueue) -> None:
    """Within seconds. Raises TimeoutError otherwise."""
    async with asyncio.timeout(3):
        with await queue.turn(Askers(BOB)):
            pass


def test_calls_given_back_in_a_burst_are_given_to_whoever_waits() -> None:
    """A turn that comes while its waiter is cancelled is not lost."""

    async def scene() -> None:
        queue = FairQueue(1)
        gate = asyncio.Event()

        async def hold() -> None:
            with await queue.turn(Askers(ANN)):
                await gate.wait()

        first, second, third = (asyncio.create_task(hold()) for _ in range(3))
        await asyncio.sleep(0.1)
        second.cancel()  # while it waits
        first.cancel()  # while it holds the turn
        await asyncio.gather(first, second, return_exceptions=True)
        await asyncio.sleep(0)  # the turn is on its way to the third
        third.cancel()
        await asyncio.gather(third, return_exceptions=True)
        await somebody_else_has_a_turn(queue)

    simulate(scene())


def test_a_turn_that_was_on_its_way_when_its_asker_left_takes_nothing_from_the_limit() -> None:
    async def scene() -> None:
        queue = FairQueue(100, ArrivalWindow(1))

        async def ask() -> None:
            with await queue.turn(Askers(ANN)):
                raise AssertionError("it was cancelled before")

        leaving = asyncio.create_task(ask())
        await asyncio.sleep(0)  # it stands in line
        await asyncio.sleep(0)  # its turn is on its way
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        await somebody_else_has_a_turn(queue)

    simulate(scene())


def test_who_joins_a_waiting_question_brings_their_own_place() -> None:
    async def scene() -> float:
        queue, loop = FairQueue(100, ArrivalWindow(CALLS)), asyncio.get_running_loop()
        crowd = asyncio.create_task(make(queue, batch))
        await asyncio.sleep(0.5)
        askers, begun = Askers(ANN), asyncio.Event()

        async def asked_by_both() -> None:
            with await queue.turn(askers):
                begun.set()

        both = asyncio.create_task(asked_by_both())
        await asyncio.sleep(0.1)
        assert not begun.is_set(), "behind the batch of its asker"
        askers.join(BOB)
        joined = loop.time()
        await both
        waited = loop.time() - joined
        crowd.cancel()
        return waited

    assert simulate(scene()) <= 0.35


names = st.sampled_from(["ann", "bob", "cy"])


@examples(60)
@given(st.lists(st.tuples(names, st.integers(0, 2)), min_size=1, max_size=40), st.sets(st.integers(0, 39)))
def test_turns_go_round_between_askers_and_commands_and_in_order_within_one(
    asked: list[tuple[str, int]], cancelled: set[int]
) -> None:
    waiting: RoundRobin[int] = RoundRobin()
    for item, (name, command) in enumerate(asked):
        waiting.add(Asker(name, command), item)
    for item in cancelled:
        waiting.discard(item)
    left = [item for item in range(len(asked)) if item not in cancelled]
    popped: list[int] = []
    while waiting:
        before = {name for name, _ in (asked[item] for item in left if item not in popped)}
        name, item = waiting.pop() or ("", -1)
        assert asked[item][0] == name
        popped.append(item)
        recent = [asked[other][0] for other in popped[-len(before) :]]
        assert len(set(recent)) == len(recent) or len(before) < 3, "nobody is served twice before everybody else once"
    assert sorted(popped) == left
    for one in set(asked):
        in_order = [item for item in popped if asked[item] == one]
        assert in_order == sorted(in_order)


@given(st.lists(st.sets(names, min_size=1), max_size=20))
def test_what_waits_for_several_is_served_once(asked: list[set[str]]) -> None:
    waiting: RoundRobin[int] = RoundRobin()
    for item, people in enumerate(asked):
        for name in people:
            waiting.add(Asker(name), item)
    served = [waiting.pop() or ("", -1) for _ in range(len(asked))]
    assert sorted(item for _, item in served) == list(range(len(asked)))
    assert waiting.pop() is None
    assert not waiting
