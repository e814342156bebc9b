"""Simulated days as plain counts, and their replay through the judge, minute by minute.

**The noise model of a quiet month.** Messages a minute are Poisson with a mean that follows the day (nights a twentieth of the
noon's), per carrier: China Mobile 20 at noon, China Unicom 7, China Telecom 6, abroad 1. Of each message the handset fails in
2 % (switched off, not in use) and something else in 1.5 %. Neither is steady: each carrier's two rates are drawn anew every half
hour, gamma-distributed around their mean with a standard deviation of half of it. Twice a week a campaign of half an hour goes to
an old list, at all carriers: a quarter of its handsets fail. On one night a week nothing is sent for three hours.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE, History, Tally, Timeline
from bot.alerts.judge import REMEMBERED, judge_minute
from bot.model.statistics import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.alerts.alert import Alert, Trouble

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOON = {"China Mobile": 20.0, "China Unicom": 7.0, "China Telecom": 6.0, "": 1.0}
FAILS, HANDSET_FAILS = 0.015, 0.02
MANY, RARE = 30, 0.1  # above and below which simpler distributions do
Rates = dict[str, tuple[float, float]]


@dataclass
class Days:
    """Messages of some days; `outage` says of a carrier and a minute which share fails on top, and `sends` how many are sent."""

    length: timedelta
    seed: int
    noon: Mapping[str, float] = field(default_factory=lambda: dict(NOON))
    system: str = "tencent"
    outage: Callable[[str, datetime], float] = lambda _carrier, _at: 0.0
    outage_of_handsets: Callable[[str, datetime], float] = lambda _carrier, _at: 0.0
    sends: Callable[[datetime], float] = lambda _at: 1.0

    def groups(self) -> dict[Cause, dict[datetime, Tally]]:
        """The minutes of each group."""
        chance = random.Random(self.seed)  # noqa: S311 - a noise that repeats
        groups: dict[Cause, dict[datetime, Tally]] = {Cause(self.system, "", carrier): {} for carrier in self.noon}
        rates: Rates = {}
        for minute in range(self.length // MINUTE):
            at = START + minute * MINUTE
            if minute % 30 == 0:
                rates = {
                    carrier: (chance.gammavariate(4, FAILS / 4), chance.gammavariate(4, HANDSET_FAILS / 4))
                    for carrier in self.noon
                }
            sends = 0.0 if pauses(at) else self.sends(at)
            if not sends:
                continue
            campaign = minute % (3 * 1440 + 720) in range(600, 630)
            share = by_day(at) * (4 if campaign else 1) * sends
            for carrier, noon in self.noon.items():
                if not (sent := poisson(chance, noon * share)):
                    continue
                fails, handset = rates[carrier]
                handset = (0.25 if campaign else handset) + self.outage_of_handsets(carrier, at)
                failed = share_of(chance, sent, fails + self.outage(carrier, at))
                handsets = share_of(chance, sent - failed, handset)
                groups[Cause(self.system, "", carrier)][at] = Tally(sent - failed - handsets, failed, handsets)
        return groups


def by_day(at: datetime) -> float:
    """The share of the noon's traffic: a twentieth at four in the morning."""
    hour: float = (at - START) % DAY / timedelta(hours=1)
    return 0.05 + 0.95 * math.pow(0.5 - 0.5 * math.cos((hour - 1) / 24 * 2 * math.pi), 1.5)


def pauses(at: datetime) -> bool:
    """Whether it is the night without a message."""
    return (at - START) // DAY % 7 == 3 and 2 <= at.hour < 5


def poisson(chance: random.Random, mean: float) -> int:
    """A number of events whose mean is this."""
    if mean > MANY:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def share_of(chance: random.Random, whole: int, share: float) -> int:
    """How many of these have what so large a share has."""
    if share >= 1:
        return whole
    return min(whole, poisson(chance, whole * share)) if share < RARE else sum(chance.random() < share for _ in range(whole))


@dataclass
class Replay:
    """What the judge tells of the minutes since `begin`; `before`: earlier hours, where they are not among the groups."""

    groups: Mapping[Cause, Mapping[datetime, Tally]]
    length: timedelta
    begin: timedelta = timedelta()
    before: tuple[Timeline, ...] | None = None
    alerts: dict[tuple[Cause, Trouble, datetime], Alert] = field(default_factory=dict)

    def run(self) -> list[Alert]:
        """All alerts as they were last, in the order of telling."""
        for _ in self.minutes():
            pass
        return sorted(self.alerts.values(), key=lambda one: one.told_at)

    def minutes(self) -> Iterator[list[Alert]]:
        """What each minute tells."""
        first = START if self.before is None else START + self.begin - REMEMBERED
        whole = Timeline.of(Span(first, START + self.length), self.groups)
        now, before = START + self.begin, (whole,) if self.before is None else self.before
        while now < START + self.length:
            now += MINUTE
            history = History(whole.within(Span(max(first, now - REMEMBERED), now)), before)
            known = [one for one in self.alerts.values() if one.closed_at is None or now - one.closed_at < REMEMBERED]
            changed = judge_minute(history, known, START)
            self.alerts |= {(alert.cause, alert.trouble, alert.told_at): alert for alert in changed}
            yield changed
