"""Parses a row of `PullSmsSendStatusSet` into a Delivery. Pure.

https://cloud.tencent.com/document/api/382/40518 (2021-01-11). The field names are not those of 2019-07-11, whose
`PhoneNumber` is the national number and whose `UserReceiveTime` is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.model import Contradiction, Delivery, Note, PhoneNumber, ProviderWords, Status
from bot.providers.number_match import country_of, digits_of, is_about, possible
from bot.providers.tencent import NAME
from bot.providers.tencent.times import unix_time
from bot.receipts.ingestion import field_id, field_text
from bot.sanitize import sanitize_provider_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATUS = {"SUCCESS": Status.DELIVERED, "FAIL": Status.FAILED}  # the two documented values; there is none for "pending"

# SMPP's own message states, which no carrier uses for the opposite. Other codes may mean anything.
_STATUS_OF_CODE = {
    "DELIVRD": Status.DELIVERED,
    "UNDELIV": Status.FAILED,
    "EXPIRED": Status.FAILED,
    "REJECTD": Status.FAILED,
    "DELETED": Status.FAILED,
}


def delivery_of(row: Any, *, account: str, queried: PhoneNumber) -> Delivery | None:
    """Parse a row; None if it has not the documented shape. Further fields are ignored.

    A row must be an object with one of the two statuses, or a code, or another status and an id; all else may be missing.
    `Description` is the code (there is no text beside it in this call). `UserReceiveTime` of a failed row is not documented;
    it is taken for the time of the receipt.
    """
    if not isinstance(row, dict):
        return None
    report_status = row_text(row, "ReportStatus")
    status = _STATUS.get((report_status or "").upper(), Status.UNKNOWN)
    code, message_id = row_text(row, "Description"), field_id(row, "SerialNo")
    if status is Status.UNKNOWN and code is None and (report_status is None or message_id is None):
        return None
    return Delivery(
        provider=NAME,
        account=account,
        status=status,
        number=row_number(row, queried),
        message_id=message_id,
        code=code,
        received_at=unix_time(row.get("UserReceiveTime")),
        notes=tuple(note for note in (contradiction_of(status, code), words_of(row)) if note is not None),
    )


MAX_LENGTH = 200  # of any field; codes and ids are far shorter


def row_text(row: Mapping[str, Any], name: str) -> str | None:
    """The field as text; None if it is absent, null, empty or not a scalar."""
    return truncate(single_line(field_text(row, name) or ""), MAX_LENGTH) or None


def is_row_about(row: Mapping[str, Any], queried: PhoneNumber) -> bool:
    """True if the row is about the number queried, or tells no number, for only that one was queried."""
    return is_about(_number_field(row), queried, row.get("CountryCode"))


def row_number(row: Mapping[str, Any], queried: PhoneNumber) -> PhoneNumber | None:
    """The row's number: `queried` if it is about that one; None if it is about another that is no whole number."""
    if is_row_about(row, queried):
        return queried
    digits, country = digits_of(_number_field(row)) or "", country_of(row.get("CountryCode")) or str(queried.country_code)
    is_international = (field_text(row, "PhoneNumber") or "").startswith(("+", "00")) or digits.startswith(country)
    return possible(f"+{digits}" if is_international else f"+{country}{digits}")


def _number_field(row: Mapping[str, Any]) -> object:
    """The first of the two fields that is a number: E.164, or the national one."""
    return next((row.get(name) for name in ("PhoneNumber", "SubscriberNumber") if digits_of(row.get(name))), None)


def contradiction_of(status: Status, code: str | None) -> Note | None:
    """The note that a row's status and the code of its receipt disagree, if they do."""
    by_code = _STATUS_OF_CODE.get((code or "").upper())
    if by_code is None or status is Status.UNKNOWN or by_code is status:
        return None
    return Contradiction(code=code or "")


def words_of(row: Mapping[str, Any]) -> Note | None:
    """The provider's error text: `SubErrorDesc`, with `SubError` behind it. Announced for receipts from outside the mainland.

    https://cloud.tencent.com/announce/detail/2540 brings them from December 2026 on, without a published list of codes, so
    `Description` stays the code that is explained.
    """
    described, precise = row_text(row, "SubErrorDesc"), row_text(row, "SubError")
    words = sanitize_provider_text(f"{described} ({precise})" if described and precise else described or precise or "")
    return ProviderWords(words=words) if words else None
