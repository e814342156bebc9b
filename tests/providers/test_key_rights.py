"""What a key may do besides reading, asked of stand-ins that know whose it is: nothing that could send is ever called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.config import load_settings
from bot.doctor.check import Health
from bot.doctor.keys import check_keys
from bot.i18n import ENGLISH
from bot.lookup.opening import open_providers
from bot.providers.http import ProviderHttpClient
from bot.providers.key_rights import beyond_reading
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.providers.tencent.legacy.provider import TencentLegacyProvider
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
READS, GIVES = policy("dysms:Query*", effect="allow"), policy("sms:SendSms", effect="allow")
OWNERS = (
    (KeyOwner(), NOT_KNOWN, Health.OK),
    (KeyOwner(is_root=True), ROOT, Health.WARNING),
    (KeyOwner(reads_policies=True, policies=(("own", READS), ("AnyReadOnlyAccess", None))), "it can only read", Health.OK),
    (KeyOwner(reads_policies=True, policies=(("own", GIVES),)), "it can do more than read: sms:SendSms", Health.WARNING),
    (KeyOwner(reads_policies=True, of_group=(("FullAccess", None),)), "it can do more than read: FullAccess", Health.WARNING),
)


@pytest.mark.parametrize(("owner", "said", "health"), OWNERS)
async def test_each_key_is_told_once_by_whose_it_is_and_by_its_policies(owner: KeyOwner, said: str, health: Health) -> None:
    accounts = TencentAccount(app_ids=("1400006666", "1400007777"), owner=owner), AliyunAccount(owner=owner)
    async with TencentStandIn(accounts=accounts[:1]) as tencent, AliyunStandIn(accounts=accounts[1:]) as aliyun:
        checks = await checks_of(tencent, aliyun)
        asked = {call.action for call in (*tencent.calls, *aliyun.calls)}
    assert [(check.name, check.said, check.health) for check in checks] == [
        ("Key of Tencent", said, health),
        ("Key of Alibaba", said, health),
    ]
    assert all(action.startswith(("Get", "List")) for action in asked)


async def test_the_old_api_has_no_key_that_only_reads() -> None:
    http = ProviderHttpClient("http://127.0.0.1:9", auth=httpx.Auth())
    (check,) = await check_keys([TencentLegacyProvider(http, app_id="1400001111", clock=system_clock)], {}, ENGLISH)
    await http.aclose()
    assert (check.said, check.health) == ("it can send messages too: the old API has no key that only reads", Health.WARNING)


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
