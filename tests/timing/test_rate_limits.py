"""The rate limiters, with a clock set by the test."""

from __future__ import annotations

from dataclasses import dataclass

from bot.timing.rate_limits import SlidingWindow, Throttle, TokenBucket


@dataclass
class Seconds:
    """A clock set by the test."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_sliding_window_lets_no_more_through_within_any_stretch_of_its_length() -> None:
    clock = Seconds()
    window = SlidingWindow(2, 60, clock)

    assert window.take()
    clock.now += 30
    assert window.take()
    assert not window.take()
    assert window.wait() == 30
    clock.now += 30
    assert window.wait() == 0
    assert window.take()
    assert not window.take()


def test_what_a_sliding_window_does_not_allow_does_not_count() -> None:
    clock = Seconds()
    window = SlidingWindow(1, 60, clock)
    window.take()
    clock.now += 59

    assert not window.take()
    clock.now += 1
    assert window.take()


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    clock = Seconds()
    bucket = TokenBucket(2, clock)

    assert [bucket.take() for _ in range(3)] == [True, True, False]
    clock.now += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.now += 3600
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_a_throttle_admits_each_key_once_in_its_time_and_counts_what_it_suppressed() -> None:
    clock = Seconds(now=0.0)
    throttle = Throttle(clock, 60)

    assert [throttle.admit("a") for _ in range(3)] == [0, None, None]
    assert throttle.admit("b") == 0
    clock.now += 60
    assert throttle.admit("a") == 2
    assert throttle.admit("b") == 0


def test_a_throttle_remembers_no_more_keys_than_it_may() -> None:
    throttle = Throttle(Seconds(), 60, most_keys=2)
    for key in "abc":
        assert throttle.admit(key) == 0

    assert throttle.admit("c") is None
    assert throttle.admit("a") == 0
