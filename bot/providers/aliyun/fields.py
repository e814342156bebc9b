"""Single values of Alibaba's answers. The pages, the SDKs and real answers disagree on types, so numbers and text are both read.

Each function takes the value as JSON has it. TypeError and ValueError mean that it has no documented shape.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import phonenumbers

from bot.model import PhoneNumber, Status
from bot.providers.china_time import in_utc

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

FINAL_AFTER = timedelta(hours=72)  # https://help.aliyun.com/wordpower/624745-1.html


def text_of(value: object) -> str | None:
    """The text, trimmed; a number in its digits; None when there is none."""
    match value:
        case None:
            return None
        case str():
            return value.strip() or None
        case bool():
            raise TypeError("a truth value is neither text nor a number")
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            raise TypeError(f"{type(value).__name__} is neither text nor a whole number")


def optional(read: Callable[[object], T | None], value: object) -> T | None:
    """What `read` makes of an optional field; None when it cannot be read: that costs the field, never the row."""
    try:
        return read(value)
    except (TypeError, ValueError):
        return None


def count_of(value: object) -> int:
    """A count, which is text in the pages and a number on the wire; 0 when it can't be read.

    https://github.com/aliyun/alibabacloud-java-sdk/issues/42
    """
    try:
        return max(0, int(text_of(value) or 0))
    except (TypeError, ValueError):
        return 0


def china_time(value: object) -> datetime | None:
    """The moment in UTC of `yyyy-MM-dd HH:mm:ss` in China's time."""
    text = text_of(value)
    return in_utc(datetime.fromisoformat(text)) if text else None


def mail_time(value: object) -> datetime | None:
    """The moment in UTC of `Mon, 24 Dec 2018 16:58:22 +0800` (RFC 2822), or of the form that `china_time` reads."""
    text = text_of(value)
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return in_utc(moment)


def phone_number(value: object) -> PhoneNumber | None:
    """The number of `8613711112222` (country code and number, digits only); None when it is not one, or is masked."""
    digits = (text_of(value) or "").removeprefix("+")
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    number = PhoneNumber.from_parsed(parsed)
    return number if number.e164 == f"+{digits}" else None


def awaits_receipt(status: Status, sent_at: datetime | None, now: datetime) -> bool:
    """Whether a receipt may still come. Three days after sending none does any more."""
    return status is Status.PENDING and (sent_at is None or now - sent_at <= FINAL_AFTER)
