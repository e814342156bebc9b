"""Durations, times and counts as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import ENGLISH
from bot.model import Window
from bot.presentation.times import (
    describe_window,
    duration,
    format_datetime,
    format_day,
    format_time,
    format_window,
    is_said_as_length,
    is_today,
    offset,
    zone_name,
)
from tests.cases import each

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@each(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(milliseconds=900), "0 s"),
        (timedelta(seconds=3), "3 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(seconds=90), "1 min 30 s"),
        (timedelta(minutes=10, seconds=29), "10 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=2, minutes=5, seconds=59), "2 h 5 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=36), "36 h"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=2, hours=5), "2 d 5 h"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_duration_has_at_most_two_units(span: timedelta, words: str) -> None:
    assert duration(span, ENGLISH) == words


def test_a_time_of_today_has_no_date_and_another_day_has_one() -> None:
    assert format_datetime(NOW, SHANGHAI, NOW, ENGLISH) == "14:05:31"
    assert format_datetime(NOW - timedelta(days=1), SHANGHAI, NOW, ENGLISH) == "Nov 20 14:05:31"
    assert format_datetime(at("2025-11-21T06:05:31"), SHANGHAI, NOW, ENGLISH) == "Nov 21, 2025 14:05:31"


def test_today_is_the_readers_day_and_not_utcs() -> None:
    just_before_midnight, just_after = at("2026-11-20T15:59:59"), at("2026-11-20T16:00:00")  # 23:59:59 and 00:00:00 in Shanghai

    assert not is_today(just_before_midnight, SHANGHAI, just_after)
    assert is_today(just_before_midnight, UTC, just_after)
    assert format_time(just_after, SHANGHAI) == "00:00:00"


def test_a_leap_day_is_written_as_one() -> None:
    assert format_day(at("2028-02-29T01:00:00"), SHANGHAI, at("2028-03-01T01:00:00"), ENGLISH) == "Feb 29"


@each(
    ("since", "until", "words"),
    [
        ("2026-11-21T04:05:00", "2026-11-21T06:05:00", "12:05–14:05"),
        ("2026-11-20T04:05:00", "2026-11-20T06:05:00", "Nov 20 12:05–14:05"),
        ("2026-11-20T15:00:00", "2026-11-20T17:00:00", "Nov 20 23:00 – Nov 21 01:00"),
        ("2026-11-19T16:00:00", "2026-11-20T16:00:00", "Nov 20 00:00 – Nov 21 00:00"),
        ("2025-12-31T15:00:00", "2025-12-31T17:00:00", "Dec 31, 2025 23:00 – Jan 1 01:00"),
        ("2026-11-21T06:05:31", "2026-11-21T06:05:31", "14:05–14:05"),
    ],
)
def test_a_window_is_written_with_the_days_it_needs(since: str, until: str, words: str) -> None:
    assert format_window(Window(at(since), at(until)), SHANGHAI, NOW, ENGLISH) == words


def test_a_window_in_which_the_clocks_change_names_both_offsets() -> None:
    window = Window(at("2026-11-01T05:30:00"), at("2026-11-01T06:30:00"))  # 01:30 twice, on the night that summer time ends

    assert format_window(window, NEW_YORK, at("2026-11-01T12:00:00"), ENGLISH) == "01:30 UTC-4 – 01:30 UTC-5"


def test_a_zone_goes_by_its_name_or_else_by_its_abbreviation() -> None:
    assert [zone_name(SHANGHAI, NOW), zone_name(UTC, NOW)] == ["Asia/Shanghai", "UTC"]


@each(
    ("zone", "words"),
    [
        ("Asia/Shanghai", "UTC+8"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/St_Johns", "UTC-3:30"),
        ("America/New_York", "UTC-5"),
        ("Europe/London", "UTC"),
    ],
)
def test_a_written_time_is_told_apart_from_other_zones_by_its_distance_from_utc(zone: str, words: str) -> None:
    assert offset(NOW, ZoneInfo(zone)) == words


def test_the_distance_from_utc_is_the_moments_own() -> None:
    assert offset(datetime(2026, 7, 1, tzinfo=UTC), NEW_YORK) == "UTC-4"


def test_a_window_that_ends_now_is_told_by_its_length() -> None:
    moving = Window(NOW - timedelta(hours=2, milliseconds=3), NOW)

    assert describe_window(moving, ENGLISH) == "in the last 2 h"
    assert describe_window(Window(NOW - timedelta(hours=24, minutes=1), NOW), ENGLISH) == "in that window"
    assert describe_window(Window(NOW - timedelta(hours=2), NOW, open=False), ENGLISH) == "in that window"


def test_a_window_whose_end_moved_on_is_not_told_as_a_length() -> None:
    hour, minute = timedelta(hours=1), timedelta(minutes=1)

    assert all(map(is_said_as_length, (7 * minute, 90 * minute, 2.5 * hour, 36 * hour, timedelta(days=7))))
    assert not any(map(is_said_as_length, (2 * hour + minute, 24 * hour + 10 * minute, timedelta(days=7) + minute, minute / 3)))
