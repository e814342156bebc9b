"""The receipt store: receipts and replies that vendors push or hand out once, stored durably for lookups.

queue      ── store_raw, then ingest ─►
callbacks  ── ingest ─────────────────► ReceiptStore ── find ─► StoreProvider ─► the lookup
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
