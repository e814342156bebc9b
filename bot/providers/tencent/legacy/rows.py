"""Parses a row of the legacy API or of a callback into a receipt or a reply; both have the same fields. Pure.

    receipts   user_receive_time, nationcode, mobile, report_status, errmsg, description, sid, ext; sub_error, sub_error_desc
    replies    nationcode, mobile, text, time, extend, sign

`errmsg` is the code and `description` the text beside it; in API 3.0 `Description` is the code. Times are China's: the pages do
not say so, but show local times. Receipts: https://cloud.tencent.com/document/api/382/59178, replies: .../382/59179.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import phonenumbers

from bot.i18n import phrase
from bot.model import PhoneNumber, Status
from bot.providers.china_time import in_utc
from bot.providers.tencent.times import unix_time
from bot.receipts.ingestion import MalformedPayloadError, field_code, field_id, field_text, rest_of
from bot.receipts.model import InboundSms, Receipt
from bot.sanitize import sanitize_provider_text, sanitize_reply_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.receipts.model import ReceiptSource

_PREFIX = re.compile(r"^\s*(?:\+|00)")
_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
RECEIPT_FIELDS = frozenset({"nationcode", "mobile", "report_status", "errmsg", "sid"})
"""A push of receipts has at least one of these fields in some row."""

_STATUS = {"SUCCESS": Status.DELIVERED, "FAIL": Status.FAILED}
_USED = RECEIPT_FIELDS | {"description", "sub_error", "sub_error_desc"}


def receipt_of(row: Mapping[str, Any], *, system: str, source: ReceiptSource, account: str = "") -> Receipt:
    """Parse a receipt. Raises MalformedPayloadError.

    A row must have a `report_status`, and a number or a `sid`; all else may be missing. An unreadable time is kept with the
    unknown fields.
    """
    report_status = field_text(row, "report_status")
    if report_status is None:
        raise MalformedPayloadError(phrase("{name} is missing", name="report_status"))
    number, message_id = row_number(row), field_id(row, "sid")
    if number is None and message_id is None:
        raise MalformedPayloadError(phrase("neither {number} nor {id} tells which message it is", number="mobile", id="sid"))
    received_at = _china_time(row.get("user_receive_time"))
    return Receipt(
        system=system,
        source=source,
        status=_STATUS.get(report_status.upper(), Status.UNKNOWN),
        number=number,
        message_id=message_id,
        account=account,
        code=field_code(row, "errmsg"),
        words=_words(row),
        received_at=received_at,
        extra=rest_of(row, _USED if received_at is None else _USED | {"user_receive_time"}),
    )


def reply_of(row: Mapping[str, Any], *, system: str, source: ReceiptSource, account: str = "") -> InboundSms:
    """Parse a customer's reply. Raises MalformedPayloadError if the number, the time or the text is missing."""
    number, at = row_number(row), unix_time(row.get("time"))
    text = row.get("text")
    if number is None or at is None or not isinstance(text, str):
        missing = "mobile" if number is None else "time" if at is None else "text"
        raise MalformedPayloadError(phrase("{name} is missing or cannot be read", name=missing))
    return InboundSms(system, source, number, at, sanitize_reply_text(text), account)


def row_number(row: Mapping[str, Any]) -> PhoneNumber | None:
    """Parse the number of `nationcode` and `mobile`; None if there is none or it is unreadable.

    Senders repeat the country code in `mobile`, write 00 or + before either, or leave `nationcode` out: of the possible
    readings, the first valid number.
    """
    mobile, nation = (_PREFIX.sub("", field_text(row, name) or "") for name in ("mobile", "nationcode"))
    readings = [parsed for spelling in _spellings(nation, mobile) if (parsed := _parsed(spelling)) is not None]
    found = next(filter(phonenumbers.is_valid_number, readings), readings[0] if readings else None)
    if found is None:
        return None
    return PhoneNumber.from_parsed(found)


def _spellings(nation: str, mobile: str) -> Iterator[str]:
    """The possible E.164 numbers of the two. Without a country code, eleven digits from 13 on are of the mainland."""
    if not mobile.isdecimal() or not (nation or "0").isdecimal():
        return
    if nation:
        yield f"+{nation}{mobile}"
    elif _MAINLAND.fullmatch(mobile):
        yield f"+86{mobile}"
    yield f"+{mobile}"


def _parsed(spelling: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(spelling)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def _words(row: Mapping[str, Any]) -> str | None:
    """The error text beside the code. From December 2026 on a more precise pair is announced for receipts from abroad.

    https://cloud.tencent.com/announce/detail/2540
    """
    described, precise = field_text(row, "sub_error_desc"), field_text(row, "sub_error")
    if described or precise:
        return sanitize_provider_text(f"{described} ({precise})" if described and precise else described or precise or "") or None
    return sanitize_provider_text(field_text(row, "description") or "") or None


def _china_time(value: object) -> datetime | None:
    """Parse `2015-10-17 08:03:04` in China's time to UTC; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return in_utc(datetime.strptime(value.strip(), "%Y-%m-%d %H:%M:%S"))  # noqa: DTZ007 - `in_utc` knows its zone
    except ValueError:
        return None
