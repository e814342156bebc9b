"""The chaos run's judge: what it lets pass, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.chaos.excuses import FEWEST, Excuse, Stored
from benchmarks.chaos.judging import Found, Verdict, judge
from benchmarks.chaos.ledger import Asked, Kind, Ledger, Span
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "trigger:1"


def judged(
    *,
    state: str | None = None,
    kills: Sequence[float] = (),
    trouble: tuple[float, float] | None = None,
    kind: str = "frozen",
    halt: tuple[float, float] | None = None,
    **asked: Any,
) -> Verdict:
    """The verdict on one request that was asked at 100."""
    ledger = Ledger()
    ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", KEY, **asked))
    if trouble is not None:
        ledger.trouble(kind, *trouble)
    if halt is not None:
        ledger.halts.append(Span("freeze", *halt))
    return judge(ledger, Found({KEY: Stored(state, 100.0)} if state else {}, {}), kills)


def test_one_answer_is_right_whether_it_was_acknowledged_or_not() -> None:
    assert judged(acked_at=100.1, answers=[101.0]).violations == []
    assert judged(answers=[101.0]).violations == []
    assert judged(acked_at=100.1, answers=[140.0]).counts["late"] == 1


def test_a_request_that_was_not_acknowledged_need_not_be_answered() -> None:
    assert judged().violations == []


@pytest.mark.parametrize("is_acked", [True, False])
def test_two_answers_are_wrong(is_acked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert judged(acked_at=100.1 if is_acked else None, answers=[101.0, 102.0]).violations != []


@each("state", [None, "working", "waiting", "answering", "done", "lost"])
def test_an_acknowledged_request_without_an_answer_is_wrong_where_nothing_was_killed(state: str | None) -> None:
    (violation,) = judged(acked_at=100.1, state=state, trouble=(99.0, 101.0)).violations

    assert (state or "nothing") in violation


def test_a_second_answer_by_a_process_that_was_frozen_at_the_first_is_excused_where_the_store_that_knew_was_deleted() -> None:
    twice: dict[str, Any] = {"acked_at": 100.0, "answers": [115.0, 134.0]}

    assert judged(**twice, kind="deleted", trouble=(127.0, 129.0), halt=(94.0, 127.0)).excused["forgotten, twice"] == 1
    assert judged(**twice, kind="deleted", trouble=(127.0, 129.0), kills=[130.0]).excused["forgotten, twice"] == 1
    assert judged(**twice, kind="deleted", trouble=(127.0, 129.0)).violations != []  # the process that answered remembers
    assert judged(**twice, kind="frozen", trouble=(127.0, 129.0), halt=(94.0, 127.0)).violations != []


def test_killed_between_the_beginning_of_an_answer_and_its_post_is_excused() -> None:
    assert judged(acked_at=100.1, state="answering", kills=[140.0]).violations != []  # its worker lived on
    assert judged(acked_at=100.1, state="answering", kills=[100.2]).excused["begun"] == 1
    assert judged(acked_at=100.1, state="answering", kills=[99.0]).violations != []
    assert judged(acked_at=100.1, state="working", kills=[100.2]).violations != []


def test_killed_while_the_store_was_away_is_excused() -> None:
    assert judged(acked_at=100.1, kills=[103.0], trouble=(99.0, 105.0)).excused["away"] == 1
    assert judged(acked_at=100.1, answers=[101.0, 140.0], kills=[103.0], trouble=(99.0, 105.0)).excused["away, twice"] == 1
    assert judged(acked_at=100.1, kills=[190.0], trouble=(99.0, 105.0)).violations != []
    assert judged(acked_at=100.1, kills=[103.0], trouble=(50.0, 60.0)).violations != []
    assert judged(acked_at=100.1, kills=[99.5], trouble=(99.0, 105.0)).violations != []  # before it came
    assert judged(acked_at=100.1, answers=[101.0, 140.0], kills=[141.0], trouble=(139.0, 145.0)).violations != []


def test_a_store_that_only_the_app_calls_slow_is_an_excuse_of_its_own() -> None:
    ledger = Ledger()
    ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", KEY, 100.1))
    ledger.heard_away([100.5])

    assert judge(ledger, Found({}, {}), [101.0]).excused["slow"] == 1


def test_no_excuse_holds_for_more_than_its_share() -> None:
    def silent(many: int) -> Verdict:
        ledger = Ledger()
        for number in range(many):
            ledger.ask(Asked(Kind.COMMAND, number, 100.0, "U1", "C1", f"trigger:{number}", 100.1, was_failed=True))
        return judge(ledger, Found({}, {}), [])

    assert silent(FEWEST).violations == []
    assert silent(FEWEST + 1).violations == [f"{FEWEST + 1} times “weather”, where {FEWEST} are the most"]
    assert [excuse.most(10_000) for excuse in Excuse if excuse.share > 0.02] == []


def test_an_answer_that_slack_failed_is_excused_and_what_the_asker_was_told_instead_is_counted() -> None:
    assert judged(acked_at=100.1, state="answering", was_failed=True).excused["weather"] == 1
    told = judged(acked_at=100.1, told=["Slack did not confirm the last answer."], was_failed=True)
    assert (told.counts["told"], told.violations) == (1, [])
    assert judged(acked_at=100.1, told=["Slack did not confirm the last answer."]).violations != []
    assert judged(acked_at=100.1, told=["Something went wrong in this app. …"], was_failed=True).violations != []


def test_a_word_that_slack_did_not_confirm_is_right_after_a_click_whose_nameless_words_slack_failed() -> None:
    def told(kind: Kind, failed_at: float) -> list[str]:
        ledger = Ledger()
        words = ["Slack did not confirm the last answer."]
        ledger.ask(Asked(kind, 1, 100.0, "U1", "C1", acked_at=100.1, told=words, told_at=104.0))
        ledger.fail(failed_at, "This answer is no longer kept.", is_for_all=False)
        return judge(ledger, Found({}, {}), []).violations

    assert told(Kind.SHARE, 101.0) == []
    assert told(Kind.SHARE, 99.0) != []
    assert told(Kind.COMMAND, 101.0) != []


def test_a_word_that_slack_did_not_confirm_is_right_where_a_process_was_frozen_while_it_answered() -> None:
    def told(halt: tuple[float, float]) -> list[str]:
        ledger = Ledger()
        words = ["Slack did not confirm the last answer."]
        ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", acked_at=100.1, told=words, told_at=104.0))
        ledger.halts.append(Span("freeze", *halt))
        return judge(ledger, Found({}, {}), []).violations

    assert told((101.0, 103.0)) == []
    assert told((105.0, 107.0)) != []


def test_whom_slack_did_not_know_twice_may_be_told_so() -> None:
    def told(*failed: float) -> list[str]:
        ledger = Ledger()
        words = ["Slack did not tell this app who you are, so …"]
        ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", acked_at=100.1, told=words, told_at=101.0))
        ledger.unknown["U1"] += failed
        return judge(ledger, Found({}, {}), []).violations

    assert told(100.2, 100.6) == []
    assert told(100.2) != []
    assert told(80.0, 80.4) != []


def test_a_request_over_which_five_processes_died_is_given_up() -> None:
    def given_up(attempts: int, kills: int) -> Verdict:
        ledger = Ledger()
        ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", KEY, 100.1))
        found = Found({KEY: Stored("working", 300.0, attempts)}, {})
        return judge(ledger, found, [101.0 + 40 * at for at in range(kills)])

    assert given_up(5, 5).excused["given up"] == 1
    assert given_up(4, 5).violations != []
    assert given_up(5, 4).violations != []


def test_a_button_of_an_answer_that_is_not_kept_is_excused_where_the_store_was_away_when_it_was_given_or_pressed() -> None:
    def pressed(trouble: tuple[float, float]) -> list[str]:
        ledger = Ledger()
        ledger.ask(Asked(Kind.COMMAND, 1, 100.0, "U1", "C1", acked_at=100.1, answers=[101.0]))
        ledger.ask(
            Asked(Kind.SHARE, 1, 150.0, "U1", "C1", acked_at=150.1, told=["This answer is no longer kept, so …"], told_at=150.2)
        )
        ledger.trouble("frozen", *trouble)
        return judge(ledger, Found({}, {}), []).violations

    assert pressed((99.0, 103.0)) == pressed((149.0, 151.0)) == []
    assert pressed((120.0, 130.0)) != []


def test_acknowledged_receipts_are_there_once() -> None:
    ledger = Ledger()
    ledger.pushed |= {"a", "b", "c"}
    ledger.acknowledged |= {"a", "b"}

    assert judge(ledger, Found({}, {"a": 1, "b": 1, "c": 0}), []).violations == []
    assert judge(ledger, Found({}, {"a": 1, "b": 0, "c": 1}), []).violations == ["1 receipts acknowledged and lost, such as b"]
    assert judge(ledger, Found({}, {"a": 1, "b": 1, "c": 2}), []).violations == ["1 receipts stored twice, such as c"]
