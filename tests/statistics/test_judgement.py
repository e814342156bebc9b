"""The written rule: what is unusual, what is told apart, and where a series falls."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.model.statistics import Counts, Finding
from bot.statistics.judgement import MIN_MESSAGES, find_fall, judge
from tests.cases import each
from tests.reports import NOW
from tests.statistics.samples import counts

MINUTE = timedelta(minutes=1)
UNUSUAL, USUAL, TOO_FEW = Finding.UNUSUAL, Finding.USUAL, Finding.TOO_FEW


@each(
    ("now", "yesterday", "week_ago", "finding"),
    [
        (counts(97), counts(97), counts(97), USUAL),
        (counts(79), counts(79), counts(79), UNUSUAL),  # as bad as ever is bad
        (counts(80), counts(80), counts(80), USUAL),
        (counts(85), counts(95), counts(95), UNUSUAL),  # ten points below both
        (counts(86), counts(95), counts(95), USUAL),
        (counts(85), counts(95), counts(94), USUAL),  # below one of them only
        (counts(85), counts(95), None, USUAL),  # the other is not known
        (counts(85), counts(95), counts(100, 49), USUAL),  # the other has too few messages to mean anything
        (counts(79), None, None, UNUSUAL),
        (counts(0, 49), counts(97), counts(97), TOO_FEW),
        (counts(0, 50), counts(97), counts(97), UNUSUAL),
        (Counts(waiting=49), counts(97), counts(97), TOO_FEW),
        (Counts(), counts(97), counts(97), TOO_FEW),
    ],
)
def test_unusual_is_a_share_below_80_or_10_points_below_both_of_at_least_50_messages(
    now: Counts, yesterday: Counts | None, week_ago: Counts | None, finding: Finding
) -> None:
    assert judge(now, (yesterday, week_ago)) is finding


@each(
    ("now", "before", "finding"),
    [
        (counts(97, 700, waiting=300), counts(97), Finding.MISSING),
        (counts(97, 700, waiting=300), counts(97, 750, waiting=250), USUAL),  # no more than ten points above
        (counts(97, 800, waiting=200), counts(97), USUAL),  # 20 %
        (counts(97, 700, refused=300), counts(97), Finding.REFUSED),
        (Counts(refused=60), counts(97), Finding.REFUSED),  # nothing gets through any more
        (Counts(waiting=60), counts(97), Finding.MISSING),
        (counts(97, slow=300, timed=1000), counts(97, timed=1000), Finding.SLOW),
        (counts(97, slow=30, timed=49), counts(97, timed=1000), USUAL),
        (counts(70, 700, waiting=300), counts(97), UNUSUAL),  # what arrives comes first
    ],
)
def test_refused_missing_and_slow_messages_are_told_apart(now: Counts, before: Counts, finding: Finding) -> None:
    assert judge(now, (before, before)) is finding
    assert judge(now, (None, None)) in {finding, Finding.MISSING}  # alone, more than 20 % is enough


@given(*(st.builds(counts, st.integers(0, 100), st.integers(0, 200)) for _ in range(3)))
def test_fewer_messages_than_50_are_never_unusual_and_a_better_share_is_never_worse(
    now: Counts, yesterday: Counts, week_ago: Counts
) -> None:
    finding = judge(now, (yesterday, week_ago))
    if now.known < MIN_MESSAGES:
        assert finding is TOO_FEW
    if finding is USUAL and now.failed:
        better = Counts(delivered=now.delivered + 1, failed=now.failed - 1)
        assert judge(better, (yesterday, week_ago)) is USUAL


def series(*shares: float, each: int = 20, seed: int = 5) -> list[tuple[datetime, Counts]]:
    """Steps of a minute with so many messages each, which arrive with these chances."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    steps = []
    for place, share in enumerate(shares):
        delivered = sum(chance.random() < share for _ in range(each))
        steps.append((NOW + place * MINUTE, Counts(delivered=delivered, failed=each - delivered)))
    return steps


def test_a_fall_is_found_where_it_is_within_two_minutes() -> None:
    for at in (10, 30, 50):
        steps = series(*[0.97] * at, *[0.61] * (60 - at))
        fall = find_fall(reversed(steps), MINUTE)
        assert fall is not None
        assert abs(fall.at - (NOW + at * MINUTE)) <= 2 * MINUTE
        assert fall.before > Fraction(94, 100)
        assert (fall.since.delivered_share or 0) < Fraction(68, 100)


def test_neither_a_rise_nor_noise_nor_a_few_messages_are_a_fall() -> None:
    assert find_fall(series(*[0.61] * 30, *[0.97] * 30), MINUTE) is None
    assert find_fall(series(*[1.0] * 30, *[0.0] * 30, each=1), MINUTE) is None
    assert find_fall([], MINUTE) is None
    assert not any(find_fall(series(*[0.85] * 200, each=5, seed=seed), MINUTE) for seed in range(60))


def test_a_long_window_does_not_hide_a_fall() -> None:
    steps = series(*[0.97] * 200, *[0.61] * 20)
    now = sum((each for _, each in steps), Counts())
    fall = find_fall(steps, MINUTE)

    assert judge(now, (counts(97), counts(97))) is USUAL
    assert judge(now, (counts(97), counts(97)), fall) is UNUSUAL
