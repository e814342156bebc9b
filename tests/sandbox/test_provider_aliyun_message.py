"""The stand-in's international `QueryMessage`: one message by its id, in either of the published dialects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.sandbox.providers import AliyunStandIn, Dialect, SandboxMessage, SandboxReceipt, SandboxSystem
from tests.cases import each
from tests.sandbox.provider_clients import NOW, Aliyun

OTP = "【示例】您的验证码是 483920，5分钟内有效。"


def _international(message_id: str, code: str = "", **more: Any) -> SandboxMessage:
    receipt = SandboxReceipt(NOW - timedelta(seconds=7), code, delivered=code == "DELIVERED", words="success") if code else None
    place = {"country": "Hong Kong (China)", "region": "Hong Kong", "carrier": "CSL"}
    return SandboxMessage(
        SandboxSystem.ALIYUN_INTL,
        "+85261234567",
        message_id,
        NOW - timedelta(seconds=9),
        receipt,
        **{**place, "text": OTP, **more},
    )


INTERNATIONAL = (_international("101", "DELIVERED"), _international("102", "SP_UNKNOW_ERROR"), _international("103"))


async def test_a_message_is_told_flat_with_rfc_2822_dates_and_its_place() -> None:
    async with AliyunStandIn(INTERNATIONAL, clock=lambda: NOW) as stand_in:
        body = await Aliyun(stand_in).message("101")

    assert body.pop("RequestId")
    assert body == {
        "ResponseCode": "OK",
        "ResponseDescription": "OK",
        "MessageId": "101",
        "To": "85261234567",
        "Message": OTP,
        "Status": "1",
        "SendDate": "Fri, 20 Nov 2026 19:59:51 +0800",
        "NumberDetail": {"Country": "Hong Kong (China)", "Region": "Hong Kong", "Carrier": "CSL"},
        "ErrorCode": "DELIVERED",
        "ErrorDescription": "success",
        "ReceiveDate": "Fri, 20 Nov 2026 19:59:53 +0800",
    }


@each(
    ("dialect", "statuses"),
    [
        (Dialect(), ["1", "2", "3"]),
        (Dialect(old_status_table=True), ["3", "2", "1"]),
        (Dialect(old_status_table=True, status_as_text=False), [3, 2, 1]),
    ],
)
async def test_the_status_of_a_message_follows_either_published_table(dialect: Dialect, statuses: list[Any]) -> None:
    async with AliyunStandIn(INTERNATIONAL, clock=lambda: NOW, dialect=dialect) as stand_in:
        client = Aliyun(stand_in)
        bodies = [await client.message(key) for key in ("101", "102", "103")]

    assert [body["Status"] for body in bodies] == statuses
    assert "ErrorCode" not in bodies[2]


@each(("old", "code"), [(False, "DATA_NOT_EXIST"), (True, "isv.DATA_NOT_EXIST")])
async def test_an_unknown_message_is_an_error_code_here(old: bool, code: str) -> None:  # noqa: FBT001 - a table of cases
    async with AliyunStandIn(INTERNATIONAL, clock=lambda: NOW, dialect=Dialect(old_prefixes=old)) as stand_in:
        body = await Aliyun(stand_in).message("999")

    assert body["ResponseCode"] == code


async def test_the_dialect_may_send_empty_fields_while_pending() -> None:
    dialect = Dialect(empty_fields_while_pending=True)
    async with AliyunStandIn(INTERNATIONAL, clock=lambda: NOW, dialect=dialect) as stand_in:
        body = await Aliyun(stand_in).message("103")

    assert (body["ErrorCode"], body["ReceiveDate"]) == ("", "")


async def test_a_message_that_is_yet_to_be_sent_does_not_exist() -> None:
    async with AliyunStandIn(INTERNATIONAL, clock=lambda: NOW - timedelta(seconds=10)) as stand_in:
        body = await Aliyun(stand_in, at=NOW - timedelta(seconds=10)).message("101")

    assert body["ResponseCode"] == "DATA_NOT_EXIST"
