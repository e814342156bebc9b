"""A minimal script over Alibaba's official SDK, which prints a number's rows of today as JSON. `cold_start.py` times it.

python -m benchmarks.sdk_alibaba +8613711112222
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alibabacloud_dysmsapi20170525.client import Client as AlibabaClient
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest
from alibabacloud_tea_openapi.models import Config

if TYPE_CHECKING:
    from collections.abc import Callable

CHINA = 8
Rows = list[dict[str, Any]]


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


if __name__ == "__main__":
    print(json.dumps(alibaba(today())(sys.argv[1]), ensure_ascii=False, indent=2))
