"""The verdict: what happened, whose it is, and whether it is one customer or everyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import ENGLISH, language_called
from bot.model import Confidence, Owner, Report, Status, Target, Window
from bot.verdict import Kind, Scope, Verdict, verdict
from tests.reports import (
    ALIBABA,
    BLOCKED,
    NOW,
    PHONE_OFF,
    SLOW,
    TITLES,
    UNLISTED,
    UNSIGNED,
    ago,
    answers,
    coverage,
    delivery,
    failed,
    pending,
    phone,
    report,
)


def said(answer: Report) -> Verdict:
    return verdict(answer, titles=TITLES, language=ENGLISH)


def headline(verdict_: Verdict) -> str:
    return f"{verdict_.line}. {verdict_.missing}" if verdict_.missing else verdict_.line


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("delivered", "Delivered 3 s after sending"),
        ("delivered-all", "All 3 delivered: the newest 3 s after sending"),
        ("sample", "1 of 3 failed: the handset could not be reached (likely)"),
        ("failed-all-alike", "All 3 failed: the handset could not be reached (likely)"),
        ("rejected", "Rejected, never sent: the SMS signature is not registered with the carrier"),
        ("unknown", "Status unknown: the provider does not say whether it arrived"),
        ("pending", "No receipt yet, 10 min"),
        ("no-record", "No record of this number in the last 2 h"),
        ("no-record-of-many", "No record of any of the 14 numbers in the last 2 h"),
        (
            "many-numbers",
            "5 of 12 numbers affected, all 11 failures alike: the SMS signature is not registered with the carrier",
        ),
        ("many-numbers-mixed", "3 of 6 numbers affected, for 3 reasons: among them the handset could not be reached (likely)"),
        ("many-numbers-fine", "All 4 messages to 4 numbers delivered"),
        ("table", "83 of 250 failed, for 3 reasons: most often (28 of 83) the handset could not be reached (likely)"),
        ("dead-provider", "Delivered 3 s after sending. Alibaba did not answer"),
        ("answered-in-part", "No receipt yet for 1 of 2: 1 delivered, waiting for 10 min. Alibaba answered only in part"),
        ("none-answered", "No answer, so nothing is known yet: Tencent and Alibaba did not answer"),
        ("not-asked", "No provider could be asked"),
        ("cut-window", "Failed: the handset could not be reached (likely). Tencent could not show all of it"),
        ("unlisted", "Failed: code XX:77777, which is not in our table"),
    ],
)
def test_the_headline(name: str, expected: str) -> None:
    assert headline(said(answers()[name])) == expected


@pytest.mark.parametrize("name", ["no-record", "no-record-of-many", "none-answered", "not-asked"])
def test_an_empty_answer_is_never_called_a_failure(name: str) -> None:
    verdict_ = said(answers()[name])

    assert verdict_.kind in {Kind.NO_RECORD, Kind.UNANSWERED, Kind.NOT_ASKED}
    assert verdict_.scope is Scope.NOBODY
    assert "fail" not in verdict_.sentence.lower()


@pytest.mark.parametrize("name", ["dead-provider", "answered-in-part", "none-answered", "not-asked", "cut-window"])
def test_an_answer_that_is_not_whole_says_so(name: str) -> None:
    assert not said(answers()[name]).whole


def test_without_titles_a_provider_goes_by_its_name() -> None:
    assert headline(verdict(answers()["dead-provider"], ENGLISH)).endswith("aliyun did not answer")


def test_one_account_that_is_down_and_another_that_is_partial_are_told_apart() -> None:
    parts = (coverage(error=SLOW, partly=True), replace(ALIBABA, error=SLOW))

    assert said(report(delivery(), parts=parts)).missing == "Alibaba did not answer; Tencent answered only in part"


@pytest.mark.parametrize(
    ("owner", "scope", "reach"),
    [
        (Owner.RECIPIENT, Scope.RECIPIENT, "Probably only this customer"),
        (Owner.US, Scope.EVERYONE, "Probably everyone sent this way"),
        (Owner.CONTENT, Scope.EVERYONE, "Probably everyone sent this way"),
        (Owner.PROVIDER, Scope.EVERYONE, "Probably everyone sent this way"),
        (Owner.CARRIER, Scope.UNCLEAR, "Unclear whether others are affected"),
        (Owner.UNKNOWN, Scope.UNCLEAR, "Unclear whether others are affected"),
    ],
)
def test_the_owner_tells_whether_it_is_one_customer_or_everyone(owner: Owner, scope: Scope, reach: str) -> None:
    answer = said(report(failed(replace(PHONE_OFF, owner=owner))))

    assert (answer.scope, answer.reach) == (scope, reach)


def test_a_limit_on_one_number_is_ours_and_still_only_this_customer() -> None:
    assert said(report(failed(replace(UNSIGNED, family="frequency")))).scope is Scope.RECIPIENT


def test_a_limit_that_may_be_the_numbers_or_ours_leaves_open_who_else_meets_it() -> None:
    assert said(report(failed(replace(UNSIGNED, family="limit_reached")))).scope is Scope.UNCLEAR


def test_two_phones_that_are_off_are_two_customers() -> None:
    rows = (failed(), failed(number=phone(1)))

    assert said(report(*rows, numbers=2)).reach == "Probably only these customers"


def test_many_phones_that_are_off_at_once_are_no_chance() -> None:
    rows = tuple(failed(number=phone(index)) for index in range(3))

    answer = said(report(*rows, numbers=3))

    assert (answer.scope, answer.reach) == (Scope.UNCLEAR, "Several numbers alike: others may be affected too")


def test_most_failures_alike_are_counted_and_their_advice_is_given() -> None:
    rows = (*(failed(UNSIGNED, number=phone(index)) for index in range(11)), failed(number=phone(11)))

    answer = said(report(*rows, numbers=12))

    assert headline(answer) == (
        "12 of 12 numbers affected, 11 of 12 failures alike: the SMS signature is not registered with the carrier"
    )
    assert answer.advice == "Ours to fix · resend after the fix"


def test_no_single_advice_is_given_for_failures_that_differ() -> None:
    answer = said(report(failed(PHONE_OFF), failed(UNSIGNED)))

    assert (answer.lead, answer.advice, answer.scope) == ("All 2 failed, for 2 reasons", "", Scope.UNCLEAR)


def test_one_failure_among_many_numbers_reads_well() -> None:
    rows = (failed(), delivery(number=phone(1)))

    assert said(report(*rows, numbers=2)).lead == "1 of 2 numbers affected, 1 failure"


def test_a_failure_without_a_code_says_that_no_reason_is_given() -> None:
    assert headline(said(report(delivery(Status.FAILED)))) == "Failed: the provider gives no reason"


def test_unlisted_codes_that_differ_are_different_reasons() -> None:
    rows = (failed(UNLISTED), failed(replace(UNLISTED, code="YY:1")))

    assert said(report(*rows)).lead == "All 2 failed, for 2 reasons"


@pytest.mark.parametrize(
    ("confidence", "doubt"),
    [(Confidence.SURE, ""), (Confidence.LIKELY, " (likely)"), (Confidence.UNSURE, " (unsure)")],
)
def test_a_cause_is_told_with_its_doubt(confidence: Confidence, doubt: str) -> None:
    assert said(report(failed(replace(BLOCKED, confidence=confidence)))).detail.endswith(f"reason not given{doubt}")


def test_numbers_without_failures_but_with_gaps_are_summed_up() -> None:
    rows = (delivery(), pending(number=phone(1)), delivery(Status.UNKNOWN, number=phone(2)))

    answer = said(report(*rows, numbers=4))

    assert answer.kind is Kind.PENDING
    assert headline(answer) == (
        "No failure among 4 numbers: 1 without a receipt yet, 1 with an unknown status, 1 without a record"
    )


def test_message_ids_and_mixed_targets_are_called_what_they_are() -> None:
    by_id, by_number = Target(message_id="1008030300"), Target(phone())

    assert said(report(targets=(by_id,))).lead == "No record of this message id in the last 2 h"
    assert said(report(targets=(by_id, by_id))).lead == "No record of any of the 2 message ids in the last 2 h"
    assert said(report(targets=(by_id, by_number))).lead == "No record of any of the 2 targets in the last 2 h"


def test_a_window_in_the_past_is_not_called_the_last_hours() -> None:
    window = Window(ago(hours=30), ago(hours=28), open=False)

    assert said(report(window=window)).lead == "No record of this number in the window asked"


def test_the_words_follow_the_language() -> None:
    assert verdict(report(failed(PHONE_OFF)), language_called("zh")).detail == "手机暂时无法接通（可能）"


def test_a_code_in_the_verdict_never_carries_the_number() -> None:
    row = failed(replace(UNLISTED, code="X"), code="USER 13711112222")

    assert "13711112222" not in said(report(row)).sentence


@given(st.lists(st.sampled_from(Status), max_size=6), st.integers(1, 4), st.booleans())
def test_every_mix_of_statuses_has_a_verdict_that_fits(statuses: list[Status], numbers: int, down: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    rows = tuple(delivery(status, number=phone(index % numbers)) for index, status in enumerate(statuses))
    parts = (coverage(), replace(ALIBABA, error=SLOW if down else None))

    answer = said(report(*rows, numbers=numbers, parts=parts))

    failing = {Status.FAILED, Status.REJECTED} & set(statuses)
    assert (answer.kind is Kind.FAILED) == bool(failing)
    assert answer.whole is not down
    assert answer.lead
    assert (answer.scope is Scope.NOBODY) == (not failing)


def test_the_sentence_holds_every_part() -> None:
    answer = said(report(failed(), parts=(coverage(), replace(ALIBABA, error=SLOW))))

    assert answer.sentence == (
        "Failed: the handset could not be reached (likely). Theirs to fix · resend later. Probably only this customer. "
        "Alibaba did not answer."
    )


def test_a_receipt_before_its_message_tells_no_duration() -> None:
    assert said(report(delivery(took=-4))).lead == "Delivered"


def test_a_pending_message_without_a_time_tells_no_age() -> None:
    row = replace(pending(), sent_at=None, received_at=NOW - timedelta(minutes=1))

    assert said(report(row)).lead == "No receipt yet"
