"""The rate limiter, measured by the arrival of calls, not by their beginning, on an event loop with simulated time."""

from __future__ import annotations

import asyncio
import itertools
import selectors

from hypothesis import given
from hypothesis import strategies as st

from bot.providers.rate_limiter import HELD_SECONDS, ArrivalRateLimiter

CALLS = 19


class JumpingSelector(selectors.DefaultSelector):
    """An event loop with simulated time: instead of waiting it advances the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def arrivals(calls: list[tuple[float, float, float]], at_once: int) -> list[float]:
    """The arrival times of calls made at (start), which take (way) to arrive and (answer) to be answered."""
    arrived: list[float] = []

    async def scene() -> None:
        pacer, slots = ArrivalRateLimiter(CALLS), asyncio.Semaphore(at_once)
        loop = asyncio.get_running_loop()

        async def call(start: float, way: float, answer: float) -> None:
            await asyncio.sleep(start)
            async with slots, pacer:
                await asyncio.sleep(way)
                arrived.append(loop.time())
                await asyncio.sleep(answer)

        await asyncio.gather(*(call(*one) for one in calls))

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(scene())
    return sorted(arrived)


def busiest_second(moments: list[float]) -> int:
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


seconds = st.floats(0, 3, allow_nan=False) | st.sampled_from([0.0, 0.5, 1.0])


@given(st.lists(st.tuples(seconds, seconds, seconds), min_size=CALLS, max_size=90), st.integers(8, 90))
def test_no_second_sees_more_arrivals_than_allowed_whatever_the_network_does(
    calls: list[tuple[float, float, float]], at_once: int
) -> None:
    moments = arrivals(calls, at_once)
    assert len(moments) == len(calls)
    assert busiest_second(moments) <= CALLS


def test_calls_that_wait_for_a_connection_and_then_arrive_together_stay_within_the_limit() -> None:
    calls = [(begun / 14, 1.0 - begun / 14, 0.0) for begun in range(14)] + [(1.0, 0.0, 0.0)] * 30
    assert busiest_second(arrivals(calls, 90)) <= CALLS


def test_a_burst_goes_out_at_once_and_the_rest_a_second_later() -> None:
    moments = arrivals([(0.0, 0.0, 0.0)] * (2 * CALLS), 90)
    assert [len(list(group)) for _, group in itertools.groupby(moments)] == [CALLS, CALLS]
    assert moments[-1] == HELD_SECONDS


async def test_a_call_that_is_given_up_gives_its_permit_back_and_one_that_waits_takes_none() -> None:
    pacer = ArrivalRateLimiter(1, seconds=0)

    async def hold() -> None:
        async with pacer:
            await asyncio.Event().wait()

    first, second = asyncio.create_task(hold()), asyncio.create_task(hold())
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(5), pacer:
        pass
