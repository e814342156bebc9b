"""Parses a Message resource of Twilio's and makes a delivery of it. Pure.

https://www.twilio.com/docs/messaging/api/message-resource; what the statuses mean:
https://support.twilio.com/hc/en-us/articles/223134347-What-are-the-possible-SMS-and-MMS-message-statuses-and-what-do-they-mean
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bot.model import Contradiction, Delivery, ProviderWords, Status
from bot.providers.field_values import optional, text_of
from bot.providers.number_match import digits_of, is_about, possible
from bot.providers.twilio import NAME
from bot.providers.twilio.errors import MAX_CODE
from bot.receipts.ingestion import field_id
from bot.sanitize import sanitize_provider_text, sanitize_sms_text, signature_of, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Note, PhoneNumber

FINAL_AFTER = timedelta(hours=72)  # no receipt is awaited for longer; Twilio itself waits for one as long as its carrier does

_STATUS: Mapping[str, Status] = {
    "accepted": Status.PENDING,
    "scheduled": Status.PENDING,
    "queued": Status.PENDING,
    "sending": Status.PENDING,
    "sent": Status.PENDING,  # a carrier took it, and its receipt has not come; where a carrier sends none, it stays so
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.REJECTED,  # by its sender, before it was sent
}
_INBOUND = frozenset({"receiving", "received"})
_TAKEN = "sent"
_NEVER_SENT = "failed"  # could not be sent, unlike "undelivered", of which a receipt says so
# The errors of the request that sends (https://www.twilio.com/docs/api/errors): a Messaging Service takes the request, and fails
# the message with one of them. The others, from 30001 on, are of what became of it.
_OF_THE_REQUEST = "21"
UNSENT = frozenset({"accepted", "scheduled", "queued", "sending"})  # at Twilio still: no time of sending, no receipt to await
CANCELED = "Message.Canceled"  # ours: a cancelled message has no code
_CANCELED = "canceled"
# Warnings, which say nothing of what became of the message: https://www.twilio.com/docs/api/errors/30018
_WARNINGS = frozenset({"30018", "30025", "30026", "30045"})
_LENGTH = 5  # digits of a code
_EARLIEST, _LATEST = datetime(2010, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def status_of(word: str | None, code: str | None) -> Status:
    """The status of a message with this word for it and this error code. A code alone says that it failed: no other has one."""
    if word == _NEVER_SENT and code is not None and len(code) == _LENGTH and code.startswith(_OF_THE_REQUEST):
        return Status.REJECTED
    return _STATUS.get(word or "", Status.FAILED if word is None and code is not None else Status.UNKNOWN)


def is_inbound(word: str | None, direction: str | None) -> bool:
    """Whether it is a message from a phone rather than to one."""
    return word in _INBOUND or (direction or "").startswith("inbound")


def read_word(value: object) -> str | None:
    """A word such as a status, in lower case; None if it is unreadable."""
    text = optional(text_of, value)
    return text.lower() if text and any(map(str.isalpha, text)) else None


def read_code(value: object) -> str | None:
    """An error code, a number or its digits; None if there is none: 0 is none."""
    text = optional(text_of, value)
    return truncate(single_line(text), MAX_CODE) or None if text and text.strip("0") else None


def read_time(value: object) -> datetime | None:
    """Parse `Fri, 24 May 2019 17:44:46 +0000` (RFC 2822, in GMT); None if it is blank. Raises TypeError or ValueError."""
    text = text_of(value)
    if not text:
        return None
    moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def number_in(value: object) -> object:
    """The number behind a channel: `+15558881111` of `whatsapp:+15558881111`; anything else as it is."""
    return value.rpartition(":")[2] if isinstance(value, str) else value


def number_of(value: object) -> PhoneNumber | None:
    """The number of `+15558881111`, or behind a channel; None if it is none."""
    return possible(f"+{digits_of(number_in(optional(text_of, value))) or ''}")


def read_message(raw: Any, account: str, queried: PhoneNumber | None = None) -> Delivery | None:
    """Parse a message; every field may be missing or unreadable. Without a readable `to` it has the number `queried`.

    None for a message from a phone. Raises TypeError if it is no object, ValueError if it has neither a status nor a time.
    """
    if not isinstance(raw, dict):
        raise TypeError("a message is an object")
    word, code = read_word(raw.get("status")), read_code(raw.get("error_code"))
    if is_inbound(word, read_word(raw.get("direction"))):
        return None
    sent_at, updated_at = optional(_moment, raw.get("date_sent")), optional(_moment, raw.get("date_updated"))
    created_at = optional(_moment, raw.get("date_created"))
    if word is None and code is None and sent_at is None and created_at is None:
        raise ValueError("neither a status nor a time")
    if word == _CANCELED:
        code = CANCELED
    elif code in _WARNINGS:
        code = None
    status = status_of(word, code)
    text = optional(text_of, raw.get("body"))
    started_at = sent_at or (None if word in UNSENT else created_at)
    return Delivery(
        provider=NAME,
        account=account,
        status=status,
        number=queried if queried and is_about(number_in(raw.get("to")), queried) else number_of(raw.get("to")),
        message_id=field_id(raw, "sid"),
        code=code,
        sent_at=started_at,
        received_at=_received_at(word, started_at, updated_at),
        text=sanitize_sms_text(text) if text else None,
        signature=signature_of(text) if text else None,
        is_unsent=word in UNSENT and sent_at is None,
        notes=tuple(notes_of(word, status, code, optional(text_of, raw.get("error_message")))),
    )


def created_at(raw: object) -> datetime | None:
    """When a message was made, if that can be read."""
    return optional(_moment, raw.get("date_created")) if isinstance(raw, dict) else None


def without_receipt(row: Delivery, word: str | None, now: datetime) -> Delivery:
    """The row, its status unknown where a carrier took the message so long ago that no receipt comes: some send none at all."""
    if word != _TAKEN or row.status is not Status.PENDING or awaits_receipt(row, now):
        return row
    return replace(row, status=Status.UNKNOWN, notes=(*row.notes, ProviderWords(words=_TAKEN)))


def without_odd_times(row: Delivery, since: datetime, until: datetime) -> Delivery:
    """The row, without a time of sending outside what was asked for, with a day to spare: none such can be meant."""
    day = timedelta(days=1)
    is_near = row.sent_at is None or since - day <= row.sent_at <= until + day
    return row if is_near else replace(row, sent_at=None)


def notes_of(word: str | None, status: Status, code: str | None, words: str | None) -> Iterator[Note]:
    """What a row says besides its status: a code that contradicts it, Twilio's words for the code, or for a rarer status."""
    if status is Status.DELIVERED and code is not None:
        yield Contradiction(code=code)
    said = sanitize_provider_text(words or "")
    if not said and word and (word in UNSENT or status is Status.UNKNOWN):
        said = sanitize_provider_text(word)
    if said and status is not Status.DELIVERED:
        yield ProviderWords(words=said)


def awaits_receipt(row: Delivery, now: datetime) -> bool:
    """True while a receipt may still come."""
    return row.status is Status.PENDING and (row.sent_at is None or now - row.sent_at <= FINAL_AFTER)


def _received_at(word: str | None, sent_at: datetime | None, updated_at: datetime | None) -> datetime | None:
    """When its receipt came: a Message has but the time of its last change, which a later one replaces, as that of its text."""
    if word not in {"delivered", "undelivered"} or sent_at is None or updated_at is None:
        return None
    return updated_at if timedelta() <= updated_at - sent_at <= FINAL_AFTER else None


def _moment(value: object) -> datetime | None:
    """`read_time`; ValueError for a time before messages were sent, or that no clock reaches."""
    moment = read_time(value)
    if moment is not None and not _EARLIEST <= moment <= _LATEST:
        raise ValueError("no time of a message")
    return moment
