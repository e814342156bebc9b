"""When a watch looks, and what it waits for: few looks, the last at the end, whatever the message's age."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.watch_schedule import LONGEST_GAP, SHORTEST_GAP, next_look, waiting_since, waits_for
from bot.model import Coverage, ProviderFault, Query, Report, Status, Target, Window
from tests.cases import each
from tests.toys import NOW, NUMBER, TARGET, delivery

OTHER = Target(None, "900^0")
WINDOW = Window(NOW - timedelta(hours=24), NOW)


def looks(age: timedelta, within: timedelta) -> list[datetime]:
    """When a watch looks that begins now, of a message of this age."""
    found, due = [], next_look(NOW - age, NOW, NOW + within)
    while due is not None:
        found.append(due)
        due = next_look(NOW - age, due, NOW + within)
    return found


def seconds(found: list[datetime]) -> list[float]:
    return [(at - NOW).total_seconds() for at in found]


def test_the_gaps_grow_with_the_age_of_the_message_counted_from_its_sending() -> None:
    assert seconds(looks(timedelta(), timedelta(minutes=10))) == [10, 20, 40, 80, 160, 280, 400, 520, 600]
    assert seconds(looks(timedelta(hours=5), timedelta(minutes=10))) == [120, 240, 360, 480, 600]


@given(st.timedeltas(timedelta(), timedelta(days=30)), st.timedeltas(timedelta(minutes=1), timedelta(hours=24)))
def test_there_are_never_more_looks_than_one_in_two_minutes_and_six_and_the_last_is_at_the_end(
    age: timedelta, within: timedelta
) -> None:
    found = looks(age, within)
    gaps = [later - sooner for sooner, later in zip([NOW, *found], found, strict=False)]

    assert found[-1] == NOW + within
    assert len(found) <= within / LONGEST_GAP + 6
    assert all(gap >= SHORTEST_GAP for gap in gaps)
    assert all(gap < LONGEST_GAP + SHORTEST_GAP for gap in gaps)


@given(st.timedeltas(-timedelta(days=1), timedelta()))
def test_a_provider_whose_clock_is_ahead_changes_nothing(ahead: timedelta) -> None:
    assert next_look(NOW - ahead, NOW, NOW + timedelta(minutes=10)) == NOW + SHORTEST_GAP


def report(*rows: object, targets: tuple[Target, ...] = (TARGET,), fault: ProviderFault | None = None) -> Report:
    coverage = (Coverage("toy", "main", WINDOW, NOW, error=fault),)
    return Report(Query(targets, WINDOW), NOW, tuple(rows), coverage)  # type: ignore[arg-type]  # the tests' own rows


PENDING = Status.PENDING


@each(
    ("rows", "waits"),
    [
        ((), True),
        ((delivery(5),), False),
        ((delivery(5, Status.FAILED),), False),
        ((delivery(5, PENDING),), True),
        ((delivery(300, PENDING),), True),
        ((delivery(1), delivery(5, PENDING)), True),
        ((delivery(1), delivery(300, PENDING)), False),
        ((delivery(1, Status.FAILED), delivery(300, PENDING)), True),
    ],
    ids=[
        "nothing is known", "delivered", "failed", "pending", "pending for hours", "a newer one arrived, and one may still come",
        "hours old, and a newer one arrived", "hours old, and a newer one failed",
    ],
)  # fmt: skip
def test_what_is_waited_for(rows: tuple[object, ...], waits: bool) -> None:  # noqa: FBT001 - of the table
    assert bool(waits_for(report(*rows))) is waits


def test_each_target_is_waited_for_by_itself() -> None:
    both = report(delivery(5), targets=(TARGET, OTHER))

    assert waits_for(both) == (OTHER,)


def test_an_account_that_may_answer_yet_is_waited_for_and_one_that_will_not_is_not() -> None:
    assert waits_for(report(delivery(5), fault=ProviderFault("Transport.Timeout", retryable=True))) == (TARGET,)
    assert waits_for(report(delivery(5), fault=ProviderFault("AuthFailure.SecretIdNotFound"))) == ()


def test_the_newest_message_that_is_waited_for_counts() -> None:
    found = report(delivery(1), delivery(3, PENDING), delivery(9, PENDING))

    assert waiting_since(found, NOW) == NOW - timedelta(minutes=3)
    assert waiting_since(report(), NOW) == NOW
    assert found.query.targets[0].number == NUMBER
