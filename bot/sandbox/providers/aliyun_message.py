"""`QueryMessage` of the international product, 2018-05-01: one message by its MessageId.

https://help.aliyun.com/zh/sms/querymessage-intl. The body is flat; `Message` is the text of the SMS, and `ResponseCode` is the
result of the call. "Not found" is an error code here, unlike in `QuerySendDetails`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.providers.aliyun_dialect import Dialect
    from bot.sandbox.providers.messages import SandboxMessage

CHINA_TIME = timezone(timedelta(hours=8))
_CURRENT_TABLE = {"delivered": 1, "failed": 2, "pending": 3}
_OLD_TABLE = {"pending": 1, "failed": 2, "delivered": 3}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def query_message(
    params: Mapping[str, str], messages: Sequence[SandboxMessage], now: datetime, dialect: Dialect
) -> Mapping[str, Any]:
    """The response body for these parameters, without its RequestId."""
    wanted = params["MessageId"]
    for message in messages:
        if message.system is SandboxSystem.ALIYUN_INTL and message.message_id == wanted and message.sent_at <= now:
            return _found(message, now, dialect)
    code = "isv.DATA_NOT_EXIST" if dialect.old_prefixes else "DATA_NOT_EXIST"
    return {"ResponseCode": code, "ResponseDescription": "The record does not exist. Try again later."}


def _found(message: SandboxMessage, now: datetime, dialect: Dialect) -> Mapping[str, Any]:
    receipt = message.receipt_by(now)
    state = "pending" if receipt is None else "delivered" if receipt.delivered else "failed"
    status = (_OLD_TABLE if dialect.old_status_table else _CURRENT_TABLE)[state]
    body: dict[str, Any] = {
        "ResponseCode": "OK",
        "ResponseDescription": "OK",
        "MessageId": message.message_id,
        "To": message.number.removeprefix("+"),
        "Message": message.text,
        "Status": str(status) if dialect.status_as_text else status,
        "SendDate": _rfc_2822(message.sent_at),
        "NumberDetail": {"Country": message.country, "Region": message.region, "Carrier": message.carrier},
    }
    if receipt is not None:
        body |= {"ErrorCode": receipt.code, "ErrorDescription": receipt.words, "ReceiveDate": _rfc_2822(receipt.at)}
    elif dialect.empty_fields_while_pending:
        body |= {"ErrorCode": "", "ErrorDescription": "", "ReceiveDate": ""}
    return body


def _rfc_2822(moment: datetime) -> str:
    """`Mon, 24 Dec 2018 16:58:22 +0800`, in English whatever the locale."""
    local = moment.astimezone(CHINA_TIME)
    return f"{_DAYS[local.weekday()]}, {local.day:02d} {_MONTHS[local.month - 1]} {local:%Y %H:%M:%S} +0800"


GARBAGE: Mapping[str, Any] = {
    "ResponseCode": "OK",
    "ResponseDescription": None,
    "MessageId": 100000000000000001,
    "To": ["85261234567"],
    "Message": 7,
    "Status": {"is": "one"},
    "ErrorCode": [12],
    "SendDate": "Someday, 99 Foo 2018",
    "ReceiveDate": False,
    "NumberDetail": "Hong Kong",
}
"""An answer of the right outline whose fields have the wrong types."""
