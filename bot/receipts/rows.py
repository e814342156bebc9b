"""Encodes receipts and replies as database rows, and decodes them. Pure, but for the keys.

A row has a number as a keyed hash and as its mask. The message id, the vendor's error text, a reply's text and raw bodies are
sealed: a vendor may put a number into any of them. So a stolen file reveals no number, and a query still finds its row, because
it hashes alike.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.i18n import Phrase
from bot.model import Delivery, PhoneNumber, ProviderWords, Status
from bot.model.carriers import carrier_by_range
from bot.receipts.model import InboundSms, Quarantined, RawBody, ReceiptSource, RecordKind, Unreadable
from bot.receipts.tables import HASH_BYTES, to_micros
from bot.sanitize import mask_code, mask_digits, single_line, truncate

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping

    from bot.receipts.model import Receipt
    from bot.storage.keyring import Keyring

PROVIDER, ACCOUNT = "receipts", "store"

MAX_CODE, MAX_NAME, MAX_ID, MAX_WORDS, MAX_REASON = 64, 64, 200, 300, 200
_AHEAD = timedelta(days=1)  # which the vendor's clock may be
NO_NUMBER = b""  # in place of the hash, for a receipt without a number

_NUMBER, _MESSAGE, _IDENTITY, _DETAILS, BODY = (
    f"receipts {purpose}" for purpose in ("number", "message", "identity", "details", "body")
)


class RowCodec:
    """Encodes values as rows and decodes rows, with the keys of one store. What decodes a row raises WrongKeyError."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    # --- hashes -------------------------------------------------------------------------------------------------------

    def number(self, number: PhoneNumber) -> bytes:
        """The keyed hash of a number, by which it is found."""
        return self._hash(number.e164, _NUMBER)

    def message(self, message_id: str) -> bytes:
        """The keyed hash of a message id, by which it is found."""
        return self._hash(single_line(message_id), _MESSAGE)

    def key_fingerprint(self) -> bytes:
        """The fingerprint of this store's key: another key has another."""
        return self._hash("print", _IDENTITY)

    def _hash(self, value: str, purpose: str) -> bytes:
        return self._keyring.digest(value, purpose)[:HASH_BYTES]

    # --- receipts -----------------------------------------------------------------------------------------------------

    def receipt(self, receipt: Receipt, taken_at: datetime) -> dict[str, Any]:
        """A receipt as a row of `receipts`, without its id."""
        receipt = _without_times_to_come(receipt, taken_at)
        number = receipt.number
        message_id = single_line(receipt.message_id or "")
        details = {"id": truncate(message_id, MAX_ID), "words": _line(receipt.words or "", MAX_WORDS), "extra": receipt.extra}
        return {
            "message": self.message(message_id) if message_id else self._id_hash(receipt, taken_at),
            "number": self.number(number) if number else NO_NUMBER,
            "system": receipt.system,
            "account": _line(receipt.account, MAX_NAME),
            "masked": number.masked if number else "",
            "status": receipt.status.value,
            # In the clear, so with no number in them, whatever a vendor put there.
            "code": truncate(mask_code(_line(receipt.code or "", 2 * MAX_CODE)), MAX_CODE),
            "carrier": truncate(mask_digits(_line(receipt.carrier or "", 2 * MAX_NAME)), MAX_NAME),
            "range_carrier": carrier_by_range(number) if number else "",
            "country": truncate(mask_digits(_line(receipt.country or "", 2 * MAX_NAME)), MAX_NAME),
            "source": receipt.source.value,
            "sent_at": receipt.sent_at,
            "received_at": receipt.received_at,
            "at": receipt.sent_at or receipt.received_at or taken_at,
            "taken_at": taken_at,
            "weight": self.precedence(receipt),
            "sealed": self._keyring.seal(json.dumps(details).encode(), _DETAILS),
        }

    def precedence(self, receipt: Receipt) -> bytes:
        """The precedence of a receipt among those of one message: the highest counts, compared byte by byte.

        A final status precedes one that is not; then the later `received_at`. Receipts equal in both are ordered by a hash of
        their content, so that the result never depends on the order in which they came; a keyed one, since the content may hold
        the number, of which the mask leaves ten thousand to be tried.
        """
        moment = to_micros(receipt.received_at) if receipt.received_at else 0
        content = repr((receipt.status.value, receipt.code, receipt.words, receipt.extra, receipt.source.value))
        order = self._hash(content, _IDENTITY)[:4]
        return bytes([receipt.status.is_final]) + max(0, moment).to_bytes(8, "big") + order

    def delivery(self, row: RowMapping, number: PhoneNumber | None) -> Delivery:
        """A row of `receipts` as a Delivery. `number` is the one queried, if any; else only the mask is known.

        Raises WrongKeyError.
        """
        details = json.loads(self._keyring.open(row["sealed"], _DETAILS))
        if number is None and row["masked"]:
            number = PhoneNumber.from_mask(row["masked"])
        return Delivery(
            provider=PROVIDER,
            account=ACCOUNT,
            system=row["system"],
            status=Status(row["status"]),
            number=number,
            message_id=details["id"] or None,
            code=row["code"] or None,
            sent_at=row["sent_at"],
            received_at=row["received_at"],
            carrier=row["carrier"] or None,
            country=row["country"] or None,
            notes=(ProviderWords(words=details["words"]),) if details["words"] else (),
        )

    def _id_hash(self, receipt: Receipt, taken_at: datetime) -> bytes:
        """The hash in place of a missing message id: the same receipt again is the same row.

        Without a time either, it is so within an hour only, in which vendors repeat a push: tomorrow's is another message's.
        """
        times = [str(moment) for moment in (receipt.sent_at, receipt.received_at)]
        if receipt.sent_at is None and receipt.received_at is None:
            times = [f"{taken_at:%Y-%m-%dT%H}"]
        return self._hash(json.dumps([receipt.system, *times, receipt.status.value, receipt.code]), _IDENTITY)

    # --- replies ------------------------------------------------------------------------------------------------------

    def reply(self, reply: InboundSms, taken_at: datetime) -> dict[str, Any]:
        """A reply as a row of `receipt_replies`, without its id."""
        text = _line(reply.text, MAX_WORDS)
        content = json.dumps([reply.system, reply.number.e164, str(reply.at), text])
        return {
            "identity": self._hash(content, _IDENTITY),
            "number": self.number(reply.number),
            "system": reply.system,
            "account": _line(reply.account, MAX_NAME),
            "masked": reply.number.masked,
            "source": reply.source.value,
            "at": reply.at,
            "taken_at": taken_at,
            "sealed": self._keyring.seal(text.encode(), _DETAILS),
        }

    def inbound_sms(self, row: RowMapping, number: PhoneNumber | None) -> InboundSms:
        """A row of `receipt_replies` as a reply. Raises WrongKeyError."""
        return InboundSms(
            system=row["system"],
            source=ReceiptSource(row["source"]),
            number=number or PhoneNumber.from_mask(row["masked"]),
            at=row["at"],
            text=self._keyring.open(row["sealed"], _DETAILS).decode(),
            account=row["account"],
        )

    # --- bodies -------------------------------------------------------------------------------------------------------

    def body(
        self, source: ReceiptSource, system: str, kind: RecordKind, account: str, body: bytes, *, at: datetime
    ) -> dict[str, Any]:
        """A raw body as a row of `receipt_raws`, without its id."""
        return {
            "source": source.value,
            "system": system,
            "kind": kind.value,
            "account": _line(account, MAX_NAME),
            "taken_at": at,
            "sealed": self._keyring.seal(body, BODY),
        }

    def raw(self, row: RowMapping) -> RawBody:
        """A row of `receipt_raws` as a raw body. Raises WrongKeyError."""
        return RawBody(id=row["id"], taken_at=row["taken_at"], **self._unsealed(row))

    def unreadable(self, row: Unreadable, taken_at: datetime) -> dict[str, Any]:
        """An unreadable row as a row of `receipt_quarantine`, without its id."""
        content = hashlib.sha256(row.body).hexdigest()
        return {
            "identity": self._hash(json.dumps([row.system, row.kind.value, content]), _IDENTITY),
            "reason": reason_as_text(row.reason),
            **self.body(row.source, row.system, row.kind, row.account, row.body, at=taken_at),
        }

    def quarantined(self, row: RowMapping) -> Quarantined:
        """A row of `receipt_quarantine`, decoded. Raises WrongKeyError."""
        return Quarantined(row["id"], Unreadable(reason=reason_of(row["reason"]), **self._unsealed(row)), row["taken_at"])

    def quarantined_body(self, row: RowMapping) -> bytes:
        """The body alone of a row of `receipt_quarantine`. Raises WrongKeyError."""
        return self._keyring.open(row["sealed"], BODY)

    def _unsealed(self, row: RowMapping) -> dict[str, Any]:
        return {
            "source": ReceiptSource(row["source"]),
            "system": row["system"],
            "kind": RecordKind(row["kind"]),
            "account": row["account"],
            "body": self._keyring.open(row["sealed"], BODY),
        }


def reason_as_text(reason: Phrase) -> str:
    """Serialise a reason: the English text and its values, so that it can be translated later."""
    return json.dumps([reason.text, {name: _line(str(value), MAX_REASON) for name, value in reason.values}])


def reason_of(text: str) -> Phrase:
    """Parse a stored reason. Older versions stored a plain English sentence, which stays as it is."""
    try:
        stored = json.loads(text)
    except ValueError:
        stored = None
    match stored:
        case [str(english), dict(values)]:
            return Phrase(english, tuple(values.items()))
        case _:
            return Phrase("{sentence}", (("sentence", text),))


def _line(text: str, limit: int) -> str:
    """One line without characters that a database rejects (NUL, half of a surrogate pair), truncated to `limit`."""
    return truncate(single_line(text, limit), limit)


def _without_times_to_come(receipt: Receipt, taken_at: datetime) -> Receipt:
    """The receipt without a time that is yet to come: no message was sent then, and no question of today would find it."""
    latest = taken_at + _AHEAD
    if all(moment is None or moment <= latest for moment in (receipt.sent_at, receipt.received_at)):
        return receipt
    sent_at, received_at = (moment if moment and moment <= latest else None for moment in (receipt.sent_at, receipt.received_at))
    return replace(receipt, sent_at=sent_at, received_at=received_at)
