"""Receipts by the minute, summed over any span in one step: each track keeps running totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.model.statistics import Before, Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.alerts.cause import Cause
    from bot.model.statistics import Span

MINUTE = timedelta(minutes=1)
_ONE_IN_TEN, _ONE_IN_FIVE = 11, 5  # a share of 10 points below all that there is is 1 in 10; 11 is on the safe side


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the messages of a minute, or of a span."""

    delivered: int = 0
    failed: int = 0  # but for those of `handset`
    handset: int = 0  # failed for what is the customer's to put right: switched off, not in use, on a block list
    slow: int = 0  # of `timed`, those whose receipt took more than five minutes
    timed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.handset + other.handset,
            self.slow + other.slow,
            self.timed + other.timed,
        )

    def __sub__(self, other: Tally) -> Tally:
        return self + Tally(-other.delivered, -other.failed, -other.handset, -other.slow, -other.timed)

    @property
    def receipts(self) -> int:
        """All of them."""
        return self.delivered + self.failed + self.handset

    def counts(self, *, with_handsets: bool = False) -> Counts:
        """As the rule takes them; failures of handsets are left out, unless they cannot be the customers'."""
        failed = self.failed + (self.handset if with_handsets else 0)
        return Counts(delivered=self.delivered, failed=failed, slow=self.slow, timed=self.timed)


class Track:
    """The running totals of one group, by the minute: `delivered[n]` is what came in the first n minutes.

    `failing`, `unreached` and `slowing` rise over every span that the rule may hold for, and fall over nearly all others: they
    count each trouble so many times over, and take away all messages that it is a share of.
    """

    __slots__ = ("delivered", "failed", "failing", "handset", "receipts", "slow", "slowing", "timed", "unreached")

    def __init__(self, minutes: Sequence[Tally]) -> None:
        self.delivered, self.failed, self.handset, self.slow, self.timed, self.receipts = (
            list(accumulate((getattr(one, name) for one in minutes), initial=0))
            for name in ("delivered", "failed", "handset", "slow", "timed", "receipts")
        )
        self.failing = _more_often(_ONE_IN_TEN, self.failed, self.delivered)
        self.unreached = _more_often(_ONE_IN_FIVE, self.handset, self.delivered)
        self.slowing = [_ONE_IN_FIVE * slow - timed for slow, timed in zip(self.slow, self.timed, strict=True)]

    def tally(self, since: int, until: int) -> Tally:
        """The sum of the minutes from `since` to before `until`."""
        return Tally(
            self.delivered[until] - self.delivered[since],
            self.failed[until] - self.failed[since],
            self.handset[until] - self.handset[since],
            self.slow[until] - self.slow[since],
            self.timed[until] - self.timed[since],
        )


def _more_often(times: int, troubled: Sequence[int], well: Sequence[int]) -> list[int]:
    return [times * bad - bad - good for bad, good in zip(troubled, well, strict=True)]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of minutes, with a track for each smallest group that sent anything: vendor's system, account and carrier."""

    span: Span
    tracks: Mapping[Cause, Track]
    origin: datetime  # of the tracks, which may begin before the span
    _found: dict[Cause, Sequence[Track]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, span: Span, groups: Mapping[Cause, Mapping[datetime, Tally]]) -> Timeline:
        """The timeline of these minutes."""
        moments = [span.since + at * MINUTE for at in range(span.length // MINUTE)]
        nothing = Tally()
        tracks = {group: Track([found.get(at, nothing) for at in moments]) for group, found in groups.items()}
        return cls(span, tracks, span.since)

    def within(self, span: Span) -> Timeline:
        """A part of it, with the same tracks."""
        return Timeline(span, self.tracks, self.origin, self._found)

    def tally(self, cause: Cause, span: Span) -> Tally:
        """The sum of all groups of a cause over a span of this timeline."""
        since, until = self.index(span.since), self.index(span.until)
        return sum((track.tally(since, until) for track in self.tracks_of(cause)), Tally())

    def tracks_of(self, cause: Cause) -> Sequence[Track]:
        """The tracks of a cause."""
        if cause not in self._found:
            self._found[cause] = [track for group, track in self.tracks.items() if cause.covers(group)]
        return self._found[cause]

    def index(self, moment: datetime) -> int:
        """Which minute of the tracks a moment is in, cut to the ends of the span."""
        return (min(max(moment, self.span.since), self.span.until) - self.origin) // MINUTE

    def covers(self, span: Span) -> bool:
        """Whether all of a span is known."""
        return self.span.since <= span.since and span.until <= self.span.until


@dataclass(frozen=True, slots=True)
class History:
    """The hours up to now, and the same hours yesterday and a week ago where they are known."""

    now: Timeline
    before: tuple[Timeline, ...] = ()

    def tally(self, cause: Cause, span: Span) -> Tally:
        """What became of a cause's messages in a span of the hours up to now."""
        return self.now.tally(cause, span)

    def earlier(self, cause: Cause, span: Span) -> tuple[Tally | None, Tally | None]:
        """The same span yesterday and a week ago; None: not known."""
        yesterday, week_ago = (self._known(cause, span.earlier(which.distance)) for which in Before)
        return yesterday, week_ago

    def _known(self, cause: Cause, span: Span) -> Tally | None:
        timeline = next((one for one in self.before if one.covers(span)), None)
        return None if timeline is None else timeline.tally(cause, span)


Groups = dict["Cause", dict["datetime", Tally]]
"""The minutes of each smallest group that sent anything."""


def groups_of(rows: Iterable[tuple[Cause, datetime, Tally]]) -> Groups:
    """Rows by group and minute; rows of the same are added."""
    groups: Groups = {}
    for cause, at, tally in rows:
        minutes = groups.setdefault(cause, {})
        minutes[at] = minutes.get(at, Tally()) + tally
    return groups
