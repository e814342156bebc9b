"""Malformed rows: an unreadable field costs the field, an unreadable row is noted, another number's row is skipped."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup import LookupService
from bot.model import NoteKind, OtherNumbers, Query, Status, Target, Window
from bot.observability.metrics import Metrics
from bot.providers.aliyun.provider_domestic import read_page
from bot.providers.aliyun.provider_intl import read_message
from bot.providers.base import ResultCollector
from bot.providers.number_match import is_about
from bot.providers.tencent.row_collector import RowCollector, note_skipped
from bot.providers.tencent.rows import delivery_of
from bot.receipts.ingestion import rows_in
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.providers.aliyun_gateway import HONG_KONG, NOW, NUMBER, details, domestic, gateway, row

if TYPE_CHECKING:
    from bot.model import Report

TENCENT: dict[str, Any] = {
    "UserReceiveTime": 1795241131,
    "CountryCode": "86",
    "SubscriberNumber": "13711112222",
    "PhoneNumber": "+8613711112222",
    "SerialNo": "5000:1",
    "ReportStatus": "FAIL",
    "Description": "MK:0008",
    "SessionContext": "",
}
INTL: dict[str, Any] = {
    "ResponseCode": "OK",
    "To": "85261234567",
    "Status": "2",
    "ErrorCode": "SP_UNKNOW_ERROR",
    "ErrorDescription": "x",
    "SendDate": "Sat, 21 Nov 2026 15:30:00 +0800",
    "ReceiveDate": "Sat, 21 Nov 2026 15:30:05 +0800",
    "NumberDetail": {"Country": "Hong Kong"},
    "Message": "hello",
}
NOTHING: list[Any] = [None, "", {}, []]
ODD = st.sampled_from([None, "", [], {}, [1], {"a": 1}, True, 1.5, "0000-00-00 00:00:00", "soon", -1, 10**30])


async def report_of(body: Any) -> Report:
    async with gateway(lambda _: body) as url, domestic(url) as provider:
        service = LookupService([provider], CATALOGUE, Metrics(), clock=lambda: NOW)
        report = await service.lookup(Query((Target(NUMBER),), Window(NOW - timedelta(hours=2), NOW)))
        await service.aclose()
    return report


# --- fields and rows ------------------------------------------------------------------------------------------------------


async def test_a_row_without_a_number_and_with_an_impossible_time_of_receipt_is_a_failure_without_that_time() -> None:
    odd = row(PhoneNum=None, SendStatus=2, ErrCode="MOBILE_NOT_ON_SERVICE", ReceiveDate="0000-00-00 00:00:00")
    report = await report_of(details([odd]))
    (delivery,) = report.deliveries
    assert (delivery.status, delivery.code, delivery.received_at) == (Status.FAILED, "MOBILE_NOT_ON_SERVICE", None)
    assert delivery.sent_at is not None
    assert (report.unreadable, report.coverage[0].complete) == (0, True)


@given(changes=st.dictionaries(st.sampled_from(sorted(set(row()) - {"SendStatus", "PhoneNum"})), ODD))
def test_no_optional_field_costs_an_alibaba_row(changes: dict[str, Any]) -> None:
    page = read_page(details([{**row(), **changes}]), b"key", NUMBER)
    assert [one.status for one in page.rows] == [Status.DELIVERED]


@given(changes=st.dictionaries(st.sampled_from(sorted(set(INTL) - {"ResponseCode", "Status", "ErrorCode"})), ODD))
def test_no_optional_field_costs_an_international_message(changes: dict[str, Any]) -> None:
    found = read_message({**INTL, **changes}, Target(HONG_KONG, "1"), "account")
    assert (found.status, found.number) == (Status.FAILED, HONG_KONG)


@given(changes=st.dictionaries(st.sampled_from(sorted(set(TENCENT) - {"ReportStatus", "PhoneNumber", "SubscriberNumber"})), ODD))
def test_no_optional_field_costs_a_tencent_row(changes: dict[str, Any]) -> None:
    found = delivery_of({**TENCENT, **changes}, account="1400006666", queried=NUMBER)
    assert found is not None
    assert (found.status, found.number) == (Status.FAILED, NUMBER)


@each(
    ("body", "unreadable"),
    [
        (details([{}, "a text", None]), 3),
        (details([], total=2), 2),
        (details([{}], total="2"), 2),
        ({**details([], total=1), "SmsSendDetailDTOs": None}, 1),
    ],
)
async def test_rows_that_cannot_be_read_are_counted_and_never_stand_beside_no_record(body: Any, unreadable: int) -> None:
    report = await report_of(body)
    (part,) = report.coverage
    assert (report.deliveries, report.unreadable, part.complete) == ((), unreadable, False)
    assert not {note.kind for note in part.notes} & {NoteKind.NO_RECORD, NoteKind.EMPTY_RECEIPTS}


async def test_unreadable_rows_of_several_numbers_are_added_up() -> None:
    async with gateway(lambda _: details([{}])) as url, domestic(url) as provider:
        service = LookupService([provider], CATALOGUE, Metrics(), clock=lambda: NOW)
        targets = (Target(NUMBER), Target(HONG_KONG))
        report = await service.lookup(Query(targets, Window(NOW - timedelta(hours=2), NOW)))
        await service.aclose()
    assert report.unreadable == 2


# --- lists ----------------------------------------------------------------------------------------------------------------


@each(
    ("outer", "count"),
    [
        ({"SmsSendDetailDTO": row()}, 1),
        ({"SmsSendDetailDTO": [row()]}, 1),
        ([row()], 1),
        *(({"SmsSendDetailDTO": empty}, 0) for empty in NOTHING),
        *((empty, 0) for empty in NOTHING),
    ],
)
def test_alibabas_rows_are_found_in_whatever_clothes_the_list_comes(outer: Any, count: int) -> None:
    page = read_page({**details([]), "SmsSendDetailDTOs": outer}, b"key", NUMBER)
    assert (len(page.rows), page.unreadable) == (count, 0)


@each(("value", "rows"), [(None, []), ("", []), ({}, []), ([], []), ({"a": 1}, [{"a": 1}]), ([1], [1])])
def test_a_list_may_come_as_a_single_object_or_as_nothing(value: object, rows: list[object]) -> None:
    assert rows_in(value) == rows


@each("value", ["text", 5, True])
def test_what_is_no_list_in_any_clothes_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        rows_in(value)


# --- numbers --------------------------------------------------------------------------------------------------------------


@each(
    ("told", "same"),
    [
        ("13711112222", True),
        (13711112222, True),
        ("8613711112222", True),
        ("+86 137-1111-2222", True),
        ("008613711112222", True),
        ("137****2222", True),
        ("86137****2222", True),
        (None, True),
        ("", True),
        ([], True),
        ("nobody", True),
        ("13811112222", False),
        ("+8613811112222", False),
        ("138****2222", False),
        ("+85213711112222", False),
    ],
)
def test_one_number_has_many_spellings_and_another_is_another(told: object, same: bool) -> None:  # noqa: FBT001
    assert is_about(told, NUMBER) is same


async def test_alibabas_rows_about_another_number_are_told_apart() -> None:
    report = await report_of(details([row(), row(PhoneNum="13811112222")]))
    assert [one.number for one in report.deliveries] == [NUMBER]
    assert report.coverage[0].notes == (OtherNumbers(count=1),)
    assert report.unreadable == 0


@each("told", ["13711112222", "8613711112222", "+8613711112222", None])
def test_tencents_rows_about_another_number_are_told_apart(told: str | None) -> None:
    collector = ResultCollector()
    row_collector = RowCollector("1400006666", Target(NUMBER), NUMBER, collector)
    other = {**TENCENT, "SerialNo": "5000:2", "PhoneNumber": "+8613811112222", "SubscriberNumber": "13811112222"}
    row_collector.add([{**TENCENT, "PhoneNumber": told}, other])
    note_skipped(collector, row_collector)
    assert [one.message_id for one in collector.deliveries] == ["5000:1"]
    assert collector.notes == [OtherNumbers(count=1)]
    assert collector.deliveries[0].received_at == datetime.fromtimestamp(1795241131, UTC)


def test_numbers_that_are_whole_are_compared_without_a_pattern_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python keeps 512 patterns: a batch of a thousand numbers had each of them compiled anew."""
    compiled: list[object] = []
    real = re.compile

    def count(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return real(pattern, flags)

    monkeypatch.setattr(re, "compile", count)
    others = [f"+86137{which:08}" for which in range(1_000)]

    assert not any(is_about(other, NUMBER) for other in others)
    assert is_about(NUMBER.e164, NUMBER)
    assert compiled == []
