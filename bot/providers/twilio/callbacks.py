"""Twilio's status callbacks: a form for each change of a message's status, signed.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status, its fields:
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks. They may come out of order, and fields
are added without notice. A response is due within 15 s; only a connection that fails is retried, once, unless the address says
otherwise (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import Status
from bot.providers.twilio import NAME
from bot.providers.twilio.rows import is_inbound, number_of, read_code, read_word, status_of
from bot.providers.twilio.signing import SIGNATURE_HEADER, fields_of, is_push_signed
from bot.receipts.ingestion import Callback, MalformedPayloadError, ParsedBatch, PushSignature, RowReader, field_id, rest_of
from bot.receipts.model import Receipt, ReceiptSource, RecordKind
from bot.sanitize import sanitize_provider_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.providers.twilio.settings import TwilioSettings

SECONDS = 10.0  # of the 15 s; the rest is the way there and back

# A push has at least one of these fields. `Sms…` are the older names of the same.
_OF_STATUS = frozenset({"MessageStatus", "SmsStatus"})
# Known, and not kept: our own numbers and ids, a text, the customer's name and number again, and what is read already.
_DROPPED = frozenset(
    {
        *("From", "Body", "ApiVersion", "SmsSid", "SmsMessageSid", "SmsStatus", "MessagingServiceSid", "ErrorMessage"),
        *("ChannelToAddress", "ChannelPrefix", "ProfileName", "WaId", "AddOns"),
    }
)


def read_status(body: bytes) -> ParsedBatch:
    """Parse a push. Raises MalformedPayloadError."""
    try:
        row: dict[str, Any] = dict(fields_of(body))
    except ValueError:
        raise MalformedPayloadError(phrase("the body is not a form")) from None
    if _OF_STATUS.isdisjoint(row):
        raise MalformedPayloadError(phrase("no row has any of the fields {names}", names=", ".join(sorted(_OF_STATUS))))
    if is_inbound(_word_of(row), None):
        raise MalformedPayloadError(phrase("it is a message from a phone: the address takes status callbacks"))
    return RowReader(NAME, ReceiptSource.CALLBACK, RecordKind.RECEIPTS, _OF_STATUS, _receipt).parsed([row])


def acknowledge(code: int, message: str) -> dict[str, object]:
    """The response body. Twilio reads the HTTP status only."""
    return {"code": code, "message": message}


def _signing_key(settings: TwilioSettings) -> str | None:
    return settings.signing_key


SIGNATURE = PushSignature(SIGNATURE_HEADER, "TWILIO_AUTH_TOKEN", _signing_key, is_push_signed)
CALLBACKS = (Callback(NAME, read_status, acknowledge, SECONDS, signature=SIGNATURE),)


def _word_of(row: Mapping[str, Any]) -> str | None:
    return read_word(row.get("MessageStatus")) or read_word(row.get("SmsStatus"))


def _receipt(row: Mapping[str, Any]) -> Receipt:
    word, code = _word_of(row), read_code(row.get("ErrorCode"))
    number, sid = number_of(row.get("To")), field_id(row, "MessageSid") or field_id(row, "SmsSid")
    if number is None and sid is None:
        raise MalformedPayloadError(phrase("neither {number} nor {id} tells which message it is", number="To", id="MessageSid"))
    status = status_of(word, code)
    if word is None and code is None:
        raise MalformedPayloadError(
            phrase("neither {status} nor {code} says what became of it", status="MessageStatus", code="ErrorCode")
        )
    words = str(row.get("ErrorMessage") or row.get("ChannelStatusMessage") or "")
    return Receipt(
        system=NAME,
        source=ReceiptSource.CALLBACK,
        status=status,
        number=number,
        message_id=sid,
        code=code if status is not Status.DELIVERED else None,
        words=sanitize_provider_text(words) or None,
        extra=rest_of(row, {*({"To"} if number else ()), "MessageSid", "MessageStatus", "ErrorCode", *_DROPPED}),
    )
