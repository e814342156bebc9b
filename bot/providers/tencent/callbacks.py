"""The callbacks of Tencent Cloud: receipts as an array of rows, a reply as a single object.

https://cloud.tencent.com/document/api/382/59178 (receipts: at most 100 rows, a failed push is retried twice),
https://cloud.tencent.com/document/api/382/59179 (replies). Nothing in a push says which app it is about, and no time-out is
published.
"""

from __future__ import annotations

from bot.i18n import phrase
from bot.providers.tencent.legacy.errors import row_reader
from bot.providers.tencent.legacy.rows import RECEIPT_FIELDS
from bot.receipts.ingestion import Callback, MalformedPayloadError, ParsedBatch, json_of, rows_in, rows_of
from bot.receipts.model import ReceiptSource, RecordKind

_OF_RECEIPTS = frozenset({"report_status", "errmsg", "sid"})
SECONDS = 3.0  # ours: no time-out is published


def read_receipts(body: bytes) -> ParsedBatch:
    """Parse the receipts of a push. Raises MalformedPayloadError."""
    rows = rows_of(body, RECEIPT_FIELDS)
    if rows and not any(isinstance(row, dict) and _OF_RECEIPTS & row.keys() for row in rows):  # a reply has a number, too
        raise MalformedPayloadError(phrase("no row has any of the fields {names}", names=", ".join(sorted(_OF_RECEIPTS))))
    return row_reader(RecordKind.RECEIPTS, ReceiptSource.CALLBACK).parsed(rows)


def read_reply(body: bytes) -> ParsedBatch:
    """Parse the reply of a push. Raises MalformedPayloadError."""
    rows = json_of(body)
    if isinstance(rows, list) and any(isinstance(row, dict) and _OF_RECEIPTS & row.keys() for row in rows):
        raise MalformedPayloadError(phrase("the body is an array: receipts belong to the callback address for receipts"))
    try:
        rows = rows_in(rows)
    except TypeError:
        rows = [rows]
    if rows and not any(isinstance(row, dict) and {"mobile", "text"} & row.keys() for row in rows):
        raise MalformedPayloadError(phrase("the body is not an object with mobile and text"))
    return row_reader(RecordKind.REPLIES, ReceiptSource.CALLBACK).parsed(rows)


def acknowledge(code: int, message: str) -> dict[str, object]:
    """The response body that Tencent expects: 0 and "OK"; anything else means that the push failed."""
    return {"result": code, "errmsg": message}


CALLBACKS = (
    Callback("tencent", read_receipts, acknowledge, SECONDS),
    Callback("tencent-replies", read_reply, acknowledge, SECONDS),
)
