"""The database and what fills it, on a real file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.codes import load_catalogue
from bot.config import load_settings
from bot.doctor.callbacks import check_callbacks
from bot.doctor.catalogue import OLD, check_catalogue
from bot.doctor.check import Health
from bot.doctor.store import LITTLE, TOO_LITTLE, check_database
from bot.i18n import ENGLISH
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from tests.receipts.samples import open_store, receipt
from tests.toys import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.database import Database

NAMES = titles(ENGLISH)
PUSHED = {
    "TENCENTCLOUD_SECRET_ID": "AKIDexample",
    "TENCENTCLOUD_SECRET_KEY": "example",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
    "SMSSTATUS_CALLBACK_TOKEN": "a-callback-token-of-24-chars",
}


@pytest.mark.parametrize(
    ("free", "said", "health"),
    [
        (LITTLE, "1.0 GiB free", Health.OK),
        (LITTLE - 1, "1.0 GiB free", Health.WARNING),
        (TOO_LITTLE - 1, "0.1 GiB free", Health.FAILED),
    ],
)
async def test_a_disk_that_fills_up_is_told_before_it_is_full(
    sqlite_database: Database, free: int, said: str, health: Health
) -> None:
    database, disk = await check_database(sqlite_database, NAMES, ENGLISH, free=lambda _: free)
    assert (database.health, disk.said, disk.health) == (Health.OK, said, health)


async def test_a_schema_that_is_not_this_versions_has_failed(sqlite_database: Database) -> None:
    await sqlite_database.write(lambda connection: connection.execute(sa.text("UPDATE alembic_version SET version_num = '0003'")))
    database, *_ = await check_database(sqlite_database, NAMES, ENGLISH)
    assert (database.health, database.next_step) == (Health.FAILED, "Restart serve: it brings the schema up to date")
    assert database.said.startswith("its schema is 0003, this version's ")


@pytest.mark.parametrize(("days", "health"), [(0, Health.OK), (OLD.days, Health.OK), (OLD.days + 1, Health.WARNING)])
def test_the_catalogue_ages(days: int, health: Health) -> None:
    catalogue = load_catalogue()
    newest = date.fromisoformat(max(row.checked_on for row in catalogue.rows))
    (check,) = check_catalogue(catalogue, newest + timedelta(days=days), ENGLISH)
    assert (check.health, f"on {newest}" in check.said) == (health, True)


async def test_the_last_receipt_of_each_system_is_told_and_that_none_ever_came(sqlite_database: Database, tmp_path: Path) -> None:
    settings = load_settings({**PUSHED, "SMSSTATUS_DATA_DIR": str(tmp_path)}, VENDORS)
    store = open_store(sqlite_database)

    async def found(after: timedelta) -> list[tuple[str, str, Health]]:
        checks = await check_callbacks(settings, store, NAMES, NOW + after, ENGLISH)
        return [(check.name, check.said, check.health) for check in checks]

    nothing = ("Receipts of Tencent", "none among the newest 10,000", Health.WARNING)
    assert await found(timedelta()) == [nothing]
    await store.ingest(None, [receipt(system="aliyun")])
    assert await found(timedelta(minutes=12)) == [
        ("Receipts of Alibaba", "the last came 12 min ago", Health.OK),
        (*nothing[:2], Health.OK),
    ]
    assert (await found(timedelta(hours=25)))[0] == ("Receipts of Alibaba", "the last came 25 h ago", Health.WARNING)


async def test_where_nothing_is_pushed_nothing_is_expected(sqlite_database: Database, tmp_path: Path) -> None:
    values = {key: value for key, value in PUSHED.items() if key != "SMSSTATUS_CALLBACK_TOKEN"}
    settings = load_settings({**values, "SMSSTATUS_DATA_DIR": str(tmp_path)}, VENDORS)
    assert await check_callbacks(settings, open_store(sqlite_database), NAMES, NOW, ENGLISH) == []
