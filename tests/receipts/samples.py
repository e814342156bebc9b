"""Sample receipts and replies, and a store with a clock of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.i18n import phrase
from bot.model import Delivery, PhoneNumber, Status, Target, Window
from bot.receipts import InboundSms, Receipt, ReceiptSource, RecordKind, Unreadable
from bot.receipts.store import ReceiptStore
from bot.storage.keyring import Keyring
from tests.toys import NOW, NUMBER, ToyClock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.database import Database

KEYRING = Keyring("a secret of the tests, long enough")
OTHER = PhoneNumber("+8613811113333", 86, "13811113333")
SENT = NOW - timedelta(minutes=30)
DAY = Window(NOW - timedelta(days=1), NOW)

# For what the two kinds of database cannot differ in: the store itself is proved on both.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def at(seconds: float) -> datetime:
    """SENT plus so many seconds."""
    return SENT + timedelta(seconds=seconds)


def receipt(message_id: str | None = "2028:a1", **changes: Any) -> Receipt:
    """A receipt of a Tencent callback; delivered three seconds after sending."""
    values: dict[str, Any] = {
        "system": "tencent",
        "source": ReceiptSource.CALLBACK,
        "status": Status.DELIVERED,
        "number": NUMBER,
        "message_id": message_id,
        "code": "DELIVRD",
        "sent_at": SENT,
        "received_at": at(3),
    }
    return Receipt(**(values | changes))


def reply(text: str = "TD", **changes: Any) -> InboundSms:
    """A reply, 20 minutes after SENT."""
    values: dict[str, Any] = {
        "system": "tencent",
        "source": ReceiptSource.CALLBACK,
        "number": NUMBER,
        "at": at(1200),
        "text": text,
    }
    return InboundSms(**(values | changes))


def unreadable(body: bytes = b'{"mobile": "13711112222"}', **changes: Any) -> Unreadable:
    """An unreadable row."""
    values: dict[str, Any] = {
        "system": "tencent",
        "source": ReceiptSource.QUEUE,
        "kind": RecordKind.RECEIPTS,
        "reason": phrase("{name} is missing", name="report_status"),
    }
    return Unreadable(body=body, **(values | changes))


def open_store(database: Database, clock: ToyClock | None = None, keyring: Keyring = KEYRING) -> ReceiptStore:
    return ReceiptStore(database, keyring, clock or ToyClock())


async def only_one(store: ReceiptStore, target: Target | None = None) -> Delivery:
    """The store's only delivery of a target."""
    found = await store.find(target or Target(NUMBER), DAY)
    assert len(found.deliveries) == 1
    return found.deliveries[0]
