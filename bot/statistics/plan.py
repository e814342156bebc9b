"""Which spans each source is asked for. Pure.

The window is widened to whole grains of the source. The same hours yesterday and a week ago are compared, unless the window is
longer than that distance, or lies beyond what the source keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.model.query import Window
from bot.model.statistics import Before, Grain, NotCompared, Span, WhyNot
from bot.providers.china_time import CHINA

if TYPE_CHECKING:
    from bot.model import Report
    from bot.providers.statistics import Statistics

LONGEST = timedelta(days=31)  # Tencent counts 32 days at once, Alibaba 50
_DAY = timedelta(days=1)
_LONGEST_SERIES = timedelta(hours=25)  # one call for each hour, of ten a second
_LEAD = timedelta(hours=6)  # of a series before the window: a fall shows only beside what was before
_AROUND = timedelta(hours=1)
DEFAULT_WINDOW = 2 * _AROUND


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """The spans that one source is asked for."""

    now: Span
    before: tuple[tuple[Before, Span], ...]
    not_compared: tuple[NotCompared, ...]
    series: Span | None


def plan_source(statistics: Statistics, window: Window, now: datetime) -> SourcePlan:
    """The plan of one source for a window that is not longer than `LONGEST`."""
    span = whole_grains(window, statistics.grain)
    before: list[tuple[Before, Span]] = []
    not_compared: list[NotCompared] = []
    for which in Before:
        earlier = span.earlier(which.distance)
        if span.length > which.distance:
            not_compared.append(NotCompared(which, WhyNot.TOO_LONG))
        elif statistics.reach is not None and earlier.since < now - statistics.reach:
            not_compared.append(NotCompared(which, WhyNot.NOT_KEPT))
        else:
            before.append((which, earlier))
    return SourcePlan(span, tuple(before), tuple(not_compared), _series(statistics.grain, span))


def whole_grains(window: Window, grain: Grain) -> Span:
    """The window, widened to whole grains.

    Of days, a window of at most a day takes the day in which it ends: a night's two halves are no day to compare.
    """
    zero, length = datetime(1970, 1, 1, tzinfo=CHINA if grain is Grain.DAY else UTC), grain.length
    since = zero + (window.since - zero) // length * length
    until = max(zero - (zero - window.until) // length * length, since + length)
    if grain is Grain.DAY and window.length <= _DAY:
        since = until - _DAY
    return Span(since.astimezone(UTC), until.astimezone(UTC))


def _series(grain: Grain, span: Span) -> Span | None:
    """The span of the series in which a fall is looked for; None: a day is too coarse, and many days are too many calls."""
    if grain is Grain.DAY or span.length > _LONGEST_SERIES:
        return None
    return replace(span, since=min(span.since, span.until - _LEAD))


def steps_of(span: Span, grain: Grain) -> tuple[Span, ...]:
    """The grains of a span, the newest first: at the deadline they are the ones that count."""
    length = grain.length
    return tuple(Span(span.until - (back + 1) * length, span.until - back * length) for back in range(span.length // length))


def around_failures(report: Report, now: datetime) -> Window:
    """The two hours around the newest failure of an answer, up to now if that is within: longer ones would hide an incident."""
    at = max((row.at for row in report.deliveries if row.status.is_failure and row.at is not None), default=None)
    if at is None or now - at <= _AROUND:
        return Window(now - DEFAULT_WINDOW, now)
    return Window(at - _AROUND, min(now, at + _AROUND), open=False)


def failing_accounts(report: Report) -> tuple[tuple[str, str], ...]:
    """The system and the account of each failing delivery, each once. Of what the store alone knows, the account is empty."""
    failing = [row for row in report.deliveries if row.status.is_failure]
    return tuple(dict.fromkeys((row.vendor, "") if row.is_stored else (row.provider, row.account) for row in failing))
