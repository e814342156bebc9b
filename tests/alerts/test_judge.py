"""Whatever comes, minute by minute: one alert for a cause, which ends, and is not told of anew at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.alert import Alert, Ending, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE, Tally, Timeline
from bot.alerts.judge import COOLDOWN, QUIET_AFTER
from bot.alerts.rule import LONGEST
from bot.model.statistics import Span
from tests.alerts.days import DAY, START, Replay
from tests.examples import examples

if TYPE_CHECKING:
    from datetime import datetime

GROUPS = tuple(
    Cause(system, account, carrier)
    for system, account in (("tencent", "a"), ("tencent", "b"), ("aliyun", ""))
    for carrier in ("China Mobile", "China Unicom", "")
)
MOBILE = Cause("tencent", None, "China Mobile")
NOON = START + 7 * DAY + DAY / 2


@dataclass(frozen=True)
class Phase:
    """Minutes in which so many messages come for each group, and those of some are in trouble."""

    minutes: int
    amount: int
    troubled: frozenset[Cause] = frozenset()
    failing: float = 0.0
    handsets: float = 0.0
    slow: float = 0.0

    def tally(self, group: Cause) -> Tally:
        if group not in self.troubled:
            return Tally(self.amount, 0, 0, 0, self.amount)
        failed = round(self.amount * self.failing)
        handset = round((self.amount - failed) * self.handsets)
        return Tally(self.amount - failed - handset, failed, handset, round(self.amount * self.slow), self.amount)


HOURS = Span(NOON - LONGEST, NOON + timedelta(hours=16))
EARLIER = Timeline.of(
    HOURS, {one: {HOURS.since + at * MINUTE: Tally(10, 0, 0, 0, 10) for at in range(22 * 60)} for one in GROUPS}
)
WELL = Phase(LONGEST // MINUTE + 1, 10)
phases = st.builds(
    Phase,
    st.sampled_from([1, 3, 10, 20, 70]),
    st.sampled_from([0, 1, 5, 40]),
    st.frozensets(st.sampled_from(GROUPS)),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([0.0, 0.3, 0.9]),
    st.sampled_from([0.0, 0.5]),
)


def replayed(scene: list[Phase], *, is_old: bool = True) -> list[list[Alert]]:
    """What each minute of the phases tells; `is_old`: the same hours before are known, and were well."""
    groups: dict[Cause, dict[datetime, Tally]] = {group: {} for group in GROUPS}
    at = NOON
    for phase in scene:
        for _ in range(phase.minutes if phase.amount else 0):
            for group, found in groups.items():
                found[at] = phase.tally(group)
            at += MINUTE
        at += (0 if phase.amount else phase.minutes) * MINUTE
    before = tuple(replace(EARLIER, span=one, origin=one.since) for one in map(HOURS.earlier, (DAY, 7 * DAY))) if is_old else ()
    return list(Replay(groups, at - START, NOON - START, before).minutes())


@given(st.lists(phases, max_size=6), st.booleans())
@examples(8)
def test_one_alert_for_a_cause_which_ends_and_is_not_told_of_anew_at_once(scene: list[Phase], is_old: bool) -> None:  # noqa: FBT001
    known: dict[tuple[Cause, Trouble, datetime], Alert] = {}
    for changed in replayed([*scene, WELL], is_old=is_old):
        for alert in changed:
            key = alert.cause, alert.trouble, alert.told_at
            before = known.get(key)
            assert before is None or before.is_open, "what is over stays as it was"
            if before is None:
                begins(alert, list(known.values()))
            known[key] = alert
        lasting = [alert.cause for alert in known.values() if alert.is_open and alert.trouble is not Trouble.SILENT]
        assert not any(one.covers(other) for at, one in enumerate(lasting) for other in lasting[at + 1 :])
    assert [alert for alert in known.values() if alert.is_open] == [], "after six hours in which all is well"


def begins(alert: Alert, known: list[Alert]) -> None:
    """A new one is about what nobody was told of lately."""
    assert alert.since <= alert.told_at
    for other in known:
        if other.cause == alert.cause and (other.trouble is Trouble.SILENT) == (alert.trouble is Trouble.SILENT):
            assert not other.is_open
            if other.ending is not Ending.FOLDED and alert.trouble is not Trouble.SILENT:
                assert other.closed_at is not None
                assert other.ended_at is not None
                assert alert.told_at - other.closed_at >= COOLDOWN
                assert alert.since >= other.ended_at


def told(*scene: Phase, is_old: bool = True) -> list[Alert]:
    """The alerts as they were last."""
    last: dict[tuple[Cause, datetime], Alert] = {}
    for changed in replayed([Phase(30, 10), *scene], is_old=is_old):
        last |= {(alert.cause, alert.told_at): alert for alert in changed}
    return sorted(last.values(), key=lambda alert: alert.told_at)


def failing(*groups: Cause, minutes: int = 30, amount: int = 10, share: float = 1.0) -> Phase:
    return Phase(minutes, amount, frozenset(groups), failing=share)


def groups(**parts: str) -> list[Cause]:
    return [group for group in GROUPS if Cause(**parts).covers(group)]


def test_what_a_carrier_has_in_common_everywhere_is_told_once_for_the_carrier() -> None:
    assert [alert.cause for alert in told(failing(*groups(carrier="China Mobile")))] == [Cause(None, None, "China Mobile")]


def test_what_a_carrier_has_at_one_provider_alone_is_told_with_that_provider() -> None:
    (alert,) = told(failing(*groups(system="tencent", carrier="China Mobile")))
    assert alert.cause == MOBILE
    assert alert.yesterday is not None


def test_what_all_of_a_provider_or_all_of_an_account_has_is_told_for_that() -> None:
    assert [alert.cause for alert in told(failing(*groups(system="aliyun")))] == [Cause("aliyun")]
    assert [alert.cause for alert in told(failing(*groups(system="tencent", account="b")))] == [Cause("tencent", "b")]
    assert [alert.cause for alert in told(failing(*GROUPS))] == [Cause()]


def test_one_that_spreads_is_told_anew_as_the_wider_one_and_the_narrower_one_is_folded_into_it() -> None:
    narrow, wide = told(failing(*groups(system="tencent", carrier="China Mobile")), failing(*groups(system="tencent")))
    assert (narrow.cause, narrow.ending) == (MOBILE, Ending.FOLDED)
    assert (wide.cause, wide.is_open) == (Cause("tencent"), True)


def test_handsets_that_fail_everywhere_are_customers_and_those_of_one_carrier_alone_are_not() -> None:
    assert told(Phase(30, 10, frozenset(GROUPS), handsets=0.5)) == []
    (alert,) = told(Phase(30, 10, frozenset(groups(carrier="China Mobile")), handsets=0.5))
    assert alert.cause == Cause(None, None, "China Mobile")
    assert alert.with_handsets


def test_one_that_is_over_says_since_when_and_counts_what_failed_until_then() -> None:
    (alert,) = told(failing(*groups(system="aliyun")), Phase(30, 10))
    assert alert.ending is Ending.RECOVERED
    assert alert.ended_at == NOON + 60 * MINUTE
    assert alert.tally == Tally(0, 900, 0, 0, 900)


def test_when_nothing_is_sent_any_more_nobody_knows_whether_it_is_over() -> None:
    (alert,) = [one for one in told(failing(*GROUPS), Phase(70, 0), is_old=False) if one.trouble is Trouble.FAILING]
    assert alert.ending is Ending.QUIET
    assert alert.ended_at == NOON + 60 * MINUTE
    assert alert.closed_at == alert.ended_at + QUIET_AFTER


def test_receipts_that_stop_are_told_apart_unless_nothing_is_usual_at_that_hour() -> None:
    (all_of_them,) = told(Phase(20, 0), Phase(5, 10))
    assert (all_of_them.cause, all_of_them.trouble, all_of_them.usual) == (Cause(), Trouble.SILENT, 90.0)
    assert (all_of_them.since, all_of_them.ended_at) == (NOON + 30 * MINUTE, NOON + 50 * MINUTE)
    assert told(Phase(20, 0), is_old=False) == []


def test_a_provider_that_falls_silent_alone_is_named() -> None:
    going_on = {NOON + at * MINUTE: Tally(10) for at in range(60)}
    stopped = {at: tally for at, tally in going_on.items() if at < NOON + 30 * MINUTE}
    minutes = {group: stopped if group.system == "aliyun" else going_on for group in GROUPS}
    before = tuple(replace(EARLIER, span=one, origin=one.since) for one in map(HOURS.earlier, (DAY, 7 * DAY)))
    found = Replay(minutes, NOON + 60 * MINUTE - START, NOON - START, before).run()
    assert [(one.cause, one.trouble, one.usual) for one in found] == [(Cause("aliyun"), Trouble.SILENT, 30.0)]
    assert found[0].told_at == NOON + 40 * MINUTE


def test_receipts_that_are_slow_are_told_apart() -> None:
    (alert,) = told(Phase(30, 10, frozenset(groups(system="aliyun")), slow=0.5))
    assert (alert.cause, alert.trouble) == (Cause("aliyun"), Trouble.SLOW)
    assert alert.since == NOON + 30 * MINUTE


def test_without_earlier_hours_only_the_eighty_per_cent_count() -> None:
    scene = failing(*groups(system="aliyun"), amount=20, share=0.15, minutes=60)
    assert [alert.cause for alert in told(scene)] == [Cause("aliyun")]
    assert told(scene, is_old=False) == []


def test_what_was_as_low_before_is_no_news() -> None:
    minutes = {START + at * MINUTE: Tally(7, 3, 0) for day in (1, 7, 8) for at in range(day * 1440 + 14 * 60, day * 1440 + 1440)}
    assert Replay(dict.fromkeys(GROUPS[:3], minutes), 9 * DAY, begin=8 * DAY + timedelta(hours=22)).run() == []


def test_what_was_over_before_anybody_judged_is_not_told() -> None:
    outage = {NOON - at * MINUTE: Tally(0, 10) for at in range(120, 300)}
    well = {NOON - at * MINUTE: Tally(10) for at in range(1, 120)}
    minutes = {Cause("tencent", "", "China Mobile"): outage | well}
    assert list(Replay(minutes, NOON + MINUTE - START, NOON - START, ()).minutes()) == [[]]
    lasting = {Cause("tencent", "", "China Mobile"): outage | {at: Tally(0, 10) for at in well}}
    ((alert,),) = Replay(lasting, NOON + MINUTE - START, NOON - START, ()).minutes()
    assert alert.since == NOON - 299 * MINUTE


def test_a_cause_that_is_bad_again_soon_is_told_after_a_quarter_of_an_hour_and_for_what_came_since() -> None:
    aliyun = failing(*groups(system="aliyun"))
    first, second = told(aliyun, Phase(17, 10), aliyun)
    assert first.closed_at is not None
    assert first.closed_at < NOON + 77 * MINUTE
    assert second.told_at == first.closed_at + timedelta(minutes=15)
    assert second.since == NOON + 77 * MINUTE
    assert second.is_open
