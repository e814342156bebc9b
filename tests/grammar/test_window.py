"""How since and until make a window, at 14:05:31 on 2026-11-21 in Shanghai."""

from __future__ import annotations

from datetime import timedelta

from bot.grammar import ParseContext
from tests.cases import each
from tests.grammar.contexts import ENGINEER, NOW, PROVIDERS, SHANGHAI, lookup, parse_context, refusal, window

NUMBER = "+8613711112222"


def test_without_words_it_is_the_last_day() -> None:
    assert window(NUMBER) == ("2026-11-20 14:05:31", "open")


def test_the_usual_length_can_be_set() -> None:
    week = ParseContext(now=NOW, zone=SHANGHAI, providers=PROVIDERS, default_window=timedelta(days=7))
    assert window(NUMBER, week) == ("2026-11-14 14:05:31", "open")


@each(
    ("words", "since", "until"),
    [
        ("since 3h until 1h", "2026-11-21 11:05:31", "2026-11-21 13:05:31"),
        ("until 1h ago since 3h ago", "2026-11-21 11:05:31", "2026-11-21 13:05:31"),
        ("last 3h until 13:00", "2026-11-21 11:05:31", "2026-11-21 13:00:00"),
        ("since 09:00 until 10:00", "2026-11-21 09:00:00", "2026-11-21 10:00:00"),
        ("since 2026-11-19 until 2026-11-20 09:00", "2026-11-19 00:00:00", "2026-11-20 09:00:00"),
        ("since 16:00 until 17:00", "2026-11-20 16:00:00", "2026-11-20 17:00:00"),
    ],
)
def test_since_and_until_in_any_order_bound_a_closed_window(words: str, since: str, until: str) -> None:
    assert window(f"{NUMBER} {words}") == (since, until)


def test_until_a_day_includes_that_day() -> None:
    assert window(f"{NUMBER} since yesterday until yesterday") == ("2026-11-20 00:00:00", "2026-11-20 23:59:59")


def test_until_alone_reaches_back_by_the_usual_length() -> None:
    assert window(f"{NUMBER} until yesterday 09:00") == ("2026-11-19 09:00:00", "2026-11-20 09:00:00")


@each("until", ["now", "today", "2026-12-31", "9999-12-31", "2027-01-01T00:00Z", "14:05:31"])
def test_an_end_that_is_not_past_yet_is_now_and_leaves_the_window_open(until: str) -> None:
    assert window(f"{NUMBER} since 2h until {until}") == ("2026-11-21 12:05:31", "open")


def test_an_end_one_second_ago_closes_the_window() -> None:
    assert window(f"{NUMBER} since 2h until 14:05:30") == ("2026-11-21 12:05:31", "2026-11-21 14:05:30")


@each(
    ("now", "words", "since", "until"),
    [
        ("14:05", "since yesterday 22:00 until 02:00", "2026-11-20 22:00:00", "2026-11-21 02:00:00"),
        ("01:00", "since yesterday 22:00 until 02:00", "2026-11-20 22:00:00", "open"),
        ("01:00", "since 22:00 until 02:00", "2026-11-20 22:00:00", "open"),
        ("09:30", "since 09:00 until 10:00", "2026-11-21 09:00:00", "open"),
        ("23:30", "since 22:00 until yesterday 23:00", "2026-11-20 22:00:00", "2026-11-20 23:00:00"),
        ("23:30", "since 22:00 until yesterday 21:00", "2026-11-19 22:00:00", "2026-11-20 21:00:00"),
        ("14:05", "since 2026-11-18 12:00 until 13:00", "2026-11-18 12:00:00", "2026-11-18 13:00:00"),
    ],
)
def test_a_time_of_day_takes_the_day_that_makes_sense(now: str, words: str, since: str, until: str) -> None:
    hour, minute = map(int, now.split(":"))
    assert window(f"{NUMBER} {words}", parse_context(NOW.replace(hour=hour, minute=minute, second=0))) == (since, until)


def test_a_window_that_ends_before_it_begins_is_refused_and_turned_round() -> None:
    error = refusal(f"{NUMBER} since 2h until 3h")
    assert str(error) == "The window would end (`3h`) before it begins (`2h`)."
    assert error.word == "3h"
    assert error.example == f"{NUMBER} since 3h until 2h"
    assert refusal(f"{NUMBER} since today until yesterday").example == f"{NUMBER} since yesterday until today"


def test_an_end_out_of_reach_is_refused() -> None:
    assert "is more than ten years ago" in str(refusal(f"{NUMBER} until 0001-01-01"))


def test_a_window_of_one_second_is_possible() -> None:
    found = lookup(f"{NUMBER} since 09:00 until 09:00", ENGINEER).query.window
    assert found.length == timedelta(0)
