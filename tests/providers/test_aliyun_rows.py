"""The rows of QuerySendDetails: parsing, and deduplication over pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Contradiction, Status
from bot.providers.aliyun.provider_domestic import read_page
from bot.providers.aliyun.rows import DayRows, SendDetail, is_row_id, read_row
from tests.cases import each
from tests.providers.aliyun_gateway import NUMBER, details, json_values, row

KEY = b"key"
TODAY = date(2026, 11, 21)


# Rows


@each(
    ("fields", "status"),
    [
        ({"SendStatus": 1, "ErrCode": None, "ReceiveDate": None}, Status.PENDING),
        ({"SendStatus": "1", "ErrCode": "", "ReceiveDate": ""}, Status.PENDING),
        ({"SendStatus": 2, "ErrCode": "MOBILE_NOT_ON_SERVICE"}, Status.FAILED),
        ({"SendStatus": " 2 ", "ErrCode": "MK:0008"}, Status.FAILED),
        ({"SendStatus": 2, "ErrCode": "isv.BLACK_KEY_CONTROL_LIMIT"}, Status.REJECTED),
        ({"SendStatus": 3}, Status.DELIVERED),
        ({"SendStatus": 3.0}, Status.DELIVERED),
        ({"SendStatus": 9}, Status.UNKNOWN),
        ({"SendStatus": None}, Status.UNKNOWN),
    ],
)
def test_the_status_is_read_as_a_number_or_as_text(fields: dict[str, Any], status: Status) -> None:
    assert read_row(row(**fields), KEY).status is status


def test_a_row_is_read_in_full_with_its_times_from_china_and_its_text_blanked() -> None:
    read = read_row(row(OutId="order 7"), KEY)

    assert (read.code, read.template) == ("DELIVERED", "SMS_100000001")
    assert read.sent_at == datetime(2026, 11, 21, 7, 30, 0, tzinfo=UTC)
    assert read.received_at == datetime(2026, 11, 21, 7, 30, 3, tzinfo=UTC)
    assert read.text == "【示例】您的验证码是 ••••••"
    assert "验证码" not in repr(read)


def test_a_pending_row_may_lack_every_field_but_its_status() -> None:
    read = read_row({"SendStatus": 1}, KEY)

    assert (read.code, read.sent_at, read.received_at, read.template, read.text) == (None, None, None, None, None)


@each(
    ("status", "code", "contradicts"),
    [(2, "DELIVERED", True), (3, "isv.MOBILE_NUMBER_ILLEGAL", True), (3, "DELIVERED", False), (2, "MK:0008", False)],
)
def test_a_status_and_a_code_that_disagree_are_both_told(status: int, code: str, *, contradicts: bool) -> None:
    notes = read_row(row(SendStatus=status, ErrCode=code), KEY).notes

    assert notes == ((Contradiction(code=code),) if contradicts else ())


@each(
    "raw",
    [
        None,
        7,
        "text",
        [],
        {},
        {"SendStatus": True, "ErrCode": ["DELIVERED"], "SendDate": "0000-00-00 00:00:00", "Content": "hello"},
    ],
)
def test_a_row_of_another_shape_is_not_guessed_at(raw: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        read_row(raw, KEY)


@given(st.dictionaries(st.sampled_from(list(row())), json_values) | json_values)
def test_a_row_of_any_json_is_read_or_refused(raw: Any) -> None:
    page = read_page(details([raw]), KEY, NUMBER)

    assert page.length == 1


# Telling rows apart


def ids(day: DayRows, rows: list[dict[str, Any]], total: int) -> list[str]:
    return [message_id for message_id, _ in day.add_page([read_row(raw, KEY) for raw in rows], total=total, unreadable=0)]


def test_two_messages_in_one_second_stay_two() -> None:
    first, second = ids(DayRows(TODAY), [row(Content="code 1"), row(Content="code 2")], 2)
    assert first != second

    first, second = ids(DayRows(TODAY), [row(), row()], 2)
    assert second == f"{first}-2"


def test_the_id_of_a_row_is_the_same_before_and_after_its_receipt_and_on_another_page() -> None:
    pending, delivered = row(SendStatus=1, ErrCode=None, ReceiveDate=None), row()
    (before,) = ids(DayRows(TODAY), [pending], 1)
    after = ids(DayRows(TODAY), [row("2026-11-21 15:31:00"), delivered], 2)[1]

    assert before == after
    assert is_row_id(before)
    assert before.startswith("row-20261121-")


def test_the_id_of_a_row_is_sealed_with_a_key_so_that_its_text_cannot_be_guessed() -> None:
    assert read_row(row(), b"one").fingerprint != read_row(row(), b"another").fingerprint


def test_a_row_that_comes_again_because_a_new_message_moved_the_pages_is_one_message() -> None:
    day = DayRows(TODAY)
    kept = ids(day, [row("2026-11-21 15:31:00"), row()], 3) + ids(day, [row(), row("2026-11-21 15:29:00")], 4)

    assert len(kept) == 3
    assert day.finish() == []


def test_equal_rows_on_two_pages_are_two_messages_when_the_count_agrees() -> None:
    day = DayRows(TODAY)
    kept = ids(day, [row("2026-11-21 15:31:00"), row()], 4) + ids(day, [row(), row("2026-11-21 15:29:00")], 4)
    settled = [message_id for message_id, _ in day.finish()]

    assert settled == [f"{kept[1]}-2"]
    assert day.distinct == 4


def test_an_asked_biz_id_is_the_message_id_and_a_second_row_of_it_is_kept_apart() -> None:
    assert ids(DayRows(TODAY, "9^0"), [row(Content="a"), row(Content="b")], 2) == ["9^0", "9^0#2"]


# Anything


@given(json_values | st.fixed_dictionaries({"Code": st.just("OK"), "SmsSendDetailDTOs": json_values, "TotalCount": json_values}))
def test_an_answer_of_any_json_is_a_page_or_has_the_wrong_shape(body: Any) -> None:
    try:
        page = read_page(body, KEY, NUMBER)
    except (AttributeError, TypeError):
        return
    assert all(isinstance(read, SendDetail) for read in page.rows)
