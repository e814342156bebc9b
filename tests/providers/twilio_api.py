"""A Twilio account at its strict stand-in, and Message resources for scripted responses, which the stand-in does not send."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.model import PhoneNumber, Target, Window
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy
from bot.providers.twilio.provider import TwilioProvider
from bot.providers.twilio.signing import TwilioAuth, TwilioCredentials
from bot.sandbox.providers import SandboxMessage, SandboxReceipt, SandboxSystem, TwilioAccount

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
HONG_KONG = PhoneNumber("+85261234567", 852, "61234567")
ACCOUNT = TwilioAccount()
QUICK = RetryPolicy(attempts=3, first=0.0, most=0.0, jitter=0.0)


def clock() -> datetime:
    return NOW


def sid(which: int) -> str:
    return f"SM{which:032x}"


def message(
    which: int,
    ago: timedelta = timedelta(minutes=10),
    *,
    receipt: str | None = "delivered",
    number: str = NUMBER.e164,
    **changes: Any,
) -> SandboxMessage:
    """A message sent so long ago: delivered after three seconds, undelivered with the error `receipt`, or (None) without one."""
    sent_at = NOW - ago
    told = None
    if receipt is not None:
        code = "" if receipt == "delivered" else receipt
        told = SandboxReceipt(sent_at + timedelta(seconds=3), code, delivered=not code)
    return SandboxMessage(SandboxSystem.TWILIO, number, sid(which), sent_at, told, **changes)


def row(**changes: Any) -> dict[str, Any]:
    """A Message resource of the documentation's form, undelivered; a change to None is a null."""
    usual = {
        "account_sid": ACCOUNT.sid,
        "api_version": "2010-04-01",
        "body": "【示例】您的验证码是 483920",
        "date_created": "Sat, 21 Nov 2026 07:30:00 +0000",
        "date_sent": "Sat, 21 Nov 2026 07:30:01 +0000",
        "date_updated": "Sat, 21 Nov 2026 07:30:05 +0000",
        "direction": "outbound-api",
        "error_code": 30003,
        "error_message": "Unreachable destination handset",
        "from": "+12025550100",
        "messaging_service_sid": "MG0123456789abcdef0123456789abcdef",
        "num_media": "0",
        "num_segments": "1",
        "price": "-0.00750",
        "price_unit": "USD",
        "sid": "SM0123456789abcdef0123456789abcdef",
        "status": "undelivered",
        "subresource_uris": {},
        "to": NUMBER.e164,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages/SM0123456789abcdef0123456789abcdef.json",
    }
    return {**usual, **changes}


def query(
    since: timedelta = timedelta(hours=2), *, number: PhoneNumber | None = NUMBER, message_id: str | None = None
) -> ProviderQuery:
    return ProviderQuery(Target(number, message_id), Window(NOW - since, NOW))


def open_twilio(url: str, user: str = ACCOUNT.key_sid, password: str = ACCOUNT.key_secret) -> TwilioProvider:
    auth = TwilioAuth(TwilioCredentials(user, password))
    http = ProviderHttpClient(url, auth=auth, clock=clock, retry_policy=QUICK)
    return TwilioProvider("AC01…cdef", http, account_sid=ACCOUNT.sid, clock=clock)


@asynccontextmanager
async def twilio(url: str, user: str = ACCOUNT.key_sid, password: str = ACCOUNT.key_secret) -> AsyncIterator[TwilioProvider]:
    provider = open_twilio(url, user, password)
    try:
        yield provider
    finally:
        await provider.aclose()


async def asked(url: str, asked_for: ProviderQuery) -> ResultCollector:
    collector = ResultCollector()
    async with twilio(url) as provider:
        await provider.query(asked_for, collector)
    return collector
