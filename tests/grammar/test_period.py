"""--since and --until as options take them: a lookup's words for times, and its refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UsageError
from bot.grammar import ParseContext, parse_period
from tests.cases import each

NOW = datetime(2026, 11, 29, 6, 5, tzinfo=UTC)  # 14:05 in Shanghai
ASKER = ParseContext(now=NOW, zone=ZoneInfo("Asia/Shanghai"), providers={})


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}+08:00")


@each(
    ("since", "until", "begin", "end"),
    [
        (None, None, None, None),
        ("2h", None, at(29, "12:05"), None),
        ("yesterday 09:00", None, at(28, "09:00"), None),
        ("昨天9点", None, at(28, "09:00"), None),
        ("2026-11-20", None, at(20, "00:00"), None),
        ("2026-11-20T09:00Z", None, at(20, "17:00"), None),
        (None, "yesterday", None, at(28, "23:59:59")),
        (None, "now", None, at(29, "14:05")),
        ("yesterday 09:00", "11:00", at(28, "09:00"), at(28, "11:00")),
        ("22:00", "yesterday 23:00", at(28, "22:00"), at(28, "23:00")),
    ],
)
def test_both_ends_are_read_as_in_a_lookup(
    since: str | None, until: str | None, begin: datetime | None, end: datetime | None
) -> None:
    assert parse_period(since, until, ASKER) == (begin, end)


@each(
    ("since", "until", "said"),
    [
        ("soon", None, "`soon` is not a valid time"),
        ("", None, "Add a time after `since`"),
        (None, "2h via tencent", "`via` is not part of a time."),
        ("2h please", None, "`please` is not part of a time."),
        ("2026-11-28 09:00", "2026-11-27", "The window would end (`2026-11-27`) before it begins (`2026-11-28 09:00`)."),
        ("31.12.2026", None, "`31.12.2026` is in the future."),
        ("+8613711112222", None, "Add a time after `since`"),
    ],
)
def test_what_is_no_time_is_told_in_a_lookups_words(since: str | None, until: str | None, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_period(since, until, ASKER)

    assert str(refused.value).startswith(said)
