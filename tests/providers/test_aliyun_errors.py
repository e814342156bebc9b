"""Alibaba's error responses: which are retryable, and what of them is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import ClockSkew, ProviderFault
from bot.providers.aliyun.errors import raise_for_fault
from bot.providers.base import ResultCollector
from bot.providers.http import ApiResponse
from tests.cases import each

HOST = {"HostId": "dysmsapi.aliyuncs.com", "Recommend": "https://api.aliyun.com/troubleshoot"}


def reply(body: Any, status: int = 200, *, headers: dict[str, str] | None = None, skew: timedelta | None = None) -> ApiResponse:
    return ApiResponse(status, body, httpx.Headers(headers or {}), skew)


def fault_of(answer: ApiResponse, collector: ResultCollector | None = None) -> ProviderFault:
    with pytest.raises(ProviderError) as caught:
        raise_for_fault(answer, collector or ResultCollector())
    return caught.value.fault


@each("status", [200, 400, 500])
@each("body", [{"Code": "OK"}, {"ResponseCode": "OK", "Message": "the SMS"}])
def test_ok_is_ok_whatever_the_http_status(body: dict[str, str], status: int) -> None:
    raise_for_fault(reply(body, status), ResultCollector())


@each("status", [200, 400, 403, 404, 500, 503])
@each(
    ("body", "code"),
    [
        ({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "非法手机号", "RequestId": "A-1"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"Code": "InvalidAccessKeyId.NotFound", "Message": "…", "RequestId": "A-1", **HOST}, "InvalidAccessKeyId.NotFound"),
        ({"ResponseCode": "OUT_OF_SERVICE", "ResponseDescription": "…", "RequestId": "A-1"}, "OUT_OF_SERVICE"),
        ({"code": "Forbidden.RAM", "message": "…", "requestId": "A-1"}, "Forbidden.RAM"),
    ],
)
def test_the_code_decides_whatever_the_http_status(body: dict[str, str], code: str, status: int) -> None:
    fault = fault_of(reply(body, status))

    assert (fault.code, fault.request_id, fault.retryable) == (code, "A-1", False)


@each(
    "code",
    [
        "Throttling",
        "Throttling.User",
        "Throttling.Api",
        "ServiceUnavailable",
        "InternalError",
        "isp.SYSTEM_ERROR",
        "isp.GATEWAY_ERROR",
        "SignatureNonceUsed",
        "SYSTEM_ERROR",
        "QPS_LIMIT_CONTROL",
        "isv.BUSINESS_LIMIT_CONTROL",
        "BUSINESS_LIMIT_CONTROL_MINUTE",
        "isv.DAY_LIMIT_CONTROL",
    ],
)
def test_a_passing_failure_is_worth_repeating(code: str) -> None:
    assert fault_of(reply({"Code": code}, 400)).retryable
    assert fault_of(reply({"ResponseCode": code})).retryable


@each(
    "code", ["isv.BLACK_KEY_CONTROL_LIMIT", "SignatureDoesNotMatch", "InvalidTimeStamp.Expired", "isp.RAM_PERMISSION_DENY", "ok"]
)
def test_a_lasting_failure_is_not(code: str) -> None:
    assert not fault_of(reply({"Code": code}, 400)).retryable


@each(
    ("header", "seconds"),
    [("300", 0.3), ("0", 0.0), ("5000", 5.0), ("60000", 5.0), ("soon", None), ("-1", None), ("１", None), (None, None)],
)
def test_the_wait_asked_for_is_in_milliseconds_and_cut_to_what_the_deadline_allows(
    header: str | None, seconds: float | None
) -> None:
    headers = {"x-acs-retry-after": header} if header and header.isascii() else {}

    assert fault_of(reply({"Code": "Throttling.User"}, 400, headers=headers)).retry_after == seconds


def test_an_answer_without_a_code_has_the_wrong_shape() -> None:
    with pytest.raises(KeyError):
        raise_for_fault(reply({"Message": "hello"}), ResultCollector())


@each("code", ["InvalidTimeStamp.Expired", "InvalidTimestamp.Expired", "IllegalTimestamp"])
@each(("skew", "minutes"), [(16.4, 16), (-20, -20), (1, 1)])
def test_a_clock_that_is_off_is_said_in_minutes_which_are_positive_when_it_is_ahead(code: str, skew: float, minutes: int) -> None:
    collector = ResultCollector()
    fault = fault_of(reply({"Code": code}, 400, skew=timedelta(minutes=skew)), collector)

    assert fault.skew == timedelta(minutes=skew)
    assert collector.notes == [ClockSkew(minutes=minutes)]


@each(
    ("code", "skew"),
    [
        ("InvalidTimeStamp.Expired", timedelta(seconds=59)),
        ("InvalidTimeStamp.Expired", None),
        ("SignatureDoesNotMatch", timedelta(minutes=20)),
    ],
)
def test_the_clock_is_not_blamed_when_it_is_right_or_unknown_or_not_at_issue(code: str, skew: timedelta | None) -> None:
    collector = ResultCollector()
    fault_of(reply({"Code": code}, 400, skew=skew), collector)

    assert collector.notes == []


def test_the_clock_is_said_once_though_every_day_of_a_window_fails_over_it() -> None:
    collector = ResultCollector()
    for seconds in (929, 931):
        fault_of(reply({"Code": "InvalidTimeStamp.Expired"}, 400, skew=timedelta(seconds=seconds)), collector)

    assert len(collector.notes) == 1


def test_a_wrong_signature_does_not_bring_the_number_or_the_key_into_the_message() -> None:
    body = {
        "Code": "SignatureDoesNotMatch",
        "Message": "Specified signature does not match our calculation. server StringToSign is "
        "[POST\n/\nPhoneNumber=13711112222\nAccessKeyId=LTAI5tEXAMPLEfakeKeyId01]",
    }
    assert fault_of(reply(body, 400)).message == "Specified signature does not match our calculation …"


def test_the_text_of_an_sms_is_never_taken_for_the_words_of_an_error() -> None:
    body = {"ResponseCode": "SYSTEM_ERROR", "Message": "Your code is 4839"}

    assert fault_of(reply(body)).message == ""


@given(
    st.dictionaries(
        st.sampled_from(["Code", "ResponseCode", "Message", "RequestId"]),
        st.none() | st.text() | st.integers() | st.lists(st.text()),
    )
)
def test_an_answer_that_is_not_ok_is_an_error_or_of_the_wrong_shape(body: dict[str, Any]) -> None:
    if body.get("Code") == "OK" or body.get("ResponseCode") == "OK":
        return
    with pytest.raises((ProviderError, KeyError, TypeError)) as caught:
        raise_for_fault(reply(body), ResultCollector())
    if isinstance(caught.value, ProviderError):
        fault = caught.value.fault
        assert len(fault.code) <= 64
        assert all(text.isprintable() for text in (fault.code, fault.message))
