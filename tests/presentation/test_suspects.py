"""What failures point to the signature or the template, and under which name it is to be checked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.model import CodeKind, RegistrationReason, RegistrationState, Status
from bot.presentation.checks.signatures import _REASONS, _STATES, _STEPS
from bot.presentation.evidence import Suspect, suspected_signature, suspected_template
from bot.presentation.evidence.suspects import SIGNATURE_FAMILIES, TEMPLATE_FAMILIES
from tests.packaged import CATALOGUE
from tests.reports import NOW, delivery, failed, phone, report

if TYPE_CHECKING:
    from bot.model import Delivery

UNREGISTERED = CATALOGUE.explain("aliyun", CodeKind.RECEIPT, "PORT_NOT_REGISTERED")
SWITCHED_OFF = CATALOGUE.explain("tencent", CodeKind.RECEIPT, "MK:0024")
BAD_TEMPLATE = CATALOGUE.explain("aliyun", CodeKind.API, "isv.SMS_TEMPLATE_ILLEGAL")


def off(index: int, **more: Any) -> Delivery:
    return failed(SWITCHED_OFF, number=phone(index), message_id=f"off {index}", **more)


def test_the_families_are_those_of_the_catalogue() -> None:
    assert set(CATALOGUE._families) >= (SIGNATURE_FAMILIES | TEMPLATE_FAMILIES)


def test_a_code_about_the_signature_points_to_the_one_of_its_message_and_to_who_sent_it() -> None:
    of_alibaba = failed(UNREGISTERED, provider="aliyun", signature="示例")

    assert suspected_signature(report(of_alibaba)) == Suspect(("示例",), ("aliyun",))
    assert suspected_signature(report(failed(UNREGISTERED, provider="aliyun"))) == Suspect((), ("aliyun",))
    assert suspected_signature(report(delivery(signature="示例"), failed(SWITCHED_OFF))) is None


def test_a_message_that_tells_no_signature_has_the_one_that_all_others_have() -> None:
    untold, told = failed(UNREGISTERED), delivery(sent=NOW - timedelta(days=1), signature="示例", message_id="1")
    other = delivery(sent=NOW - timedelta(days=2), signature="示例商城", message_id="2")

    assert suspected_signature(report(untold, told)) == Suspect(("示例",), ("tencent",))
    assert suspected_signature(report(untold, told, other)) == Suspect((), ("tencent",))


def test_too_many_customers_who_fail_alike_point_to_the_signature_whatever_the_code_says() -> None:
    two, three = ([off(index, signature="示例") for index in range(count)] for count in (2, 3))

    assert suspected_signature(report(*two, numbers=2)) is None
    assert suspected_signature(report(*three, numbers=3)) == Suspect(("示例",), ("tencent",))


def test_a_failure_that_a_newer_message_supersedes_points_to_nothing() -> None:
    assert suspected_signature(report(delivery(), failed(UNREGISTERED))) is None


def test_a_refused_template_is_checked_by_its_code() -> None:
    refused = delivery(Status.REJECTED, code="isv.SMS_TEMPLATE_ILLEGAL", explanation=BAD_TEMPLATE, template="SMS_1")

    assert suspected_template(report(refused)) == Suspect(("SMS_1",), ("tencent",))
    assert suspected_template(report(failed(UNREGISTERED, template="SMS_1"))) is None


def test_every_state_is_worded_and_every_reason_that_says_more_than_its_state() -> None:
    said_by_the_state = {
        RegistrationReason.UNDER_WAY,
        RegistrationReason.BEING_PROVEN,
        RegistrationReason.PROVEN,
        RegistrationReason.OTHER,
    }

    assert set(_STATES) == set(RegistrationState)
    assert set(_REASONS) == set(_STEPS) == set(RegistrationReason) - said_by_the_state
