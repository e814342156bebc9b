"""What a report says of itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.model import CountedMore, Coverage, NoRecord, Note, Query, Report, RowsUnreadable, Target, Window
from tests.cases import each

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=2), NOW)
UNREAD = RowsUnreadable(count=2)
SHORT = CountedMore(counted=5, returned=2, day=date(2026, 11, 21))


def report(*parts: tuple[Note, ...]) -> Report:
    coverage = tuple(Coverage("aliyun", str(place), WINDOW, NOW, notes=notes) for place, notes in enumerate(parts))
    return Report(Query((Target(message_id="1"),), WINDOW), NOW, coverage=coverage)


@each(
    ("parts", "count"),
    [
        ([], 0),
        ([()], 0),
        ([(NoRecord(),)], 0),
        ([(UNREAD,)], 2),
        ([(SHORT,)], 3),
        ([(UNREAD, SHORT), (), (UNREAD,)], 7),
    ],
)
def test_messages_that_a_provider_has_and_that_are_not_shown_are_counted_over_all_accounts(
    parts: list[tuple[Note, ...]], count: int
) -> None:
    assert report(*parts).unreadable == count
