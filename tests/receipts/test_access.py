"""What a database does wrong, as the one error that the intake knows: also where the driver says nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import StoreError
from bot.i18n import language_called
from bot.receipts.transactions import Access
from bot.storage import Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("error", [TimeoutError(""), OSError(), OperationalError("INSERT", {}, TimeoutError(""))])
async def test_a_fault_without_a_word_is_told_like_any_other(tmp_path: Path, error: Exception) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    async def fail() -> None:
        async with Access(database, b"key").reading():
            raise error

    with pytest.raises(StoreError, match="the database failed") as caught:
        await fail()
    assert caught.value.problem.said_in(language_called("zh")).startswith("数据库出错：")
    await database.aclose()
