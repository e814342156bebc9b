"""Hours of the day, over midnight too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.timing.quiet_hours import QuietHours

SHANGHAI = ZoneInfo("Asia/Shanghai")


def quiet(hours: str, zone: ZoneInfo = SHANGHAI) -> list[int]:
    """The full hours of a day in UTC that are quiet."""
    parsed = QuietHours.parse(hours)
    assert parsed is not None
    assert QuietHours.parse(str(parsed)) == parsed
    day = datetime(2026, 11, 30, tzinfo=UTC)
    return [hour for hour in range(24) if parsed.cover(day + timedelta(hours=hour), zone)]


def test_hours_are_those_of_the_zone_and_may_go_over_midnight() -> None:
    assert quiet("23:00-07:00") == [*range(15, 23)]
    assert quiet("9:30 – 12:00") == [2, 3]
    assert quiet("00:00-23:59", ZoneInfo("UTC")) == [*range(24)]


@pytest.mark.parametrize("text", ["", "23-7", "23:00", "24:00-07:00", "23:60-07:00", "07:00-07:00", "23:00-07:00 daily"])
def test_anything_else_is_no_hours(text: str) -> None:
    assert QuietHours.parse(text) is None
