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

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Status
from bot.providers.aliyun import provider_domestic, provider_intl
from bot.providers.aliyun.fields import china_time, mail_time, phone_number
from bot.providers.number_match import MAINLAND, digits_of, possible
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

    from bot.model import PhoneNumber

SECONDS = 0.6  # of the 700 ms; the rest is the way there and back

_REFUSED = "isv."  # a code of the submission in the place of a receipt's: the message never left
_FAILED = frozenset({"2", "6"})  # 6: expired
_DELIVERED, _DELIVERED_OLD = "1", "3"
_CAMEL = ("To", "Status", "MessageId", "SendDate", "ReceiveDate", "ErrorCode", "ErrorDescription")
_SNAKE = ("to", "status", "message_id", "send_date", "receive_date", "error_code", "error_description")
# A push has at least one of these fields in some row, and a row that has none is none.
_OF_REPORT = frozenset({"biz_id", "err_code", "report_time", "success"})
_OF_REPLIES = frozenset({"content", "dest_code"})
_OF_INTL = frozenset({"Status", "MessageId", "ErrorCode", "status", "message_id", "error_code"})


def read_report(body: bytes) -> ParsedBatch:
    """Parse the receipts of a push of SmsReport. Raises MalformedPayloadError."""
    return _reader(provider_domestic.NAME, RecordKind.RECEIPTS, _OF_REPORT, _report).parsed(rows_of(body, _OF_REPORT))


def read_replies(body: bytes) -> ParsedBatch:
    """Parse the replies of a push of SmsUp. Raises MalformedPayloadError."""
    return _reader(provider_domestic.NAME, RecordKind.REPLIES, _OF_REPLIES, _reply).parsed(rows_of(body, _OF_REPLIES))


def read_intl(body: bytes) -> ParsedBatch:
    """Parse the receipts of a push of the international product, in either spelling. Raises MalformedPayloadError."""
    return _reader(provider_intl.NAME, RecordKind.RECEIPTS, _OF_INTL, _intl).parsed(rows_of(body, _OF_INTL))


def acknowledge(code: int, message: str) -> dict[str, object]:
    """The response body that Alibaba expects. It reads only `code`."""
    return {"code": code, "msg": message}


CALLBACKS = (
    Callback("aliyun", read_report, acknowledge, SECONDS, is_probed=True),
    Callback("aliyun-replies", read_replies, acknowledge, SECONDS, is_probed=True),
    Callback("aliyun-intl", read_intl, acknowledge, SECONDS, is_probed=True),
)


def _reader(
    system: str, kind: RecordKind, fields: frozenset[str], read: Callable[[Mapping[str, Any]], Receipt | InboundSms]
) -> RowReader:
    return RowReader(system, ReceiptSource.CALLBACK, kind, fields, read)


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
    names = _CAMEL if row.keys() & set(_CAMEL) else _SNAKE
    to, status_name, id_name, sent, received, code_name, words = names
    message_id, number = field_id(row, id_name), phone_number(row.get(to))
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
    if status in _FAILED:
        return provider_intl.status_of(code, "2", None)
    if status not in {_DELIVERED, _DELIVERED_OLD}:
        return provider_intl.status_of(code, None, received_at)
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


def _number(row: Mapping[str, Any], name: str) -> PhoneNumber | None:
    """The number of a field of the domestic product; None if there is none or it is unreadable.

    It writes 11 digits for the mainland and the country code in front elsewhere.
    """
    digits = digits_of(row.get(name)) or ""
    return possible(f"+86{digits}" if MAINLAND.fullmatch(digits) else f"+{digits}")
