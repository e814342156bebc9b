"""Figures of now and before -> comparisons, each judged by the rule. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model.statistics import Comparison, Counts
from bot.statistics.judgement import find_fall, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.model.statistics import Figures, Group


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What one source counted. None: not known."""

    now: Sequence[Figures]
    yesterday: Sequence[Figures] | None
    week_ago: Sequence[Figures] | None
    series: Sequence[Figures]
    step: timedelta


def compare(figures: SourceFigures) -> tuple[Comparison, ...]:
    """A comparison for each account, with one for each of its carriers where they are known.

    An account that sent before and sends nothing now has one too.
    """
    accounts = _compare(figures, lambda group: replace(group, carrier=""))
    carriers = [one for one in _compare(figures, lambda group: group) if one.group.carrier]
    return tuple(
        replace(account, carriers=tuple(one for one in carriers if replace(one.group, carrier="") == account.group))
        for account in accounts
    )


def _compare(figures: SourceFigures, group_of: Callable[[Group], Group]) -> list[Comparison]:
    now = _sums(figures.now, group_of)
    yesterday, week_ago = (
        None if before is None else _sums(before, group_of) for before in (figures.yesterday, figures.week_ago)
    )
    series = _series(figures.series, group_of)
    found = []
    for group in sorted({*now, *(yesterday or ()), *(week_ago or ())}, key=_order):
        counts = now.get(group, Counts())
        before, earlier = (None if sums is None else sums.get(group, Counts()) for sums in (yesterday, week_ago))
        fall = find_fall(series.get(group, {}).items(), figures.step)
        finding = judge(counts, (before, earlier), fall)
        found.append(Comparison(group, counts, before, earlier, finding=finding, fall=fall))
    return found


def _sums(figures: Iterable[Figures], group_of: Callable[[Group], Group]) -> Mapping[Group, Counts]:
    sums: dict[Group, Counts] = {}
    for one in figures:
        group = group_of(one.group)
        sums[group] = sums.get(group, Counts()) + one.counts
    return sums


def _series(figures: Iterable[Figures], group_of: Callable[[Group], Group]) -> Mapping[Group, Mapping[datetime, Counts]]:
    series: dict[Group, dict[datetime, Counts]] = {}
    for one in figures:
        if one.at is not None:
            steps = series.setdefault(group_of(one.group), {})
            steps[one.at] = steps.get(one.at, Counts()) + one.counts
    return series


def _order(group: Group) -> tuple[str, str, str, bool]:
    return group.system, group.account, group.carrier, bool(group.abroad)
