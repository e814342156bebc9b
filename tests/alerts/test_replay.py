"""Simulated days through the judge: outages are told in time, each once, and a quiet month tells nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.alerts.alert import Ending
from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE
from tests.alerts.days import DAY, NOON, START, Days, Replay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.alerts.history import Tally

MOBILE = Cause("tencent", None, "China Mobile")
IN_TIME = timedelta(minutes=5)
HOUR = timedelta(hours=1)
AT = START + 8 * DAY + 9 * HOUR + 7 * MINUTE  # the comparisons are known; a busy morning


def nth_failure(groups: Mapping[Cause, Mapping[datetime, Tally]], cause: Cause, since: datetime, nth: int = 50) -> datetime:
    """The end of the minute of a cause's fiftieth failed receipt since a moment."""
    mine = [found for group, found in groups.items() if cause.covers(group)]
    failed, at = 0, since
    while failed < nth:
        failed += sum(found[at].failed + found[at].handset for found in mine if at in found)
        at += MINUTE
    return at


def test_a_quiet_month_of_normal_noise_gives_at_most_one_false_alarm() -> None:
    month = timedelta(days=30)
    told = Replay(Days(month, 1).groups(), month).run()  # nor do the seeds 2 to 6 give any

    assert len(told) <= 1, told


CASES = [
    *((share, traffic, False) for share in (0.25, 0.6, 1.0) for traffic in (0.05, 1.0, 10.0)),
    *((share, traffic, True) for share in (0.6, 1.0) for traffic in (1.0, 10.0)),
]


@pytest.mark.parametrize(("share", "traffic", "by_handsets"), CASES)
def test_an_outage_of_one_carrier_is_told_within_five_minutes_of_its_fiftieth_failed_receipt(
    share: float, traffic: float, *, by_handsets: bool
) -> None:
    over = AT + (4 * HOUR if traffic < 1 else 2 * HOUR)  # of few messages it takes long until fifty have failed
    length = over + HOUR + HOUR / 2 - START

    def outage(carrier: str, at: datetime) -> float:
        return share if carrier == "China Mobile" and AT <= at < over else 0.0

    noon = {carrier: mean * traffic for carrier, mean in NOON.items()}
    days = Days(length, 3, noon, sends=lambda at: float((at - START) // DAY in {1, 7, 8}))
    if by_handsets:
        days.outage_of_handsets = outage
    else:
        days.outage = outage
    groups = days.groups()

    told = [one for one in Replay(groups, length, begin=AT - HOUR - START).run() if one.told_at >= AT]

    assert [one.cause for one in told] == [MOBILE]
    assert told[0].told_at <= nth_failure(groups, MOBILE, AT) + IN_TIME
    assert abs(told[0].since - AT) <= HOUR / 2
    assert told[0].ending is Ending.RECOVERED
    assert told[0].ended_at is not None
    assert abs(told[0].ended_at - over) <= HOUR
