"""When messages are told of: the rule of `stats` over several windows, and since when what it finds is so.

The rule (`bot.statistics.judgement`) is applied each minute to the last 5, 10, 20, 40, 60, 120, 240 and 360 minutes: busy traffic
shows within minutes, fifty messages a morning within hours, and an outage fills half of the next longer window at the latest.

Three things keep it from telling what is no news. Failures of handsets (switched off, not in use) are left out, unless one
carrier has them and the others do not: fifty phones of one carrier are not switched off together. What was as low at both earlier
hours is how it always is. And a share that chance alone may have brought below the line is waited with: the upper end of its
Wilson interval must be below, too.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.alerts.alert import Trouble
from bot.alerts.history import MINUTE, Tally
from bot.model.statistics import Counts, Finding, Span, share
from bot.statistics.judgement import LOW, MANY, MIN_MESSAGES, POINTS, is_comparable, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from bot.alerts.alert import Alert
    from bot.alerts.cause import Cause
    from bot.alerts.history import History, Timeline

WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 120, 240, 360))
LONGEST = WINDOWS[-1]
_LEAST_BAD = 5  # no rule holds with fewer than 10 % of 50
_MINUTES = tuple(window // MINUTE for window in WINDOWS)
_SURE = 2.0  # standard deviations: chance reaches it once in 40 times
_AS_OFTEN = 2  # as others' handsets, and as before


@dataclass(frozen=True, slots=True)
class Bad:
    """A cause in trouble, and the shortest window that shows it."""

    cause: Cause
    trouble: Trouble
    span: Span
    tally: Tally
    with_handsets: bool

    @property
    def counts(self) -> Counts:
        """As the rule took them."""
        return self.tally.counts(with_handsets=self.with_handsets)


def find_bad(history: History, now: datetime, cuts: Mapping[Cause, datetime]) -> dict[Cause, Bad]:
    """Every cause that the rule holds for, with its shortest window. `cuts`: what came before these moments is told already."""
    found: dict[Cause, Bad] = {}
    for window, groups in _suspects(history.now, now).items():
        for cause in dict.fromkeys(cause for group in groups for cause in group.wider):
            if cause in found:
                continue
            cut = max((at for told, at in cuts.items() if told.overlaps(cause)), default=now - window)
            since = max(now - window, history.now.span.since, min(cut, now))
            bad = judge_span(history, cause, Span(since, now)) if _is_suspect(history.now, cause, since, now) else None
            if bad is not None:
                found[cause] = bad
    return found


def _suspects(timeline: Timeline, now: datetime) -> Mapping[timedelta, Sequence[Cause]]:
    """The smallest groups that the rule might hold for, by window, the shortest first. It is quick, and mostly finds none."""
    end, first = timeline.index(now), timeline.index(timeline.span.since)
    starts = [(max(first, end - minutes), window) for window, minutes in zip(WINDOWS, _MINUTES, strict=True)]
    found: dict[timedelta, list[Cause]] = {}
    troubled: Counter[timedelta] = Counter()
    for group, track in timeline.tracks.items():
        failing, unreached, slowing = track.failing, track.unreached, track.slowing
        fails, lost, slows = failing[end], unreached[end], slowing[end]
        for at, window in [
            one for one in starts if failing[(at := one[0])] < fails or unreached[at] < lost or slowing[at] < slows
        ]:
            found.setdefault(window, []).append(group)
            troubled[window] += track.failed[end] - track.failed[at] + track.handset[end] - track.handset[at]
            troubled[window] += track.slow[end] - track.slow[at]
    return {window: found[window] for window in sorted(found) if troubled[window] >= _LEAST_BAD}


def _is_suspect(timeline: Timeline, cause: Cause, since: datetime, until: datetime) -> bool:
    """Whether the rule might hold for a cause."""
    begin, end = timeline.index(since), timeline.index(until)
    receipts = failing = unreached = slowing = 0
    for track in timeline.tracks_of(cause):
        receipts += track.receipts[end] - track.receipts[begin]
        failing += track.failing[end] - track.failing[begin]
        unreached += track.unreached[end] - track.unreached[begin]
        slowing += track.slowing[end] - track.slowing[begin]
    return receipts >= MIN_MESSAGES and (failing > 0 or slowing > 0 or (unreached > 0 and bool(cause.carrier)))


def judge_span(history: History, cause: Cause, span: Span) -> Bad | None:
    """What is wrong with a cause over a span; None where nothing is, or nobody can tell."""
    tally = history.tally(cause, span)
    if tally.receipts < MIN_MESSAGES:
        return None
    earlier = history.earlier(cause, span)
    with_handsets = _is_one_sided(history, cause, span, tally, earlier)
    counts = tally.counts(with_handsets=with_handsets)
    before = tuple(None if one is None else one.counts(with_handsets=with_handsets) for one in earlier)
    match judge(counts, before):
        case Finding.UNUSUAL if not _is_as_ever(counts, before) and _is_sure(counts, before):
            return Bad(cause, Trouble.FAILING, span, tally, with_handsets)
        case Finding.SLOW:
            return Bad(cause, Trouble.SLOW, span, tally, with_handsets)
        case _:
            return None


def _is_one_sided(history: History, cause: Cause, span: Span, tally: Tally, earlier: Iterable[Tally | None]) -> bool:
    """Whether handsets of one carrier fail, and at the same time those of others do not, nor did its own before."""
    if not cause.carrier:
        return False
    others = history.tally(replace(cause, carrier=None), span) - tally
    own, compared = _handsets(tally), [_handsets(one) for one in (others, *earlier) if one is not None]
    shared = share(tally.handset, own.known)
    if shared is None or shared <= MANY or not compared[0].known:
        return False
    low = 1 - interval(own)[1]
    return all(low >= _AS_OFTEN * (1 - interval(one)[0]) for one in compared if one.known)


def _handsets(tally: Tally) -> Counts:
    """Of the messages that reached a carrier's network, those that the handset took, and those that it did not."""
    return Counts(delivered=tally.delivered, failed=tally.handset)


def shares_before(before: Iterable[Counts | None]) -> tuple[Fraction, ...]:
    """The delivered shares of the earlier hours that can be compared; empty unless all can."""
    known = list(before)
    shares = tuple(
        one.delivered_share for one in known if one is not None and is_comparable(one) and one.delivered_share is not None
    )
    return shares if len(shares) == len(known) else ()


def _is_as_ever(counts: Counts, before: Iterable[Counts | None]) -> bool:
    """Whether it was below the line at both earlier hours, too, and has not fallen further."""
    shares, now = shares_before(before), counts.delivered_share
    return bool(shares) and now is not None and all(one < LOW for one in shares) and now > min(shares) - POINTS


def _is_sure(counts: Counts, before: Iterable[Counts | None]) -> bool:
    """Whether the share would be below the line with a little more luck, too."""
    shares = shares_before(before)
    line = max(LOW, min(shares) - POINTS) if shares else LOW
    return interval(counts)[1] <= line


def interval(counts: Counts) -> tuple[float, float]:
    """The Wilson interval of the delivered share: between what it may be, by so many messages."""
    known = counts.known
    if not known:
        return 0.0, 1.0
    part, extra = counts.delivered / known, _SURE * _SURE / known
    middle = (part + extra / 2) / (1 + extra)
    half = _SURE / (1 + extra) * math.sqrt(part * (1 - part) / known + extra / (4 * known))
    return middle - half, middle + half


def onset(history: History, bad: Bad, cut: datetime | None = None) -> datetime:
    """The minute since which it is bad: from there on its window's trouble stands out most from half as much.

    Each minute counts for what is in trouble above that share, or against it for what is below; the sum up to now is the largest
    from the minute where it began.
    """
    begin = max(history.now.span.since, cut or history.now.span.since)
    part, whole = troubled(bad.tally, bad)
    half = part / whole / 2
    best, since, total = 0.0, bad.span.since, 0.0
    at = bad.span.until
    while at > begin:
        at -= MINUTE
        part, whole = troubled(history.tally(bad.cause, Span(at, at + MINUTE)), bad)
        total += part - half * whole
        if total > best:
            best, since = total, at
    return since


def troubled(tally: Tally, of: Bad | Alert) -> tuple[int, int]:
    """How many are in this trouble, of how many."""
    if of.trouble is Trouble.SLOW:
        return tally.slow, tally.timed
    counts = tally.counts(with_handsets=of.with_handsets)
    return counts.failed, counts.known
