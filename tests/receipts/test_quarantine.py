"""Rows that could not be read: how they are kept, told, and shown to an operator."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH
from bot.model import PhoneNumber, Status, Target
from bot.providers.tencent.legacy.errors import read_pulled
from bot.receipts import RecordKind
from bot.receipts.ingestion import MAX_UNREADABLE, body_of_row
from bot.receipts.quarantine import readable_text, rows_about
from bot.receipts.store import MAX_UNREADABLE as MAX_EXAMINED
from tests.cases import each
from tests.receipts.samples import DAY, on_sqlite, unreadable
from tests.receipts.test_callbacks import post, serving
from tests.receipts.test_callbacks_read import INTL, REPLY, REPORT, TENCENT, UP, read
from tests.toys import NUMBER

if TYPE_CHECKING:
    from bot.receipts.store import ReceiptStore
    from tests.toys import ToyClock

GOOD: dict[str, dict[str, Any]] = {
    "tencent": TENCENT,
    "tencent-replies": REPLY,
    "aliyun": REPORT,
    "aliyun-replies": UP,
    "aliyun-intl": INTL,
}
HONG_KONG = PhoneNumber("+85261234567", 852, "61234567")


# --- many ------------------------------------------------------------------------------------------------------------------


@each("name", GOOD)
def test_a_thousand_rows_that_are_none_are_counted_and_not_kept_one_by_one(name: str) -> None:
    for junk in [{}, 0, None, {"a": 1}]:
        parsed = read(name, [GOOD[name], *[junk] * 1_000, GOOD[name]])

        assert len(parsed.receipts) + len(parsed.replies) == 2
        assert (len(parsed.unreadable), parsed.unreadable_rows) == (MAX_UNREADABLE + 1, 1_000)
        assert parsed.unreadable[-1].reason.said_in(ENGLISH) == "900 more that could not be read"
        assert len(json.loads(parsed.unreadable[-1].body)) == (900 if junk else 0)


def test_what_is_kept_together_is_kept_whole() -> None:
    odd = [{"sid": f"5000:{index}", "errmsg": "MK:0008"} for index in range(300)]
    parsed = read("tencent", odd)
    kept = [json.loads(one.body) for one in parsed.unreadable]
    assert [*kept[:-1], *kept[-1]] == odd

    from_queue = read_pulled(RecordKind.RECEIPTS, "", json.dumps({"result": 0, "data": odd}).encode())
    assert (from_queue.rows, from_queue.parsed.unreadable_rows) == (300, 300)


@on_sqlite
async def test_a_push_of_a_hundred_thousand_empty_rows_is_acknowledged_with_its_receipt_stored(store: ReceiptStore) -> None:
    async with serving(store) as url:
        body = json.dumps([TENCENT, *[0] * 100_000], separators=(",", ":"))
        assert (await post(url, body))[0] == 200

    (delivery,) = (await store.find(Target(NUMBER), DAY)).deliveries
    assert (delivery.status, (await store.counts()).quarantined) == (Status.DELIVERED, 2)  # a zero, and the others


@on_sqlite
async def test_more_quarantined_rows_than_an_answer_can_look_into_leave_nobody_with_no_record(
    store: ReceiptStore, clock: ToyClock
) -> None:
    await store.ingest(None, unreadable=[unreadable(f"[{index}]".encode()) for index in range(MAX_EXAMINED - 1)])
    assert (await store.find(Target(NUMBER), DAY)).unreadable == 0
    await store.ingest(None, unreadable=[unreadable(b'["one more"]')])
    assert (await store.find(Target(NUMBER), DAY)).unreadable == MAX_EXAMINED

    clock.advance(days=3)
    await store.ingest(None, unreadable=[unreadable()])
    window = type(DAY)(clock.now - timedelta(days=1), clock.now)
    assert (await store.find(Target(NUMBER), window)).unreadable == 1


# --- whose they are --------------------------------------------------------------------------------------------------------


@each(
    ("body", "number", "rows"),
    [
        ({"mobile": "13711112222"}, NUMBER, 1),
        ({"mobile": 13711112222}, NUMBER, 1),
        ({"mobile": "+86 137-1111-2222"}, NUMBER, 1),
        ({"mobile": "008613711112222", "again": "13711112222"}, NUMBER, 1),
        ([{"mobile": "13711112222"}, {"mobile": "13811112222"}, {"mobile": "8613711112222"}, 5], NUMBER, 2),
        ({"mobile": "13811112222"}, NUMBER, 0),
        ({"sid": "5000:9913711112222"}, NUMBER, 0),  # digits of an id
        ({"to": "61234567"}, HONG_KONG, 1),
        ({"to": "85261234567"}, HONG_KONG, 1),
        ({"to": "6561234567"}, HONG_KONG, 0),  # Singapore's
        ({}, NUMBER, 0),
    ],
)
def test_a_quarantined_row_is_about_a_number_in_whatever_spelling(body: Any, number: PhoneNumber, rows: int) -> None:
    assert rows_about(Target(number), body_of_row(body)) == rows


def test_a_quarantined_row_is_about_an_id_and_a_broken_body_about_whatever_it_holds() -> None:
    assert rows_about(Target(message_id="5000:1"), body_of_row([{"sid": "5000:1"}, {"sid": "5000:2"}])) == 1
    assert rows_about(Target(NUMBER, "5000:1"), body_of_row({"mobile": NUMBER.national, "sid": "5000:3"})) == 0
    assert rows_about(Target(NUMBER), b'[{"mobile": "13711112222", "sid": "50') == 1


# --- as an operator reads them ---------------------------------------------------------------------------------------------


@each(
    ("body", "text"),
    [
        (json.dumps({"description": "用户短信送达失败"}).encode(), '{"description": "用户短信送达失败"}'),
        (body_of_row({"description": "用户短信送达失败"}), '{"description": "用户短信送达失败"}'),
        (rb'[{"d": "\u7528\u6237", "e": "\ud83d\ude00 \u003', '[{"d": "用户", "e": "😀 \\u003'),  # broken off
        (rb'{"path": "C:\\u0041"}', r'{"path": "C:\\u0041"}'),  # a backslash, then u0041
        (rb'{"half": "\ud83d"}', '{"half": "\ufffd"}'),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_body_is_shown_as_it_came_with_its_chinese(body: bytes, text: str) -> None:
    assert readable_text(body) == text


@given(st.text())
def test_whatever_text_a_row_holds_is_read_back_from_the_quarantine(text: str) -> None:
    assert json.loads(body_of_row({"text": text})) == {"text": text}
    assert readable_text(json.dumps([text]).encode()).encode()
