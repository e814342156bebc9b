"""A minimal script over Tencent's official SDK, which prints a number's rows as JSON. `cold_start.py` times it.

python -m benchmarks.sdk_tencent +8613711112222
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111.sms_client import SmsClient

if TYPE_CHECKING:
    from collections.abc import Callable

HOURS = 2
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


if __name__ == "__main__":
    print(json.dumps([row for call in tencent() for row in call(sys.argv[1])], ensure_ascii=False, indent=2))
