"""Every failure of the database raises StoreError, also if the driver's message is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import StoreError
from bot.i18n import get_language
from bot.receipts.transactions import StoreTransactions
from bot.storage.database import Database
from bot.storage.migration import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


@pytest.mark.parametrize("error", [TimeoutError(""), OSError(), OperationalError("INSERT", {}, TimeoutError(""))])
async def test_a_fault_without_a_word_is_told_like_any_other(tmp_path: Path, error: Exception) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    await migrate(database)

    def fail(_connection: Connection) -> None:
        raise error

    with pytest.raises(StoreError, match="the database failed") as caught:
        await StoreTransactions(database, b"key").read(fail)
    assert caught.value.problem.said_in(get_language("zh")).startswith("数据库出错：")
    await database.aclose()
