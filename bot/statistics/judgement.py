"""The rule of `stats`, and where a series falls. Pure.

The share that is judged is that of delivered messages among those whose receipt has come. It is **unusual** when

    there are at least 50 messages with a receipt, and
    the share is below 80 %, or 10 points or more below both comparisons: the same hours yesterday, and a week ago.

Where a series shows a fall, the rule is also applied to the part since the fall, so that a long window hides none. A comparison
counts when it has 50 messages too; without both of them only the 80 % are judged.

What never got so far is told apart, each by one rule: of at least 50 messages more than 20 % were **refused** at submission, have
**no receipt** yet, or had theirs **slowly** (after more than five minutes), and that is 10 points or more above each comparison.

A **fall** is the one moment that divides a series best (by likelihood) into a part before and a part since, each with at least 50
messages, the second 10 points or more below the first, and more clearly than chance does among the many moments that are tried.
"""

from __future__ import annotations

import math
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.model.statistics import Counts, Fall, Finding, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

MIN_MESSAGES = 50
LOW = Fraction(80, 100)
POINTS = Fraction(10, 100)
MANY = Fraction(20, 100)
CLEAR_GAIN = 10.0  # of log-likelihood: chance reaches it once in 100,000 divisions
SLOW_AFTER = timedelta(minutes=5)

_APART: tuple[tuple[Finding, Callable[[Counts], tuple[int, int]]], ...] = (
    (Finding.REFUSED, lambda counts: (counts.refused, counts.requested)),
    (Finding.MISSING, lambda counts: (counts.waiting, counts.accepted)),
    (Finding.SLOW, lambda counts: (counts.slow, counts.timed)),
)


def judge(now: Counts, before: Sequence[Counts | None], fall: Fall | None = None) -> Finding:
    """The finding by the rule above. `before` are the comparisons; None: one that is not known."""
    if _is_unusual(now, before) or (fall is not None and _is_unusual(fall.since, before)):
        return Finding.UNUSUAL
    apart = next((finding for finding, part_of in _APART if _is_apart(now, before, part_of)), None)
    if apart is not None:
        return apart
    return Finding.USUAL if now.known >= MIN_MESSAGES else Finding.TOO_FEW


def is_comparable(counts: Counts | None) -> bool:
    """Whether there are enough messages for a share to mean something."""
    return counts is not None and counts.known >= MIN_MESSAGES


def _is_unusual(now: Counts, before: Sequence[Counts | None]) -> bool:
    delivered = now.delivered_share
    if delivered is None or now.known < MIN_MESSAGES:
        return False
    shares = [counts.delivered_share for counts in before if counts is not None and is_comparable(counts)]
    is_fallen = len(shares) == len(before) > 0 and all(one is not None and delivered <= one - POINTS for one in shares)
    return delivered < LOW or is_fallen


def _is_apart(now: Counts, before: Sequence[Counts | None], part_of: Callable[[Counts], tuple[int, int]]) -> bool:
    part, whole = part_of(now)
    amount = share(part, whole)
    if amount is None or whole < MIN_MESSAGES or amount <= MANY:
        return False
    earlier = [part_of(counts) for counts in before if counts is not None]
    shares = [share(*counted) for counted in earlier if counted[1] >= MIN_MESSAGES]
    return all(one is not None and amount >= one + POINTS for one in shares)


def find_fall(series: Iterable[tuple[datetime, Counts]], step: timedelta) -> Fall | None:
    """The fall of a series of steps, in the order of time; None if it shows none."""
    steps = sorted(series, key=lambda one: one[0])
    total = sum((counts for _, counts in steps), Counts())
    best: tuple[float, Fall] | None = None
    before = Counts()
    for (_, counts), (at, _) in pairwise(steps):
        before += counts
        since = Counts(delivered=total.delivered - before.delivered, failed=total.failed - before.failed)
        if min(before.known, since.known) < MIN_MESSAGES:
            continue
        high, low = before.delivered_share, since.delivered_share
        if high is None or low is None or high - low < POINTS:
            continue
        gain = _log_likelihood(before) + _log_likelihood(since) - _log_likelihood(total)
        if gain >= CLEAR_GAIN and (best is None or gain > best[0]):
            best = gain, Fall(at, step, high, since)
    return best[1] if best else None


def _log_likelihood(counts: Counts) -> float:
    """Of these deliveries, if each arrives with the share that they have."""
    return sum(amount * math.log(amount / counts.known) for amount in (counts.delivered, counts.failed) if amount)
