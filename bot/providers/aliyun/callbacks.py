"""The callbacks of Alibaba Cloud: receipts and replies of the domestic product, receipts of the international one, as arrays.

    SmsReport        phone_number, send_time, report_time, success, err_code, err_msg, sms_size, biz_id, out_id
                     https://help.aliyun.com/document_detail/101867.html
    SmsUp            phone_number, content, send_time, dest_code, sequence_id
                     https://help.aliyun.com/document_detail/101847.html
    international    To, Status, MessageId, SmsSize, TaskId, SendDate, ReceiveDate, ErrorCode, ErrorDescription
                     https://help.aliyun.com/zh/sms/smsreport-http-intl
    GlobeSmsReport   the same in snake_case; from the message queue, as a single object
                     https://help.aliyun.com/zh/sms/globesmsreport

The response is due within 700 ms and must be HTTP 200 with `code` 0; else the push is retried after 1, 5 and 10 minutes. Saving
an address in the console probes it with a GET, which must be answered alike
(https://help.aliyun.com/document_detail/3041841.html).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import phonenumbers

from bot.i18n import phrase
from bot.model import PhoneNumber, Status
from bot.providers.aliyun import provider_domestic, provider_intl
from bot.providers.aliyun.fields import china_time, mail_time
from bot.receipts.ingestion import (
    Callback,
    MalformedPayloadError,
    ParsedBatch,
    RowReader,
    field_code,
    field_id,
    field_text,
    rest_of,
    rows_of,
)
from bot.receipts.model import InboundSms, Receipt, ReceiptSource, RecordKind
from bot.sanitize import sanitize_provider_text, sanitize_reply_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

SECONDS = 0.6  # of the 700 ms; the rest is the way there and back

_MAINLAND = re.compile(r"1[3-9]\d{9}")
_REFUSED = "isv."  # a code of the submission in the place of a receipt's: the message never left
_FAILED = frozenset({"2", "6"})  # 6: expired
_DELIVERED, _DELIVERED_OLD = "1", "3"
_CAMEL = ("To", "Status", "MessageId", "SendDate", "ReceiveDate", "ErrorCode", "ErrorDescription")
_SNAKE = ("to", "status", "message_id", "send_date", "receive_date", "error_code", "error_description")


def read_report(body: bytes) -> ParsedBatch:
    """Parse the receipts of a push of SmsReport. Raises MalformedPayloadError."""
    reader = RowReader(provider_domestic.NAME, ReceiptSource.CALLBACK, RecordKind.RECEIPTS, _report)
    return reader.parsed(rows_of(body, frozenset({"biz_id", "err_code", "report_time", "success"})))


def read_replies(body: bytes) -> ParsedBatch:
    """Parse the replies of a push of SmsUp. Raises MalformedPayloadError."""
    reader = RowReader(provider_domestic.NAME, ReceiptSource.CALLBACK, RecordKind.REPLIES, _reply)
    return reader.parsed(rows_of(body, frozenset({"content", "dest_code"})))


def read_intl(body: bytes) -> ParsedBatch:
    """Parse the receipts of a push of the international product, in either spelling. Raises MalformedPayloadError."""
    reader = RowReader(provider_intl.NAME, ReceiptSource.CALLBACK, RecordKind.RECEIPTS, _intl)
    return reader.parsed(rows_of(body, frozenset({"MessageId", "message_id"})))


def acknowledge(code: int, message: str) -> dict[str, object]:
    """The response body that Alibaba expects. It reads only `code`."""
    return {"code": code, "msg": message}


CALLBACKS = (
    Callback("aliyun", read_report, acknowledge, SECONDS, is_probed=True),
    Callback("aliyun-replies", read_replies, acknowledge, SECONDS, is_probed=True),
    Callback("aliyun-intl", read_intl, acknowledge, SECONDS, is_probed=True),
)


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}  # senders write it in more ways than the page has


def _report(row: Mapping[str, Any]) -> Receipt:
    success = row.get("success")
    if not isinstance(success, bool):
        success = _BOOLEANS.get(str(success).strip().lower())
    if success is None:
        raise MalformedPayloadError(phrase("{name} is neither true nor false", name="success"))
    code = field_code(row, "err_code")
    refused = not success and code is not None and code.lower().startswith(_REFUSED)
    number, biz_id = _number(row, "phone_number"), field_id(row, "biz_id")
    if number is None and biz_id is None:
        raise MalformedPayloadError(
            phrase("neither {number} nor {id} tells which message it is", number="phone_number", id="biz_id")
        )
    times = _TimeFields(row, china_time)
    return Receipt(
        system=provider_domestic.NAME,
        source=ReceiptSource.CALLBACK,
        status=Status.DELIVERED if success else Status.REJECTED if refused else Status.FAILED,
        number=number,
        message_id=biz_id,
        code=code,
        words=sanitize_provider_text(field_text(row, "err_msg") or "") or None,
        sent_at=times.of("send_time"),
        received_at=times.of("report_time"),
        extra=rest_of(row, {*({"phone_number"} if number else ()), "biz_id", "success", "err_code", "err_msg", *times.read}),
    )


def _reply(row: Mapping[str, Any]) -> InboundSms:
    number, content = _number(row, "phone_number"), row.get("content")
    at = _TimeFields(row, china_time).of("send_time")
    if number is None or at is None or not isinstance(content, str):
        missing = "phone_number" if number is None else "send_time" if at is None else "content"
        raise MalformedPayloadError(phrase("{name} is missing or cannot be read", name=missing))
    return InboundSms(provider_domestic.NAME, ReceiptSource.CALLBACK, number, at, sanitize_reply_text(content))


def _intl(row: Mapping[str, Any]) -> Receipt:
    names = _CAMEL if "MessageId" in row else _SNAKE
    to, status_name, id_name, sent, received, code_name, words = names
    message_id, number = field_id(row, id_name), _number(row, to, with_country=True)
    if number is None and message_id is None:
        raise MalformedPayloadError(phrase("neither {number} nor {id} tells which message it is", number=to, id=id_name))
    code, status = field_code(row, code_name), field_text(row, status_name)
    if code is None and status is None:
        raise MalformedPayloadError(
            phrase("neither {status} nor {code} says what became of it", status=status_name, code=code_name)
        )
    times = _TimeFields(row, mail_time)
    return Receipt(
        system=provider_intl.NAME,
        source=ReceiptSource.CALLBACK,
        status=pushed_status(code, status, times.of(received)),
        number=number,
        message_id=message_id,
        code=code,
        words=sanitize_provider_text(field_text(row, words) or "") or None,
        sent_at=times.of(sent),
        received_at=times.of(received),
        extra=rest_of(row, {*({to} if number else ()), id_name, status_name, code_name, words, *times.read}),
    )


def pushed_status(code: str | None, status: str | None, received_at: datetime | None = None) -> Status:
    """The status of a pushed receipt. A push comes when the status is final: 1 delivered, 2 failed, 6 expired.

    Only a listed code that means something else by itself outweighs that. An older table
    (https://www.alibabacloud.com/help/doc-detail/106598.html) has 3 for delivered, which then has a time of receipt.
    """
    word = (code or "").upper()
    if status in _FAILED or status not in {_DELIVERED, _DELIVERED_OLD}:
        return provider_intl.status_of(code, "2" if status in _FAILED else None, None)
    if word in provider_intl.FAILURES:
        return Status.FAILED
    if word in provider_intl.UNDER_WAY or (
        status == _DELIVERED_OLD and received_at is None and word not in provider_intl.DELIVERED
    ):
        return Status.PENDING
    return Status.UNKNOWN if word == "UNKNOWN" else Status.DELIVERED


class _TimeFields:
    """The time fields of a row; `read` names those that could be parsed. The others are kept with the unknown fields."""

    def __init__(self, row: Mapping[str, Any], read: Callable[[object], datetime | None]) -> None:
        self._row = row
        self._read = read
        self.read: set[str] = set()

    def of(self, name: str) -> datetime | None:
        try:
            moment = self._read(self._row.get(name))
        except (TypeError, ValueError):
            return None
        if moment is not None:
            self.read.add(name)
        return moment


def _number(row: Mapping[str, Any], name: str, *, with_country: bool = False) -> PhoneNumber | None:
    """Parse the number of a field; None if there is none or it is unreadable.

    The domestic product writes 11 digits for the mainland and the country code in front elsewhere, the international one always.
    """
    digits = (field_text(row, name) or "").removeprefix("+").removeprefix("00")
    if not digits:
        return None
    if not with_country and _MAINLAND.fullmatch(digits):
        digits = f"86{digits}"
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    if not (digits.isascii() and digits.isdigit() and phonenumbers.is_possible_number(parsed)):
        return None
    return PhoneNumber.from_parsed(parsed)
