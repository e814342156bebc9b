"""WHEN in English and Chinese, read at 14:05:31 on Saturday 2026-11-21 in Shanghai unless said otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.cases import each
from tests.grammar.contexts import ENGINEER, NOW, lookup, parse_context, refusal, window

NUMBER = "+8613711112222"


FORMS = [
    ("2h", "2026-11-21 12:05:31"),
    ("2H", "2026-11-21 12:05:31"),
    ("90m", "2026-11-21 12:35:31"),
    ("45s", "2026-11-21 14:04:46"),
    ("2w", "2026-11-07 14:05:31"),
    ("1d12h", "2026-11-20 02:05:31"),
    ("1d 12h", "2026-11-20 02:05:31"),
    ("1.5h", "2026-11-21 12:35:31"),
    ("2 h", "2026-11-21 12:05:31"),
    ("2hrs", "2026-11-21 12:05:31"),
    ("2 hours", "2026-11-21 12:05:31"),
    ("30 min", "2026-11-21 13:35:31"),
    ("2h ago", "2026-11-21 12:05:31"),
    ("2 days ago", "2026-11-19 14:05:31"),
    ("２ｈ", "2026-11-21 12:05:31"),
    ("yesterday", "2026-11-20 00:00:00"),
    ("Today", "2026-11-21 00:00:00"),
    ("09:00", "2026-11-21 09:00:00"),
    ("9:05", "2026-11-21 09:05:00"),
    ("０９：００", "2026-11-21 09:00:00"),
    ("14:05:31", "2026-11-21 14:05:31"),
    ("14:05:32", "2026-11-20 14:05:32"),
    ("15:00", "2026-11-20 15:00:00"),
    ("00:00", "2026-11-21 00:00:00"),
    ("9am", "2026-11-21 09:00:00"),
    ("12am", "2026-11-21 00:00:00"),
    ("12:30 pm", "2026-11-21 12:30:00"),
    ("yesterday 09:00", "2026-11-20 09:00:00"),
    ("today 9:05", "2026-11-21 09:05:00"),
    ("2026-11-20", "2026-11-20 00:00:00"),
    ("2026-11-20 09:00", "2026-11-20 09:00:00"),
    ("2026-11-20 09:00:30", "2026-11-20 09:00:30"),
    ("2026/11/20", "2026-11-20 00:00:00"),
    ("2026-11-20T09:00", "2026-11-20 09:00:00"),
    ("2026-11-20T09:00:30.999", "2026-11-20 09:00:30"),
    ("2026-11-20T01:00:30Z", "2026-11-20 09:00:30"),
    ("2026-11-20t01:00:30z", "2026-11-20 09:00:30"),
    ("2026-11-20T01:00:30+00:00", "2026-11-20 09:00:30"),
    ("2026-11-19T20:00-0500", "2026-11-20 09:00:00"),
    ("20261120T010000Z", "2026-11-20 09:00:00"),
    ("2026-11-20 01:00 UTC", "2026-11-20 09:00:00"),
    ("2026-11-20 01:00:30Z", "2026-11-20 09:00:30"),
    ("2026-11-20 02:00:30+01:00", "2026-11-20 09:00:30"),
    ("2026-11-20 02:00:30 +01:00", "2026-11-20 09:00:30"),
    ("11-20", "2026-11-20 00:00:00"),
    ("20/11", "2026-11-20 00:00:00"),
    ("11/11 09:00", "2026-11-11 09:00:00"),
    ("12-25", "2025-12-25 00:00:00"),
    ("02-29", "2024-02-29 00:00:00"),
    ("2024-02-29", "2024-02-29 00:00:00"),
    ("2小时", "2026-11-21 12:05:31"),
    ("昨天", "2026-11-20 00:00:00"),
    ("前天", "2026-11-19 00:00:00"),
    ("今天9点", "2026-11-21 09:00:00"),
    ("昨天九点半", "2026-11-20 09:30:00"),
    ("昨天下午3点", "2026-11-20 15:00:00"),
    ("昨天晚上8:15", "2026-11-20 20:15:00"),
    ("11月20日9点30分", "2026-11-20 09:30:00"),
    ("2026年11月20日", "2026-11-20 00:00:00"),
]


def test_every_form_is_read_in_the_askers_zone() -> None:
    for text in (f"{NUMBER} since {{when}}", f"since {{when}} {NUMBER}", "since {when}\n137 1111 2222 share"):
        assert {when: window(text.format(when=when)) for when, _ in FORMS} == {when: (since, "open") for when, since in FORMS}


@each(
    ("words", "since", "until"),
    [
        ("last 2h", "2026-11-21 12:05:31", "open"),
        ("last 30 minutes", "2026-11-21 13:35:31", "open"),
        ("last hour", "2026-11-21 13:05:31", "open"),
        ("最近2小时", "2026-11-21 12:05:31", "open"),
        ("最近30分钟", "2026-11-21 13:35:31", "open"),
        ("最近两小时", "2026-11-21 12:05:31", "open"),
        ("最近半小时内", "2026-11-21 13:35:31", "open"),
        ("过去 24 小时", "2026-11-20 14:05:31", "open"),
        ("昨天", "2026-11-20 00:00:00", "open"),
        ("昨天9点", "2026-11-20 09:00:00", "open"),
        ("2小时前", "2026-11-21 12:05:31", "open"),
        ("从昨天开始", "2026-11-20 00:00:00", "open"),
        ("从昨天到今天", "2026-11-20 00:00:00", "open"),
        ("从昨天到现在", "2026-11-20 00:00:00", "open"),
        ("从前天到昨天", "2026-11-19 00:00:00", "2026-11-20 23:59:59"),
        ("从昨天9点到昨天10点半", "2026-11-20 09:00:00", "2026-11-20 10:30:00"),
    ],
)
def test_a_window_can_be_said_in_words_of_its_own(words: str, since: str, until: str) -> None:
    assert window(f"{NUMBER} {words}") == (since, until)
    assert window(f"137 1111 2222 {words}") == (since, until)


def test_chinese_needs_no_blanks() -> None:
    found = lookup("13711112222最近两小时只看失败分享")
    assert found == lookup("13711112222 since 2h only failed share")


def test_a_number_and_a_time_beside_each_other_are_told_apart() -> None:
    assert lookup("137 1111 2222 2小时前") == lookup("13711112222 since 2h")
    assert lookup("since yesterday 137 1111 2222") == lookup("13711112222 since yesterday")
    assert lookup("since 2026-11-20 137 1111 2222") == lookup("13711112222 since 2026-11-20")
    assert lookup("since 2h+8613711112222") == lookup("+8613711112222 since 2h")


def test_now_is_truncated_to_whole_seconds_in_utc() -> None:
    found = lookup(NUMBER).query.window
    assert (found.since, found.until) == (
        datetime(2026, 11, 20, 6, 5, 31, tzinfo=UTC),
        datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC),
    )
    assert found.open


NEW_YORK = ZoneInfo("America/New_York")


@each(
    ("zone", "now", "text", "since", "until"),
    [
        # Clocks go from 01:59 to 03:00 on 8 March 2026: 02:30 never was, so it is the moment of the jump, 07:00 UTC.
        ("America/New_York", "2026-03-08T18:00Z", "since 02:30", "2026-03-08T07:00Z", None),
        ("America/New_York", "2026-03-08T18:00Z", "since 03:30", "2026-03-08T07:30Z", None),
        ("America/New_York", "2026-03-08T18:00Z", "since today until 02:30", "2026-03-08T05:00Z", "2026-03-08T07:00Z"),
        # Clocks go from 01:59 back to 01:00 on 1 November 2026: 01:30 was twice, and the window takes both in.
        ("America/New_York", "2026-11-01T18:00Z", "since 01:30", "2026-11-01T05:30Z", None),
        ("America/New_York", "2026-11-01T18:00Z", "since today until 01:30", "2026-11-01T04:00Z", "2026-11-01T06:30Z"),
        # A day of 25 hours.
        (
            "America/New_York",
            "2026-11-05T18:00Z",
            "since 2026-11-01 until 2026-11-01",
            "2026-11-01T04:00Z",
            "2026-11-02T04:59:59Z",
        ),
        # The day begins at 01:00 where clocks jump at midnight.
        ("America/Sao_Paulo", "2018-11-06T12:00Z", "since 2018-11-04", "2018-11-04T03:00Z", None),
        # Half an hour: 02:00 becomes 02:30 on 4 October 2026.
        ("Australia/Lord_Howe", "2026-10-05T12:00Z", "since 2026-10-04 02:15", "2026-10-03T15:30Z", None),
        # The last day of a year, and a zone far from UTC's day.
        ("Pacific/Kiritimati", "2026-12-31T11:00Z", "since today", "2026-12-31T10:00Z", None),
        ("Pacific/Pago_Pago", "2027-01-01T05:00Z", "since today", "2026-12-31T11:00Z", None),
    ],
)
def test_a_window_is_right_where_clocks_change(zone: str, now: str, text: str, since: str, until: str | None) -> None:
    found = lookup(f"{NUMBER} {text}", parse_context(datetime.fromisoformat(now), ZoneInfo(zone))).query.window
    assert found.since == datetime.fromisoformat(since)
    assert found.until == datetime.fromisoformat(until or now)


def test_at_midnight_today_has_just_begun() -> None:
    midnight = datetime(2026, 11, 21, tzinfo=ENGINEER.zone)
    assert window(f"{NUMBER} since today", parse_context(midnight)) == ("2026-11-21 00:00:00", "open")
    assert window(f"{NUMBER} since 00:00", parse_context(midnight)) == ("2026-11-21 00:00:00", "open")
    assert window(f"{NUMBER} since 23:59", parse_context(midnight)) == ("2026-11-20 23:59:00", "open")


def test_yesterday_is_the_askers_and_not_the_machines() -> None:
    sydney = parse_context(NOW.replace(hour=22), ZoneInfo("Australia/Sydney"))  # there it is already the 22nd
    assert window(f"{NUMBER} since yesterday", sydney) == ("2026-11-21 00:00:00", "open")


@each(
    ("when", "word", "says"),
    [
        ("0h", "0h", "is not a valid length of time"),
        ("0.0001s", "0.0001s", "is not a valid length of time"),
        ("999999h", "999999h", "is more than ten years ago"),
        ("9" * 5000 + "h", "9" * 40 + "…", "is more than ten years ago"),
        ("999999999w", "999999999w", "is more than ten years ago"),
        ("0001-01-01", "0001-01-01", "is more than ten years ago"),
        ("0001-01-01T00:00+14:00", "0001-01-01T00:00+14:00", "is more than ten years ago"),
        ("9999-12-31T23:59-12:00", "9999-12-31T23:59-12:00", "is in the future"),
        ("2026-11-22", "2026-11-22", "is in the future"),
        ("2026-02-30", "2026-02-30", "is not a valid date"),
        ("2025-02-29", "2025-02-29", "is not a valid date"),
        ("2026-13-01", "2026-13-01", "is not a valid date"),
        ("0000-01-01", "0000-01-01", "is not a valid date"),
        ("31/02", "31/02", "is not a valid date"),
        ("2026-11-20T25:00", "2026-11-20T25:00", "is not a valid time"),
        ("25:00", "25:00", "is not a valid time"),
        ("13pm", "13pm", "is not a valid time"),
        ("晚上12点", "晚上12点", "is not a valid time"),
        ("11-05", "11-05", "can be two days. For the last one, write `2026-11-05`"),
        ("now", "now", "is empty"),
        ("2", "2", "`since 2` can be a length or a time. Write `2h` or `2:00`."),
        ("90", "90", "`since 90` needs a unit, such as `90h` or `90d`."),
        ("yesturday", "yesturday", "Did you mean `yesterday`?"),
        ("09:001", "09:001", "`09:001` is not a valid time"),
        ("半点", "半点", "`半点` is not a valid time"),
        ("foo", "foo", "`since` takes `2h`, `yesterday` or `09:00`"),
    ],
)
def test_a_time_that_cannot_be_is_pointed_at(when: str, word: str, says: str) -> None:
    error = refusal(f"{NUMBER} since {when}")
    assert error.word == word
    assert says in str(error)
    assert error.example is None or error.example.startswith(f"{NUMBER} since ")


def test_last_takes_a_length_of_time_only() -> None:
    error = refusal(f"{NUMBER} last yesterday")
    assert error.word == "yesterday"
    assert error.example == f"{NUMBER} last WHEN"
