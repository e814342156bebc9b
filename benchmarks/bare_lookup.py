"""The calls of a lookup by a bare aiohttp client: signed, sent at once, read as JSON. `lookups.py` has it beside ours.

It reads no words, knows no limits, retries nothing, merges and explains no rows: nobody's lookup takes less with this client.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from benchmarks.sdk_tencent import HOURS
from bot.providers.aliyun.signing import AliyunCredentials, acs3_authorization
from bot.providers.aliyun.signing import call_headers as aliyun_headers
from bot.providers.request_target import canonical_query
from bot.providers.tencent.signing import TencentCredentials, tc3_authorization
from bot.providers.tencent.signing import call_headers as tencent_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

EMPTY = hashlib.sha256(b"").hexdigest()
ACTIONS = ("PullSmsSendStatusByPhoneNumber", "DescribeSendRecordList")
REGION = "ap-guangzhou"


@asynccontextmanager
async def bare_alibaba(days: Sequence[str]) -> AsyncIterator[Callable[[int], Awaitable[str]]]:
    """Asks for each of the days."""
    endpoint = os.environ["ALIBABA_CLOUD_SMS_ENDPOINT"]
    credentials = AliyunCredentials(os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"], os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"])
    common = {
        **aliyun_headers("QuerySendDetails", "2017-05-25"),
        "host": urlsplit(endpoint).netloc,
        "x-acs-content-sha256": EMPTY,
    }
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def of_day(number: int, day: str) -> Any:
            query = canonical_query({"CurrentPage": "1", "PageSize": "50", "PhoneNumber": str(number), "SendDate": day})
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            headers = {**common, "x-acs-date": now, "x-acs-signature-nonce": secrets.token_hex(16)}
            signed = {name: value for name, value in headers.items() if name != "accept"}
            headers["authorization"] = acs3_authorization(credentials, "POST", "/", query, signed)
            async with session.post(URL(f"{endpoint}/?{query}", encoded=True), headers=headers) as response:
                return json.loads(await response.read())["SmsSendDetailDTOs"]["SmsSendDetailDTO"]

        async def ask(number: int) -> str:
            return json.dumps(await asyncio.gather(*(of_day(number, day) for day in days)))

        yield ask


@asynccontextmanager
async def bare_tencent() -> AsyncIterator[Callable[[int], Awaitable[str]]]:
    """Asks for the receipts and the sends of the last hours."""
    endpoint = os.environ["TENCENTCLOUD_SMS_ENDPOINT"]
    credentials = TencentCredentials(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    app_id, host = os.environ["TENCENTCLOUD_SMS_SDK_APP_ID"], urlsplit(endpoint).netloc
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def call(number: int, action: str) -> Any:
            now = int(time.time())
            params = {"SmsSdkAppId": app_id, "PhoneNumber": f"+86{number}", "Offset": 0, "Limit": 50}
            body = json.dumps({**params, "BeginTime": now - HOURS * 3600, "EndTime": now}).encode()
            headers = {**tencent_headers(action, REGION), "Host": host, "X-TC-Timestamp": str(now)}
            headers["Authorization"] = tc3_authorization(
                credentials, timestamp=now, content_type=headers["Content-Type"], host=host, body=body
            )
            async with session.post(endpoint, headers=headers, data=body) as response:
                answer = json.loads(await response.read())["Response"]
            return answer.get("PullSmsSendStatusSet", answer.get("SendRecordSet"))

        async def ask(number: int) -> str:
            return json.dumps(await asyncio.gather(*(call(number, action) for action in ACTIONS)))

        yield ask
