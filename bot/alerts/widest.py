"""Of all causes that are in trouble, those to tell of: the widest that explain it, one for each.

A cause explains it when no part of it is well. Of two with the same messages the one with more in its name is meant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.alerts.alert import Trouble
from bot.model.statistics import Finding, share
from bot.statistics.judgement import LOW, MANY, MIN_MESSAGES, POINTS, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bot.alerts.cause import Cause
    from bot.alerts.history import History, Tally
    from bot.alerts.rule import Bad

EVIDENCE = 10  # messages by which a part is seen to be well
_UNSPLIT = 2 * MIN_MESSAGES  # failures of a whole of which no part is large enough to be judged


def widest(history: History, bad: Mapping[Cause, Bad], told: Iterable[Cause] = ()) -> list[Bad]:
    """The widest causes that explain what is bad. `told` are told of already, with all that they cover."""
    covered = list(told)
    chosen: list[Bad] = []
    explaining = [one for one in bad.values() if not _has_well_part(history, one) and not _has_better_name(history, one, bad)]
    for one in sorted(explaining, key=lambda one: (-one.cause.width, -(one.tally.failed + one.tally.handset), one.cause.key)):
        if _is_left(history, one, covered):
            chosen.append(one)
            covered.append(one.cause)
    unsplit = [one for one in bad.values() if one.tally.failed >= _UNSPLIT and not _told_groups(history, one, covered)]
    return chosen or sorted(unsplit, key=lambda one: (one.cause.width, one.cause.key))[:1]


def _parts(history: History, bad: Bad) -> Iterable[Cause]:
    """The parts of a cause: by system, by account, by carrier."""
    cause = bad.cause
    groups = [group for group in history.now.tracks if cause.covers(group)]
    if cause.system is None:
        yield from dict.fromkeys(replace(cause, system=group.system) for group in groups)
    elif cause.account is None:
        yield from dict.fromkeys(replace(cause, account=group.account) for group in groups)
    if cause.carrier is None:
        yield from dict.fromkeys(replace(cause, carrier=group.carrier) for group in groups)


def _has_well_part(history: History, bad: Bad) -> bool:
    if bad.trouble is Trouble.SLOW:
        return any(_is_quick(history.tally(part, bad.span)) for part in _parts(history, bad))
    whole = bad.counts.delivered_share or LOW
    line = max(LOW, whole + POINTS / 2)
    for part in _parts(history, bad):
        counts = history.tally(part, bad.span).counts(with_handsets=bad.with_handsets)
        shared = counts.delivered_share
        if counts.known >= EVIDENCE and shared is not None and shared > line:
            return True
    return False


def _is_quick(tally: Tally) -> bool:
    late = share(tally.slow, tally.timed)
    return late is not None and tally.timed >= EVIDENCE and late <= MANY / 2


def _has_better_name(history: History, one: Bad, bad: Mapping[Cause, Bad]) -> bool:
    """Whether nearly all of its messages are those of one system, or of one carrier: that is what they have in common."""
    for part in _parts(history, one):
        is_named = bool(part.carrier) if one.cause.carrier != part.carrier else one.cause.system is None
        if is_named and part in bad and one.tally.receipts - history.tally(part, one.span).receipts < EVIDENCE:
            return True
    return False


def _is_left(history: History, one: Bad, covered: Collection[Cause]) -> bool:
    """Whether it says more than is told of already: it takes the place of several, or is bad without what is told of."""
    if any(told.covers(one.cause) for told in covered):
        return False
    if sum(one.cause.covers(told) for told in covered) > 1:
        return True
    told_of = _told_groups(history, one, covered)
    if not told_of:
        return True
    rest, earlier = one.tally, list(history.earlier(one.cause, one.span))
    for group in told_of:
        rest -= history.tally(group, one.span)
        told_before = history.earlier(group, one.span)
        earlier = [None if a is None or b is None else a - b for a, b in zip(earlier, told_before, strict=True)]
    counts = rest.counts(with_handsets=one.with_handsets)
    before = [None if tally is None else tally.counts(with_handsets=one.with_handsets) for tally in earlier]
    return judge(counts, before) is (Finding.SLOW if one.trouble is Trouble.SLOW else Finding.UNUSUAL)


def _told_groups(history: History, one: Bad, covered: Collection[Cause]) -> list[Cause]:
    """The smallest groups of it that are told of already."""
    return [group for group in history.now.tracks if one.cause.covers(group) and any(told.covers(group) for told in covered)]
