"""The store on both databases: ingestion is idempotent and commutative; rows are found by number and by id."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, get_language, phrase
from bot.model import ProviderWords, Status, Target, Window
from bot.receipts import IngestResult, RawBody, ReceiptSource, RecordKind, StoreStats
from bot.storage.database import Database  # noqa: TC001 - Hypothesis reads the annotations
from tests.examples import examples
from tests.receipts.samples import DAY, OTHER, SENT, at, only_one, open_store, receipt, reply, unreadable
from tests.toys import NOW, NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.receipts import Receipt
    from bot.receipts.store import ReceiptStore
    from tests.toys import ToyClock


async def test_a_receipt_is_found_by_number_by_id_and_by_both(store: ReceiptStore) -> None:
    one = receipt(account="1400006666", words="the handset has it", carrier="China Mobile", country="CN")

    assert await store.ingest(None, [one, receipt("other", number=OTHER)]) == IngestResult(new=2)

    for target in (Target(NUMBER), Target(message_id="2028:a1"), Target(NUMBER, "2028:a1")):
        found = await only_one(store, target)
        assert (found.provider, found.account, found.system, found.vendor) == ("receipts", "store", "tencent", "tencent")
        assert (found.status, found.code, found.message_id) == (Status.DELIVERED, "DELIVRD", "2028:a1")
        assert (found.sent_at, found.received_at) == (SENT, at(3))
        assert (found.carrier, found.country) == ("China Mobile", "CN")
        assert found.notes == (ProviderWords("the handset has it"),)
        assert found.number is not None
        assert found.number.masked == "+86 137****2222"
    assert (await store.find(Target(NUMBER, "other"), DAY)).deliveries == ()


async def test_by_its_id_alone_a_message_has_the_mask_of_its_number_only(store: ReceiptStore) -> None:
    await store.ingest(None, [receipt()])

    found = await only_one(store, Target(message_id="2028:a1"))

    assert found.number is not None
    assert not found.number.is_whole
    assert NUMBER.national not in found.number.e164


async def test_a_number_is_looked_up_in_the_window_and_an_id_alone_in_all_that_is_kept(store: ReceiptStore) -> None:
    old = NOW - timedelta(days=40)
    await store.ingest(None, [receipt("new"), receipt("old", sent_at=old, received_at=old + timedelta(seconds=3))])

    assert [d.message_id for d in (await store.find(Target(NUMBER), DAY)).deliveries] == ["new"]
    wide = Window(NOW - timedelta(days=60), NOW)
    assert [d.message_id for d in (await store.find(Target(NUMBER), wide)).deliveries] == ["new", "old"]
    assert (await only_one(store, Target(message_id="old"))).sent_at == old


async def test_a_message_of_the_windows_first_second_is_found(store: ReceiptStore) -> None:
    second = NOW - timedelta(hours=2)
    await store.ingest(None, [receipt(sent_at=second, received_at=None)])

    found = await store.find(Target(NUMBER), Window(second + timedelta(milliseconds=700), NOW))

    assert len(found.deliveries) == 1


async def test_times_come_back_as_they_were(store: ReceiptStore) -> None:
    precise = SENT.replace(microsecond=123_457)
    await store.ingest(None, [receipt(sent_at=precise)])

    assert (await only_one(store)).sent_at == precise


async def test_a_raw_body_waits_until_it_is_taken_in_and_is_dropped_then(store: ReceiptStore, clock: ToyClock) -> None:
    first = await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "1400006666", b'{"mobile":"13711112222"}')
    second = await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.REPLIES, "", b"\x00\xff")
    assert await store.unparsed() == [
        RawBody(first, ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "1400006666", b'{"mobile":"13711112222"}', clock.now),
        RawBody(second, ReceiptSource.QUEUE, "tencent", RecordKind.REPLIES, "", b"\x00\xff", clock.now),
    ]

    assert await store.ingest(first, [receipt()]) == IngestResult(new=1)

    assert [raw.id for raw in await store.unparsed()] == [second]
    assert (await store.counts()).waiting == 1


async def test_an_id_of_a_dropped_body_is_never_given_to_another(store: ReceiptStore) -> None:
    first = await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", b"one")
    await store.ingest(first)
    second = await store.store_raw(ReceiptSource.QUEUE, "tencent", RecordKind.RECEIPTS, "", b"two")

    await store.ingest(first)  # as after a commit whose answer was lost

    assert [raw.id for raw in await store.unparsed()] == [second]


async def test_taking_in_twice_changes_nothing(store: ReceiptStore) -> None:
    everything = ([receipt(), receipt("b")], [reply()], [unreadable()])
    assert await store.ingest(None, *everything) == IngestResult(new=2, replies=1, unreadable=1)

    assert await store.ingest(None, *everything) == IngestResult(repeated=2)

    found = await store.find(Target(NUMBER), DAY)
    assert (len(found.deliveries), len(found.replies), len(await store.quarantined())) == (2, 1, 1)
    assert found.receipts == 2


async def test_a_push_that_holds_a_receipt_twice_stores_it_once(store: ReceiptStore) -> None:
    pending = receipt(status=Status.PENDING, code=None, received_at=None)

    assert await store.ingest(None, [pending, receipt(), receipt()]) == IngestResult(new=1, repeated=2)

    assert (await only_one(store)).status is Status.DELIVERED


async def test_the_same_message_by_queue_and_by_callback_is_one_with_what_both_know(store: ReceiptStore) -> None:
    by_callback = receipt(sent_at=None)
    by_queue = receipt(source=ReceiptSource.QUEUE, account="1400006666", received_at=at(3), sent_at=SENT, carrier="China Mobile")
    for order in ([by_callback, by_queue], [by_queue, by_callback]):
        for one in order:
            await store.ingest(None, [one])

    found = await only_one(store)

    assert (found.status, found.sent_at, found.received_at, found.carrier) == (Status.DELIVERED, SENT, at(3), "China Mobile")


async def test_of_several_receipts_the_latest_final_one_counts_in_any_order(store: ReceiptStore) -> None:
    told = [
        receipt(status=Status.PENDING, code="ENROUTE", received_at=at(90)),
        receipt(status=Status.FAILED, code="MK:0008", received_at=at(20)),
        receipt(status=Status.DELIVERED, code="DELIVRD", received_at=at(60)),
    ]
    for index, order in enumerate(permutations(told)):
        for one in order:
            await store.ingest(None, [_renamed(one, f"m{index}")])
        found = await only_one(store, Target(NUMBER, f"m{index}"))
        assert (found.status, found.code, found.received_at) == (Status.DELIVERED, "DELIVRD", at(60))


def _renamed(one: Receipt, message_id: str) -> Receipt:
    return receipt(message_id, status=one.status, code=one.code, received_at=one.received_at)


async def test_the_window_follows_a_time_that_is_learnt_later(store: ReceiptStore) -> None:
    late = receipt(sent_at=None, received_at=NOW - timedelta(hours=1))
    await store.ingest(None, [late])
    sent = NOW - timedelta(days=3)

    await store.ingest(None, [receipt(sent_at=sent, received_at=late.received_at)])

    assert (await store.find(Target(NUMBER), DAY)).deliveries == ()
    assert len((await store.find(Target(NUMBER), Window(NOW - timedelta(days=4), NOW))).deliveries) == 1


MOMENTS = st.one_of(st.none(), st.integers(0, 3).map(at))
TOLD = st.builds(
    receipt,
    st.sampled_from(["a", "b"]),
    status=st.sampled_from(Status),
    code=st.sampled_from([None, "DELIVRD", "MK:0008"]),
    account=st.sampled_from(["", "1400006666", "1400007777"]),
    sent_at=MOMENTS,
    received_at=MOMENTS,
    carrier=st.sampled_from([None, "China Mobile", "China Unicom"]),
    source=st.sampled_from(ReceiptSource),
)


@examples(8, suppress=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(TOLD, max_size=6), data=st.data())
async def test_neither_order_nor_repetition_nor_packing_changes_what_is_found(
    database: Database, told: list[Receipt], data: st.DataObject
) -> None:
    store = open_store(database)

    async def outcome(receipts: Sequence[Receipt], size: int) -> object:
        await store.purge(NOW + timedelta(days=1))
        for start in range(0, len(receipts), size):
            await store.ingest(None, receipts[start : start + size])
        found = await store.find(Target(NUMBER), DAY)
        return sorted(found.deliveries, key=lambda d: str(d.message_id)), found.receipts

    plain = await outcome(told, 1)
    mixed = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=3) if told else st.just([]))))

    assert await outcome(mixed, data.draw(st.integers(1, 9))) == plain


async def test_receipts_without_an_id_are_kept_apart_by_what_they_say(store: ReceiptStore) -> None:
    one, other = receipt(None), receipt(None, received_at=at(9))

    await store.ingest(None, [one, other, one])

    found = (await store.find(Target(NUMBER), DAY)).deliveries
    assert [(d.message_id, d.received_at) for d in found] == [(None, at(9)), (None, at(3))]


async def test_receipts_without_an_id_and_a_time_are_one_message_while_a_push_may_be_repeated(
    store: ReceiptStore, clock: ToyClock
) -> None:
    bare = receipt(None, sent_at=None, received_at=None)
    for minutes in (0, 10, 600):
        clock.advance(minutes=minutes)
        await store.ingest(None, [bare])

    assert len((await store.find(Target(NUMBER), Window(NOW, clock.now))).deliveries) == 2


async def test_one_id_for_two_numbers_or_two_systems_is_two_messages(store: ReceiptStore) -> None:
    await store.ingest(None, [receipt(), receipt(number=OTHER), receipt(system="aliyun"), receipt(number=None)])

    assert len((await store.find(Target(message_id="2028:a1"), DAY)).deliveries) == 4


async def test_replies_up_to_the_windows_end_are_found_newest_first_also_by_the_id_of_a_message(store: ReceiptStore) -> None:
    long_ago = NOW - timedelta(days=50)
    await store.ingest(None, [receipt()], [reply("TD", at=long_ago), reply("hello"), reply("T", number=OTHER)])

    for target in (Target(NUMBER), Target(message_id="2028:a1")):
        found = await store.find(target, DAY)
        assert [(told.text, told.at) for told in found.replies] == [("hello", at(1200)), ("TD", long_ago)]
    closed = Window(long_ago - timedelta(days=1), long_ago, open=False)
    assert [told.text for told in (await store.find(Target(NUMBER), closed)).replies] == ["TD"]


async def test_what_could_not_be_read_is_kept_whole_and_counted_once(store: ReceiptStore, clock: ToyClock) -> None:
    await store.ingest(None, unreadable=[unreadable(), unreadable(b"[7]")])
    await store.ingest(None, unreadable=[unreadable()])

    kept = await store.quarantined()

    assert [one.row for one in kept] == [unreadable(b"[7]"), unreadable()]
    assert {one.taken_at for one in kept} == {clock.now}
    assert len(await store.quarantined(1)) == 1


async def test_the_reason_of_a_row_can_be_said_in_any_language_afterwards(store: ReceiptStore) -> None:
    await store.ingest(None, unreadable=[unreadable(reason=phrase("{name} is neither true nor false", name="success"))])

    (kept,) = await store.quarantined()

    assert kept.row.reason.said_in(ENGLISH) == "success is neither true nor false"
    assert kept.row.reason.said_in(get_language("zh")) == "success 既不是 true 也不是 false"


async def test_a_reason_that_was_kept_as_a_plain_sentence_is_said_as_it_is(store: ReceiptStore, database: Database) -> None:
    await store.ingest(None, unreadable=[unreadable()])
    for before in ("report_status is missing", "{odd} braces {", '{"text": 1}', '["a list", "of two"]', "5", ""):
        reason = sa.text("UPDATE receipt_quarantine SET reason = :before").bindparams(before=before)
        await database.write(lambda connection, reason=reason: connection.execute(reason).rowcount)  # type: ignore[misc]

        (kept,) = await store.quarantined()

        assert [kept.row.reason.said_in(language) for language in (ENGLISH, get_language("zh"))] == [before, before]


async def test_odd_characters_in_a_vendors_texts_never_stop_an_intake(store: ReceiptStore) -> None:
    odd = "a\x00b\ud800c\u202e"
    one = receipt(f"id{odd}", code=odd * 99, words=odd, account=odd, carrier=odd, country=odd, extra=((odd, odd),))

    row = unreadable(odd.encode("utf-8", "surrogatepass"), reason=phrase("rows beside the error {code}", code=odd), account=odd)
    await store.ingest(None, [one], [reply(odd)], [row])

    assert [kept.row.reason.said_in(ENGLISH) for kept in await store.quarantined()] == ["rows beside the error abc"]

    found = await only_one(store, Target(message_id=f"id{odd}"))
    assert found.message_id == "idabc"
    assert found.code is not None
    assert len(found.code) == 64


async def test_the_counts_tell_what_is_there_and_since_when(store: ReceiptStore, clock: ToyClock) -> None:
    assert await store.counts() == StoreStats()
    await store.ingest(None, [receipt()], [reply()], [unreadable()])
    first = clock.now
    clock.advance(days=1)
    await store.ingest(None, [receipt("b"), receipt()])
    await store.store_raw(ReceiptSource.CALLBACK, "aliyun", RecordKind.REPLIES, "", b"[]")

    assert await store.counts() == StoreStats(receipts=2, since=first, replies=1, quarantined=1, waiting=1)


async def test_an_answer_holds_the_newest_and_says_that_there_are_more(store: ReceiptStore) -> None:
    await store.ingest(None, [receipt(f"m{number}", sent_at=at(number)) for number in range(501)])

    found = await store.find(Target(NUMBER), DAY)

    assert (len(found.deliveries), found.is_cut, found.deliveries[0].message_id) == (500, True, "m500")


async def test_many_intakes_at_once_lose_nothing_and_count_each_message_once(store: ReceiptStore) -> None:
    pushes = [[receipt(f"m{number}") for number in range(start, start + 20)] for start in range(0, 200, 10)]

    taken = await asyncio.gather(*(store.ingest(None, push) for push in pushes))

    assert sum(one.new for one in taken) == 210
    found = await store.find(Target(NUMBER), DAY)
    assert {d.message_id for d in found.deliveries} == {f"m{number}" for number in range(210)}
    assert found.receipts == 210
