"""The store as a history: what came by the minute, whose failure it is, what was before, and what there is to say of a cause."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.alerts.alert import Alert, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import MINUTE, Tally
from bot.alerts.reader import HistoryReader
from bot.codes import Catalogue
from bot.model import PhoneNumber, Status
from bot.model.statistics import Span
from tests.receipts.samples import open_store, receipt
from tests.toys import NOW, ToyClock

if TYPE_CHECKING:
    from bot.receipts import Receipt
    from bot.receipts.store import ReceiptStore
    from bot.storage.database import Database

MOBILE = Cause("tencent", None, "China Mobile")
HOUR = Span(NOW.replace(second=0, microsecond=0) - timedelta(hours=1), NOW.replace(second=0, microsecond=0))


def receipts(code: str, amount: int, *, ago: timedelta, prefix: str = "+86137000") -> list[Receipt]:
    at = HOUR.until - ago
    numbers = [PhoneNumber(f"{prefix}{place:05}", 86, f"{prefix[3:]}{place:05}") for place in range(amount)]
    status = Status.DELIVERED if code == "DELIVRD" else Status.FAILED
    return [
        receipt(f"{code} {ago} {number.e164}", number=number, status=status, code=code, sent_at=None, received_at=at)
        for number in numbers
    ]


async def filled(store: ReceiptStore, *some: list[Receipt]) -> None:
    await store.ingest(None, [one for each in some for one in each], [])


async def test_failures_are_told_apart_by_whose_they_are_and_evidence_names_what_counts(database: Database) -> None:
    store = open_store(database, ToyClock())
    await filled(
        store,
        receipts("DELIVRD", 5, ago=10 * MINUTE),
        receipts("PORT_NOT_REGISTERED", 4, ago=9 * MINUTE),
        receipts("MK:0001", 2, ago=8 * MINUTE),
        receipts("DELIVRD", 3, ago=7 * MINUTE, prefix="+86130000"),
    )
    reader = HistoryReader(store, Catalogue.load())

    history = await reader.read(HOUR.until)
    assert history.tally(MOBILE, HOUR) == Tally(5, 4, 2, 0, 0)
    assert history.tally(MOBILE, Span(HOUR.until - 9 * MINUTE, HOUR.until - 8 * MINUTE)) == Tally(0, 4, 0, 0, 0)
    assert history.earlier(MOBILE, HOUR) == (None, None)

    alert = Alert(MOBILE, Trouble.FAILING, HOUR.since, HOUR.until, Tally())
    evidence = await reader.evidence(alert, HOUR.until)
    assert [(why.family, count) for why, count in evidence.causes] == [("signature_unregistered", 4)]
    assert evidence.parts is not None
    assert {part.carrier: tally.delivered for part, tally in evidence.parts.items()} == {"China Mobile": 5, "China Unicom": 3}
    assert [row.code for row in evidence.examples] == ["PORT_NOT_REGISTERED"] * 3
    assert all(row.number is not None and row.number.masked.startswith("+86 137****") for row in evidence.examples)


async def test_the_same_hours_before_are_known_as_far_back_as_the_store_goes(database: Database) -> None:
    clock = ToyClock(NOW - timedelta(days=2))
    store = open_store(database, clock)
    await filled(store, receipts("DELIVRD", 7, ago=timedelta(days=1, minutes=5)))
    reader = HistoryReader(store, Catalogue.load())

    history = await reader.read(HOUR.until)

    yesterday, week_ago = history.earlier(MOBILE, HOUR)
    assert yesterday == Tally(7, 0, 0, 0, 0)
    assert week_ago is None


async def test_what_comes_late_is_counted_where_it_belongs(database: Database) -> None:
    store = open_store(database, ToyClock())
    reader = HistoryReader(store, Catalogue.load())
    await filled(store, receipts("DELIVRD", 5, ago=timedelta(hours=3)))
    assert (await reader.read(HOUR.until)).now.tally(MOBILE, Span(HOUR.until - timedelta(hours=6), HOUR.until)) == Tally(5)

    await filled(
        store, receipts("PORT_NOT_REGISTERED", 2, ago=timedelta(hours=3)), receipts("PORT_NOT_REGISTERED", 3, ago=MINUTE)
    )
    soon, later = [await reader.read(HOUR.until + minutes * MINUTE) for minutes in (1, 10)]
    assert soon.tally(MOBILE, soon.now.span) == Tally(5, 3)
    assert later.tally(MOBILE, later.now.span) == Tally(5, 5)
