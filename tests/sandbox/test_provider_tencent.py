"""The Tencent stand-in refuses what Tencent refuses, and tells its rows as Tencent does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import SandboxMessage, SandboxReceipt, SandboxSystem, TencentAccount, TencentStandIn
from tests.cases import each
from tests.sandbox.provider_clients import NOW, NUMBER, Request, Tencent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

AT = int(NOW.timestamp())
WEEK = 7 * 24 * 3600
OURS = TencentAccount()
OTHERS = TencentAccount(secret_id="AKIDother", app_ids=("1400009999",))


def sent(serial: str, minutes: float, code: str = "DELIVRD", *, receipt_after: float | None = 3, **more: Any) -> SandboxMessage:
    at = NOW - timedelta(minutes=minutes)
    receipt = (
        SandboxReceipt(at + timedelta(seconds=receipt_after), code, delivered=code == "DELIVRD")
        if receipt_after is not None
        else None
    )
    return SandboxMessage(SandboxSystem.TENCENT, NUMBER, serial, at, receipt, **more)


@pytest.fixture
async def stand_in() -> AsyncIterator[TencentStandIn]:
    messages = (sent("5000:1", 2), sent("5000:2", 7, "MK:0008"), sent("5000:3", 10, receipt_after=None))
    async with TencentStandIn(messages, accounts=[OURS, OTHERS], clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def client(stand_in: TencentStandIn) -> Tencent:
    return Tencent(stand_in)


@each(
    ("spoil", "code"),
    [
        (lambda r: r.with_headers(x_tc_action=None), "MissingParameter"),
        (lambda r: r.with_headers(x_tc_version=None), "MissingParameter"),
        (lambda r: r.with_headers(x_tc_timestamp=None), "MissingParameter"),
        (lambda r: r.with_headers(x_tc_region=None), "MissingParameter"),
        (lambda r: r.with_headers(x_tc_timestamp="yesterday"), "InvalidParameter"),
        (lambda r: r.with_headers(x_tc_region="ap-atlantis"), "UnsupportedRegion"),
        (lambda r: r.with_headers(x_tc_action="PullSmsSendStatus"), "InvalidAction"),
        (lambda r: r.with_headers(x_tc_version="2019-07-11"), "NoSuchVersion"),
        (lambda r: r.with_headers(x_tc_token="one-that-nobody-gave"), "AuthFailure.TokenFailure"),
        (lambda r: r.with_headers(x_tc_timestamp=str(AT - 301)), "AuthFailure.SignatureExpire"),
        (lambda r: r.with_headers(x_tc_timestamp=str(AT + 301)), "AuthFailure.SignatureExpire"),
        (lambda r: r.with_headers(content_type="text/plain"), "InvalidParameter"),
        (lambda r: replace(r, path="/v5"), "InvalidParameter"),
        (lambda r: replace(r, method="PUT"), "UnsupportedProtocol"),
        (lambda r: replace(r, body=b"{"), "FailedOperation.JsonParseFail"),
        (lambda r: replace(r, body=b"[]"), "InvalidParameter"),
    ],
)
async def test_a_well_signed_request_with_wrong_common_parameters_is_refused(
    client: Tencent, spoil: Callable[[Request], Request], code: str
) -> None:
    assert await client.refused(spoil(client.request())) == code


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_a_timestamp_five_minutes_off_is_still_taken(stand_in: TencentStandIn, seconds: int) -> None:
    response = await Tencent(stand_in, at=NOW + timedelta(seconds=seconds)).send()

    assert "Error" not in response


@each(
    "spoil",
    [
        lambda r: replace(r, body=r.body.replace(b'"Limit": 100', b'"Limit": 99')),
        lambda r: replace(r, query="Limit=100"),
        lambda r: r.with_headers(content_type="application/json; charset=utf-8"),
        lambda r: r.with_headers(x_tc_timestamp=str(AT - 1)),
        lambda r: r.with_headers(authorization=r.headers["authorization"].replace("2026-11-20", "2026-11-19")),
        lambda r: r.with_headers(authorization=r.headers["authorization"].replace("/sms/", "/cvm/")),
    ],
    ids=["body", "query", "content type", "timestamp", "date", "service"],
)
async def test_anything_changed_after_signing_fails_the_signature(client: Tencent, spoil: Callable[[Request], Request]) -> None:
    answer = await spoil(client.sign(client.request())).send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


async def test_the_host_is_signed_with_its_port(client: Tencent) -> None:
    request = client.request()
    port_left_out = client.sign(request.with_headers(host="127.0.0.1")).with_headers(host=request.headers["host"])

    answer = await port_left_out.send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


async def test_a_content_type_with_a_charset_is_taken_when_it_is_the_one_signed(client: Tencent) -> None:
    response = await client.send(client.request().with_headers(content_type="application/json; charset=utf-8"))

    assert len(response["PullSmsSendStatusSet"]) == 2


async def test_more_headers_may_be_signed(client: Tencent) -> None:
    answer = await client.sign(client.request(), signed=("content-type", "host", "x-tc-action")).send()

    assert "Error" not in answer.json()["Response"]


@pytest.mark.parametrize("signed", [("host",), ("content-type",), ("content-type", "x-tc-action")])
async def test_host_and_content_type_must_be_signed(client: Tencent, signed: tuple[str, ...]) -> None:
    answer = await client.sign(client.request(), signed=signed).send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("date", ["2026-11-19", "2026-11-21"])
async def test_the_scope_must_have_the_utc_date_of_the_timestamp(client: Tencent, date: str) -> None:
    answer = await client.sign(client.request(), date=date).send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


async def test_the_scope_must_name_the_sms_service(client: Tencent) -> None:
    answer = await client.sign(client.request(), service="cvm").send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("header", [None, "Bearer token"])
async def test_a_request_without_a_tc3_authorization_is_refused(client: Tencent, header: str | None) -> None:
    answer = await client.request().with_headers(authorization=header).send()

    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (TencentAccount(secret_id="AKIDnobody"), "AuthFailure.SecretIdNotFound"),
        (TencentAccount(secret_key="wrong"), "AuthFailure.SignatureFailure"),
    ],
)
async def test_wrong_keys_are_refused(stand_in: TencentStandIn, account: TencentAccount, code: str) -> None:
    client = Tencent(stand_in, account)

    assert await client.refused(client.request()) == code


@each(("token", "accepted"), [("right", True), ("wrong", False), (None, False)])
async def test_temporary_keys_need_their_token(token: str | None, accepted: bool) -> None:  # noqa: FBT001 - a table of cases
    async with TencentStandIn(accounts=[TencentAccount(token="right")], clock=lambda: NOW) as stand_in:
        response = await Tencent(stand_in, TencentAccount(token=token)).send()

    assert ("Error" not in response) is accepted
    assert accepted or response["Error"]["Code"] == "AuthFailure.TokenFailure"


async def test_a_key_without_permission_is_refused() -> None:
    async with TencentStandIn(accounts=[TencentAccount(permitted=False)], clock=lambda: NOW) as stand_in:
        client = Tencent(stand_in)
        assert await client.refused(client.request()) == "AuthFailure.UnauthorizedOperation"


@each("name", ["SmsSdkAppId", "PhoneNumber", "BeginTime", "Offset", "Limit"])
async def test_each_required_parameter_is_missed(client: Tencent, name: str) -> None:
    assert await client.refused(client.request(**{name: None})) == "MissingParameter"


@each(
    ("params", "code"),
    [
        ({"PhoneNumber": "8613711112222"}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"PhoneNumber": "+86 13711112222"}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"PhoneNumber": ["+8613711112222"]}, "InvalidParameter"),
        ({"Limit": 101}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Limit": 0}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Limit": True}, "InvalidParameter"),
        ({"Offset": 100}, "InvalidParameterValue.OffsetVerifyFail"),
        ({"BeginTime": AT - WEEK - 1}, "InvalidParameterValue.BeginTimeVerifyFail"),
        ({"BeginTime": float(AT - 60)}, "InvalidParameter"),
        ({"BeginTime": str(AT - 60)}, "InvalidParameter"),
        ({"BeginTime": AT - 60, "EndTime": AT - 61}, "InvalidParameterValue.EndTimeVerifyFail"),
        ({"BeginTime": AT + 60, "EndTime": None}, "InvalidParameterValue.InvalidStartTime"),
        ({"SerialNo": "5000:1"}, "UnknownParameter"),
        ({"SendDateTime": AT}, "UnknownParameter"),
        ({"SmsSdkAppId": "1400001234"}, "InvalidParameterValue.SdkAppIdNotExist"),
        ({"SmsSdkAppId": "1400009999"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
    ],
)
async def test_a_wrong_parameter_is_refused(client: Tencent, params: dict[str, Any], code: str) -> None:
    assert await client.refused(client.request(**params)) == code


async def test_an_app_id_as_a_number_is_refused_in_the_documented_words(client: Tencent) -> None:
    error = (await client.send(client.request(SmsSdkAppId=1400006666)))["Error"]

    assert error == {"Code": "InvalidParameter", "Message": "The value type of parameter `SmsSdkAppId` is not valid"}


async def test_a_window_that_begins_exactly_seven_days_ago_is_taken(client: Tencent) -> None:
    assert len(await client.rows(BeginTime=AT - WEEK)) == 2


async def test_rows_have_the_documented_fields_and_types(client: Tencent) -> None:
    rows = {row["SerialNo"]: row for row in await client.rows()}

    assert rows["5000:2"] == {
        "UserReceiveTime": AT - 7 * 60 + 3,
        "CountryCode": "86",
        "SubscriberNumber": "13711112222",
        "PhoneNumber": NUMBER,
        "SerialNo": "5000:2",
        "ReportStatus": "FAIL",
        "Description": "MK:0008",
        "SessionContext": "",
    }
    assert rows["5000:1"]["ReportStatus"] == "SUCCESS"


async def test_a_message_has_no_row_until_its_receipt_comes() -> None:
    now = NOW
    async with TencentStandIn([sent("5000:1", 1, receipt_after=60)], clock=lambda: now) as stand_in:
        now = NOW - timedelta(seconds=1)
        before = await Tencent(stand_in, at=now).rows()
        now = NOW
        after = await Tencent(stand_in, at=now).rows()

    assert (len(before), len(after)) == (0, 1)


async def test_the_window_filters_on_the_send_time_with_both_ends_included(client: Tencent) -> None:
    seven = AT - 7 * 60
    windows = [(seven, seven), (seven - 60, seven - 1), (seven + 1, seven + 60)]

    found = [len(await client.rows(BeginTime=begin, EndTime=end)) for begin, end in windows]

    assert found == [1, 0, 0]


async def test_a_call_hands_out_no_more_than_its_limit_in_no_particular_order() -> None:
    messages = [sent(f"5000:{i:03}", minutes=i / 60) for i in range(10, 130)]
    async with TencentStandIn(messages, clock=lambda: NOW) as stand_in:
        client = Tencent(stand_in)
        rows, again, few = await client.rows(), await client.rows(), await client.rows(Limit=7)

    serials = [row["SerialNo"] for row in rows]
    assert len(serials) == len(set(serials)) == 100
    assert serials not in (sorted(serials), sorted(serials, reverse=True))
    assert rows == again
    assert few == rows[:7]


async def test_an_unknown_number_gets_an_empty_list(client: Tencent) -> None:
    assert await client.rows(PhoneNumber="+8613900000000") == []


async def test_another_region_finds_nothing(client: Tencent) -> None:
    response = await client.send(client.request().with_headers(x_tc_region="ap-beijing"))

    assert response["PullSmsSendStatusSet"] == []


async def test_an_app_sees_its_own_messages_only() -> None:
    messages = [sent("5000:1", 2, account="1400006666"), sent("5000:2", 3, account="1400007777")]
    account = TencentAccount(app_ids=("1400006666", "1400007777"))
    async with TencentStandIn(messages, accounts=[account], clock=lambda: NOW) as stand_in:
        client = Tencent(stand_in, account)
        first, second = await client.rows(), await client.rows(SmsSdkAppId="1400007777")

    assert [row["SerialNo"] for row in first + second] == ["5000:1", "5000:2"]


async def test_the_fields_announced_for_december_2026_come_where_the_receipt_has_words() -> None:
    message = SandboxMessage(
        SandboxSystem.TENCENT, "+6581234567", "5000:1", NOW, SandboxReceipt(NOW, "UNDELIV", words="Absent subscriber")
    )
    async with TencentStandIn([message], clock=lambda: NOW) as stand_in:
        [row] = await Tencent(stand_in).rows(PhoneNumber="+6581234567")

    assert (row["SubErrorDesc"], row["CountryCode"], row["SubscriberNumber"]) == ("Absent subscriber", "65", "81234567")


async def test_the_21st_call_within_a_second_is_refused_and_a_second_later_it_is_taken() -> None:
    now = NOW
    other = TencentAccount(secret_id="AKIDother", app_ids=("1400006666",))
    async with TencentStandIn(accounts=[OURS, other], clock=lambda: now) as stand_in:
        client = Tencent(stand_in)
        for _ in range(20):
            await client.rows()
        now = NOW + timedelta(milliseconds=999)
        refused = await client.refused(client.request())
        other_account = await Tencent(stand_in, other).send()
        now = NOW + timedelta(seconds=1)
        later = await client.send()

    assert refused == "RequestLimitExceeded"
    assert "Error" not in other_account
    assert "Error" not in later


async def test_the_window_of_the_limit_slides() -> None:
    now = NOW
    async with TencentStandIn(clock=lambda: now) as stand_in:
        client = Tencent(stand_in)
        outcomes = []
        for tenths, calls in ((0, 10), (9, 10), (10, 11)):
            now = NOW + timedelta(milliseconds=100 * tenths)
            outcomes += [(await client.send()).get("Error", {}).get("Code", "OK") for _ in range(calls)]

    assert outcomes == ["OK"] * 30 + ["RequestLimitExceeded"]


async def test_calls_are_recorded_without_the_number(stand_in: TencentStandIn, client: Tencent) -> None:
    await client.rows()
    await client.refused(client.request(Limit=500))

    accepted, refused = stand_in.calls
    assert (accepted.action, accepted.account, accepted.outcome) == ("PullSmsSendStatusByPhoneNumber", "1400006666", "OK")
    assert accepted.at == NOW
    assert accepted.params == {"BeginTime": str(AT - 3600), "EndTime": str(AT), "Offset": "0", "Limit": "100"}
    assert refused.outcome == "InvalidParameterValue.LimitVerifyFail"
    assert "13711112222" not in repr(stand_in.calls)
