"""What could not be asked is never "no record"; what is said of messages and numbers holds of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.codes.receipt_age import waiting_family
from bot.i18n import ENGLISH
from bot.model import (
    BeyondRetention,
    Contradiction,
    NeedsMessageId,
    NeedsNumber,
    NewestOnly,
    NotChosen,
    Note,
    NoteKind,
    Outcome,
    PhoneNumber,
    ProviderFault,
    Resend,
    SkippedAccount,
    Status,
    Target,
)
from bot.presentation.verdict import Scope, verdict
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.reports import ALIBABA, NOW, PHONE_OFF, TITLES, ago, coverage, delivery, failed, pending, phone, report

if TYPE_CHECKING:
    from bot.model import Delivery, Report
    from bot.presentation.verdict import Verdict

STORE = coverage("receipts", "")
BY_NUMBER = NeedsNumber()
ABROAD = Target(PhoneNumber("+6591234567", 65, "91234567"))


def said(answer: Report) -> Verdict:
    return verdict(answer, titles=TITLES, language=ENGLISH)


def not_asked(provider: str, reason: Note) -> SkippedAccount:
    return SkippedAccount(provider, "", reason)


@each(
    ("target", "skipped", "why"),
    [
        (ABROAD, not_asked("aliyun-intl", NeedsMessageId()), "Alibaba intl can be asked by message id only"),
        (
            Target(message_id="900000000000000001^0"),
            not_asked("aliyun", NeedsNumber()),
            "Alibaba can be asked by number only",
        ),
        (
            Target(message_id="5000:1045710669157"),
            not_asked("tencent", NeedsNumber()),
            "Tencent can be asked by number only",
        ),
        (Target(message_id="of-no-form"), not_asked("tencent", BY_NUMBER), "Tencent can be asked by number only"),
        (Target(phone()), not_asked("tencent", BeyondRetention(7)), "Tencent no longer has all of that time"),
    ],
)
def test_nothing_found_beside_who_could_have_it_and_was_not_asked_is_no_no_record(
    target: Target, skipped: SkippedAccount, why: str
) -> None:
    answer = said(report(targets=(target,), parts=(STORE,), not_asked=(skipped,)))

    assert answer.outcome is Outcome.UNANSWERED
    assert answer.sentence.startswith(f"Cannot tell: {why}. Nothing in the receipt store.")
    assert ("Ask again with" in answer.sentence) is (skipped.reason.kind is not NoteKind.OUT_OF_MEMORY)


@each(
    ("target", "skipped"),
    [
        (Target(phone()), not_asked("aliyun-intl", NeedsMessageId())),
        (Target(message_id="100000000000000001"), not_asked("tencent", NeedsNumber())),
        (Target(message_id="5000:1045710669157"), not_asked("aliyun", NeedsNumber())),
        (Target(phone()), not_asked("tencent", NotChosen())),
    ],
)
def test_who_cannot_have_it_or_was_left_out_on_purpose_is_not_missed(target: Target, skipped: SkippedAccount) -> None:
    assert said(report(targets=(target,), parts=(STORE,), not_asked=(skipped,))).outcome is Outcome.NO_RECORD


def test_one_number_of_several_that_nobody_could_be_asked_about_is_told_with_the_reason() -> None:
    targets = (Target(phone()), ABROAD)
    answer = said(report(delivery(), targets=targets, not_asked=(not_asked("aliyun-intl", NeedsMessageId()),)))

    assert answer.line == "Cannot tell for 1 of 2 numbers (1 delivered): Alibaba intl can be asked by message id only"


def test_what_via_left_out_is_not_said_to_have_no_record() -> None:
    answer = said(report(parts=(ALIBABA,), providers=("aliyun",)))

    assert answer.lead == "No record of this number at Alibaba in the last 2 h"


def test_a_refusal_is_no_silence() -> None:
    refused = ProviderFault("AuthFailure.SecretIdNotFound")
    answer = said(report(parts=(replace(coverage(), error=refused, complete=False), ALIBABA)))

    assert answer.detail == "Tencent refused the lookup"


def test_an_id_beside_a_number_is_what_was_sought() -> None:
    assert said(report(targets=(Target(phone(), "900000000000000001^0"),))).lead.startswith("No record of this message id")


# --- tries, earlier messages ------------------------------------------------------------------------------------------------


def test_nothing_to_resend_is_said_of_tries_of_one_message_only() -> None:
    again = (delivery(template="A"), failed(sent=ago(minutes=3), template="A"))
    other = (delivery(template="B"), failed(sent=ago(minutes=50), template="A"))

    assert said(report(*again)).advice == "Nothing to resend"
    assert said(report(*other)).advice == "Resend the failed one only if it was a different message"


def test_what_arrived_is_not_tried_again() -> None:
    twice = tuple(delivery(template="A", sent=ago(seconds=seconds)) for seconds in (1, 3, 5))

    assert "try" not in said(report(*twice, failed(sent=ago(minutes=9)))).sentence


def test_all_messages_before_the_one_that_arrived_are_counted() -> None:
    rows = [delivery(sent=ago(minutes=minute)) for minute in (1, 2, 3)] + [failed(sent=ago(minutes=4))]

    assert "2 earlier ones were delivered" in said(report(*rows)).earlier


def test_all_is_said_only_when_everybody_answered_in_full() -> None:
    rows = [delivery(sent=ago(minutes=minute)) for minute in (1, 2, 3)]
    part = coverage(notes=(NewestOnly(shown=3),), complete=False)

    assert said(report(*rows)).lead == "All 3 delivered"
    assert said(report(*rows, parts=(part, ALIBABA))).lead == "3 delivered"


# --- contradictions ---------------------------------------------------------------------------------------------------------


def contradicted(status: Status, family: str, code: str) -> Delivery:
    words = CATALOGUE.describe(family, vendor="tencent", kind=PHONE_OFF.kind, code=code)
    note = Contradiction(code=code)
    return replace(delivery(status), code=code, explanation=words, notes=(note,))


@each(
    ("status", "family", "code", "lead"),
    [
        (Status.DELIVERED, "number_invalid", "MK:0001", "Delivered, says Tencent, but with the failure code MK:0001"),
        (Status.UNKNOWN, "unreachable", "UNDELIV", "Delivered, says Tencent, but with the failure code UNDELIV"),
        (Status.FAILED, "delivered", "DELIVRD", "Failed, says Tencent, but with the success code DELIVRD"),
        (Status.DELIVERED, "delivered", "DELIVERED", "Failed, says Tencent, but with the success code DELIVERED"),
    ],
)
def test_a_contradiction_says_which_of_the_two_says_what(status: Status, family: str, code: str, lead: str) -> None:
    assert said(report(contradicted(status, family, code))).lead == lead


def test_the_codes_of_several_contradictions_are_named() -> None:
    rows = [replace(contradicted(Status.DELIVERED, "number_invalid", "MK:0001"), number=phone(index)) for index in range(2)]
    answer = said(report(*rows, numbers=2))

    assert answer.aside == "2 with a code that contradicts the status: MK:0001"
    assert answer.advice == "Ask those customers whether they got it."


# --- silence of several -----------------------------------------------------------------------------------------------------


def waiting(*minutes: float) -> tuple[Delivery, ...]:
    return tuple(pending(sent=NOW - timedelta(minutes=age), number=phone(index)) for index, age in enumerate(minutes))


def test_one_old_silence_does_not_speak_for_those_that_are_normal() -> None:
    several = said(report(*waiting(5, 5, 5, 5, 5, 4 * 24 * 60), numbers=6))
    fresh = said(report(*waiting(1, 1, 1, 1, 1, 110), numbers=6))

    assert several.scope is fresh.scope is Scope.NOBODY
    assert "coincidence" not in several.advice
    assert "outage" not in fresh.advice


def test_an_outage_beside_one_failure_is_not_called_that_customers() -> None:
    answer = said(report(failed(), *waiting(0, 50, 50, 50, 50, 50)[1:], numbers=6))

    assert "outage" in answer.advice
    assert answer.scope is Scope.UNCLEAR
    assert answer.reach == "Others may be affected too"


def test_failures_before_newer_tries_that_wait_are_not_forgotten() -> None:
    rows = [*waiting(2, 2, 2), *(failed(number=phone(index), sent=ago(minutes=30)) for index in range(3))]

    assert "3 after an earlier failure" in said(report(*rows, numbers=3)).aside


def test_a_silence_of_unknown_age_is_looked_at_again_before_anything_else() -> None:
    assert waiting_family(None) == "pending"


def test_one_owner_of_several_causes_is_named_once() -> None:
    off = replace(PHONE_OFF, family="off")
    wrong = replace(PHONE_OFF, family="wrong", resend=Resend.NO)

    assert said(report(failed(off), failed(wrong, sent=ago(minutes=9)))).advice == ("Fix: customer · resend as noted below")


def test_a_message_without_a_status_is_told_by_its_code() -> None:
    row = replace(delivery(Status.UNKNOWN), code="MK:0008", explanation=PHONE_OFF)

    assert said(report(row)).line == "Status unknown: its code says: the handset could not be reached (likely)"
