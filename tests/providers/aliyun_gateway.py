"""A fake of Alibaba's gateway with scripted responses, for malformed ones that the strict stand-in does not send."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from hypothesis import strategies as st

from bot.model import PhoneNumber, Target, Window
from bot.providers.aliyun.provider_domestic import AliyunProvider
from bot.providers.aliyun.provider_intl import AliyunIntlProvider
from bot.providers.aliyun.signing import Acs3Auth, AliyunCredentials
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.model import Note, NoteKind
    from bot.timing.clock import Clock

NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
HONG_KONG = PhoneNumber("+85261234567", 852, "61234567")
CREDENTIALS = AliyunCredentials("LTAI5tEXAMPLEfakeKeyId01", "EXAMPLEfakeSecretDoNotUse0123456")
QUICK = RetryPolicy(attempts=3, first=0.0, most=0.0, jitter=0.0)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def clock() -> datetime:
    return NOW


def query(
    since: timedelta = timedelta(hours=2), *, number: PhoneNumber | None = NUMBER, message_id: str | None = None
) -> ProviderQuery:
    return ProviderQuery(Target(number, message_id), Window(NOW - since, NOW))


def row(sent: str = "2026-11-21 15:30:00", **changes: Any) -> dict[str, Any]:
    """A delivered row, with times in China's time; a change to None omits the field."""
    usual = {
        "PhoneNum": "13711112222",
        "SendStatus": 3,
        "ErrCode": "DELIVERED",
        "Content": "【示例】您的验证码是 483920",
        "TemplateCode": "SMS_100000001",
        "SendDate": sent,
        "ReceiveDate": sent[:-1] + "3",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def details(rows: list[Any], total: Any = None) -> dict[str, Any]:
    """A response body of QuerySendDetails."""
    counted = len(rows) if total is None else total
    return {
        "Code": "OK",
        "Message": "OK",
        "RequestId": "1-2-3",
        "TotalCount": counted,
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows},
    }


def notes_of(collector: ResultCollector, kind: NoteKind) -> list[Note]:
    return [note for note in collector.notes if note.kind is kind]


@asynccontextmanager
async def gateway(answer: Callable[[dict[str, str]], Any]) -> AsyncIterator[str]:
    """The URL of a server that responds to each call with `answer(parameters)`: a body, or (status, body, headers)."""

    async def handle(request: web.BaseRequest) -> web.Response:
        told = answer(dict(request.query))
        status, body, headers = told if isinstance(told, tuple) else (200, told, {})
        return web.json_response(body, status=status, headers=headers)

    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def domestic(
    url: str, credentials: AliyunCredentials = CREDENTIALS, *, clock: Clock = clock
) -> AsyncIterator[AliyunProvider]:
    http = ProviderHttpClient(url, auth=Acs3Auth(credentials, clock=clock), clock=clock, retry_policy=QUICK)
    provider = AliyunProvider("LTAI…Id01", http, row_key=b"key", clock=clock)
    try:
        yield provider
    finally:
        await provider.aclose()


@asynccontextmanager
async def intl(
    url: str, credentials: AliyunCredentials = CREDENTIALS, *, clock: Clock = clock
) -> AsyncIterator[AliyunIntlProvider]:
    http = ProviderHttpClient(url, auth=Acs3Auth(credentials, clock=clock), clock=clock, retry_policy=QUICK)
    provider = AliyunIntlProvider("LTAI…Id01", http, clock=clock)
    try:
        yield provider
    finally:
        await provider.aclose()
