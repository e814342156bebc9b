"""The vendors' official SDKs are accepted as clients, and a request of theirs that was tampered with is not."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from alibabacloud_dysmsapi20170525.client import Client as DetailsClient
from alibabacloud_dysmsapi20170525.models import GetSmsSignRequest, GetSmsTemplateRequest, QuerySendDetailsRequest
from alibabacloud_dysmsapi20180501.client import Client as MessageClient
from alibabacloud_dysmsapi20180501.models import QueryMessageRequest
from alibabacloud_tea_openapi.exceptions import ClientException, ThrottlingException
from alibabacloud_tea_openapi.models import Config
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.sandbox.providers import (
    AliyunAccount,
    AliyunStandIn,
    ProviderFaultKind,
    SandboxMessage,
    SandboxReceipt,
    SandboxSystem,
    TencentAccount,
    TencentStandIn,
)
from bot.sandbox.register_stories import REFUSED, REGISTERS, SIGNATURE, TEMPLATE
from bot.timing.clock import system_clock
from tests.cases import each
from tests.sandbox.provider_clients import NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.providers.server import StandIn

SENT = system_clock() - timedelta(minutes=2)
TENCENT = TencentAccount(token="a-temporary-token")
ALIYUN = AliyunAccount(security_token="a-temporary-token")
MESSAGES = (
    SandboxMessage(
        SandboxSystem.TENCENT, NUMBER, "5000:1", SENT, SandboxReceipt(SENT + timedelta(seconds=3), "DELIVRD", delivered=True)
    ),
    SandboxMessage(SandboxSystem.ALIYUN, NUMBER, "900000000000000001^0", SENT, SandboxReceipt(SENT, "DELIVERED", delivered=True)),
    SandboxMessage(SandboxSystem.ALIYUN_INTL, "+85261234567", "100000000000000001", SENT),
)


def _host(stand_in: StandIn) -> str:
    return httpx.URL(stand_in.url).netloc.decode()


def _tencent_client(stand_in: StandIn, account: TencentAccount) -> SmsClient:
    http = HttpProfile(protocol="http", endpoint=_host(stand_in))
    credential = Credential(account.secret_id, account.secret_key, account.token)
    return SmsClient(credential, account.region, ClientProfile(httpProfile=http))


def _ask_tencent(stand_in: StandIn, account: TencentAccount, app_id: object = "1400006666") -> Any:
    client = _tencent_client(stand_in, account)
    request = models.PullSmsSendStatusByPhoneNumberRequest()
    fields = {"SmsSdkAppId": app_id, "PhoneNumber": NUMBER, "Offset": 0, "Limit": 100}
    request.from_json_string(json.dumps({**fields, "BeginTime": int(SENT.timestamp()) - 60}))
    return client.PullSmsSendStatusByPhoneNumber(request)


def _config(stand_in: StandIn, account: AliyunAccount) -> Config:
    return Config(
        access_key_id=account.access_key_id,
        access_key_secret=account.access_key_secret,
        security_token=account.security_token,
        protocol="http",
        endpoint=_host(stand_in),
    )


def _ask_details(stand_in: StandIn, account: AliyunAccount = ALIYUN, **changes: Any) -> Mapping[str, Any]:
    day = (SENT + timedelta(hours=8)).strftime("%Y%m%d")
    fields = {"phone_number": "13711112222", "send_date": day, "page_size": 50, "current_page": 1, **changes}
    answer = DetailsClient(_config(stand_in, account)).query_send_details(QuerySendDetailsRequest(**fields))
    return dict(answer.body.to_map())


def _ask_message(stand_in: StandIn, message_id: str) -> Mapping[str, Any]:
    answer = MessageClient(_config(stand_in, ALIYUN)).query_message(QueryMessageRequest(message_id=message_id))
    return dict(answer.body.to_map())


async def test_the_tencent_sdk_is_accepted_and_reads_the_rows() -> None:
    async with TencentStandIn(MESSAGES, accounts=[TENCENT]) as stand_in:
        answer = await asyncio.to_thread(_ask_tencent, stand_in, TENCENT)

    assert [row.SerialNo for row in answer.PullSmsSendStatusSet] == ["5000:1"]
    assert [call.outcome for call in stand_in.calls] == ["OK"]


@each(
    ("account", "app_id", "code"),
    [
        (TencentAccount(secret_key="another", token=TENCENT.token), "1400006666", "AuthFailure.SignatureFailure"),
        (TencentAccount(secret_id="another", token=TENCENT.token), "1400006666", "AuthFailure.SecretIdNotFound"),
        (TencentAccount(), "1400006666", "AuthFailure.TokenFailure"),
        (TencentAccount(token=TENCENT.token, region="eu-moscow"), "1400006666", "UnsupportedRegion"),
        (TENCENT, 1400006666, "InvalidParameter"),
        (TENCENT, "1400009999", "InvalidParameterValue.SdkAppIdNotExist"),
    ],
)
async def test_the_tencent_sdk_understands_each_refusal(account: TencentAccount, app_id: object, code: str) -> None:
    async with TencentStandIn(MESSAGES, accounts=[TENCENT]) as stand_in:
        with pytest.raises(TencentCloudSDKException) as caught:
            await asyncio.to_thread(_ask_tencent, stand_in, account, app_id)

    assert caught.value.get_code() == code
    assert caught.value.get_request_id() == stand_in.calls[0].request_id


async def test_the_alibaba_sdk_is_accepted_and_reads_the_rows() -> None:
    async with AliyunStandIn(MESSAGES, accounts=[ALIYUN]) as stand_in:
        body = await asyncio.to_thread(_ask_details, stand_in, biz_id="900000000000000001^0")

    assert [row["ErrCode"] for row in body["SmsSendDetailDTOs"]["SmsSendDetailDTO"]] == ["DELIVERED"]


async def test_the_international_alibaba_sdk_is_accepted_and_reads_the_message() -> None:
    async with AliyunStandIn(MESSAGES, accounts=[ALIYUN]) as stand_in:
        body = await asyncio.to_thread(_ask_message, stand_in, "100000000000000001")
        missing = await asyncio.to_thread(_ask_message, stand_in, "100000000000000009")

    assert (body["ResponseCode"], body["Status"], body["To"]) == ("OK", "3", "85261234567")
    assert missing["ResponseCode"] == "DATA_NOT_EXIST"


async def test_the_alibaba_sdk_reads_a_signature_with_its_carriers_and_a_template() -> None:
    async with AliyunStandIn(accounts=[ALIYUN], registers=REGISTERS) as stand_in:
        client = DetailsClient(_config(stand_in, ALIYUN))
        found = await asyncio.to_thread(client.get_sms_sign, GetSmsSignRequest(sign_name=SIGNATURE))
        template = await asyncio.to_thread(client.get_sms_template, GetSmsTemplateRequest(template_code=TEMPLATE))
        with pytest.raises(ClientException) as caught:
            await asyncio.to_thread(client.get_sms_sign, GetSmsSignRequest(sign_name="nowhere"))

    carriers = found.body.sign_isp_register_detail_list
    assert [(one.operator_code, one.register_status) for one in carriers] == [("mobile", -2), ("unicom", 3), ("telecom", 3)]
    assert carriers[0].register_status_reasons[0].reason_code == "UNBINDING_QUA"
    assert (found.body.sign_status, found.body.audit_info.audit_date) == (1, "2026-10-12 15:04:00\n")
    assert (template.body.template_status, template.body.sign_list.sign_list) == ("1", [SIGNATURE])
    assert (caught.value.code, caught.value.status_code) == ("SignatureNotFound", 404)


async def test_the_tencent_sdk_reads_signatures_and_templates() -> None:
    async with TencentStandIn(accounts=[TENCENT], registers=REGISTERS) as stand_in:
        client = _tencent_client(stand_in, TENCENT)
        of_signatures, of_templates = models.DescribeSmsSignListRequest(), models.DescribeSmsTemplateListRequest()
        of_signatures.from_json_string(json.dumps({"International": 0, "Limit": 100, "Offset": 0}))
        of_templates.from_json_string(json.dumps({"International": 0, "TemplateIdSet": [1234567], "Limit": 100}))
        signatures = await asyncio.to_thread(client.DescribeSmsSignList, of_signatures)
        templates = await asyncio.to_thread(client.DescribeSmsTemplateList, of_templates)

    assert [(row.SignName, row.StatusCode) for row in signatures.DescribeSignListStatusSet] == [(SIGNATURE, 0), (REFUSED, -1)]
    assert [(row.TemplateId, row.StatusCode) for row in templates.DescribeTemplateStatusSet] == [(1234567, 0)]


async def test_the_alibaba_sdk_understands_a_gateway_refusal() -> None:
    stranger = AliyunAccount(access_key_secret="another", security_token=ALIYUN.security_token)
    async with AliyunStandIn(MESSAGES, accounts=[ALIYUN]) as stand_in:
        with pytest.raises(ClientException) as caught:
            await asyncio.to_thread(_ask_details, stand_in, stranger)

    assert (caught.value.code, caught.value.status_code) == ("SignatureDoesNotMatch", 400)


async def test_the_alibaba_sdk_reads_how_long_to_wait_from_a_throttled_answer() -> None:
    async with AliyunStandIn(MESSAGES, accounts=[ALIYUN]) as stand_in:
        stand_in.faults.play(ProviderFaultKind.RATE_LIMITED)
        with pytest.raises(ThrottlingException) as caught:
            await asyncio.to_thread(_ask_details, stand_in)

    assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 300)


async def _overheard(ask: Any, stand_in: StandIn) -> tuple[bytes, bytes]:
    """The bytes that an SDK sends (head and body), caught by a listener which then hands them on to the stand-in."""
    heard: asyncio.Future[tuple[bytes, bytes]] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await _read_message(reader)
        heard.set_result((head, body))
        writer.write(await _relay(stand_in, head, body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.to_thread(ask, _At(f"http://127.0.0.1:{port}"))
        return await heard


class _At:
    """Something with a `url`, in place of a stand-in, for the SDK to talk to."""

    def __init__(self, url: str) -> None:
        self.url = url


async def _relay(stand_in: StandIn, head: bytes, body: bytes) -> bytes:
    url = httpx.URL(stand_in.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(head + body)
    answer = b"".join(await _read_message(reader))
    writer.close()
    return answer


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.removeprefix(b"content-length:")) for line in lines if line.startswith(b"content-length:")), 0)
    return head, await reader.readexactly(length)


async def test_a_tencent_sdk_request_whose_body_is_changed_on_the_way_is_refused() -> None:
    async with TencentStandIn(MESSAGES, accounts=[TENCENT]) as stand_in:
        head, body = await _overheard(lambda at: _ask_tencent(at, TENCENT), stand_in)
        answer = await _relay(stand_in, head, body.replace(b"+8613711112222", b"+8613711112223"))

    assert stand_in.calls[0].outcome == "OK"
    assert b"AuthFailure.SignatureFailure" in answer


@each(
    ("was", "becomes", "code"),
    [
        (b"PageSize=50", b"PageSize=49", b"SignatureDoesNotMatch"),
        (b"2017-05-25", b"2018-05-01", b"SignatureDoesNotMatch"),
        (b"", b"", b"SignatureNonceUsed"),
    ],
    ids=["another page size", "another version", "replayed as it was"],
)
async def test_an_alibaba_sdk_request_that_is_changed_or_replayed_is_refused(was: bytes, becomes: bytes, code: bytes) -> None:
    async with AliyunStandIn(MESSAGES, accounts=[ALIYUN]) as stand_in:
        head, body = await _overheard(_ask_details, stand_in)
        answer = await _relay(stand_in, head.replace(was, becomes), body)

    assert stand_in.calls[0].outcome == "OK"
    assert code in answer
