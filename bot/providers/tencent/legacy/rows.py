"""Parses a row of the legacy API or of a callback into a receipt or a reply; both have the same fields. Pure.

    receipts   user_receive_time, nationcode, mobile, report_status, errmsg, description, sid, ext; sub_error, sub_error_desc
    replies    nationcode, mobile, text, time, extend, sign

`errmsg` is the code and `description` the text beside it; in API 3.0 `Description` is the code. Times are China's: the pages do
not say so, but show local times. Receipts: https://cloud.tencent.com/document/api/382/59178, replies: .../382/59179.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Status
from bot.providers.china_time import in_utc
from bot.providers.number_match import MAINLAND, country_of, digits_of, first_valid, is_about, possible
from bot.providers.tencent.times import unix_time
from bot.receipts.ingestion import MalformedPayloadError, field_code, field_id, field_text, rest_of
from bot.receipts.model import InboundSms, Receipt
from bot.sanitize import sanitize_provider_text, sanitize_reply_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import PhoneNumber
    from bot.receipts.model import ReceiptSource

RECEIPT_FIELDS = frozenset({"nationcode", "mobile", "report_status", "errmsg", "sid"})
"""A push of receipts has at least one of these fields in some row."""

REPLY_FIELDS = frozenset({"nationcode", "mobile", "text", "time"})

_STATUS = {"SUCCESS": Status.DELIVERED, "FAIL": Status.FAILED}
_USED = frozenset({"report_status", "errmsg", "description", "sub_error", "sub_error_desc"})


def receipt_of(
    row: Mapping[str, Any], *, system: str, source: ReceiptSource, account: str = "", queried: PhoneNumber | None = None
) -> Receipt:
    """Parse a receipt; a lookup names the number that its rows are about. Raises MalformedPayloadError.

    A row must have a `report_status`, and a number or a `sid`; all else may be missing. An unreadable number, id or time is kept
    with the unknown fields.
    """
    report_status = field_text(row, "report_status")
    if report_status is None:
        raise MalformedPayloadError(phrase("{name} is missing", name="report_status"))
    number, message_id = queried or row_number(row), field_id(row, "sid")
    if number is None and message_id is None:
        raise MalformedPayloadError(phrase("neither {number} nor {id} tells which message it is", number="mobile", id="sid"))
    received_at = _china_time(row.get("user_receive_time"))
    read = {"nationcode": number, "mobile": number, "sid": message_id, "user_receive_time": received_at}
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
        extra=rest_of(row, _USED | {name for name, value in read.items() if value is not None}),
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
    readings, the first valid number. With a country code, a number that is possible only will do.
    """
    nation, mobile = country_of(row.get("nationcode")), digits_of(row.get("mobile"))
    if mobile is None:
        return None
    country = nation or ("86" if MAINLAND.fullmatch(mobile) else None)
    found = first_valid(([f"+{country}{mobile}"] if country else []) + [f"+{mobile}"])
    return found or (possible(f"+{nation}{mobile}") if nation else None)


def is_row_about(row: Mapping[str, Any], queried: PhoneNumber) -> bool:
    """True if the row is about the number queried, or tells no number, for only that one was queried."""
    return is_about(row.get("mobile"), queried, row.get("nationcode"))


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
