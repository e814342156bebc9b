"""`QuerySendDetails`, 2017-05-25: the messages to one number on one day of China time, in pages.

https://help.aliyun.com/document_detail/419277.html. Business errors have HTTP 200 and often Chinese messages, as here.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.providers.aliyun_dialect import Dialect
    from bot.sandbox.providers.messages import SandboxMessage

CHINA_TIME = timezone(timedelta(hours=8))
MEMORY_DAYS = 30
LARGEST_PAGE = 50
WAITING, FAILED, DELIVERED = 1, 2, 3

_MAINLAND = re.compile(r"1[3-9]\d{9}")
_ABROAD = re.compile(r"(?!86)[1-9]\d{6,14}")


def query_send_details(
    params: Mapping[str, str], messages: Sequence[SandboxMessage], now: datetime, dialect: Dialect
) -> Mapping[str, Any]:
    """The response body for these parameters, without its RequestId. Raises ApiRefusal."""
    number = _number(params["PhoneNumber"])
    day = _day(params["SendDate"], now)
    size = _integer(params, "PageSize", most=LARGEST_PAGE)
    page = _integer(params, "CurrentPage")
    biz_id = params.get("BizId", "")
    if biz_id and not re.fullmatch(r"\d+\^\d+", biz_id):
        raise _illegal("BizId")
    found = sorted(
        (
            message
            for message in messages
            if message.system is SandboxSystem.ALIYUN
            and _as_asked(message.number) == number
            and message.sent_at <= now
            and message.sent_at.astimezone(CHINA_TIME).date() == day
            and biz_id in {"", message.message_id}
        ),
        key=lambda message: message.sent_at,
        reverse=True,
    )
    rows = [_row(message, now, dialect) for message in found[(page - 1) * size : page * size]]
    return _body(len(found), rows, dialect)


def counted_but_empty(dialect: Dialect) -> Mapping[str, Any]:
    """Two rows counted, none returned, as in https://github.com/aliyun/alibabacloud-java-sdk/issues/42."""
    return _body(2, [], dialect)


def _body(total: int, rows: list[dict[str, Any]], dialect: Dialect) -> Mapping[str, Any]:
    counted = str(total) if dialect.total_count_as_text else total
    return {"Code": "OK", "Message": "OK", "TotalCount": counted, "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}


def _number(value: str) -> str:
    """11 digits for mainland China; elsewhere country code and number. Neither a plus nor a leading 00."""
    if _MAINLAND.fullmatch(value) or _ABROAD.fullmatch(value):
        return value
    raise ApiRefusal("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号")


def _as_asked(number: str) -> str:
    return number.removeprefix("+86") if number.startswith("+86") else number.removeprefix("+")


def _day(value: str, now: datetime) -> date:
    try:
        day = datetime.strptime(value, "%Y%m%d").replace(tzinfo=CHINA_TIME).date()
    except ValueError:
        raise _illegal("SendDate") from None
    if not re.fullmatch(r"\d{8}", value) or day < now.astimezone(CHINA_TIME).date() - timedelta(days=MEMORY_DAYS):
        raise _illegal("SendDate")
    return day


def _integer(params: Mapping[str, str], name: str, most: int | None = None) -> int:
    value = params[name]
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < 1 or (most is not None and int(value) > most):
        raise _illegal(name)
    return int(value)


def _illegal(name: str) -> ApiRefusal:
    return ApiRefusal("isv.INVALID_PARAMETERS", f"参数异常: {name}")


def _row(message: SandboxMessage, now: datetime, dialect: Dialect) -> dict[str, Any]:
    receipt = message.receipt_by(now)
    row: dict[str, Any] = {
        "PhoneNum": _as_asked(message.number),
        "SendDate": _china_time(message.sent_at),
        "Content": message.text,
        "SendStatus": WAITING,
    }
    if message.template:
        row["TemplateCode"] = message.template
    if message.out_id:
        row["OutId"] = message.out_id
    if receipt is not None:
        status = DELIVERED if receipt.delivered else FAILED
        row |= {"SendStatus": status, "ErrCode": receipt.code, "ReceiveDate": _china_time(receipt.at)}
    elif dialect.empty_fields_while_pending:
        row |= {"ErrCode": "", "ReceiveDate": ""}
    return row


def _china_time(moment: datetime) -> str:
    """A time in China, without its zone, as the API writes it."""
    return moment.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M:%S")


GARBAGE: Mapping[str, Any] = {
    "Code": "OK",
    "Message": "OK",
    "TotalCount": "several",
    "SmsSendDetailDTOs": {
        "SmsSendDetailDTO": [
            {"PhoneNum": 13711112222, "SendStatus": "three", "ErrCode": ["DELIVERED"], "SendDate": "yesterday"},
            {"PhoneNum": None, "SendStatus": 9, "SendDate": "2026-13-45 99:99:99", "ReceiveDate": 0},
            {},
            "a row that is text",
            None,
        ]
    },
}
"""An answer of the right outline whose rows have the wrong types."""
