"""The receipt store: what vendors hand out once or push, kept durably, so that it can be looked up.

intake (queue, callbacks) ── keep_raw, then take_in ─► ReceiptStore ── find ─► StoreProvider ─► the lookup
"""

from bot.receipts.model import Found, Kind, Quarantined, Raw, Receipt, Reply, Source, Stored, TakenIn, Unreadable
from bot.receipts.opening import RETENTION, Receipts, open_receipts
from bot.receipts.store import ReceiptStore

__all__ = [
    "RETENTION",
    "Found",
    "Kind",
    "Quarantined",
    "Raw",
    "Receipt",
    "ReceiptStore",
    "Receipts",
    "Reply",
    "Source",
    "Stored",
    "TakenIn",
    "Unreadable",
    "open_receipts",
]
