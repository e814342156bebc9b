"""What a key may do besides reading, asked of stand-ins that know whose it is: nothing that could send is ever called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load_settings
from bot.doctor.check import Health
from bot.doctor.keys import check_keys
from bot.i18n import ENGLISH
from bot.lookup.opening import open_providers
from bot.providers.key_rights import beyond_reading
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.sandbox.providers.aliyun import AliyunAccount, AliyunStandIn
from bot.sandbox.providers.policies import KeyOwner
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from bot.doctor.check import Check

READING = [
    "PullSmsSendStatusByPhoneNumber",
    "DescribeSendRecordList",
    "CallbackStatusStatistics",
    "QuerySendDetails",
    "GetSmsSign",
]


def policy(*actions: str, effect: str = "Allow") -> str:
    """A policy, in Alibaba's capitals or Tencent's lower case."""
    names = ("Version", "Statement", "Effect", "Action", "Resource")
    version, statement, effects, action, resource = names if effect[0].isupper() else map(str.lower, names)
    return json.dumps({version: "1", statement: [{effects: effect, action: list(actions), resource: ["*"]}]})


@pytest.mark.parametrize(
    ("document", "beyond"),
    [
        (policy(*(f"sms:{one}" for one in READING), effect="allow"), ()),
        (policy("name/sms:Describe*", "dysms:Query*", effect="allow"), ()),
        (policy("dysms:SendSms"), ("dysms:SendSms",)),
        (policy("sms:SendSms", "sms:DescribeSmsSignList", effect="allow"), ("sms:SendSms",)),
        (policy("*"), ("*",)),
        (policy("dysms:*"), ("dysms:*",)),
        (policy("sms:Pull*", "sms:PullSmsSendStatus", effect="allow"), ("sms:Pull*", "sms:PullSmsSendStatus")),
        (policy("dysms:SendSms", effect="Deny"), ()),
        ('{"Statement": {"Effect": "Allow", "Action": "dysms:AddSmsSign"}}', ("dysms:AddSmsSign",)),
        ('{"Statement": [{"Effect": "Allow", "NotAction": "ram:*"}]}', ("NotAction",)),
        ("{}", ()),
    ],
)
def test_a_policy_that_does_more_than_read_is_told_by_its_actions(document: str, beyond: tuple[str, ...]) -> None:
    assert beyond_reading(document) == beyond


@pytest.mark.parametrize("document", ["", "[]", "{"])
def test_what_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a reader of JSON words it
        beyond_reading(document)


NOT_KNOWN = "a sub-user's or a role's; whether it can send is not known, for it may not read its own policies"
ROOT = "it is the account's own: it can send messages, and do all else"
GIVES = policy("sms:SendSms", effect="allow")
CASES: list[tuple[dict[str, Any], str, str, Health]] = [
    ({}, NOT_KNOWN, NOT_KNOWN, Health.OK),
    ({"is_root": True}, ROOT, ROOT, Health.WARNING),
    (
        {"reads_policies": True, "policies": (("reading", policy("dysms:Query*", effect="allow")),)},
        *["it can only read"] * 2,
        Health.OK,
    ),
    ({"reads_policies": True, "policies": (("AnyReadOnlyAccess", None),)}, *["it can only read"] * 2, Health.OK),
    ({"reads_policies": True, "policies": (("own", GIVES),)}, *["it can do more than read: sms:SendSms"] * 2, Health.WARNING),
    (
        {"reads_policies": True, "of_group": (("FullAccess", None),)},
        *["it can do more than read: FullAccess"] * 2,
        Health.WARNING,
    ),
]


@pytest.mark.parametrize(("owner", "tencent_said", "aliyun_said", "health"), CASES)
async def test_each_key_is_told_once_by_whose_it_is_and_by_its_policies(
    owner: dict[str, Any], tencent_said: str, aliyun_said: str, health: Health
) -> None:
    tencent_account = TencentAccount(app_ids=("1400006666", "1400007777"), owner=KeyOwner(**owner))
    aliyun_account = AliyunAccount(owner=KeyOwner(**owner))
    async with TencentStandIn(accounts=[tencent_account]) as tencent, AliyunStandIn(accounts=[aliyun_account]) as aliyun:
        checks = await checks_of(tencent, aliyun)
        asked = {call.action for call in (*tencent.calls, *aliyun.calls)}
    assert [(check.name, check.said, check.health) for check in checks] == [
        ("Key of Tencent", tencent_said, health),
        ("Key of Alibaba", aliyun_said, health),
    ]
    assert all(action.startswith(("Get", "List")) for action in asked)


async def test_a_vendor_that_does_not_say_is_no_trouble_of_the_key() -> None:
    async with TencentStandIn(accounts=[TencentAccount(secret_id="AKIDother")]) as tencent, AliyunStandIn() as aliyun:
        await aliyun.die()
        checks = await checks_of(tencent, aliyun)
    assert [(check.said, check.health) for check in checks] == [("whose it is, the provider does not say", Health.OK)] * 2


async def checks_of(tencent: TencentStandIn, aliyun: AliyunStandIn) -> list[Check]:
    one, other = TencentAccount(), AliyunAccount()
    environ = {
        "TENCENTCLOUD_SECRET_ID": one.secret_id,
        "TENCENTCLOUD_SECRET_KEY": one.secret_key,
        "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666,1400007777",
        "TENCENTCLOUD_SMS_ENDPOINT": tencent.url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": other.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": other.access_key_secret,
        "ALIBABA_CLOUD_SMS_ENDPOINT": aliyun.url,
        "ALIBABA_CLOUD_SMS_INTL_ENDPOINT": aliyun.url,
    }
    providers = open_providers(load_settings(environ, VENDORS), system_clock)
    try:
        return await check_keys(providers, titles(ENGLISH), ENGLISH)
    finally:
        for provider in providers:
            await provider.aclose()
