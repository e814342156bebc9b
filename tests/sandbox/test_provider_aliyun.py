"""The Alibaba stand-in refuses what Alibaba refuses, and tells its rows and messages as Alibaba does."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.providers import AliyunAccount, AliyunStandIn, Dialect, SandboxMessage, SandboxReceipt, SandboxSystem
from tests.cases import each
from tests.sandbox.provider_clients import NOW, NUMBER, Aliyun, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

BIZ_ID = "900000000000000001^0"
OTP = "【示例】您的验证码是 483920，5分钟内有效。"


def sent(biz_id: str, at: datetime, code: str = "", number: str = NUMBER, **more: Any) -> SandboxMessage:
    receipt = SandboxReceipt(at + timedelta(seconds=5), code, delivered=code == "DELIVERED") if code else None
    return SandboxMessage(SandboxSystem.ALIYUN, number, biz_id, at, receipt, **{"text": OTP, **more})


MESSAGES = (
    sent(BIZ_ID, NOW - timedelta(minutes=2), "DELIVERED", out_id="order-7"),
    sent("900000000000000002^0", NOW - timedelta(minutes=7), "MOBILE_NOT_ON_SERVICE", template=None),
    sent("900000000000000003^0", NOW - timedelta(minutes=10)),
)


@pytest.fixture
async def stand_in() -> AsyncIterator[AliyunStandIn]:
    async with AliyunStandIn(MESSAGES, clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def client(stand_in: AliyunStandIn) -> Aliyun:
    return Aliyun(stand_in)


@each(
    ("spoil", "status", "code"),
    [
        (lambda r: r.with_headers(x_acs_action=None), 400, "MissingAction"),
        (lambda r: r.with_headers(x_acs_version=None), 400, "MissingVersion"),
        (lambda r: r.with_headers(x_acs_date=None), 400, "MissingDate"),
        (lambda r: r.with_headers(x_acs_signature_nonce=None), 400, "MissingSignatureNonce"),
        (lambda r: r.with_headers(x_acs_content_sha256=None), 400, "MissingContentSha256"),
        (lambda r: r.with_headers(x_acs_action="SendEverything"), 404, "InvalidAction.NotFound"),
        (lambda r: r.with_headers(x_acs_version="2018-05-01"), 404, "InvalidAction.NotFound"),
        (lambda r: r.with_headers(x_acs_version="2017-05-26"), 400, "InvalidVersion"),
        (lambda r: r.with_headers(x_acs_date="2026-11-20 12:00:00"), 400, "InvalidTimeStamp.Format"),
        (lambda r: r.with_headers(x_acs_date="2026-13-20T12:00:00Z"), 400, "IllegalTimestamp"),
        (lambda r: r.with_headers(x_acs_date="2026-11-20T12:15:01Z"), 400, "InvalidTimeStamp.Expired"),
        (lambda r: r.with_headers(x_acs_date="2026-11-20T11:44:59Z"), 400, "InvalidTimeStamp.Expired"),
        (lambda r: r.with_headers(x_acs_security_token="unasked"), 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        (lambda r: r.with_headers(x_acs_content_sha256="0" * 64), 400, "SignatureDoesNotMatch"),
        (lambda r: replace(r, path="/other"), 400, "UnsupportedHTTPMethod"),
        (lambda r: replace(r, method="PUT"), 400, "UnsupportedHTTPMethod"),
    ],
)
async def test_a_well_signed_request_with_wrong_common_headers_is_refused_by_the_gateway(
    client: Aliyun, spoil: Callable[[Request], Request], status: int, code: str
) -> None:
    assert await client.refused_by_the_gateway(spoil(client.request())) == (status, code)


@pytest.mark.parametrize("minutes", [-15, 15])
async def test_a_date_fifteen_minutes_off_is_still_taken(stand_in: AliyunStandIn, minutes: int) -> None:
    assert await Aliyun(stand_in, at=NOW + timedelta(minutes=minutes)).rows()


@each(
    "spoil",
    [
        lambda r: replace(r, query=r.query.replace("PageSize=50", "PageSize=49")),
        lambda r: replace(r, query=r.query + "&Extra=1"),
        lambda r: replace(r, method="GET"),
        lambda r: replace(r, body=b"PageSize=50"),
        lambda r: r.with_headers(x_acs_date="2026-11-20T12:00:01Z"),
        lambda r: r.with_headers(x_acs_signature_nonce="another"),
    ],
    ids=["parameter", "more parameters", "method", "body", "date", "nonce"],
)
async def test_anything_changed_after_signing_fails_the_signature(client: Aliyun, spoil: Callable[[Request], Request]) -> None:
    answer = await spoil(client.sign(client.request())).send()

    assert (answer.status_code, answer.json()["Code"]) == (400, "SignatureDoesNotMatch")


async def test_the_host_is_signed_with_its_port(client: Aliyun) -> None:
    request = client.request()
    port_left_out = client.sign(request.with_headers(host="127.0.0.1")).with_headers(host=request.headers["host"])

    assert (await port_left_out.send()).json()["Code"] == "SignatureDoesNotMatch"


async def test_the_order_of_the_parameters_does_not_matter(client: Aliyun) -> None:
    request = client.request()
    backwards = replace(request, query="&".join(reversed(request.query.split("&"))))

    assert (await client.send(backwards)).json()["Code"] == "OK"


@each("left_out", ["host", "x-acs-date", "x-acs-signature-nonce", "content-type"])
async def test_host_content_type_and_every_acs_header_must_be_signed(client: Aliyun, left_out: str) -> None:
    request = client.request().with_headers(content_type="application/x-www-form-urlencoded")
    signed = tuple(sorted(set(request.headers) - {left_out}))

    answer = await client.sign(request, signed=signed).send()

    assert (answer.status_code, answer.json()["Code"]) == (400, "IncompleteSignature")


async def test_signed_headers_must_be_in_order_and_there(client: Aliyun) -> None:
    request = client.request()
    unordered = await client.sign(request, signed=tuple(sorted(request.headers, reverse=True))).send()
    invented = await client.sign(request, signed=(*sorted(request.headers), "x-acs-zone")).send()

    assert unordered.json()["Code"] == invented.json()["Code"] == "IncompleteSignature"


@pytest.mark.parametrize("header", [None, "Basic abc"])
async def test_a_request_without_an_acs3_authorization_is_refused(client: Aliyun, header: str | None) -> None:
    answer = await client.request().with_headers(authorization=header).send()

    assert (answer.status_code, answer.json()["Code"]) == (400, "IncompleteSignature")


@pytest.mark.parametrize(
    ("account", "status", "code"),
    [
        (AliyunAccount(access_key_id="LTAInobody"), 404, "InvalidAccessKeyId.NotFound"),
        (AliyunAccount(access_key_secret="wrong"), 400, "SignatureDoesNotMatch"),
    ],
)
async def test_wrong_keys_are_refused(stand_in: AliyunStandIn, account: AliyunAccount, status: int, code: str) -> None:
    client = Aliyun(stand_in, account)

    assert await client.refused_by_the_gateway(client.request()) == (status, code)


@each(
    ("token", "code"),
    [("right", "OK"), ("wrong", "InvalidSecurityToken.MismatchWithAccessKey"), (None, "InvalidAccessKeyId.NotFound")],
)
async def test_temporary_keys_need_their_token(token: str | None, code: str) -> None:
    async with AliyunStandIn(accounts=[AliyunAccount(security_token="right")], clock=lambda: NOW) as stand_in:
        client = Aliyun(stand_in, AliyunAccount(security_token=token))
        answer = await client.send(client.request())

    assert answer.json()["Code"] == code


async def test_a_nonce_is_taken_once(client: Aliyun) -> None:
    request = client.request()
    first = await client.send(request)
    again = await client.refused_by_the_gateway(request)

    assert first.json()["Code"] == "OK"
    assert again == (400, "SignatureNonceUsed")


async def test_a_key_without_permission_gets_a_business_error() -> None:
    async with AliyunStandIn(accounts=[AliyunAccount(permitted=False)], clock=lambda: NOW) as stand_in:
        client = Aliyun(stand_in)
        domestic = await client.refused(client.request())
        international = await client.message("1")

    assert domestic == "isp.RAM_PERMISSION_DENY"
    assert international["ResponseCode"] == "RAM_PERMISSION_DENY"


@each("name", ["PhoneNumber", "SendDate", "PageSize", "CurrentPage"])
async def test_each_required_parameter_is_missed_by_the_gateway(client: Aliyun, name: str) -> None:
    assert await client.refused_by_the_gateway(client.request(**{name: None})) == (400, f"Missing{name}")


async def test_a_message_id_is_missed_by_the_gateway(client: Aliyun) -> None:
    assert await client.refused_by_the_gateway(client.request("QueryMessage")) == (400, "MissingMessageId")


async def test_parameters_in_the_body_are_not_seen(client: Aliyun) -> None:
    request = client.request()
    body = request.query.encode()
    in_the_body = replace(request, query="", body=body).with_headers(
        content_type="application/x-www-form-urlencoded", x_acs_content_sha256=hashlib.sha256(body).hexdigest()
    )

    assert await client.refused_by_the_gateway(in_the_body) == (400, "MissingPhoneNumber")


@each(
    "number",
    ["+8613711112222", "008613711112222", "8613711112222", "137111", "137-1111-2222", "13711112222,13811112222", "abc"],
)
async def test_a_number_in_another_form_than_the_documented_one_is_refused(client: Aliyun, number: str) -> None:
    assert await client.refused(client.request(PhoneNumber=number)) == "isv.MOBILE_NUMBER_ILLEGAL"


@each(
    "params",
    [
        {"SendDate": "2026-11-20"},
        {"SendDate": "20261320"},
        {"SendDate": "2026112"},
        {"SendDate": "20261020"},  # 31 days before
        {"PageSize": "51"},
        {"PageSize": "0"},
        {"PageSize": "fifty"},
        {"CurrentPage": "0"},
        {"CurrentPage": "-1"},
        {"BizId": f"{BIZ_ID},{BIZ_ID}"},
    ],
)
async def test_a_wrong_parameter_is_a_business_error(client: Aliyun, params: dict[str, str]) -> None:
    assert await client.refused(client.request(**params)) == "isv.INVALID_PARAMETERS"


async def test_thirty_days_back_are_answered(client: Aliyun) -> None:
    assert await client.rows(SendDate="20261021") == []


async def test_rows_have_the_documented_fields_newest_first_and_lack_those_that_have_nothing_to_say(client: Aliyun) -> None:
    delivered, failed, pending = await client.rows()

    assert delivered == {
        "PhoneNum": "13711112222",
        "SendDate": "2026-11-20 19:58:00",
        "Content": OTP,
        "SendStatus": 3,
        "TemplateCode": "SMS_100000001",
        "OutId": "order-7",
        "ErrCode": "DELIVERED",
        "ReceiveDate": "2026-11-20 19:58:05",
    }
    assert (failed["SendStatus"], failed["ErrCode"], "TemplateCode" in failed) == (2, "MOBILE_NOT_ON_SERVICE", False)
    assert (pending["SendStatus"], {"ErrCode", "ReceiveDate", "OutId"} & set(pending)) == (1, set())


async def test_a_biz_id_narrows_to_its_message(client: Aliyun) -> None:
    [row] = await client.rows(BizId=BIZ_ID)

    assert row["OutId"] == "order-7"


async def test_the_day_is_one_of_china_time() -> None:
    last_of_the_19th = datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC)
    messages = [sent("1^0", last_of_the_19th, "DELIVERED"), sent("2^0", last_of_the_19th + timedelta(seconds=1), "DELIVERED")]
    async with AliyunStandIn(messages, clock=lambda: NOW) as stand_in:
        client = Aliyun(stand_in)
        days = {day: [row["SendDate"] for row in await client.rows(SendDate=day)] for day in ("20261119", "20261120")}

    assert days == {"20261119": ["2026-11-19 23:59:59"], "20261120": ["2026-11-20 00:00:00"]}


async def test_pages_are_cut_as_asked_and_the_total_counts_them_all() -> None:
    messages = [sent(f"{i}^0", NOW - timedelta(seconds=i), "DELIVERED") for i in range(1, 121)]
    async with AliyunStandIn(messages, clock=lambda: NOW) as stand_in:
        client = Aliyun(stand_in)
        pages = [await client.details(CurrentPage=str(page)) for page in (1, 2, 3, 4)]

    assert [page["TotalCount"] for page in pages] == [120] * 4
    assert [len(page["SmsSendDetailDTOs"]["SmsSendDetailDTO"]) for page in pages] == [50, 50, 20, 0]


async def test_a_number_without_messages_is_a_success_with_nothing_in_it(client: Aliyun) -> None:
    body = await client.details(PhoneNumber="13900000000")

    assert (body["TotalCount"], body["SmsSendDetailDTOs"]) == (0, {"SmsSendDetailDTO": []})


async def test_a_number_abroad_is_asked_for_with_its_country_code() -> None:
    message = sent("1^0", NOW - timedelta(minutes=1), "DELIVERED", number="+85261234567")
    async with AliyunStandIn([message], clock=lambda: NOW) as stand_in:
        [row] = await Aliyun(stand_in).rows(PhoneNumber="85261234567")

    assert row["PhoneNum"] == "85261234567"


async def test_messages_of_another_access_key_are_not_told() -> None:
    messages = [sent("1^0", NOW, "DELIVERED", account="LTAIanother")]
    async with AliyunStandIn(messages, clock=lambda: NOW) as stand_in:
        assert await Aliyun(stand_in).rows() == []


async def test_the_dialect_chooses_text_for_the_total_and_empty_fields_while_pending(
    stand_in: AliyunStandIn, client: Aliyun
) -> None:
    stand_in.dialect = Dialect(total_count_as_text=True, empty_fields_while_pending=True)
    body = await client.details()

    assert body["TotalCount"] == "3"
    assert body["SmsSendDetailDTOs"]["SmsSendDetailDTO"][2]["ErrCode"] == ""


async def test_messages_beyond_the_rate_are_refused_by_the_product() -> None:
    async with AliyunStandIn(clock=lambda: NOW, calls_per_second={"QueryMessage": 3, "QuerySendDetails": 5}) as stand_in:
        client = Aliyun(stand_in)
        codes = [(await client.message("1"))["ResponseCode"] for _ in range(4)]

    assert codes == ["DATA_NOT_EXIST"] * 3 + ["QPS_LIMIT_CONTROL"]


async def test_details_beyond_the_rate_are_throttled_by_the_gateway_with_a_time_to_wait() -> None:
    async with AliyunStandIn(clock=lambda: NOW, calls_per_second={"QueryMessage": 3, "QuerySendDetails": 1}) as stand_in:
        client = Aliyun(stand_in)
        await client.details()
        answer = await client.send(client.request())

    assert (answer.status_code, answer.json()["Code"]) == (400, "Throttling.User")
    assert answer.headers["x-acs-retry-after"] == "300"


async def test_calls_are_recorded_without_the_number(stand_in: AliyunStandIn, client: Aliyun) -> None:
    await client.details()
    await client.refused(client.request(PageSize="500"))

    accepted, refused = stand_in.calls
    assert (accepted.action, accepted.account, accepted.outcome) == ("QuerySendDetails", client.account.access_key_id, "OK")
    assert accepted.params == {"SendDate": "20261120", "PageSize": "50", "CurrentPage": "1"}
    assert refused.outcome == "isv.INVALID_PARAMETERS"
    assert "13711112222" not in repr(stand_in.calls)
