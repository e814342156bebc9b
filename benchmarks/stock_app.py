"""What people would write instead: a stock Bolt app that asks by the official SDKs and posts a section. Run by `command.py`.

It makes the calls that our app makes for the same question, all at once in threads, since the SDKs block.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web
from alibabacloud_dysmsapi20170525.client import Client as AlibabaClient
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
from alibabacloud_tea_openapi.models import Config
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.sms_client import SmsClient

if TYPE_CHECKING:
    from collections.abc import Callable

HOURS, CHINA = 2, 8
Rows = list[dict[str, Any]]


def tencent() -> list[Callable[[str], Rows]]:
    """A call for each app id and API."""
    http = HttpProfile(protocol="http", endpoint=urlsplit(os.environ["TENCENTCLOUD_SMS_ENDPOINT"]).netloc)
    credential = Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    client = SmsClient(credential, "ap-guangzhou", ClientProfile(httpProfile=http))

    def asking(app_id: str, action: str, rows: str) -> Callable[[str], Rows]:
        def ask(number: str) -> Rows:
            now = int(time.time())
            params = {"SmsSdkAppId": app_id, "PhoneNumber": number, "Offset": 0, "Limit": 50}
            answer = client.call_json(action, {**params, "BeginTime": now - HOURS * 3600, "EndTime": now})
            return list(answer["Response"][rows])

        return ask

    actions = {"PullSmsSendStatusByPhoneNumber": "PullSmsSendStatusSet", "DescribeSendRecordList": "SendRecordSet"}
    app_ids = os.environ["TENCENTCLOUD_SMS_SDK_APP_ID"].split(",")
    return [asking(app_id, action, rows) for app_id in app_ids for action, rows in actions.items()]


def today() -> str:
    """The day in China, as Alibaba asks for it."""
    return time.strftime("%Y%m%d", time.gmtime(time.time() + CHINA * 3600))


def alibaba(day: str) -> Callable[[str], Rows]:
    """The call for one day."""
    config = Config(
        access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        protocol="http",
        endpoint=urlsplit(os.environ["ALIBABA_CLOUD_SMS_ENDPOINT"]).netloc,
    )
    client = AlibabaClient(config)

    def ask(number: str) -> Rows:
        request = QuerySendDetailsRequest(phone_number=number.removeprefix("+86"), send_date=day, page_size=50, current_page=1)
        return list(client.query_send_details(request).body.to_map()["SmsSendDetailDTOs"]["SmsSendDetailDTO"])

    return ask


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_user_id="U1", bot_id="B1", bot_token="xoxb-x")  # noqa: S106


def build() -> AsyncApp:
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize)
    calls = [*tencent(), alibaba(today())]  # two hours are of one day, but after midnight

    @app.command("/smsstatus")
    async def look_up(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        number = command["text"].split()[0]
        found = await asyncio.gather(*(asyncio.to_thread(call, number) for call in calls))
        lines = [json.dumps(row, ensure_ascii=False)[:200] for rows in found for row in rows] or ["No record."]
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:3000]}}
        await respond(text=lines[0], blocks=[section])

    return app


async def main() -> None:
    bolt = build()

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stderr.write(json.dumps({"event": "serving", "url": f"http://127.0.0.1:{runner.addresses[0][1]}"}) + "\n")
    sys.stderr.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
