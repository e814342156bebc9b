"""This machine's clock beside another's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.doctor.check import Check, Health
from bot.doctor.clock import check_clock, clock_words
from bot.i18n import ENGLISH

STEP = "Synchronise it with a time server: a few minutes off, calls are refused"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.1, "clock +0 s"), (0.9, "clock +0 s"), (2.4, "clock +2 s"), (-28.6, "clock -29 s")],
)
def test_a_clock_that_is_right_is_told_in_whole_seconds(seconds: float, said: str) -> None:
    ahead = timedelta(seconds=seconds)
    assert (clock_words(ahead, ENGLISH), check_clock("Slack", "Slack", ahead, ENGLISH)) == (said, [])


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "this machine's clock is 30 s ahead of Slack's"), (-400, "this machine's clock is 400 s behind Slack's")],
)
def test_a_clock_that_is_off_is_a_warning_before_calls_are_refused(seconds: int, said: str) -> None:
    found = check_clock("Slack", "Slack", timedelta(seconds=seconds), ENGLISH)
    assert found == [Check("Slack", Health.WARNING, said, STEP)]


def test_who_does_not_tell_the_time_is_not_compared() -> None:
    assert (clock_words(None, ENGLISH), check_clock("Slack", "Slack", None, ENGLISH)) == ("", [])
