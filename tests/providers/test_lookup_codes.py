"""Query codes: each published code, sent by each strict stand-in in response to a lookup, is explained as a query's fault."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from bot.i18n import ENGLISH, get_language
from bot.lookup import LookupService
from bot.model import CodeKind, Owner, PhoneNumber, Query, Target, Window
from bot.observability.metrics import Metrics
from bot.presentation.wording import fault_words
from bot.providers.aliyun.provider_domestic import AliyunProvider
from bot.providers.aliyun.provider_intl import AliyunIntlProvider
from bot.providers.aliyun.signing import Acs3Auth
from bot.providers.aliyun.signing import AliyunCredentials as AliyunKeys
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy
from bot.providers.tencent.legacy import PATH
from bot.providers.tencent.legacy.provider import TencentLegacyProvider
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.signing import Tc3Auth
from bot.providers.tencent.signing import TencentCredentials as TencentKeys
from bot.providers.twilio.provider import TwilioProvider
from bot.providers.twilio.signing import TwilioAuth
from bot.providers.twilio.signing import TwilioCredentials as TwilioKeys
from bot.sandbox.providers import AliyunAccount, AliyunStandIn, TencentAccount, TencentStandIn, TwilioAccount, TwilioStandIn
from bot.sandbox.providers.tencent_legacy import LegacyAccount, TencentLegacyStandIn
from tests.cases import each
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from httpx import Auth

    from bot.codes import Catalogue
    from bot.model import ProviderFault
    from bot.providers.base import Provider
    from bot.sandbox.providers.server import StandIn

NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
AT_ONCE = RetryPolicy(attempts=3, first=0, most=0, jitter=0)
THROTTLED = "rate_limited"

# What somebody would do to a message, or what would have become of one.
ABOUT_A_MESSAGE = {
    "en": re.compile(
        r"\bstop (re)?sending|\bdo not resend|\bre?send (it )?once\b(?! the (service|account))|too many messages|same text|"
        r"(message|text|template|signature|send) (was|is) (refused|stopped|throttled|blocked|rejected)|"
        r"(stopped|refused|throttled|blocked|rejected) (the|your|this) (message|text)|opt(ed)?[- ]out|"
        r"change[sd]? the (text|message|wording)",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"停止(重发|发送)|(不要|别|勿)(再)?重发|修改(短信|文案|正文|内容)|(短信|模板|签名|内容)被(拒|拦|限)|条数(超限|过多)|退订"
    ),
}


def clock() -> datetime:
    return NOW


def http(url: str, auth: Auth) -> ProviderHttpClient:
    return ProviderHttpClient(url, auth=auth, clock=clock, retry_policy=AT_ONCE)


def aliyun_http(stand_in: StandIn) -> ProviderHttpClient:
    keys = AliyunAccount()
    return http(stand_in.url, Acs3Auth(AliyunKeys(keys.access_key_id, keys.access_key_secret), clock=clock))


def aliyun(stand_in: StandIn) -> Provider:
    return AliyunProvider("LTAI…0001", aliyun_http(stand_in), row_key=b"key", clock=clock)


def aliyun_intl(stand_in: StandIn) -> Provider:
    return AliyunIntlProvider("LTAI…0001", aliyun_http(stand_in), clock=clock)


def tencent(stand_in: StandIn) -> Provider:
    keys = TencentAccount()
    auth = Tc3Auth(TencentKeys(keys.secret_id, keys.secret_key, None), clock)
    return TencentProvider(http(stand_in.url, auth), app_id=keys.app_ids[0], region=keys.region, clock=clock)


def tencent_legacy(stand_in: StandIn) -> Provider:
    keys = LegacyAccount()
    auth = LegacyAuth(keys.app_id, keys.app_key, clock)
    return TencentLegacyProvider(http(f"{stand_in.url}{PATH}pullstatus4mobile", auth), app_id=keys.app_id, clock=clock)


def twilio(stand_in: StandIn) -> Provider:
    keys = TwilioAccount()
    auth = TwilioAuth(TwilioKeys(keys.key_sid, keys.key_secret))
    return TwilioProvider("AC01…cdef", http(stand_in.url, auth), account_sid=keys.sid, clock=clock)


VENDORS: dict[str, tuple[Callable[..., StandIn], Callable[[StandIn], Provider]]] = {
    "aliyun": (AliyunStandIn, aliyun),
    "aliyun-intl": (AliyunStandIn, aliyun_intl),
    "tencent": (TencentStandIn, tencent),
    "tencent-legacy": (TencentLegacyStandIn, tencent_legacy),
    "twilio": (TwilioStandIn, twilio),
}
BY_ID = {"aliyun-intl": "100000000000000001", "twilio": "SM0123456789abcdef0123456789abcdef"}


def target_at(vendor: str) -> Target:
    """What a single call is asked about."""
    return Target(message_id=BY_ID[vendor]) if vendor in BY_ID else Target(NUMBER)


@cache
def catalogue() -> Catalogue:
    return CATALOGUE


def codes_of(vendor: str) -> list[str]:
    """The vendor's error codes of a query; "there is no such message" is no error."""
    rows = [row for row in catalogue().rows if (row.vendor, row.kind) == (vendor, CodeKind.API) and not row.match]
    return [row.code for row in rows if row.family not in {"call_ok", "no_record"}]


@asynccontextmanager
async def asked(vendor: str) -> AsyncIterator[tuple[LookupService, StandIn]]:
    make, open_provider = VENDORS[vendor]
    async with AsyncExitStack() as stack:
        stand_in = await stack.enter_async_context(make([], clock=clock))
        service = LookupService([open_provider(stand_in)], catalogue(), Metrics(), clock=clock)
        stack.push_async_callback(service.aclose)
        yield service, stand_in


async def refused(service: LookupService, stand_in: StandIn, code: str, *, times: int | None = None) -> tuple[ProviderFault, int]:
    """The fault in the report when the stand-in answers with `code`, and the number of requests."""
    stand_in.faults.clear()
    stand_in.calls.clear()
    stand_in.faults.refuse(code, times=times)
    target = target_at(service.providers[0].name)
    window = Window(NOW - timedelta(minutes=5), NOW)
    report = await service.lookup(Query((target,), window), refresh=True)
    (part,) = report.coverage
    assert part.error is not None, f"{code} is no answer"
    return part.error, len(stand_in.calls)


@pytest.fixture(scope="module", params=VENDORS)
def refusals(request: pytest.FixtureRequest) -> list[tuple[str, ProviderFault, int]]:
    """Each of a vendor's codes, the fault that it becomes in the report, and the number of requests."""

    async def ask() -> list[tuple[str, ProviderFault, int]]:
        async with asked(request.param) as (service, stand_in):
            return [(code, *await refused(service, stand_in, code)) for code in codes_of(request.param)]

    return asyncio.run(ask())


def test_no_code_that_answers_a_lookup_is_told_as_something_about_the_customers_message(
    refusals: list[tuple[str, ProviderFault, int]],
) -> None:
    wrong: list[tuple[str, str]] = []
    for code, fault, _ in refusals:
        explanation = fault.explanation
        assert explanation is not None
        assert (explanation.code, explanation.kind) == (code, CodeKind.QUERY)
        if explanation.owner in {Owner.RECIPIENT, Owner.CONTENT, Owner.CARRIER}:
            wrong.append((code, explanation.owner))
        for language in (ENGLISH, get_language("zh")):
            words = fault_words(fault, language)
            text = " ".join([words.title, words.meaning, *words.causes, words.next_step, words.customer_wording])
            if found := ABOUT_A_MESSAGE[language.code].search(text):
                wrong.append((code, found[0]))
    assert wrong == []


def test_a_throttled_lookup_is_tried_again_and_what_was_refused_for_another_reason_is_not(
    refusals: list[tuple[str, ProviderFault, int]],
) -> None:
    for code, fault, calls in refusals:
        assert fault.explanation is not None
        is_throttled = fault.explanation.family == THROTTLED
        if is_throttled or fault.explanation.family == "query_refused":
            assert calls == (AT_ONCE.attempts if is_throttled else 1), code
            assert fault.retryable == is_throttled, code


@each(
    ("vendor", "code"),
    [
        ("aliyun", "isv.BUSINESS_LIMIT_CONTROL"),
        ("aliyun", "Throttling.User"),
        ("aliyun-intl", "BUSINESS_LIMIT_CONTROL_MINUTE"),
        ("aliyun-intl", "isv.BUSINESS_LIMIT_HOUR"),
        ("tencent", "LimitExceeded.PhoneNumberThirtySecondLimit"),
        ("tencent", "RequestLimitExceeded"),
        ("tencent-legacy", "1013"),
        ("tencent-legacy", "1023"),
        ("twilio", "20429"),
    ],
)
async def test_a_lookup_that_is_throttled_once_is_answered(vendor: str, code: str) -> None:
    async with asked(vendor) as (service, stand_in):
        stand_in.faults.refuse(code, times=1)
        target = target_at(vendor)
        report = await service.lookup(Query((target,), Window(NOW - timedelta(minutes=5), NOW)))
        (part,) = report.coverage
    assert (part.error, len(stand_in.calls)) == (None, 2)


@each("vendor", VENDORS)
async def test_a_code_that_no_table_lists_is_not_explained_as_a_message_either(vendor: str) -> None:
    async with asked(vendor) as (service, stand_in):
        fault, _ = await refused(service, stand_in, "9999" if vendor in {"tencent-legacy", "twilio"} else "isv.NEVER_HEARD_OF")
    for language in (ENGLISH, get_language("zh")):
        words = fault_words(fault, language)
        text = " ".join([words.title, words.meaning, *words.causes, words.next_step, words.customer_wording])
        assert "resend" not in text.lower()
        assert "重发" not in text
