"""The receipt store: what vendors hand out once or push, kept durably, so that it can be looked up.

intake (queue, callbacks) ── keep_raw, then take_in ─► ReceiptStore ── find ─► StoreProvider ─► the lookup
"""

from bot.receipts.model import (
    InboundSms,
    IngestResult,
    Quarantined,
    RawBody,
    Receipt,
    ReceiptSource,
    RecordKind,
    StoreResult,
    StoreStats,
    Unreadable,
)
from bot.receipts.opening import RETENTION, Receipts, open_receipts
from bot.receipts.store import ReceiptStore

__all__ = [
    "RETENTION",
    "InboundSms",
    "IngestResult",
    "Quarantined",
    "RawBody",
    "Receipt",
    "ReceiptSource",
    "ReceiptStore",
    "Receipts",
    "RecordKind",
    "StoreResult",
    "StoreStats",
    "Unreadable",
    "open_receipts",
]
