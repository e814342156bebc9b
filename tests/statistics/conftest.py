"""A clock of its own, and a receipt store of the kind that every machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.receipts.samples import open_store
from tests.toys import ToyClock

if TYPE_CHECKING:
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database


@pytest.fixture
def clock() -> ToyClock:
    return ToyClock()


@pytest.fixture
def store(sqlite_database: Database, clock: ToyClock) -> ReceiptStore:
    return open_store(sqlite_database, clock)
