"""The store counts receipts by vendor, account, carrier and minute, alike on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Status
from bot.model.carriers import carrier_by_range
from bot.model.statistics import Counts, Figures, Group, Span
from bot.providers.base import ResultCollector
from bot.providers.statistics import HasStatistics, StatisticsQuery
from bot.receipts.provider import StoreProvider
from tests.receipts.samples import OTHER, SENT, at, receipt
from tests.toys import NUMBER

if TYPE_CHECKING:
    from bot.receipts.store import ReceiptStore

MINUTE = timedelta(minutes=1)
HOUR = Span(SENT.replace(minute=0, second=0), SENT.replace(minute=0, second=0) + timedelta(hours=1))


async def test_receipts_are_counted_by_vendor_account_and_carrier_and_slow_ones_apart(store: ReceiptStore) -> None:
    slow = receipt("m2", number=OTHER, received_at=at(301), account="1400006666")
    failed = receipt("m3", number=OTHER, status=Status.FAILED, sent_at=None, account="1400006666")
    pending = receipt("m4", status=Status.PENDING, received_at=None, system="aliyun-intl")
    before = receipt("m5", sent_at=HOUR.since - MINUTE, account="1400006666")
    await store.ingest(None, [receipt("m1", account="1400006666"), slow, failed, pending, before], [])

    provider: object = StoreProvider(store, timedelta(days=90))
    assert isinstance(provider, HasStatistics)
    assert provider.statistics is not None
    counted = await provider.statistics.count(StatisticsQuery(HOUR), ResultCollector())

    assert set(counted) == {
        Figures(Group("tencent", "1400006666", "China Mobile"), Counts(delivered=2, failed=1, slow=1, timed=2)),
        Figures(Group("aliyun-intl", "", "China Mobile"), Counts()),
    }


async def test_a_series_has_the_minutes_in_which_anything_was_sent(store: ReceiptStore) -> None:
    first = SENT.replace(second=0)
    moments = [first + timedelta(seconds=second) for second in (0, 1, 59, 60, 240)]
    rows = [receipt(f"m{moment}", sent_at=moment, received_at=moment + timedelta(seconds=2)) for moment in moments]
    await store.ingest(None, rows, [])

    series = await store.count(HOUR, ("system",), MINUTE)

    assert {row.at: row.delivered for row in series} == {first: 3, first + MINUTE: 1, first + 4 * MINUTE: 1}
    assert {row.of["system"] for row in series} == {"tencent"}


def test_a_carrier_is_guessed_by_the_range_and_not_where_only_the_mask_is_known() -> None:
    assert carrier_by_range(NUMBER) == "China Mobile"
    assert carrier_by_range(type(NUMBER).from_mask(NUMBER.masked)) == ""
