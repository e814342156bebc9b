"""The receipt store: receipts and replies that vendors push or hand out once, stored durably for lookups.

queue      ── store_raw, then ingest ─►
callbacks  ── ingest ─────────────────► ReceiptStore ── find ─► StoreProvider ─► the lookup

The store itself is in `opening` and `store`: a vendor, which says how its receipts are read, need not load the database.
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

__all__ = [
    "InboundSms",
    "IngestResult",
    "Quarantined",
    "RawBody",
    "Receipt",
    "ReceiptSource",
    "RecordKind",
    "StoreResult",
    "StoreStats",
    "Unreadable",
]
