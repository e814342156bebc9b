"""What a time takes from the time beside it: its day, its zone, its half of the day. At 14:05:31 on Saturday 2026-11-21."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.cases import each
from tests.grammar.contexts import SHANGHAI, lookup, refusal, window

A = "13912345678"

DAYS = {
    "2026-11-19": "11-19", "20261119": "11-19", "11/19": "11-19", "11月19日": "11-19", "Nov 19": "11-19", "19日": "11-19",
    "yesterday": "11-20", "昨天": "11-20", "Monday": "11-16", "周一": "11-16", "19/11/2026": "11-19", "2026.11.19": "11-19",
}  # fmt: skip
LINKS = ["-", " - ", "–", "~", " to ", " until ", "到", "至", " 到 ", "—"]


@each("day", DAYS)
def test_the_end_of_a_range_takes_the_day_of_its_beginning(day: str) -> None:
    whole = (f"2026-{DAYS[day]} 09:00:00", f"2026-{DAYS[day]} 11:00:00")
    for link in LINKS:
        assert window(f"{A} {day} 09:00{link}11:00") == whole, link
        assert window(f"{A} since {day} 09:00{link}11:00") == whole, link


@each("day", DAYS)
def test_a_day_said_last_is_the_day_of_both(day: str) -> None:
    whole = (f"2026-{DAYS[day]} 09:00:00", f"2026-{DAYS[day]} 11:00:00")
    assert window(f"{A} 09:00 to 11:00 {day}") == whole
    assert window(f"{A} 9am-11am on {day}") == whole
    assert window(f"{A} from 9am to 11am, {day}") == whole
    assert window(f"{A} {day}, 09:00-11:00") == whole
    assert window(f"{A} {day} from 9am to 11am") == whole


@each(
    ("words", "since", "until"),
    [
        ("2026-11-20 08:04-09:04", "2026-11-20 08:04:00", "2026-11-20 09:04:00"),
        ("2026-11-20T08:04-09:04", "2026-11-20 08:04:00", "2026-11-20 09:04:00"),  # no clock is 9:04 h off
        ("2026-11-20 08:04:21-09:04:00", "2026-11-20 08:04:21", "2026-11-20 09:04:00"),
        ("2026-11-20 22:00-02:00", "2026-11-20 22:00:00", "2026-11-21 02:00:00"),
        ("11月19日上午9点到11点", "2026-11-19 09:00:00", "2026-11-19 11:00:00"),
        ("昨晚8点到10点", "2026-11-20 20:00:00", "2026-11-20 22:00:00"),
        ("昨晚10点到2点", "2026-11-20 22:00:00", "2026-11-21 02:00:00"),
        ("昨晚11点到凌晨1点", "2026-11-20 23:00:00", "2026-11-21 01:00:00"),
        ("下午3点到5点", "2026-11-20 15:00:00", "2026-11-20 17:00:00"),
        ("昨天下午3点到5点半", "2026-11-20 15:00:00", "2026-11-20 17:30:00"),
        ("昨天下午3-5点", "2026-11-20 15:00:00", "2026-11-20 17:00:00"),
        ("昨天下午03:00-05:00", "2026-11-20 15:00:00", "2026-11-20 17:00:00"),
        ("昨天上午9点到下午1点", "2026-11-20 09:00:00", "2026-11-20 13:00:00"),
        ("昨天上午9点到1点", "2026-11-20 09:00:00", "2026-11-20 13:00:00"),
        ("昨天中午12点到1点", "2026-11-20 12:00:00", "2026-11-20 13:00:00"),
        ("yesterday 3pm to 5", "2026-11-20 15:00:00", "2026-11-20 17:00:00"),
        ("yesterday 3-5pm", "2026-11-20 15:00:00", "2026-11-20 17:00:00"),
        ("yesterday 11-1pm", "2026-11-20 11:00:00", "2026-11-20 13:00:00"),
        ("10-11am", "2026-11-21 10:00:00", "2026-11-21 11:00:00"),
        ("between 10 and 11", "2026-11-21 10:00:00", "2026-11-21 11:00:00"),
        ("from 10 to 11", "2026-11-21 10:00:00", "2026-11-21 11:00:00"),
        ("yesterday 6pm until 08:00", "2026-11-20 18:00:00", "2026-11-21 08:00:00"),
        ("10:00-12:00 UTC", "2026-11-20 18:00:00", "2026-11-20 20:00:00"),
        ("2026-11-20 01:00 UTC until 02:00", "2026-11-20 09:00:00", "2026-11-20 10:00:00"),
        ("Nov 20 15:20–17:20 America/Los_Angeles", "2026-11-21 07:20:00", "2026-11-21 09:20:00"),
    ],
)  # fmt: skip
def test_what_is_not_said_of_one_end_is_taken_from_the_other(words: str, since: str, until: str) -> None:
    assert window(f"{A} {words}") == (since, until)


@each("words", ["2026-11-19T20:00-0500", "2026-11-19T20:00-05:00", "2026-11-19 20:00:00-05:00", "2026-11-19 20:00 -0500"])
def test_an_offset_where_logs_write_one_stays_an_offset(words: str) -> None:
    assert window(f"{A} since {words}") == ("2026-11-20 09:00:00", "open")


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59), st.sampled_from(LINKS))
def test_a_range_on_a_day_begins_there_and_ends_within_a_day(
    hour: int, minute: int, to_hour: int, to_minute: int, link: str
) -> None:
    found = lookup(f"{A} 2026-11-18 {hour:02}:{minute:02}{link}{to_hour:02}:{to_minute:02}").query.window
    later = (to_hour, to_minute) < (hour, minute)
    assert f"{found.since.astimezone(SHANGHAI):%d %H:%M}" == f"18 {hour:02}:{minute:02}"
    assert f"{found.until.astimezone(SHANGHAI):%d %H:%M}" == f"{19 if later else 18} {to_hour:02}:{to_minute:02}"


@each("zone", ["PST", "BST", "EST", "IST", "Mars/Olympus"])
def test_a_zone_that_could_be_several_is_asked_about(zone: str) -> None:
    error = refusal(f"{A} since 2026-11-19 10:00 {zone}")
    assert "Write its offset, such as `+08:00`" in str(error)
    assert error.example == f"{A} since WHEN"


@each(
    ("zone", "since"),
    [
        ("UTC", "2026-11-19 18:00:00"), ("GMT", "2026-11-19 18:00:00"), ("GMT+1", "2026-11-19 17:00:00"),
        ("America/Los_Angeles", "2026-11-20 02:00:00"), ("america/los_angeles", "2026-11-20 02:00:00"),
        ("(Asia/Tokyo)", "2026-11-19 09:00:00"), ("北京时间", "2026-11-19 10:00:00"), ("Beijing time", "2026-11-19 10:00:00"),
        ("CST", "2026-11-19 10:00:00"), ("your time", "2026-11-19 10:00:00"),
    ],
)  # fmt: skip
def test_a_zone_that_is_clear_is_read(zone: str, since: str) -> None:
    assert window(f"{A} since 2026-11-19 10:00 {zone}") == (since, "open")


def test_beijing_time_may_stand_first() -> None:
    assert window(f"{A} since 北京时间10:00") == ("2026-11-21 10:00:00", "open")
    assert window(f"{A} since 北京时间 2026-11-19 10:00") == ("2026-11-19 10:00:00", "open")
