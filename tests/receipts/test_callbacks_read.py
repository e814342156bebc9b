"""Parsing of callbacks: every documented form, with the vendors' own samples, and malformed ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH
from bot.model import Status
from bot.providers.aliyun.callbacks import pushed_status
from bot.providers.registry import VENDORS
from bot.receipts.ingestion import MalformedPayloadError
from bot.receipts.model import Receipt, ReceiptSource
from tests.cases import each

if TYPE_CHECKING:
    from bot.receipts.ingestion import Callback, ParsedBatch

CALLBACKS: dict[str, Callback] = {one.name: one for vendor in VENDORS for one in vendor.callbacks}

TENCENT: dict[str, Any] = {
    "user_receive_time": "2026-11-20 20:00:05",
    "nationcode": "86",
    "mobile": "13711112222",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "5000:1045710669157053657849499619",
}
REPLY: dict[str, Any] = {
    "extend": "",
    "mobile": "13711112222",
    "nationcode": "86",
    "sign": "示例",
    "text": "TD",
    "time": 1795241131,
}
REPORT: dict[str, Any] = {
    "phone_number": "13711112222",
    "send_time": "2026-11-20 20:00:00",
    "report_time": "2026-11-20 20:00:05",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "900000000000000001^0",
    "out_id": "",
}
UP: dict[str, Any] = {
    "phone_number": "13711112222",
    "content": "T 1234",
    "send_time": "2026-11-20 20:01:00",
    "dest_code": "123",
    "sequence_id": 1234567890,
}
INTL: dict[str, Any] = {
    "To": "85261234567",
    "Status": "1",
    "MessageId": "100000000000000001",
    "SmsSize": "1",
    "TaskId": "7",
    "SendDate": "Fri, 20 Nov 2026 20:00:00 +0800",
    "ReceiveDate": "Fri, 20 Nov 2026 20:00:05 +0800",
    "ErrorCode": "success",
    "ErrorDescription": "success",
}
GLOBE: dict[str, Any] = {
    "to": "85261234567",
    "status": 2,
    "message_id": "100000000000000002",
    "send_date": "2026-11-20 20:00:00",
    "receive_date": "2026-11-20 20:00:05",
    "error_code": "SP_UNKNOW_ERROR",
    "error_description": "The carrier failed the message",
}
NOTHING: list[Any] = [[], None, "", {}]
SENT = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)


def read(name: str, body: object) -> ParsedBatch:
    return CALLBACKS[name].read(json.dumps(body).encode())


def one(name: str, row: dict[str, Any]) -> Receipt:
    parsed = read(name, [row])
    assert parsed.unreadable == ()
    return parsed.receipts[0]


def test_there_is_a_callback_for_each_documented_push() -> None:
    assert set(CALLBACKS) >= {"tencent", "tencent-replies", "aliyun", "aliyun-replies", "aliyun-intl", "twilio"}


def test_tencents_receipts_come_as_an_array() -> None:
    parsed = read("tencent", [TENCENT, {**TENCENT, "sid": "2", "report_status": "FAIL", "errmsg": "MK:0008", "ext": "订单 1"}])

    first, second = parsed.receipts
    assert (first.status, first.code, first.received_at, first.source) == (
        Status.DELIVERED,
        "DELIVRD",
        RECEIVED,
        ReceiptSource.CALLBACK,
    )
    assert (second.status, second.code, second.extra) == (Status.FAILED, "MK:0008", (("ext", '"订单 1"'),))
    assert {receipt.number.e164 for receipt in parsed.receipts if receipt.number} == {"+8613711112222"}


def test_tencents_reply_comes_as_an_object() -> None:
    (reply,) = read("tencent-replies", REPLY).replies
    assert (reply.system, reply.number.e164, reply.text, reply.at) == (
        "tencent",
        "+8613711112222",
        "TD",
        datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC),
    )


def test_alibabas_report_is_read_with_china_times_and_a_mainland_number() -> None:
    receipt = one("aliyun", REPORT)
    assert (receipt.system, receipt.status, receipt.code, receipt.words) == (
        "aliyun",
        Status.DELIVERED,
        "DELIVERED",
        "用户接收成功",
    )
    assert receipt.number is not None
    assert (receipt.number.e164, receipt.message_id) == ("+8613711112222", "900000000000000001^0")
    assert (receipt.sent_at, receipt.received_at) == (SENT, RECEIVED)
    assert receipt.extra == (("sms_size", '"1"'),)


def test_alibabas_report_tells_a_refusal_at_submission_from_a_failure() -> None:
    assert one("aliyun", {**REPORT, "success": False, "err_code": "MK:0008"}).status is Status.FAILED
    assert one("aliyun", {**REPORT, "success": "false", "err_code": "isv.BUSINESS_LIMIT_CONTROL"}).status is Status.REJECTED


def test_a_number_abroad_in_alibabas_report_keeps_its_country_code() -> None:
    number = one("aliyun", {**REPORT, "phone_number": "85261234567"}).number
    assert number is not None
    assert number.e164 == "+85261234567"


def test_alibabas_replies_come_as_an_array_with_either_kind_of_sequence_id() -> None:
    parsed = read("aliyun-replies", [UP, {**UP, "sequence_id": "1234567891", "sign_name": "示例"}])
    assert [(reply.system, reply.text, reply.at) for reply in parsed.replies] == [
        ("aliyun", "T ••••", datetime(2026, 11, 20, 12, 1, tzinfo=UTC))
    ] * 2


def test_alibabas_international_receipt_is_read_in_camel_case_and_in_snake_case() -> None:
    camel = one("aliyun-intl", INTL)
    (snake,) = read("aliyun-intl", GLOBE).receipts

    assert (camel.system, camel.status, camel.code, camel.message_id) == (
        "aliyun-intl",
        Status.DELIVERED,
        "success",
        "100000000000000001",
    )
    assert (snake.system, snake.status, snake.code, snake.words) == (
        "aliyun-intl",
        Status.FAILED,
        "SP_UNKNOW_ERROR",
        "The carrier failed the message",
    )
    assert {receipt.number.e164 for receipt in (camel, snake) if receipt.number} == {"+85261234567"}
    assert {(receipt.sent_at, receipt.received_at) for receipt in (camel, snake)} == {(SENT, RECEIVED)}
    assert camel.extra == (("SmsSize", '"1"'), ("TaskId", '"7"'))


@each(
    ("code", "status", "expected"),
    [
        ("success", "1", Status.DELIVERED),
        ("DELIVERED", "1", Status.DELIVERED),
        (None, "1", Status.DELIVERED),
        ("SP_UNKNOW_ERROR", "2", Status.FAILED),
        ("SP_UNKNOW_ERROR", "1", Status.FAILED),  # the code decides
        ("success", "2", Status.FAILED),
        (None, "6", Status.FAILED),  # expired
        ("EXPIRED", "6", Status.FAILED),
        ("ACCEPTD", "1", Status.PENDING),
        ("UNKNOWN", "1", Status.UNKNOWN),
        ("000", "1", Status.DELIVERED),  # a code that nobody lists does not outweigh a clear status
        ("NEVER_HEARD_OF", "1", Status.DELIVERED),
        ("NEVER_HEARD_OF", "2", Status.FAILED),
        ("success", "3", Status.DELIVERED),  # by the older table, with a time of receipt
        ("UNDELIV", "3", Status.FAILED),
        (None, "9", Status.UNKNOWN),
    ],
)
def test_the_international_status_is_told_by_the_code_first(code: str | None, status: str, expected: Status) -> None:
    assert pushed_status(code, status, RECEIVED) is expected


def test_the_older_tables_three_without_a_time_of_receipt_is_not_taken_for_delivered() -> None:
    assert pushed_status("success", "3", None) is Status.PENDING
    assert one("aliyun-intl", {**INTL, "Status": "3"}).status is Status.DELIVERED


def test_a_time_that_cannot_be_read_costs_no_receipt_and_is_kept() -> None:
    receipt = one("aliyun", {**REPORT, "report_time": "soon"})
    assert receipt.received_at is None
    assert ("report_time", '"soon"') in receipt.extra


@each(
    ("name", "row", "reason"),
    [
        ("tencent", {**TENCENT, "report_status": None}, "report_status is missing"),
        ("aliyun", {**REPORT, "success": "perhaps"}, "success is neither true nor false"),
        ("aliyun", {**REPORT, "phone_number": None, "biz_id": None}, "neither phone_number nor biz_id"),
        ("aliyun", {**REPORT, "phone_number": "1371", "biz_id": {}}, "neither phone_number nor biz_id"),
        ("aliyun-replies", {**UP, "send_time": "soon"}, "send_time is missing or cannot be read"),
        ("aliyun-replies", {**UP, "content": 5}, "content is missing or cannot be read"),
        ("aliyun-intl", {**INTL, "Status": None, "ErrorCode": None}, "neither Status nor ErrorCode"),
        ("aliyun-intl", {**INTL, "To": "nobody", "MessageId": []}, "neither To nor MessageId"),
    ],
)
def test_a_row_that_cannot_be_read_is_put_aside_and_costs_no_other(name: str, row: dict[str, Any], reason: str) -> None:
    good = {"tencent": TENCENT, "aliyun": REPORT, "aliyun-replies": UP, "aliyun-intl": INTL}[name]

    parsed = read(name, [row, good])

    assert len(parsed.receipts) + len(parsed.replies) == 1
    (odd,) = parsed.unreadable
    assert odd.reason.said_in(ENGLISH).startswith(reason)
    assert json.loads(odd.body) == row


@each(
    ("name", "body"),
    [
        ("tencent", b"{"),
        ("tencent", b""),
        ("tencent", b"\xff\xfe\xfd"),
        ("tencent", b"[" * 100_000),
        ("tencent", json.dumps(REPLY).encode()),  # replies have a callback address of their own
        ("tencent", json.dumps([REPORT]).encode()),  # another vendor's
        ("tencent", b'["a", 5]'),
        ("tencent-replies", json.dumps([TENCENT]).encode()),
        ("tencent-replies", b'"text"'),
        ("tencent-replies", b'{"a": 1}'),
        ("aliyun", json.dumps([INTL]).encode()),
        ("aliyun", json.dumps([UP]).encode()),
        ("aliyun", json.dumps(UP).encode()),
        ("aliyun-replies", json.dumps([REPORT]).encode()),
        ("aliyun-intl", json.dumps([REPORT]).encode()),
        ("aliyun-intl", b'"text"'),
    ],
)
def test_a_body_of_another_shape_is_refused_with_a_reason_that_repeats_no_value(name: str, body: bytes) -> None:
    with pytest.raises(MalformedPayloadError) as refused:
        CALLBACKS[name].read(body)
    assert str(refused.value)
    assert "1371111" not in str(refused.value)


def test_an_empty_array_says_nothing_and_is_fine() -> None:
    for name in ("tencent", "tencent-replies", "aliyun", "aliyun-replies", "aliyun-intl"):
        for nothing in NOTHING:
            parsed = read(name, nothing)
            assert (parsed.receipts, parsed.replies, parsed.unreadable) == ((), (), ())


@each(
    ("name", "row"),
    [("tencent", TENCENT), ("tencent-replies", REPLY), ("aliyun", REPORT), ("aliyun-replies", UP), ("aliyun-intl", INTL)],
)
def test_one_object_is_read_like_an_array_of_one(name: str, row: dict[str, Any]) -> None:
    assert read(name, row) == read(name, [row])
    assert read(name, row).unreadable == ()


@pytest.mark.parametrize("mobile", ["13711112222", 13711112222, "+8613711112222"])
@pytest.mark.parametrize("nation", [None, "", "86", 86, "+86"])
def test_tencents_number_is_understood_without_its_country_code(mobile: object, nation: object) -> None:
    receipt = one("tencent", {**TENCENT, "mobile": mobile, "nationcode": nation})
    assert receipt.number is not None
    assert (receipt.number.e164, receipt.message_id) == ("+8613711112222", TENCENT["sid"])


ODD = st.sampled_from([[], {}, [1], {"a": 1}, True, 1.5, "0000-00-00 00:00:00", "soon", -1, 10**30])


@given(
    sample=st.sampled_from([
        ("tencent", TENCENT, ["user_receive_time", "nationcode", "mobile", "errmsg", "description", "ext"]),
        ("aliyun", REPORT, ["phone_number", "send_time", "report_time", "err_code", "err_msg", "sms_size", "out_id"]),
        ("aliyun-intl", INTL, ["To", "SmsSize", "TaskId", "SendDate", "ReceiveDate", "ErrorDescription"]),
    ]),
    odd=ODD,
    data=st.data(),
)  # fmt: skip
def test_no_optional_field_costs_a_pushed_receipt(sample: tuple[str, dict[str, Any], list[str]], odd: object, data: Any) -> None:
    name, row, optional = sample
    changed = data.draw(st.sampled_from(optional))
    receipt = one(name, {**row, changed: odd})
    assert (receipt.status, receipt.message_id) == (Status.DELIVERED, one(name, row).message_id)


def test_each_vendor_hears_what_its_page_expects() -> None:
    assert CALLBACKS["tencent"].answer(0, "OK") == CALLBACKS["tencent-replies"].answer(0, "OK") == {"result": 0, "errmsg": "OK"}
    for name in ("aliyun", "aliyun-replies", "aliyun-intl"):
        assert CALLBACKS[name].answer(0, "OK") == {"code": 0, "msg": "OK"}
        assert CALLBACKS[name].seconds < 0.7
        assert CALLBACKS[name].is_probed


FIELDS = sorted({*TENCENT, *REPLY, *REPORT, *UP, *INTL, *GLOBE, "other"})
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=3), max_size=2)
)
SAMPLES = [value for row in (TENCENT, REPLY, REPORT, UP, INTL, GLOBE) for value in row.values()]


@given(
    name=st.sampled_from(sorted(CALLBACKS)),
    rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES | st.sampled_from(SAMPLES)) | VALUES, max_size=4),
)
def test_any_push_is_read_row_by_row_or_refused_whole(name: str, rows: list[Any]) -> None:
    try:
        parsed = read(name, rows)
    except MalformedPayloadError:
        return
    assert len(parsed.receipts) + len(parsed.replies) + len(parsed.unreadable) == len(rows)


@given(name=st.sampled_from(sorted(CALLBACKS)), body=st.binary(max_size=100))
def test_no_bytes_raise_anything_but_the_one_error(name: str, body: bytes) -> None:
    try:
        CALLBACKS[name].read(body)
    except MalformedPayloadError:
        return
