"""`PullSmsSendStatusByPhoneNumber`: the receipts of one number, of seven days.

https://cloud.tencent.com/document/product/382/55977. Rows come in no particular order and only for messages with a receipt.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.tencent_action import TencentAction, check_number, dialling_code, sent_in_window, words_of
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.providers.messages import SandboxMessage
    from bot.sandbox.providers.tencent_action import Params, Response, TencentData

MOST_ROWS = 100
MEMORY = timedelta(days=7)


def _check(params: Params, now: datetime) -> None:
    check_number(params)
    if not 1 <= params["Limit"] <= MOST_ROWS:
        raise ApiRefusal("InvalidParameterValue.LimitVerifyFail", f"Limit must be 1 to {MOST_ROWS}.")
    if params["Offset"] != 0:
        raise ApiRefusal("InvalidParameterValue.OffsetVerifyFail", "Offset is fixed at 0.")
    if params["BeginTime"] < (now - MEMORY).timestamp():
        raise ApiRefusal("InvalidParameterValue.BeginTimeVerifyFail", "BeginTime must be within the last 7 days.")
    if params.get("EndTime", params["BeginTime"]) < params["BeginTime"]:
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must not be before BeginTime.")
    if "EndTime" not in params and params["BeginTime"] > int(now.timestamp()):
        raise ApiRefusal("InvalidParameterValue.InvalidStartTime", "BeginTime is in the future.")


def _answer(data: TencentData, params: Params, now: datetime) -> Response:
    found = [message for message in sent_in_window(data.messages, params, now) if message.receipt_by(now) is not None]
    found.sort(key=lambda message: hashlib.sha256(message.message_id.encode()).digest())  # "no particular order"
    return {"PullSmsSendStatusSet": [_row(message, now) for message in found[: params["Limit"]]]}


def _row(message: SandboxMessage, now: datetime) -> dict[str, Any]:
    receipt = message.receipt_by(now)
    assert receipt is not None  # noqa: S101 - only such messages are returned
    code = dialling_code(message.number)
    return {
        "UserReceiveTime": int(receipt.at.timestamp()),
        "CountryCode": code,
        "SubscriberNumber": message.number.removeprefix(f"+{code}"),
        "PhoneNumber": message.number,
        "SerialNo": message.message_id,
        "ReportStatus": "SUCCESS" if receipt.delivered else "FAIL",
        "Description": receipt.code,
        "SessionContext": "",
        **words_of(message, now),
    }


_GARBAGE: list[Any] = [
    {
        "UserReceiveTime": "soon",
        "CountryCode": 86,
        "PhoneNumber": 8613711112222,
        "ReportStatus": True,
        "Description": ["DELIVRD"],
    },
    {"UserReceiveTime": 10**18, "PhoneNumber": None, "SerialNo": {}, "ReportStatus": "MAYBE"},
    {},
    "a row that is text",
    None,
    [["UserReceiveTime", 0]],
]

RECEIPTS = TencentAction(
    "PullSmsSendStatusByPhoneNumber",
    calls_per_second=20,
    parameters={
        "BeginTime": (int, True),
        "Offset": (int, True),
        "Limit": (int, True),
        "PhoneNumber": (str, True),
        "SmsSdkAppId": (str, True),
        "EndTime": (int, False),
    },
    check=_check,
    answer=_answer,
    garbage={"PullSmsSendStatusSet": _GARBAGE},
)
