"""The provider `receipts`, queried by the real lookup beside a vendor."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.model import Confidence, NoteKind, Query, Report, Status, StoredSince, Target, Window
from bot.observability.metrics import Metrics
from bot.presentation.as_json.report import report_to_json
from bot.presentation.evidence import remarks, row_origin
from bot.presentation.wording import plain_text_format
from bot.providers.systems import RECEIPTS, titles
from bot.receipts.opening import Receipts, open_receipts
from bot.receipts.provider import is_opt_out
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.receipts.samples import KEYRING, SENT, at, receipt, reply
from tests.toys import NOW, NUMBER, ToyClock, ToyProvider, delivery, finds

if TYPE_CHECKING:
    from bot.storage.database import Database

LONG_AGO = NOW - timedelta(days=40)


@pytest.fixture
def receipts(database: Database, clock: ToyClock) -> Receipts:
    return open_receipts(database, KEYRING, clock)


async def ask(receipts: Receipts, *targets: Target, days: float = 1, beside: tuple[ToyProvider, ...] = ()) -> Report:
    service = LookupService([*beside, receipts.provider], CATALOGUE, Metrics(), clock=receipts.clock)
    window = Window(NOW - timedelta(days=days), NOW)
    return await service.lookup(Query(targets or (Target(NUMBER),), window))


def said(report: Report) -> list[str]:
    return remarks(report, plain_text_format(report, titles(ENGLISH), zone=UTC, now=NOW, language=ENGLISH))


async def test_a_window_older_than_the_vendor_keeps_is_answered_from_the_store(receipts: Receipts) -> None:
    await receipts.store.ingest(None, [receipt(sent_at=LONG_AGO, received_at=LONG_AGO + timedelta(seconds=3))])
    vendor = ToyProvider(finds(), name="tencent", retention=timedelta(days=7))
    service = LookupService([vendor, receipts.provider], CATALOGUE, Metrics(), clock=receipts.clock)

    window = Window(LONG_AGO - timedelta(days=1), LONG_AGO + timedelta(days=1), open=False)
    report = await service.lookup(Query((Target(NUMBER),), window))

    assert [row.sent_at for row in report.deliveries] == [LONG_AGO]
    assert vendor.asked == []
    assert [part.provider for part in report.coverage] == ["receipts"]
    assert [(part.provider, part.reason.kind) for part in report.not_asked] == [("tencent", NoteKind.OUT_OF_MEMORY)]


async def test_an_id_alone_is_answerable_and_the_window_does_not_limit_it(receipts: Receipts) -> None:
    await receipts.store.ingest(None, [receipt(sent_at=LONG_AGO, received_at=None)])
    vendor = ToyProvider(finds(), name="tencent")

    report = await ask(receipts, Target(message_id="2028:a1"), beside=(vendor,))

    assert [row.message_id for row in report.deliveries] == ["2028:a1"]
    assert report.targets_without_record == ()
    assert [part.provider for part in report.not_asked] == ["tencent"]
    assert "Receipt store searched all it keeps for the id, not only this window." in said(report)


async def test_an_id_that_nobody_knows_has_no_record(receipts: Receipts) -> None:
    report = await ask(receipts, Target(message_id="nobody"))

    assert report.deliveries == ()
    assert said(report) == ["Receipt store: no record."]


async def test_the_code_is_explained_by_the_vendors_own_table_and_the_row_names_the_vendor(receipts: Receipts) -> None:
    code = "MK:0008"
    await receipts.store.ingest(None, [receipt(status=Status.FAILED, code=code, words="handset says no")])

    report = await ask(receipts)

    (row,) = report.deliveries
    assert row.explanation is not None
    assert (row.explanation.vendor, row.explanation.confidence) != ("receipts", Confidence.UNLISTED)
    text_format = plain_text_format(report, titles(ENGLISH), zone=UTC, now=NOW, language=ENGLISH)
    assert row_origin(row, report, text_format) == "Tencent, from the store"
    assert report_to_json(report)["deliveries"][0]["provider"] == "receipts"


async def test_the_same_message_by_callback_by_queue_and_from_the_vendor_is_one(receipts: Receipts) -> None:
    """The account is from the queue, the carrier from the callback; the row shown is the vendor's."""
    await receipts.store.ingest(None, [receipt(carrier="China Mobile")])
    await receipts.store.ingest(None, [receipt(account="1400006666", sent_at=None)])
    row = delivery(provider="tencent", message_id="2028:a1", code="DELIVRD", sent_at=None, received_at=at(3))

    report = await ask(receipts, beside=(ToyProvider(finds(row), name="tencent"),))

    (one,) = report.deliveries
    assert (one.provider, one.account, one.sent_at, one.received_at) == ("tencent", "main", SENT, at(3))
    assert one.carrier == "China Mobile"


async def test_the_coverage_says_what_is_stored_and_since_when(receipts: Receipts, database: Database, clock: ToyClock) -> None:
    await receipts.store.ingest(None, [receipt(message_id="2028:a0")])
    clock.advance(days=18)
    await receipts.store.ingest(None, [receipt(sent_at=clock.now)])
    await database.write(lambda connection: connection.execute(text("UPDATE receipt_totals SET amount = 1204331")).rowcount)
    service = LookupService([receipts.provider], CATALOGUE, Metrics(), clock=clock)

    report = await service.lookup(Query((Target(NUMBER),), Window(clock.now - timedelta(days=1), clock.now)))

    (part,) = report.coverage
    assert part.notes == (StoredSince(since=NOW, count=1_204_331),)
    text_format = plain_text_format(report, titles(ENGLISH), zone=UTC, now=clock.now, language=ENGLISH)
    assert remarks(report, text_format) == ["Receipt store: 1,204,331 receipts since Nov 21."]


async def test_an_opt_out_is_told_with_its_word_and_another_reply_without(receipts: Receipts) -> None:
    await receipts.store.ingest(None, [receipt()], [reply("TD", at=LONG_AGO), reply("my code is ••••", at=at(60))])

    notes = said(await ask(receipts))

    assert notes == [
        "Receipt store: 1 receipt since Nov 21.",
        "The customer +86 137****2222 sent a reply, 05:36:31.",
        "The customer +86 137****2222 replied TD, Oct 12 06:05:31: an opt-out, which would explain the block.",
    ]


async def test_an_empty_store_has_no_record_and_does_not_say_since_when(receipts: Receipts) -> None:
    assert said(await ask(receipts)) == ["Receipt store: no record."]


async def test_a_store_that_fails_is_explained_and_the_vendors_answer_all_the_same(
    receipts: Receipts, database: Database
) -> None:
    await database.write(lambda connection: connection.execute(text("ALTER TABLE receipts RENAME TO gone")).rowcount)

    report = await ask(receipts, beside=(ToyProvider(finds(delivery())),))

    assert len(report.deliveries) == 1
    (part,) = report.failed_accounts
    assert part.error is not None
    assert (part.provider, part.error.code, part.error.retryable) == ("receipts", "Transport.Store", True)
    assert part.error.explanation is not None
    assert part.error.explanation.family == "store_unreachable"


async def test_an_answer_that_leaves_older_rows_out_is_not_called_complete(receipts: Receipts) -> None:
    await receipts.store.ingest(None, [receipt(f"m{number}", sent_at=at(number)) for number in range(501)])

    report = await ask(receipts)

    (part,) = report.coverage
    assert not part.complete
    assert "Receipt store has more than the newest 500, which are shown." in said(report)


async def test_a_receipt_that_comes_after_an_answer_is_seen_when_asked_anew(receipts: Receipts) -> None:
    service = LookupService([receipts.provider], CATALOGUE, Metrics(), clock=receipts.clock)
    query = Query((Target(NUMBER),), Window(NOW - timedelta(hours=2), NOW))
    assert (await service.lookup(query)).deliveries == ()
    await receipts.store.ingest(None, [receipt()])

    assert len((await service.lookup(query, refresh=True)).deliveries) == 1


async def test_only_what_is_older_than_the_retention_is_purged(receipts: Receipts, clock: ToyClock) -> None:
    await receipts.store.ingest(None, [receipt("old")])
    clock.advance(days=89)
    await receipts.store.ingest(None, [receipt("new", sent_at=clock.now)])
    assert await receipts.purge() == 0
    clock.advance(days=2)

    assert await receipts.purge() == 1

    assert (await receipts.store.counts()).receipts == 1
    assert receipts.provider.retention == timedelta(days=90)


def test_the_store_can_be_named_by_via_and_has_a_title() -> None:
    assert titles(ENGLISH)[RECEIPTS.name] == "Receipt store"


@each("words", ["TD", "td", " T ", "退订", "【退订】", "Stop!", "stop all", "R"])
def test_an_opt_out_is_known_in_whatever_spelling(words: str) -> None:
    assert is_opt_out(words)


@each("words", ["", "Thanks", "don't stop", "TDD", "1", "stop sending me the old price list"])
def test_other_replies_are_no_opt_outs(words: str) -> None:
    assert not is_opt_out(words)
