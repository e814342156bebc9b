"""`DescribeSendRecordList`: every send to one number, also refused ones and those on their way, of 72 hours. China site only.

https://cloud.tencent.com/document/api/382/137245. Newest first; of more than 1,000 sends the older ones are cut off.
`TotalCount` is taken to count what can be paged to; the page does not say.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.tencent_action import TencentAction, check_number, iso_code, sent_in_window, words_of
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.providers.messages import SandboxMessage
    from bot.sandbox.providers.tencent_action import Params, Response, TencentData

MOST_ROWS, MOST_OFFSET = 1000, 1000
MOST_OF_A_PAGE, USUAL_PAGE = 50, 20
MEMORY = timedelta(hours=72)
REFUSED, DELIVERED, ON_ITS_WAY, FAILED = 1, 2, 3, 4


def _check(params: Params, now: datetime) -> None:
    at = int(now.timestamp())
    check_number(params)
    if not 1 <= params.get("Limit", USUAL_PAGE) <= MOST_OF_A_PAGE:
        raise ApiRefusal("InvalidParameterValue.LimitVerifyFail", f"Limit must be 1 to {MOST_OF_A_PAGE}.")
    if not 0 <= params.get("Offset", 0) <= MOST_OFFSET:
        raise ApiRefusal("InvalidParameterValue.OffsetVerifyFail", f"Offset must be 0 to {MOST_OFFSET}.")
    if params["BeginTime"] < (now - MEMORY).timestamp():
        raise ApiRefusal("InvalidParameterValue.BeginTimeVerifyFail", "BeginTime must be within the last 72 hours.")
    if not params["BeginTime"] <= params.get("EndTime", at) <= at:
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must not be before BeginTime, nor after now.")


def _answer(data: TencentData, params: Params, now: datetime) -> Response:
    found = sorted(sent_in_window(data.messages, params, now), key=lambda message: message.sent_at, reverse=True)[:MOST_ROWS]
    offset = params.get("Offset", 0)
    page = found[offset : offset + params.get("Limit", USUAL_PAGE)]
    return {"SendRecordSet": [_row(message, now) for message in page], "TotalCount": len(found)}


def _row(message: SandboxMessage, now: datetime) -> dict[str, Any]:
    receipt = message.receipt_by(now)
    delivered = receipt is not None and receipt.delivered
    status = REFUSED if message.refused else ON_ITS_WAY if receipt is None else DELIVERED if delivered else FAILED
    return {
        "PhoneNumber": message.number,
        "SerialNo": message.message_id,
        "SendStatus": status,
        "RequestCode": message.refused or "Ok",
        "StatusCode": receipt.code if receipt else "",
        "IsoCode": iso_code(message.number),
        "Content": re.sub(r"[0-9]", "*", message.text),  # the vendor masks a part of the parameters
        "SendTime": int(message.sent_at.timestamp()),
        "UserReceiveTime": int(receipt.at.timestamp()) if receipt and delivered else 0,
        **words_of(message, now),
    }


_GARBAGE: list[Any] = [
    {"SendStatus": "5", "SendTime": [], "PhoneNumber": 8613711112222, "StatusCode": {"code": "DELIVRD"}},
    {"SerialNo": {}, "SendStatus": 2.5, "RequestCode": None, "Content": 10**18},
    {},
    "a row that is text",
    None,
]

SENDS = TencentAction(
    "DescribeSendRecordList",
    calls_per_second=10,
    parameters={
        "PhoneNumber": (str, True),
        "SmsSdkAppId": (str, True),
        "BeginTime": (int, True),
        "EndTime": (int, False),
        "Limit": (int, False),
        "Offset": (int, False),
    },
    check=_check,
    answer=_answer,
    garbage={"SendRecordSet": _GARBAGE, "TotalCount": "many"},
)
