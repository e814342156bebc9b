"""Which spans are counted, and around which failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model import STORE, Status, Window
from bot.model.statistics import Before, Grain, Span, WhyNot
from bot.statistics.plan import around_failures, failing_accounts, plan_source, whole_grains
from tests.cases import each
from tests.reports import NOW, ago, delivery, failed
from tests.reports import report as lookup_report

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Counting:
    """A source that counts by this grain."""

    grain: Grain
    reach: timedelta | None = None


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@each(
    ("grain", "since", "until", "span"),
    [
        (Grain.HOUR, "2026-11-21T04:05:31", "2026-11-21T06:05:31", ("2026-11-21T04:00", "2026-11-21T07:00")),
        (Grain.HOUR, "2026-11-21T04:00:00", "2026-11-21T06:00:00", ("2026-11-21T04:00", "2026-11-21T06:00")),
        (Grain.HOUR, "2026-11-21T04:00:00", "2026-11-21T04:00:00", ("2026-11-21T04:00", "2026-11-21T05:00")),
        (Grain.MINUTE, "2026-11-21T04:05:31", "2026-11-21T06:05:31", ("2026-11-21T04:05", "2026-11-21T06:06")),
        (Grain.DAY, "2026-11-21T04:05:31", "2026-11-21T06:05:31", ("2026-11-20T16:00", "2026-11-21T16:00")),
        (Grain.DAY, "2026-11-20T15:05:31", "2026-11-20T17:05:31", ("2026-11-20T16:00", "2026-11-21T16:00")),  # past midnight
        (Grain.DAY, "2026-11-18T06:00:00", "2026-11-21T06:00:00", ("2026-11-17T16:00", "2026-11-21T16:00")),
    ],
)
def test_a_window_is_widened_to_whole_grains(grain: Grain, since: str, until: str, span: tuple[str, str]) -> None:
    assert whole_grains(Window(utc(since), utc(until)), grain) == Span(utc(span[0]), utc(span[1]))


@given(st.sampled_from(Grain), st.integers(0, 10**7), st.integers(0, 10**7))
def test_the_span_holds_the_window_and_no_whole_grain_more(grain: Grain, back: int, length: int) -> None:
    until = NOW - timedelta(seconds=back)
    window = Window(until - timedelta(seconds=length), until)
    span = whole_grains(window, grain)

    assert window.until <= span.until < window.until + grain.length or span.length == grain.length
    if grain is not Grain.DAY or window.length > DAY:
        assert window.since - grain.length < span.since <= window.since


def test_the_same_hours_before_are_compared_unless_they_overlap_or_are_not_kept() -> None:
    short, long = Window(NOW - HOUR, NOW), Window(NOW - 3 * DAY, NOW)

    plan = plan_source(Counting(Grain.HOUR), short, NOW)  # type: ignore[arg-type]
    assert [(which, span) for which, span in plan.before] == [
        (Before.YESTERDAY, plan.now.earlier(DAY)),
        (Before.WEEK_AGO, plan.now.earlier(7 * DAY)),
    ]
    assert plan.series == Span(plan.now.until - 6 * HOUR, plan.now.until)

    plan = plan_source(Counting(Grain.HOUR), long, NOW)  # type: ignore[arg-type]
    assert [which for which, _ in plan.before] == [Before.WEEK_AGO]
    assert [(one.before, one.why) for one in plan.not_compared] == [(Before.YESTERDAY, WhyNot.TOO_LONG)]
    assert plan.series is None

    plan = plan_source(Counting(Grain.MINUTE, reach=3 * DAY), short, NOW)  # type: ignore[arg-type]
    assert [(one.before, one.why) for one in plan.not_compared] == [(Before.WEEK_AGO, WhyNot.NOT_KEPT)]
    assert plan_source(Counting(Grain.DAY), short, NOW).series is None  # type: ignore[arg-type]


def test_of_a_failure_the_two_hours_around_it_are_counted_at_its_account() -> None:
    young = lookup_report(failed(sent_at=ago(minutes=20)), delivery(sent_at=ago(minutes=1)))
    old = lookup_report(failed(sent_at=ago(hours=9), received_at=None), failed(sent_at=ago(hours=20), received_at=None))

    assert around_failures(young, NOW) == Window(NOW - 2 * HOUR, NOW)
    assert around_failures(old, NOW) == Window(ago(hours=10), ago(hours=8), open=False)


def test_what_the_store_alone_knows_is_of_any_account_of_its_vendor() -> None:
    stored = delivery(provider=STORE, account="store", system="aliyun", status=Status.FAILED)
    first, again = failed(account="1400006666"), failed(account="1400006666", message_id="other")

    assert failing_accounts(lookup_report(first, stored, again, delivery())) == (
        (first.provider, "1400006666"),
        ("aliyun", ""),
    )
