"""Tencent's responses: rows and errors, documented and malformed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import (
    Contradiction,
    Delivery,
    PhoneNumber,
    ProviderFault,
    ProviderWords,
    RowsUnreadable,
    Status,
    Target,
)
from bot.providers.base import ResultCollector
from bot.providers.http import ApiResponse
from bot.providers.tencent.errors import is_transient, read_response
from bot.providers.tencent.row_collector import RowCollector, note_skipped
from bot.providers.tencent.rows import delivery_of
from tests.cases import each

ASKED = PhoneNumber("+8618501234444", 86, "18501234444")
ROW = {
    "UserReceiveTime": 1700000000,
    "CountryCode": "86",
    "SubscriberNumber": "18501234444",
    "PhoneNumber": "+8618501234444",
    "SerialNo": "5000:1045710669157053657849499619",
    "ReportStatus": "FAIL",
    "Description": "MK:0001",
    "SessionContext": None,
}


def read(**changes: Any) -> Delivery | None:
    return delivery_of({**ROW, **changes}, account="1400006666", queried=ASKED)


def delivery(**changes: Any) -> Delivery:
    found = read(**changes)
    assert found is not None
    return found


def test_a_documented_row_is_read_whole() -> None:
    assert delivery() == Delivery(
        provider="tencent",
        account="1400006666",
        status=Status.FAILED,
        number=ASKED,
        message_id="5000:1045710669157053657849499619",
        code="MK:0001",
        received_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )


@each(
    ("said", "status"),
    [("SUCCESS", Status.DELIVERED), ("FAIL", Status.FAILED), (" success", Status.DELIVERED), ("WAITING", Status.UNKNOWN)],
)
def test_the_status_is_what_the_row_says_and_a_new_word_is_unknown(said: str, status: Status) -> None:
    assert delivery(ReportStatus=said).status is status


@each("value", [None, "", "soon", 0, -1, True, 10**18, 1.5, "9" * 5000, [], "２０"])
def test_a_time_that_is_none_is_left_out(value: object) -> None:
    assert delivery(UserReceiveTime=value).received_at is None


def test_a_time_as_text_is_read() -> None:
    assert delivery(UserReceiveTime="1700000000").received_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_the_number_is_put_together_when_the_row_tells_it_in_parts() -> None:
    assert delivery(PhoneNumber=None).number == ASKED
    assert delivery(PhoneNumber="", CountryCode="852", SubscriberNumber="61234567").number == PhoneNumber(
        "+85261234567", 852, "61234567"
    )
    assert delivery(PhoneNumber=None, CountryCode=None, SubscriberNumber=None).number == ASKED


def test_another_number_than_the_one_asked_about_is_shown_as_that_other_one() -> None:
    assert delivery(PhoneNumber="+8613711112222").number == PhoneNumber("+8613711112222", 86, "13711112222")


def test_fields_of_later_versions_are_tolerated() -> None:
    assert delivery(SubmitTime=1, Nested={"a": [1]}) == delivery()


def test_the_providers_own_words_are_kept_in_one_line_without_numbers() -> None:
    words = {"SubError": "3001", "SubErrorDesc": "Blocked by\nthe carrier of 18501234444"}
    assert delivery(**words).notes == (ProviderWords(words="Blocked by the carrier of ••••• (3001)"),)
    assert delivery(**words).code == "MK:0001"
    assert delivery(SubError="3001", SubErrorDesc="").notes == (ProviderWords(words="3001"),)
    assert delivery(SubError="", SubErrorDesc=None).notes == ()


@each(
    ("status", "code", "contradictory"),
    [
        ("SUCCESS", "DELIVRD", False),
        ("SUCCESS", "LT:0", False),
        ("SUCCESS", "UNDELIV", True),
        ("FAIL", "delivrd", True),
        ("FAIL", "UNDELIV", False),
        ("WAITING", "UNDELIV", False),
    ],
)
def test_a_clear_contradiction_is_said(status: str, code: str, contradictory: bool) -> None:  # noqa: FBT001
    expected = (Contradiction(code=code),) if contradictory else ()
    assert delivery(ReportStatus=status, Description=code).notes == expected


@each("row", [None, "text", [], 7, {}, {"ReportStatus": True, "SerialNo": "x"}, {"ReportStatus": "MAYBE"}, {"SerialNo": "x"}])
def test_a_row_without_the_documented_shape_is_none(row: object) -> None:
    assert delivery_of(row, account="1400006666", queried=ASKED) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*ROW, "SubError", "SubErrorDesc"], json_values)) | json_values)
def test_no_row_of_any_kind_raises(row: object) -> None:
    found = delivery_of(row, account="1400006666", queried=ASKED)
    assert found is None or isinstance(hash(found), int)


# Rows of several parts


def row_collector(collector: ResultCollector, message_id: str | None = None) -> RowCollector:
    return RowCollector("1400006666", Target(ASKED, message_id), ASKED, collector)


def test_a_row_that_several_parts_bring_is_kept_once() -> None:
    collector = ResultCollector()
    rows = row_collector(collector)
    for part in ([ROW, {**ROW, "SerialNo": "5000:2"}], [ROW], [ROW, {**ROW, "SerialNo": "5000:3"}]):
        rows.add(part)
    assert [found.message_id for found in collector.deliveries] == [ROW["SerialNo"], "5000:2", "5000:3"]


def test_equal_rows_without_an_id_are_as_many_as_the_part_with_the_most_of_them_brought() -> None:
    collector = ResultCollector()
    rows = row_collector(collector)
    nameless = {**ROW, "SerialNo": ""}
    for part in ([nameless], [nameless], [nameless] * 3, [nameless] * 2):
        rows.add(part)
    assert len(collector.deliveries) == 3


def test_unreadable_rows_are_counted_likewise_and_are_not_nothing() -> None:
    collector = ResultCollector()
    rows = row_collector(collector)
    assert rows.is_empty
    for part in (["x", "x", None], ["x"], [None, None]):
        rows.add(part)
    note_skipped(collector, rows)
    assert collector.notes == [RowsUnreadable(count=4)]
    assert not rows.is_empty


def test_the_rows_of_other_messages_than_the_one_asked_for_are_passed_over() -> None:
    collector = ResultCollector()
    rows = row_collector(collector, "5000:2")
    rows.add([ROW])
    assert rows.is_empty
    rows.add([ROW, {**ROW, "SerialNo": "5000:2"}])
    assert [found.message_id for found in collector.deliveries] == ["5000:2"]


# Errors


def reply(response: Any, skew: timedelta | None = None) -> ApiResponse:
    return ApiResponse(200, {"Response": response}, httpx.Headers(), skew)


def fault_of(response: Any, skew: timedelta | None = None) -> ProviderFault:
    with pytest.raises(ProviderError) as caught:
        read_response(reply(response, skew))
    return caught.value.fault


def test_the_body_decides_that_an_answer_is_an_error() -> None:
    error = {"Code": "AuthFailure.SecretIdNotFound", "Message": "The SecretId is not found"}
    assert fault_of({"Error": error, "RequestId": "id-1"}) == ProviderFault(
        "AuthFailure.SecretIdNotFound", "The SecretId is not found", request_id="id-1"
    )
    assert read_response(reply({"PullSmsSendStatusSet": [], "Error": None})) == {"PullSmsSendStatusSet": [], "Error": None}


@each("response", [None, [], "x", {"Error": "x"}, {"Error": {}}])
def test_an_answer_without_the_documented_shape_raises_what_the_client_takes_for_that(response: object) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        read_response(reply(response))


@each(
    ("code", "transient"),
    [
        ("RequestLimitExceeded", True),
        ("RequestLimitExceeded.UinLimitExceeded", True),
        ("RequestLimitExceeded.GlobalRegionUinLimitExceeded", True),
        ("InternalError", True),
        ("InternalError.Timeout", True),
        ("InternalError.SomethingNew", True),
        ("InternalError.RequestTimeException", False),
        ("InternalError.SigVerificationFail", False),
        ("ServiceUnavailable", True),
        ("LimitExceeded.DailyLimit", True),  # a limit of sending: as the answer to a lookup, we asked too often
        ("LimitExceeded", True),
        ("LimitExceeded.PhoneNumberCountLimit", False),
        ("AuthFailure.SignatureFailure", False),
        ("UnsupportedOperation.", False),
        ("", False),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(code: str, transient: bool) -> None:  # noqa: FBT001
    assert is_transient(code) is transient
    assert fault_of({"Error": {"Code": code, "Message": None}}).retryable is transient


def test_a_fault_that_blames_the_time_tells_how_far_the_clocks_are_apart() -> None:
    ahead = timedelta(minutes=12)
    assert fault_of({"Error": {"Code": "AuthFailure.SignatureExpire", "Message": ""}}, ahead).skew == ahead
    assert fault_of({"Error": {"Code": "AuthFailure.SignatureFailure", "Message": ""}}, ahead).skew is None
