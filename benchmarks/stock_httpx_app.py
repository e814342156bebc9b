"""What people would write instead without the SDKs: a stock Bolt app over httpx. Run by `cold_start.py` and `memory.py`.

The signatures, as short as the vendors' pages allow: https://cloud.tencent.com/document/api/382/38780 (TC3-HMAC-SHA256),
https://www.alibabacloud.com/help/en/doc-detail/2593177.htm (ACS3-HMAC-SHA256).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import time
from typing import Any
from urllib.parse import quote

import httpx
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.stock_server import serve

HOURS, CHINA = 2, 8
Rows = list[dict[str, Any]]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


async def ask_tencent(http: httpx.AsyncClient, app_id: str, action: str, rows: str, number: str) -> Rows:
    now = int(time.time())
    window = {"BeginTime": now - HOURS * 3600, "EndTime": now}
    body = json.dumps({"SmsSdkAppId": app_id, "PhoneNumber": number, "Offset": 0, "Limit": 50, **window}).encode()
    url = httpx.URL(os.environ["TENCENTCLOUD_SMS_ENDPOINT"])
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    signed = f"content-type:application/json\nhost:{url.netloc.decode()}\n\ncontent-type;host"
    asked = f"POST\n/\n\n{signed}\n{sha256(body)}".encode()
    key = mac(mac(mac(f"TC3{os.environ['TENCENTCLOUD_SECRET_KEY']}".encode(), day), "sms"), "tc3_request")
    signature = mac(key, f"TC3-HMAC-SHA256\n{now}\n{day}/sms/tc3_request\n{sha256(asked)}").hex()
    whose = f"Credential={os.environ['TENCENTCLOUD_SECRET_ID']}/{day}/sms/tc3_request, SignedHeaders=content-type;host"
    headers = {
        "Authorization": f"TC3-HMAC-SHA256 {whose}, Signature={signature}",
        "Content-Type": "application/json",
        "X-TC-Action": action,
        "X-TC-Version": "2021-01-11",
        "X-TC-Region": "ap-guangzhou",
        "X-TC-Timestamp": str(now),
    }
    answer = await http.post(url, content=body, headers=headers)
    return list(answer.json()["Response"][rows])


async def ask_alibaba(http: httpx.AsyncClient, number: str) -> Rows:
    url = httpx.URL(os.environ["ALIBABA_CLOUD_SMS_ENDPOINT"])
    day = time.strftime("%Y%m%d", time.gmtime(time.time() + CHINA * 3600))
    asked = {"CurrentPage": "1", "PageSize": "50", "PhoneNumber": number.removeprefix("+86"), "SendDate": day}
    query = "&".join(f"{name}={quote(value, safe='~')}" for name, value in asked.items())
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": url.netloc.decode(),
        "x-acs-action": "QuerySendDetails",
        "x-acs-content-sha256": sha256(b""),
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": "2017-05-25",
    }
    names = ";".join(headers)
    signed = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n{query}\n{signed}\n{names}\n{sha256(b'')}".encode()
    key = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].encode()
    signature = mac(key, f"ACS3-HMAC-SHA256\n{sha256(canonical)}").hex()
    whose = f"Credential={os.environ['ALIBABA_CLOUD_ACCESS_KEY_ID']},SignedHeaders={names}"
    headers["authorization"] = f"ACS3-HMAC-SHA256 {whose},Signature={signature}"
    answer = await http.post(url.copy_with(path="/", query=query.encode()), headers=headers)
    return list(answer.json()["SmsSendDetailDTOs"]["SmsSendDetailDTO"])


def build(http: httpx.AsyncClient) -> AsyncApp:
    slack = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=slack, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
    actions = {"PullSmsSendStatusByPhoneNumber": "PullSmsSendStatusSet", "DescribeSendRecordList": "SendRecordSet"}
    app_ids = os.environ["TENCENTCLOUD_SMS_SDK_APP_ID"].split(",")

    @app.command("/smsstatus")
    async def look_up(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        number = command["text"].split()[0]
        tencent = (ask_tencent(http, app_id, action, rows, number) for app_id in app_ids for action, rows in actions.items())
        found = await asyncio.gather(*tencent, ask_alibaba(http, number))
        lines = [json.dumps(row, ensure_ascii=False)[:200] for rows in found for row in rows] or ["No record."]
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:3000]}}
        await respond(text=lines[0], blocks=[section])

    return app


async def main() -> None:
    async with httpx.AsyncClient(timeout=10) as http:
        await serve(build(http))


if __name__ == "__main__":
    asyncio.run(main())
