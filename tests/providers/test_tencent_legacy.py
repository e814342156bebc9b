"""The legacy API's pure parts: signature, rows, complete and truncated responses, codes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, get_language
from bot.model import CodeKind, Status
from bot.providers.tencent.legacy.errors import read_pulled, result_of
from bot.providers.tencent.legacy.rows import receipt_of, reply_of
from bot.providers.tencent.legacy.signing import LegacyAuth, signature
from bot.receipts.ingestion import MalformedPayloadError
from bot.receipts.model import Receipt, ReceiptSource, RecordKind
from tests.cases import each
from tests.examples import examples
from tests.packaged import CATALOGUE

KEY = "5f03a35d00ee52a21327ab048186a2c4"
NOW = datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC)

ROW: dict[str, Any] = {
    "user_receive_time": "2015-10-17 08:03:04",
    "nationcode": "86",
    "mobile": "13711112222",
    "report_status": "FAIL",
    "errmsg": "MK:0008",
    "description": "用户短信送达失败",
    "sid": "5000:1045710669157053657849499619",
}
REPLY: dict[str, Any] = {
    "nationcode": "86",
    "mobile": "13711112222",
    "text": "TD 483920",
    "sign": "示例",
    "time": 1457336869,
    "extend": "",
}


def receipt(**changes: Any) -> Receipt:
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not ...}
    return receipt_of(row, system="tencent", source=ReceiptSource.QUEUE, account="1400005555")


# --- signature ------------------------------------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_documents_own_example() -> None:
    expected = "c13e54f047ed75e821e698730c72d030dc30e5b510b3f8a0fb6fb7605283d7df"
    assert signature(KEY, 7226249334, 1457336869) == expected


def test_every_attempt_is_signed_anew_with_its_own_random_and_the_time_of_its_clock() -> None:
    auth = LegacyAuth("1400005555", KEY, lambda: NOW)
    request = httpx.Request("POST", "https://yun.tim.qq.com/v5/tlssmssvr/pullstatus", content=b'{"type": 0, "max": 100}')

    sent = [next(auth.auth_flow(request)) for _ in range(20)]

    assert len({one.url.params["random"] for one in sent}) == 20
    for one in sent:
        body = json.loads(one.content)
        assert body == {
            "sig": signature(KEY, int(one.url.params["random"]), body["time"]),
            "time": 1795241131,
            "type": 0,
            "max": 100,
        }
        assert one.url.params["sdkappid"] == "1400005555"
        assert one.headers["content-type"] == "application/json;charset=utf-8"
        assert int(one.headers["content-length"]) == len(one.content)


# --- rows -----------------------------------------------------------------------------------------------------------------


def test_a_row_of_receipts_is_read_with_its_code_from_errmsg_and_its_time_in_china() -> None:
    read = receipt()

    assert (read.status, read.code, read.words) == (Status.FAILED, "MK:0008", "用户短信送达失败")
    assert read.number is not None
    assert read.number.e164 == "+8613711112222"
    assert read.message_id == "5000:1045710669157053657849499619"
    assert read.received_at == datetime(2015, 10, 17, 0, 3, 4, tzinfo=UTC)
    assert (read.system, read.account, read.extra) == ("tencent", "1400005555", ())


def test_success_is_delivered_and_another_word_is_unknown_not_failed() -> None:
    assert receipt(report_status="SUCCESS").status is Status.DELIVERED
    assert receipt(report_status="WAITING").status is Status.UNKNOWN


def test_fields_nobody_knows_yet_are_kept_with_the_row() -> None:
    assert receipt(ext="order 1", fee=2).extra == (("ext", '"order 1"'), ("fee", "2"))


def test_the_more_precise_words_of_december_2026_are_preferred() -> None:
    assert receipt(sub_error="1103", sub_error_desc="Absent subscriber").words == "Absent subscriber (1103)"


def test_a_time_that_cannot_be_read_costs_no_receipt_and_is_kept() -> None:
    read = receipt(user_receive_time="soon")
    assert (read.received_at, read.extra) == (None, (("user_receive_time", '"soon"'),))


def test_a_number_abroad_is_read_with_its_country_code() -> None:
    number = receipt(nationcode=852, mobile=61234567).number
    assert number is not None
    assert (number.e164, number.country_code, number.national) == ("+85261234567", 852, "61234567")


@each(
    ("changes", "reason"),
    [
        ({"report_status": ...}, "report_status is missing"),
        ({"report_status": True}, "report_status is missing"),
        ({"mobile": "not a number", "sid": ...}, "neither mobile nor sid"),
        ({"mobile": "12", "sid": ...}, "neither mobile nor sid"),
        ({"nationcode": "86", "mobile": "1371111²222", "sid": ...}, "neither mobile nor sid"),
        ({"mobile": ..., "sid": ...}, "neither mobile nor sid"),
        ({"mobile": ..., "sid": "a\u202eb"}, "neither mobile nor sid"),
        ({"mobile": ..., "sid": "\ud800"}, "neither mobile nor sid"),
        ({"mobile": ..., "sid": "5" * 129}, "neither mobile nor sid"),
    ],
)
def test_a_row_without_the_documented_shape_is_refused_with_a_reason_that_repeats_no_value(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MalformedPayloadError, match=reason) as refused:
        receipt(**changes)
    assert "1371111" not in str(refused.value)


def test_a_reply_is_read_with_its_digits_blanked() -> None:
    read = reply_of(REPLY, system="tencent", source=ReceiptSource.CALLBACK)
    assert (read.text, read.at, read.number.e164) == ("TD ••••••", datetime(2016, 3, 7, 7, 47, 49, tzinfo=UTC), "+8613711112222")


@each("missing", ["mobile", "time", "text"])
def test_a_reply_without_a_number_a_time_or_a_text_is_refused(missing: str) -> None:
    with pytest.raises(MalformedPayloadError, match=missing):
        reply_of({**REPLY, missing: None}, system="tencent", source=ReceiptSource.CALLBACK)


# --- answers --------------------------------------------------------------------------------------------------------------


def answer(**changes: Any) -> bytes:
    body = {"result": 0, "errmsg": "ok", "count": 1, "data": [ROW], **changes}
    return json.dumps({name: value for name, value in body.items() if value is not ...}).encode()


def pulled(body: bytes, kind: RecordKind = RecordKind.RECEIPTS) -> Any:
    return read_pulled(kind, "1400005555", body)


def test_the_rows_of_an_answer_are_read_as_tencents_receipts() -> None:
    read = pulled(answer())
    assert (read.rows, read.fault) == (1, None)
    assert [(one.system, one.source, one.account) for one in read.parsed.receipts] == [
        ("tencent", ReceiptSource.QUEUE, "1400005555")
    ]


@each("count", [3, "3"])
def test_rows_that_are_counted_and_not_there_are_told_and_cost_none_that_is(count: int | str) -> None:
    read = pulled(answer(count=count))
    assert (len(read.parsed.receipts), read.rows) == (1, 1)
    assert (read.fault.code, read.fault.message) == ("Transport.WrongShape", "count is 3, rows: 1")
    assert pulled(answer(count=2, data=[])).fault.message == "count is 2, rows: 0"
    assert [pulled(answer(count=odd)).fault for odd in (0, 1, -1, None, "x", [5], True)] == [None] * 7


def test_replies_are_read_from_an_answer_of_type_1() -> None:
    assert [one.text for one in pulled(answer(data=[REPLY]), RecordKind.REPLIES).parsed.replies] == ["TD ••••••"]


def test_result_decides_and_type_only_where_there_is_no_result() -> None:
    assert result_of({"result": 0, "type": 1}) == "0"
    assert result_of({"result": "1001", "type": 0}) == "1001"
    assert pulled(answer(result=..., type=0)).rows == 1
    assert pulled(answer(result=0, type=1)).rows == 1
    assert pulled(answer(result=..., type=1006, data=...)).fault.code == "1006"


def test_an_answer_without_data_or_with_null_is_empty() -> None:
    assert (pulled(answer(count=0, data=...)).rows, pulled(answer(count=0, data=None)).rows) == (0, 0)
    assert pulled(answer(count=0, data=None)).fault is None


@each(("kind", "row"), [(RecordKind.RECEIPTS, ROW), (RecordKind.REPLIES, REPLY)])
def test_one_row_may_come_as_an_object_and_no_row_as_nothing(kind: RecordKind, row: dict[str, Any]) -> None:
    alone, listed = pulled(answer(data=row), kind), pulled(answer(data=[row]), kind)
    assert (alone, alone.rows, alone.fault) == (listed, 1, None)
    empty: list[Any] = [None, "", {}, [], ...]
    for nothing in empty:
        read = pulled(answer(count=0, data=nothing), kind)
        assert (read.rows, read.fault, read.parsed.unreadable_rows) == (0, None, 0)


def test_a_field_that_cannot_be_read_costs_no_row_of_the_queue_and_no_field_of_the_answer_does() -> None:
    odd: list[Any] = [None, "", {}, [], 0, "-", [1], {"a": 1}, "0000-00-00 00:00:00", ...]
    for value in odd:
        for name in ROW:
            row = {key: old for key, old in {**ROW, name: value}.items() if old is not ...}
            parsed = pulled(answer(data=[row, ROW])).parsed
            assert len(parsed.receipts) + len(parsed.unreadable) == 2, (name, value)
            assert name == "report_status" or not parsed.unreadable, (name, value)
        for name in ("result", "errmsg", "count"):
            read = pulled(answer(**{name: value}))
            assert (len(read.parsed.receipts), read.fault) == (1, None), (name, value)


def test_an_error_is_a_fault_with_its_code_and_nothing_to_keep() -> None:
    read = pulled(answer(result=1021, errmsg="time", data=...))
    assert (read.fault.code, read.fault.retryable, read.parsed.unreadable) == ("1021", False, ())
    assert pulled(answer(result=60008, data=[])).fault.retryable


def test_rows_beside_an_error_are_kept_to_be_looked_at() -> None:
    read = pulled(answer(result=1008))
    (odd,) = read.parsed.unreadable
    assert odd.body == answer(result=1008)
    assert odd.reason.said_in(ENGLISH) == "rows beside the error 1008"
    assert odd.reason.said_in(get_language("zh")) == "返回了错误码 1008，同时又带有数据"


def test_a_row_that_cannot_be_read_costs_no_other_row() -> None:
    read = pulled(answer(data=[ROW, "text", {"report_status": "FAIL"}, {**ROW, "sid": "2"}]))
    assert (read.rows, len(read.parsed.receipts), len(read.parsed.unreadable)) == (4, 2, 2)
    assert json.loads(read.parsed.unreadable[0].body) == "text"


def test_an_answer_that_broke_off_gives_its_whole_rows_and_keeps_the_rest() -> None:
    body = answer(data=[{**ROW, "sid": str(number)} for number in range(5)])
    cut = body[: body.rindex(b'"sid"')]

    read = pulled(cut)

    assert [one.message_id for one in read.parsed.receipts] == ["0", "1", "2", "3"]
    assert (read.rows, read.fault.code) == (4, "Transport.CutShort")
    assert [one.reason.said_in(ENGLISH) for one in read.parsed.unreadable] == ["the answer broke off here"]
    assert b"MK:0008" in read.parsed.unreadable[0].body


def test_a_gateways_page_is_a_fault_and_not_a_row() -> None:
    for body in (b"<html>502</html>", b"", b"  "):
        read = pulled(body)
        assert (read.fault.code, read.parsed.unreadable) == ("Transport.NotJson", ())


@each("body", [b"[]", b'"text"', b"5", b'{"result": 0, "data": {"sid": "1"}}', b'{"result": 0, "data": "x"}'])
def test_an_answer_of_another_shape_is_kept_whole(body: bytes) -> None:
    read = pulled(body)
    assert (read.fault.code, [one.body for one in read.parsed.unreadable]) == ("Transport.WrongShape", [body])
    assert read.fault.message == read.parsed.unreadable[0].reason.said_in(ENGLISH)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*ROW, *REPLY, "other"]), inner),
    max_leaves=20,
)


@given(
    rows=st.lists(st.dictionaries(st.sampled_from([*ROW, *REPLY, "other"]), JSON) | JSON, max_size=5),
    kind=st.sampled_from(RecordKind),
)
@examples(25)
def test_every_row_of_any_answer_is_either_read_or_kept(rows: list[Any], kind: RecordKind) -> None:
    read = pulled(json.dumps({"result": 0, "data": rows}).encode(), kind)
    parsed = read.parsed
    assert len(parsed.receipts) + len(parsed.replies) + len(parsed.unreadable) == len(rows)


@given(body=st.binary(max_size=200), kind=st.sampled_from(RecordKind))
def test_no_bytes_make_the_reader_raise(body: bytes, kind: RecordKind) -> None:
    read_pulled(kind, "", body)


@given(cut=st.integers(0, 1000))
def test_wherever_an_answer_is_cut_no_row_that_came_whole_is_lost(cut: int) -> None:
    rows = [{**ROW, "sid": f"sid{number}"} for number in range(4)]
    body = answer(data=rows)[:cut]
    whole = body.count(b"}", body.find(b"[") if b"[" in body else len(body))

    assert len(pulled(body).parsed.receipts) == min(whole, 4)


# --- codes ----------------------------------------------------------------------------------------------------------------


def test_every_result_code_is_explained() -> None:
    catalogue = CATALOGUE
    codes = [0, *range(1001, 1005), *range(1006, 1010), *range(1011, 1027), *range(1029, 1035), 1036, 1038, *range(1045, 1049)]

    unlisted = [
        code for code in [*codes, 60008] if catalogue.explain("tencent-legacy", CodeKind.API, str(code)).family == "unlisted"
    ]

    assert (len(codes) + 1, unlisted) == (38, [])
    assert catalogue.explain("tencent-legacy", CodeKind.API, "1021").family == "clock"
    assert catalogue.explain("tencent-legacy", CodeKind.API, "1001").family == "request_signature"
