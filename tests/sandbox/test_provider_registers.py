"""The lists of signatures and templates are as strict as the vendors': required parameters, types, limits, rates, rights."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.sandbox.providers import AliyunAccount, AliyunStandIn, TencentAccount, TencentStandIn
from bot.sandbox.register_stories import REGISTERS, SIGNATURE, TEMPLATE
from tests.cases import each
from tests.sandbox.provider_clients import NOW, Aliyun, Request, Tencent

SIGNATURES, TEMPLATES = "DescribeSmsSignList", "DescribeSmsTemplateList"


def listing(client: Tencent, action: str = SIGNATURES, **params: Any) -> Request:
    """A request for a list, not yet signed; a change to None leaves a parameter out."""
    given = {"International": 0, "Limit": 100, **params}
    body = json.dumps({name: value for name, value in given.items() if value is not None}).encode()
    return replace(client.request(), body=body).with_headers(x_tc_action=action)


@each(
    ("action", "params", "status", "code"),
    [
        ("GetSmsSign", {}, 400, "MissingSignName"),
        ("GetSmsTemplate", {"SignName": SIGNATURE}, 400, "MissingTemplateCode"),
        ("GetSmsSign", {"SignName": f"【{SIGNATURE}】"}, 404, "SignatureNotFound"),
        ("GetSmsTemplate", {"TemplateCode": TEMPLATE.lower()}, 404, "TemplateNotFound"),
        ("GetSmsSignature", {"SignName": SIGNATURE}, 404, "InvalidAction.NotFound"),
    ],
)
async def test_alibabas_gateway_refuses_what_is_missing_or_not_there(
    action: str, params: dict[str, str], status: int, code: str
) -> None:
    async with AliyunStandIn(clock=lambda: NOW, registers=REGISTERS) as stand_in:
        client = Aliyun(stand_in)

        assert await client.refused_by_the_gateway(client.request(action, **params)) == (status, code)


async def test_a_right_is_granted_by_the_action() -> None:
    ali, tencent = AliyunAccount(denied=frozenset({"GetSmsSign"})), TencentAccount(denied=frozenset({SIGNATURES}))
    async with AliyunStandIn(accounts=[ali], clock=lambda: NOW, registers=REGISTERS) as stand_in:
        client = Aliyun(stand_in)
        refused = await client.refused(client.request("GetSmsSign", SignName=SIGNATURE))
        granted = await client.send(client.request("GetSmsTemplate", TemplateCode=TEMPLATE))
    async with TencentStandIn(accounts=[tencent], clock=lambda: NOW) as other:
        of_tencent = Tencent(other)
        denied = await of_tencent.refused(listing(of_tencent))
        rows = await of_tencent.rows()

    assert (refused, granted.json()["Code"]) == ("isp.RAM_PERMISSION_DENY", "OK")
    assert (denied, rows) == ("AuthFailure.UnauthorizedOperation", [])


@each(
    ("params", "code"),
    [
        ({"International": None}, "MissingParameter"),
        ({"International": 2}, "InvalidParameter"),
        ({"International": "0"}, "InvalidParameter"),
        ({"Limit": 101}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Offset": -1}, "InvalidParameterValue.OffsetVerifyFail"),
        ({"SignIdSet": [1] * 101}, "InvalidParameter"),
        ({"SignIdSet": ["1"]}, "InvalidParameter"),
        ({"SignName": SIGNATURE}, "UnknownParameter"),
    ],
)
async def test_tencent_refuses_what_its_lists_do_not_take(params: dict[str, Any], code: str) -> None:
    async with TencentStandIn(clock=lambda: NOW, registers=REGISTERS) as stand_in:
        client = Tencent(stand_in)

        assert await client.refused(listing(client, **params)) == code


async def test_without_a_limit_tencents_lists_have_the_rows_that_the_pages_say() -> None:
    async with TencentStandIn(clock=lambda: NOW, registers=REGISTERS) as stand_in:
        client = Tencent(stand_in)
        signatures = await client.send(listing(client, Limit=None))
        templates = await client.send(listing(client, TEMPLATES, Limit=None))

    assert len(signatures["DescribeSignListStatusSet"]) == 2
    assert templates["DescribeTemplateStatusSet"] == []  # its default is 0


async def test_each_list_of_tencents_has_twenty_calls_a_second_of_its_own() -> None:
    async with TencentStandIn(clock=lambda: NOW, registers=REGISTERS) as stand_in:
        client = Tencent(stand_in)
        for _ in range(20):
            assert "Error" not in await client.send(listing(client))

        assert await client.refused(listing(client)) == "RequestLimitExceeded"
        assert "Error" not in await client.send(listing(client, TEMPLATES))
        assert await client.rows() == []
