"""QueryMessage: one message by its id, two tables of Status, and types that vary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.model import (
    Contradiction,
    Delivery,
    NeedsMessageId,
    NoRecord,
    NoteKind,
    PhoneNumber,
    ProviderWords,
    RowsUnreadable,
    Status,
    Target,
    WindowIgnored,
)
from bot.providers.aliyun.provider_intl import read_message, status_of
from bot.providers.base import ResultCollector
from tests.cases import each
from tests.providers.aliyun_gateway import HONG_KONG, NOW, NUMBER, gateway, intl, json_values, notes_of, query

MESSAGE_ID = "100000000000000001"
RECEIVED = datetime(2026, 11, 21, 7, 30, 3, tzinfo=UTC)


def message(**changes: Any) -> dict[str, Any]:
    """The response body of a delivered message; a change to None omits the field."""
    usual = {
        "ResponseCode": "OK",
        "ResponseDescription": "OK",
        "RequestId": "1-2-3",
        "MessageId": MESSAGE_ID,
        "To": "85261234567",
        "Message": "Your code is 483920",
        "Status": "1",
        "ErrorCode": "DELIVERED",
        "ErrorDescription": "success",
        "SendDate": "Sat, 21 Nov 2026 15:30:00 +0800",
        "ReceiveDate": "Sat, 21 Nov 2026 15:30:03 +0800",
        "NumberDetail": {"Country": "Hongkong, China", "Region": "HK", "Carrier": "CSL"},
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def read(number: PhoneNumber | None = None, **changes: Any) -> Delivery:
    return read_message(message(**changes), Target(number, MESSAGE_ID), "LTAI…Id01")


async def found(body: Any, *, number: PhoneNumber | None = None, since: timedelta = timedelta(hours=2)) -> ResultCollector:
    collector = ResultCollector()
    async with gateway(lambda _: body) as url, intl(url) as provider:
        await provider.query(query(since, number=number, message_id=MESSAGE_ID), collector)
    return collector


@each(
    ("target", "refused"),
    [
        (Target(message_id=MESSAGE_ID), False),
        (Target(HONG_KONG, MESSAGE_ID), False),
        (Target(HONG_KONG), True),
        (Target(message_id="900000000000000001^0"), True),
        (Target(message_id="2640:8402702115"), True),
        (Target(message_id="１０００"), True),
        (Target(message_id="row-20261121-0123456789abcdef"), True),
        (Target(message_id="1" * 33), True),
    ],
)
async def test_only_a_message_id_of_digits_is_asked_about(target: Target, *, refused: bool) -> None:
    async with intl("http://127.0.0.1:1") as provider:
        refusal = provider.unsupported_reason(target)

    assert (refusal == NeedsMessageId()) is refused


def test_a_message_is_read_in_full_with_its_times_in_utc_and_its_text_blanked() -> None:
    delivery = read()

    assert delivery == Delivery(
        provider="aliyun-intl",
        account="LTAI…Id01",
        status=Status.DELIVERED,
        number=HONG_KONG,
        message_id=MESSAGE_ID,
        code="DELIVERED",
        sent_at=datetime(2026, 11, 21, 7, 30, tzinfo=UTC),
        received_at=RECEIVED,
        carrier="CSL",
        country="Hongkong, China",
        region="HK",
        text="Your code is ••••••",
    )


@each(
    ("detail", "places"),
    [
        ({"Country": "Japan"}, ("Japan", None, None)),
        ('{"Country": "Japan", "Carrier": "KDDI"}', ("Japan", None, "KDDI")),
        ("Japan", ("Japan", None, None)),
        ("", (None, None, None)),
        (None, (None, None, None)),
        ({"Country": "", "Region": None, "Carrier": 7}, (None, None, "7")),
    ],
)
def test_the_country_region_and_carrier_are_read_from_an_object_or_a_text(detail: Any, places: tuple[str | None, ...]) -> None:
    delivery = read(NumberDetail=detail)

    assert (delivery.country, delivery.region, delivery.carrier) == places


# What the two published tables of Status agree about, and what only the code or the time of receipt can tell.
@each(
    ("code", "status", "received", "verdict"),
    [
        ("DELIVERED", "1", True, Status.DELIVERED),
        ("DELIVERED", "3", True, Status.DELIVERED),
        ("DELIVERED", None, False, Status.DELIVERED),
        ("delivrd", "1", True, Status.DELIVERED),
        ("DELIVERED", "2", True, Status.DELIVERED),  # the code comes first; the contradiction is told
        ("success", "1", True, Status.DELIVERED),
        ("success", "3", True, Status.DELIVERED),
        ("success", "1", False, Status.PENDING),
        ("success", "2", True, Status.FAILED),
        ("SP_UNKNOW_ERROR", "2", True, Status.FAILED),
        ("SP_UNKNOW_ERROR", "1", True, Status.UNKNOWN),  # never failed against a status that does not say so
        ("SP_UNKNOW_ERROR", "3", True, Status.UNKNOWN),
        ("000", "1", True, Status.DELIVERED),
        ("000", "3", False, Status.PENDING),
        ("000", "2", True, Status.FAILED),
        ("000", None, True, Status.UNKNOWN),
        ("UNDELIV", None, False, Status.FAILED),
        ("ENROUTE", "3", False, Status.PENDING),
        ("ACCEPTED", "1", True, Status.PENDING),
        ("ENROUTE", "2", True, Status.FAILED),
        ("UNKNOWN", "1", True, Status.UNKNOWN),
        ("UNKNOWN", "2", True, Status.FAILED),
        (None, "2", False, Status.FAILED),
        (None, "2", True, Status.FAILED),
        (None, "1", True, Status.DELIVERED),
        (None, "3", True, Status.DELIVERED),
        (None, "1", False, Status.PENDING),
        (None, "3", False, Status.PENDING),
        (None, "6", True, Status.UNKNOWN),
        (None, None, False, Status.UNKNOWN),
    ],
)
def test_the_code_decides_first_then_the_time_of_receipt_then_the_status(
    code: str | None, status: str | None, *, received: bool, verdict: Status
) -> None:
    assert status_of(code, status, RECEIVED if received else None) is verdict


@each("status", [1, "1", 1.0, " 1 "])
def test_the_status_may_be_a_number_or_a_text(status: Any) -> None:
    assert read(Status=status, ErrorCode=None).status is Status.DELIVERED


def test_a_failure_brings_the_providers_own_words_without_the_number_in_them() -> None:
    delivery = read(Status="2", ErrorCode="SP_UNKNOW_ERROR", ErrorDescription="carrier refused 85261234567")

    assert delivery.notes == (ProviderWords(words="carrier refused •••••"),)


@each(("code", "verdict"), [("DELIVERED", Status.DELIVERED), ("success", Status.FAILED)])
def test_a_good_code_beside_a_failed_status_is_told_as_a_contradiction(code: str, verdict: Status) -> None:
    delivery = read(Status=2, ErrorCode=code)

    assert delivery.status is verdict
    assert Contradiction(code=code) in delivery.notes


@each(
    ("sent", "moment"),
    [
        ("Mon, 24 Dec 2018 16:58:22 +0800", datetime(2018, 12, 24, 8, 58, 22, tzinfo=UTC)),
        ("Mon, 24 Dec 2018 08:58:22 GMT", datetime(2018, 12, 24, 8, 58, 22, tzinfo=UTC)),
        ("Mon, 24 Dec 2018 16:58:22", datetime(2018, 12, 24, 8, 58, 22, tzinfo=UTC)),
        ("2018-12-24 16:58:22", datetime(2018, 12, 24, 8, 58, 22, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_those_of_mail_and_china_is_the_zone_of_those_without_one(sent: str | None, moment: datetime | None) -> None:
    assert read(SendDate=sent).sent_at == moment


@each("code", ["DATA_NOT_EXIST", "isv.DATA_NOT_EXIST"])
async def test_no_such_message_is_no_record_and_not_an_error(code: str) -> None:
    collector = await found({"ResponseCode": code, "ResponseDescription": "The record does not exist."})

    assert (collector.notes, collector.deliveries) == ([NoRecord()], [])


async def test_a_message_to_another_number_than_the_one_asked_for_is_no_record() -> None:
    collector = await found(message(), number=NUMBER)

    assert (collector.notes, collector.deliveries) == ([NoRecord()], [])


@each("to", [None, "8526123****"])
async def test_a_message_that_does_not_tell_its_number_is_taken_for_that_of_the_number_asked(to: str | None) -> None:
    collector = await found(message(To=to), number=HONG_KONG)

    assert [delivery.number for delivery in collector.deliveries] == [HONG_KONG]


async def test_a_message_from_before_the_window_is_shown_and_the_window_said_to_be_ignored() -> None:
    sent = "Fri, 20 Nov 2026 15:30:00 +0800"
    collector = await found(message(SendDate=sent, ReceiveDate=sent))

    assert len(collector.deliveries) == 1
    assert collector.notes == [WindowIgnored()]
    assert (await found(message())).notes == []


@each(("days_ago", "may_change"), [(2, True), (4, False)])
async def test_a_pending_message_is_said_to_change_within_72_hours_only(days_ago: int, *, may_change: bool) -> None:
    sent = f"{NOW - timedelta(days=days_ago):%a, %d %b %Y %H:%M:%S} +0000"
    collector = await found(message(Status=3, ErrorCode="", ReceiveDate="", SendDate=sent), since=timedelta(days=5))

    assert [delivery.status for delivery in collector.deliveries] == [Status.PENDING]
    assert bool(notes_of(collector, NoteKind.MAY_CHANGE)) == may_change


@each(
    "changes",
    [
        {"Status": {"is": "one"}, "ErrorCode": True, "SendDate": "Someday, 99 Foo 2018", "ReceiveDate": []},
        {"Status": None, "ErrorCode": None, "SendDate": None, "ReceiveDate": None},
    ],
)
async def test_a_message_that_cannot_be_read_is_counted_and_not_guessed_at(changes: dict[str, Any]) -> None:
    collector = await found(message(**changes))

    assert (collector.notes, collector.deliveries) == ([RowsUnreadable(count=1)], [])


@given(st.dictionaries(st.sampled_from(list(message())), json_values))
def test_a_message_of_any_json_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        delivery = read_message(body, Target(message_id=MESSAGE_ID), "")
    except (TypeError, ValueError):
        return
    assert not any(char.isdigit() for char in delivery.text or "")


@each("status", ["0", "-", "0000-00-00 00:00:00", "9"])
def test_a_status_that_no_table_has_says_nothing_and_never_delivered(status: str) -> None:
    assert read(Status=status, ErrorCode="MK:0008").status is Status.UNKNOWN
    assert read(Status=status, ErrorCode="success").status is Status.DELIVERED  # by its code and its time of receipt
    assert read(Status=status, ErrorCode=None).status is Status.UNKNOWN


def test_places_nested_beyond_reading_cost_the_places() -> None:
    assert read(NumberDetail='{"Country": ' * 20_000).country is None
