"""The verdict: what happened, whose it is, and whether it is one customer or everyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, get_language
from bot.model import Confidence, Outcome, Owner, PhoneNumber, Report, Status, Target, Window
from bot.presentation.verdict import Scope, Verdict, verdict
from tests.cases import each
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


@each(
    ("name", "expected"),
    [
        ("delivered", "Delivered (3 s after sending)"),
        ("delivered-all", "All 3 delivered"),
        (
            "sample",
            (
                "Delivered (3 s after sending); an earlier one failed: the handset could not be reached (likely); "
                "an earlier one has no receipt"
            ),
        ),
        ("failed-all-alike", "All 3 failed: the handset could not be reached (likely)"),
        ("rejected", "Rejected, never sent: the SMS signature is not registered with the carrier"),
        ("unknown", "Status unknown: the provider does not say whether it arrived"),
        ("pending", "No receipt after 10 min"),
        ("no-record", "No record of this number in the last 2 h"),
        ("no-record-of-many", "No record of any of the 14 numbers in the last 2 h"),
        (
            "many-numbers",
            "5 of 12 numbers failed (1 delivered, 6 without a record): the SMS signature is not registered with the carrier",
        ),
        (
            "many-numbers-mixed",
            (
                "1 of 6 numbers failed (3 delivered, 2 without a record, 2 after an earlier failure): "
                "the handset could not be reached (likely)"
            ),
        ),
        ("many-numbers-fine", "All 4 numbers delivered"),
        ("dead-provider", "Delivered (3 s after sending). no answer from Alibaba"),
        (
            "answered-in-part",
            "Delivered (3 s after sending); an earlier one has no receipt. only part of the answer from Alibaba",
        ),
        ("none-answered", "Cannot tell: Tencent did not answer; Alibaba refused the lookup"),
        ("not-asked", "No provider could be asked"),
        (
            "cut-window",
            "Failed: the handset could not be reached (likely). Tencent no longer has all of that time",
        ),
        ("unlisted", "Failed: unknown code XX:77777"),
    ],
)
def test_the_headline(name: str, expected: str) -> None:
    assert headline(said(answers()[name])) == expected


@each("name", ["no-record", "no-record-of-many", "none-answered", "not-asked"])
def test_an_empty_answer_is_never_called_a_failure(name: str) -> None:
    verdict_ = said(answers()[name])

    assert verdict_.outcome in {Outcome.NO_RECORD, Outcome.UNANSWERED}
    assert verdict_.scope is Scope.NOBODY
    assert "fail" not in verdict_.sentence.lower()


@each("name", ["dead-provider", "answered-in-part", "none-answered", "not-asked", "cut-window"])
def test_an_answer_that_is_not_whole_says_so(name: str) -> None:
    assert not said(answers()[name]).whole


def test_without_titles_a_provider_goes_by_its_name() -> None:
    assert headline(verdict(answers()["dead-provider"], ENGLISH)).endswith("no answer from aliyun")


def test_one_account_that_is_down_and_another_that_is_partial_are_told_apart() -> None:
    parts = (coverage(error=SLOW, is_partial=True), replace(ALIBABA, error=SLOW))

    assert said(report(delivery(), parts=parts)).missing == "no answer from Alibaba; only part of the answer from Tencent"


@each(
    ("owner", "scope", "reach"),
    [
        (Owner.RECIPIENT, Scope.RECIPIENT, "Probably only this customer"),
        (Owner.US, Scope.EVERYONE, "Probably every message on this route"),
        (Owner.CONTENT, Scope.EVERYONE, "Probably every message with this text"),
        (Owner.PROVIDER, Scope.EVERYONE, "Probably every message on this route"),
        (Owner.CARRIER, Scope.UNCLEAR, "May affect others: check another number"),
        (Owner.UNKNOWN, Scope.UNCLEAR, "May affect others: check another number"),
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

    assert (answer.scope, answer.reach) == (Scope.UNCLEAR, "Others may be affected too")


def test_of_causes_that_differ_the_most_frequent_is_named_with_its_count_and_advice_on_what_we_must_fix_comes_first() -> None:
    rows = (*(failed(UNSIGNED, number=phone(index)) for index in range(11)), failed(number=phone(11)))

    answer = said(report(*rows, numbers=12))

    assert headline(answer) == (
        "All 12 numbers failed: the SMS signature is not registered with the carrier ×11, and 1 other cause"
    )
    assert answer.advice == "Fix: us · resend after the fix; Fix: customer · resend later."


def test_two_reasons_keep_both_owners_and_both_advices() -> None:
    answer = said(report(failed(PHONE_OFF), failed(UNSIGNED)))

    assert headline(answer) == (
        "Both failed: the SMS signature is not registered with the carrier; the handset could not be reached (likely)"
    )
    assert answer.advice == "Fix: us · resend after the fix; Fix: customer · resend later"
    assert answer.scope is Scope.EVERYONE


def test_a_rare_cause_that_we_must_fix_is_named_beside_the_most_frequent_one() -> None:
    rows = (*(failed(PHONE_OFF, number=phone(index)) for index in range(2)), failed(UNSIGNED, number=phone(2)))

    assert said(report(*rows, numbers=3)).detail == (
        "the handset could not be reached (likely) ×2, and 1 other cause; the SMS signature is not registered with the carrier"
    )


def test_where_every_message_has_its_own_cause_one_is_named_and_the_others_are_counted() -> None:
    rows = [failed(replace(UNLISTED, code=f"X:{index}"), number=phone(index)) for index in range(5)]

    assert said(report(*rows, numbers=5)).detail == "unknown code X:0, and 4 other causes"


def test_one_failure_among_many_numbers_reads_well() -> None:
    rows = (failed(), delivery(number=phone(1)))

    assert said(report(*rows, numbers=2)).line.startswith("1 of 2 numbers failed (1 delivered): ")


def test_a_second_try_is_called_so_only_for_the_same_template_or_signature_within_minutes() -> None:
    first: dict[str, Any] = {"sent": ago(minutes=9)}
    again: dict[str, Any] = {"sent": ago(minutes=4), "provider": "aliyun"}

    assert said(report(delivery(**again, template="SMS_1"), failed(**first, template="SMS_1"))).aside == "second try, via Alibaba"
    assert said(report(delivery(**again, text="【Acme】1"), failed(**first, text="【Acme】2"))).aside == "second try, via Alibaba"
    assert said(report(delivery(**again, template="SMS_1"), failed(**first, template="SMS_2"))).aside == "3 s after sending"
    assert said(report(delivery(**again), failed(**first))).aside == "3 s after sending"
    late: dict[str, Any] = {"sent": ago(minutes=50)}
    assert said(report(delivery(**again, template="SMS_1"), failed(**late, template="SMS_1"))).aside == "3 s after sending"


def test_a_message_that_took_longer_than_its_code_lives_is_told_so() -> None:
    assert said(report(delivery(sent=ago(hours=1), took=1200))).advice == "A code in it had expired by then: send a new one"


def test_a_receipt_that_tells_no_sending_is_set_beside_the_receipts_of_others() -> None:
    refused = replace(failed(sent=ago(minutes=10)), sent_at=None, received_at=ago(minutes=4))
    arrived = delivery(sent=ago(minutes=5), took=110)

    assert said(report(refused, arrived)).outcome is Outcome.DELIVERED


def test_a_number_abroad_that_could_be_asked_by_id_only_has_no_no_record() -> None:
    abroad = PhoneNumber("+6591234567", 65, "91234567")

    answer = said(report(targets=(Target(abroad),)))

    assert answer.sentence == (
        "Cannot tell: Alibaba intl can be asked by message id only. Nothing at Tencent and Alibaba. "
        "Ask again with the message id that the send call returned."
    )


def test_a_failure_without_a_code_says_that_no_reason_is_given() -> None:
    assert headline(said(report(delivery(Status.FAILED)))) == "Failed: the provider gives no reason"


def test_unlisted_codes_that_differ_are_different_reasons() -> None:
    rows = (failed(UNLISTED), failed(replace(UNLISTED, code="YY:1")))

    assert said(report(*rows)).detail.count("unknown code") == len(rows)


@each(
    ("confidence", "doubt"),
    [(Confidence.SURE, ""), (Confidence.LIKELY, " (likely)"), (Confidence.UNSURE, " (unconfirmed)")],
)
def test_a_cause_is_told_with_its_doubt(confidence: Confidence, doubt: str) -> None:
    assert said(report(failed(replace(BLOCKED, confidence=confidence)))).detail.endswith(f"reason not given{doubt}")


def test_numbers_without_failures_but_with_gaps_are_summed_up() -> None:
    rows = (delivery(), pending(number=phone(1)), delivery(Status.UNKNOWN, number=phone(2)))

    answer = said(report(*rows, numbers=4))

    assert answer.outcome is Outcome.PENDING
    assert headline(answer) == (
        "No receipt yet for 1 of 4 numbers, up to 10 min after sending "
        "(1 delivered, 1 with an unknown status, 1 without a record)"
    )


def test_message_ids_and_mixed_targets_are_called_what_they_are() -> None:
    by_id, by_number = Target(message_id="1008030300"), Target(phone())

    assert said(report(targets=(by_id,))).lead == "No record of this message id in the last 2 h"
    assert said(report(targets=(by_id, by_id))).lead == "No record of any of the 2 message ids in the last 2 h"
    assert said(report(targets=(by_id, by_number))).lead == "No record of any of the 2 targets in the last 2 h"


def test_a_window_in_the_past_is_not_called_the_last_hours() -> None:
    window = Window(ago(hours=30), ago(hours=28), open=False)

    assert said(report(window=window)).lead == "No record of this number in that window"


def test_the_words_follow_the_language() -> None:
    assert verdict(report(failed(PHONE_OFF)), get_language("zh")).detail == "手机暂时无法接通（可能）"


def test_a_code_in_the_verdict_never_carries_the_number() -> None:
    row = failed(replace(UNLISTED, code="X"), code="USER 13711112222")

    assert "13711112222" not in said(report(row)).sentence


@given(st.lists(st.sampled_from(Status), max_size=6), st.integers(1, 4), st.booleans())
def test_every_mix_of_statuses_has_a_verdict_that_fits(statuses: list[Status], numbers: int, down: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    rows = tuple(
        delivery(status, number=phone(index % numbers), sent=ago(minutes=index + 1)) for index, status in enumerate(statuses)
    )
    parts = (coverage(), replace(ALIBABA, error=SLOW if down else None, complete=not down))

    answer = said(report(*rows, numbers=numbers, parts=parts))

    newest = statuses[:numbers]
    failing = {Status.FAILED, Status.REJECTED} & set(newest)
    assert answer.outcome.is_failure == bool(failing)
    assert answer.whole is not down
    assert answer.lead
    assert answer.outcome is not Outcome.NO_RECORD or not down
    assert (answer.scope is Scope.NOBODY) or failing or newest.count(Status.PENDING) > 2


def test_the_sentence_holds_every_part() -> None:
    answer = said(report(failed(), parts=(coverage(), replace(ALIBABA, error=SLOW))))

    assert answer.sentence == (
        "Failed: the handset could not be reached (likely). Incomplete: no answer from Alibaba. "
        "Fix: customer · resend later. Probably only this customer."
    )


def test_a_receipt_before_its_message_tells_no_duration() -> None:
    assert said(report(delivery(took=-4))).lead == "Delivered"


def test_a_pending_message_without_a_time_tells_no_age() -> None:
    row = replace(pending(), sent_at=None, received_at=NOW - timedelta(minutes=1))

    assert said(report(row)).lead == "No receipt yet"


def test_a_message_without_any_time_is_never_called_earlier_nor_settled_by_another() -> None:
    undated = replace(failed(), sent_at=None, received_at=None, message_id="2640:1")
    beside = report(delivery(), undated)

    assert said(beside).line == (
        "Delivered (3 s after sending); another one failed at an unknown time: the handset could not be reached (likely)"
    )
    assert said(beside).advice == "Resend the failed one only if it was a different message"
    assert verdict(beside, get_language("zh"), titles=TITLES).line.endswith(
        "另有 1 条发送失败，时间不明：手机暂时无法接通（可能）"
    )
    assert undated in beside.standing(beside.deliveries)

    alone = report(replace(delivery(), sent_at=None, received_at=None), undated)
    assert (said(alone).outcome, said(alone).lead) == (Outcome.FAILED, "Failed")
    assert said(alone).earlier == "another one was delivered at an unknown time"


def test_where_several_of_one_numbers_messages_failed_the_first_words_count_them() -> None:
    signed = [failed(UNSIGNED, sent=ago(minutes=30 + minute)) for minute in range(3)]
    answer = said(report(failed(PHONE_OFF, sent=ago(minutes=1)), delivery(sent=ago(minutes=5)), *signed))

    assert answer.lead_at("14:03") == "4 of 5 failed, last 14:03"
    assert answer.detail == (
        "the SMS signature is not registered with the carrier ×3, and 1 other cause; the handset could not be reached (likely)"
    )
    assert answer.earlier == "an earlier one was delivered"
    assert answer.advice == "Fix: customer · resend later", "the older ones are settled by what arrived"


def test_where_the_newest_arrived_the_first_line_still_counts_several_failures() -> None:
    rows = [failed(sent=ago(minutes=20 + minute)) for minute in range(3)]

    assert said(report(delivery(), *rows)).line_at("14:03").startswith("Delivered 14:03 (3 of 4 failed); ")
    assert said(report(pending(sent=ago(minutes=1)), *rows)).aside == "3 of 4 failed"
    assert said(report(delivery(), rows[0])).aside == "3 s after sending", "one is told by the advice"


def test_the_time_beside_several_failures_is_said_to_be_the_last_ones_and_several_that_arrived_have_none() -> None:
    both = said(report(failed(), failed(sent=ago(minutes=9))))
    three = said(report(*(delivery(sent=ago(minutes=minute)) for minute in (1, 2, 3))))

    assert both.lead_at("14:03") == "Both failed, last 14:03"
    assert said(report(failed())).lead_at("14:03") == "Failed 14:03"
    assert (three.lead, three.when) == ("All 3 delivered", None)


def test_two_numbers_that_wait_are_told_as_neither() -> None:
    both = said(report(pending(sent=ago(minutes=9)), pending(number=phone(1), sent=ago(minutes=5)), numbers=2))

    assert both.lead == "No receipt yet for either number, up to 9 min after sending"
