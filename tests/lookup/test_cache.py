"""The answer cache: TTLs, and the windows that an entry covers."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.cache import FINAL_SECONDS, OPEN_SECONDS, AnswerCache, CachedAnswer, covers
from bot.model import CountedMore, Status, Window
from tests.toys import NOW, TARGET, ToyClock, delivery, window

KEY = ("toy", "main", TARGET)


def test_final_states_in_a_closed_window_are_kept_ten_minutes() -> None:
    clock = ToyClock()
    cache = AnswerCache(clock)
    closed = window(2, until=NOW - timedelta(hours=1), opened=False)
    cache.put(KEY, CachedAnswer(closed, NOW, (delivery(90),)))

    clock.advance(seconds=FINAL_SECONDS - 1)
    assert cache.get(KEY, closed) is not None
    clock.advance(seconds=2)
    assert cache.get(KEY, closed) is None


def test_whatever_may_still_change_is_kept_ten_seconds() -> None:
    closed = window(2, until=NOW - timedelta(hours=1), opened=False)
    pending = delivery(90, Status.PENDING)
    just_ended = window(2, until=NOW - timedelta(seconds=1), opened=False)
    gap = CountedMore(counted=2, returned=1, day=date(2026, 11, 21))
    may_change = [
        CachedAnswer(just_ended, NOW, (delivery(),)),  # a receipt may still be on its way
        CachedAnswer(closed, NOW, (delivery(90),), (gap,)),  # not the whole of it
        CachedAnswer(window(), NOW, (delivery(),)),  # the window still runs
        CachedAnswer(closed, NOW, ()),  # nothing yet
        CachedAnswer(closed, NOW, (delivery(90), pending)),
        CachedAnswer(None, NOW, (pending,)),  # by message id
    ]

    assert [kept.ttl_seconds for kept in may_change] == [OPEN_SECONDS] * 6
    assert CachedAnswer(None, NOW, (delivery(),)).ttl_seconds == FINAL_SECONDS


def test_the_same_question_asked_seconds_later_is_served_though_now_has_moved_on() -> None:
    clock = ToyClock()
    cache = AnswerCache(clock)
    cache.put(KEY, CachedAnswer(window(2), NOW, (delivery(),)))

    clock.advance(seconds=7)
    assert cache.get(KEY, window(2, until=clock.now)) is not None


def test_a_narrower_window_is_served_with_its_own_rows_only_and_a_wider_one_is_not() -> None:
    cache = AnswerCache(ToyClock())
    early, late = delivery(100), delivery(5)
    cache.put(KEY, CachedAnswer(window(2), NOW, (late, early)))

    kept = cache.get(KEY, window(1))
    assert kept is not None
    assert kept.rows_in(window(1)) == (late,)
    assert cache.get(KEY, window(3)) is None


def test_an_answer_up_to_now_does_not_serve_a_closed_window_that_ends_later() -> None:
    assert not covers(window(2), window(1, until=NOW + timedelta(seconds=1), opened=False))


def test_the_cache_never_holds_more_memory_than_its_limit() -> None:
    cache = AnswerCache(ToyClock(), max_bytes=20_000)
    for minute in range(50):
        cache.put(("toy", str(minute), TARGET), CachedAnswer(window(), NOW, (delivery(minute), delivery(minute + 0.5))))
    assert 1 <= len(cache) <= 5
    cache.put(KEY, CachedAnswer(window(), NOW, (delivery(text="字" * 10_000),)))
    assert len(cache) <= 5
    cache.put(KEY, CachedAnswer(window(), NOW, tuple(delivery(minute) for minute in range(20))))

    assert cache.get(KEY, window()) is None


def test_an_answer_to_the_very_window_is_given_whole_though_a_receipt_came_after_it() -> None:
    closed = window(1, until=NOW - timedelta(hours=1), opened=False)
    late = delivery(sent_at=None, received_at=NOW - timedelta(minutes=30))

    assert CachedAnswer(closed, NOW, (late,)).rows_in(closed) == (late,)
    assert CachedAnswer(closed, NOW, (late,)).rows_in(window(0.5, until=NOW - timedelta(hours=1), opened=False)) == ()


moments = st.integers(0, 1000).map(lambda second: NOW + timedelta(seconds=second))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    ends = sorted([draw(moments), draw(moments)])
    return Window(ends[0], ends[1], open=draw(st.booleans()))


@given(windows(), windows(), st.lists(moments, max_size=8))
def test_what_serves_a_window_holds_every_row_of_it_and_gives_no_row_outside_it(
    asked: Window, wanted: Window, times: list[object]
) -> None:
    rows = tuple(delivery(message_id=str(index), sent_at=at) for index, at in enumerate(times))
    kept = CachedAnswer(asked, NOW, tuple(row for row in rows if row.at is not None and asked.holds(row.at)))

    if kept.covers(wanted) and not covers(wanted, asked):
        narrowed = kept.rows_in(wanted)
        assert {row for row in kept.deliveries if row.at is not None and wanted.holds(row.at)} <= set(narrowed)
        assert all(row.at is not None and row.at >= wanted.since for row in narrowed)
        assert wanted.open or all(row.at is not None and row.at <= wanted.until for row in narrowed)
