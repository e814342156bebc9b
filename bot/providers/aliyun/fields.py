"""Parsers of single fields of Alibaba's rows. Pages, SDKs and real responses disagree on types: numbers and text are both read.

Each function takes the JSON value and raises TypeError or ValueError for an undocumented shape, unless it says otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot.model import Status
from bot.providers.china_time import in_utc
from bot.providers.field_values import text_of
from bot.providers.number_match import MAINLAND, digits_of, first_valid, possible

if TYPE_CHECKING:
    from bot.model import PhoneNumber

FINAL_AFTER = timedelta(hours=72)  # https://help.aliyun.com/wordpower/624745-1.html


def count_of(value: object) -> int:
    """A count, which is text in the pages and a number on the wire; 0 if it is unreadable.

    https://github.com/aliyun/alibabacloud-java-sdk/issues/42
    """
    try:
        return max(0, int(text_of(value) or 0))
    except (TypeError, ValueError):
        return 0


def china_time(value: object) -> datetime | None:
    """Parse `yyyy-MM-dd HH:mm:ss` in China's time to UTC; None if it is blank. Raises TypeError or ValueError."""
    text = text_of(value)
    return in_utc(datetime.fromisoformat(text)) if text else None


def mail_time(value: object) -> datetime | None:
    """Parse `Mon, 24 Dec 2018 16:58:22 +0800` (RFC 2822), or the form of `china_time`, to UTC; None if it is blank.

    Raises TypeError or ValueError.
    """
    text = text_of(value)
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return in_utc(moment)


def phone_number(value: object) -> PhoneNumber | None:
    """Parse `8613711112222` (country code and number, digits only); None if it is no number, or is masked.

    A number of the mainland may come without its country code.
    """
    digits = digits_of(value) or ""
    number = first_valid([f"+{digits}", *([f"+86{digits}"] if MAINLAND.fullmatch(digits) else [])])
    return number or possible(f"+{digits}")


def awaits_receipt(status: Status, sent_at: datetime | None, now: datetime) -> bool:
    """True while a receipt may still come: until three days after sending."""
    return status is Status.PENDING and (sent_at is None or now - sent_at <= FINAL_AFTER)
