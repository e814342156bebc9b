"""The counter of unlisted codes on both databases: it adds up, is bounded, stores no phone numbers and never raises."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.migration import migrate
from bot.storage.unlisted_codes import MAX_CODE, MAX_CODES, MAX_PENDING, OTHERS, UnlistedCodeCounter, sanitize_code

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


class Watch:
    """A clock set by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


async def test_codes_are_counted_for_each_provider_most_often_first(database: Database) -> None:
    counter = UnlistedCodeCounter(database, Watch())
    for provider, code in [("tencent", "QQ:1"), ("aliyun", "QQ:1"), ("tencent", "QQ:2"), ("tencent", "QQ:1")]:
        counter.count(provider, code)
    found = await counter.top()
    assert [(one.provider, one.code, one.count) for one in found] == [
        ("tencent", "QQ:1", 2),
        ("aliyun", "QQ:1", 1),
        ("tencent", "QQ:2", 1),
    ]
    assert len(await counter.top(1)) == 1


async def test_counts_add_up_over_replicas_and_time(database: Database) -> None:
    watch = Watch()
    one, other = UnlistedCodeCounter(database, watch), UnlistedCodeCounter(database, watch)
    one.count("tencent", "QQ:1")
    assert await one.flush()
    watch.now += timedelta(hours=1)
    other.count("tencent", "QQ:1")
    (found,) = await other.top()
    assert (found.count, found.first_at, found.last_at) == (2, START, START + timedelta(hours=1))


async def test_replicas_that_write_at_the_same_time_lose_nothing(database: Database) -> None:
    replicas = [UnlistedCodeCounter(database, Watch()) for _ in range(6)]
    for replica in replicas:
        for number in range(20):
            replica.count("tencent", f"QQ:{number}")
    assert all(await asyncio.gather(*(replica.flush() for replica in replicas)))
    assert {one.count for one in await replicas[0].top(100)} == {6}


async def test_a_flood_of_made_up_codes_is_counted_together_and_real_ones_stay(database: Database) -> None:
    counter = UnlistedCodeCounter(database, Watch())
    counter.count("tencent", "QQ:REAL")
    await counter.flush()
    for number in range(2 * MAX_CODES):
        counter.count("tencent", f"FAKE:{number}")
    found = {one.code: one.count for one in await counter.top(10 * MAX_CODES)}
    assert len(found) == MAX_CODES + 1
    assert found["QQ:REAL"] == 1
    assert found[OTHERS] == MAX_CODES + 1
    counter.count("tencent", "QQ:REAL")
    counter.count("aliyun", "QQ:NEW")
    found = {one.code: one.count for one in await counter.top(10 * MAX_CODES)}
    assert (found["QQ:REAL"], found["QQ:NEW"]) == (2, 1)


async def test_memory_is_bounded_while_the_database_is_not_written(database: Database) -> None:
    counter = UnlistedCodeCounter(database, Watch())
    for number in range(3 * MAX_PENDING):
        counter.count("tencent", f"FAKE:{number}")
    assert sum(one.count for one in await counter.top(10 * MAX_PENDING)) == 3 * MAX_PENDING


async def test_a_database_that_is_away_disturbs_nobody_and_nothing_is_lost(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")  # without its tables
    counter = UnlistedCodeCounter(database, Watch())
    counter.count("tencent", "QQ:1")
    assert await counter.top() == ()
    assert not await counter.flush()
    await migrate(database)
    counter.count("tencent", "QQ:1")
    assert [one.count for one in await counter.top()] == [2]
    await database.aclose()


async def test_what_was_not_met_again_for_half_a_year_is_forgotten(database: Database) -> None:
    watch = Watch()
    counter = UnlistedCodeCounter(database, watch)
    counter.count("tencent", "QQ:OLD")
    await counter.flush()
    watch.now += timedelta(days=181)
    counter.count("tencent", "QQ:NEW")
    await counter.flush()
    assert await counter.purge() == 1
    assert [one.code for one in await counter.top()] == ["QQ:NEW"]


def test_what_may_be_a_phone_number_is_not_kept() -> None:
    assert sanitize_code("failed for +8613711112222") == "failed for +****"
    assert sanitize_code("137-1111-2222 off") == "**** off"
    assert sanitize_code("0000005") == "0000005"  # published codes have up to seven digits
    assert sanitize_code("MK:0008") == "MK:0008"


async def test_empty_codes_are_not_counted(database: Database) -> None:
    counter = UnlistedCodeCounter(database, Watch())
    for code in ("", "  ", "\u200b\x00"):
        counter.count("tencent", code)
    assert await counter.top() == ()


@given(st.text())
def test_a_kept_code_is_short_and_on_one_line(text: str) -> None:
    kept = sanitize_code(text)
    assert len(kept) <= MAX_CODE
    assert kept.isprintable()
