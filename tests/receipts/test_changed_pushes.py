"""Documented pushes with a field changed: a receipt that has a status and can be told apart is stored, the rest is counted."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.model import Outcome, PhoneNumber, Query, Status, Target, Window
from bot.observability.metrics import Metrics
from bot.presentation.verdict import verdict
from bot.receipts.opening import open_receipts
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.providers.test_changed_fields import EMPTY, MISSING, NONE_SUCH, ODD, changed
from tests.receipts.samples import KEYRING, on_sqlite
from tests.receipts.test_callbacks import post, serving
from tests.receipts.test_callbacks_read import CALLBACKS, GLOBE, INTL, REPLY, REPORT, TENCENT, UP, read
from tests.toys import NOW, NUMBER

if TYPE_CHECKING:
    from bot.model import Report
    from bot.receipts import Receipt
    from bot.storage.database import Database
    from tests.toys import ToyClock

HONG_KONG = PhoneNumber("+85261234567", 852, "61234567")

# The callback, a failed message, its status' fields, those that say which message it is.
PUSHES: list[tuple[str, dict[str, Any], frozenset[str], frozenset[str]]] = [
    (
        "tencent",
        {**TENCENT, "report_status": "FAIL", "errmsg": "MK:0008"},
        frozenset({"report_status"}),
        frozenset({"mobile", "nationcode", "sid"}),
    ),
    (
        "aliyun",
        {**REPORT, "success": False, "err_code": "MK:0008"},
        frozenset({"success"}),
        frozenset({"phone_number", "biz_id"}),
    ),
    (
        "aliyun-intl",
        {**INTL, "Status": "2", "ErrorCode": "SP_UNKNOW_ERROR"},
        frozenset({"Status", "ErrorCode"}),
        frozenset({"To", "MessageId"}),
    ),
    ("aliyun-intl", GLOBE, frozenset({"status", "error_code"}), frozenset({"to", "message_id"})),
]
NAMES = [f"{name} {next(iter(row))}" for name, row, *_ in PUSHES]


@each(("name", "row", "told", "tied"), PUSHES, ids=NAMES)
def test_a_field_that_cannot_be_read_costs_that_field_and_never_the_receipt(
    name: str, row: dict[str, Any], told: frozenset[str], tied: frozenset[str]
) -> None:
    (whole,) = read(name, [row]).receipts
    wrong = []
    for field in row.keys() - told:
        for value in [*ODD, *NONE_SUCH]:
            parsed = read(name, [changed(row, field, value)])
            (receipt,) = parsed.receipts or (None,)
            is_tied = receipt and (field in tied or (receipt.number, receipt.message_id) == (whole.number, whole.message_id))
            if parsed.unreadable or receipt is None or not is_tied or receipt.status is not Status.FAILED:
                wrong.append((field, value, parsed))
    assert wrong == []


@each(("name", "row", "told", "tied"), PUSHES, ids=NAMES)
def test_a_push_without_a_readable_status_is_never_taken_for_delivered(
    name: str, row: dict[str, Any], told: frozenset[str], tied: frozenset[str]
) -> None:
    for field in told:
        for value in ODD:
            parsed = read(name, [changed(row, field, value)])
            assert len(parsed.receipts) + len(parsed.unreadable) == 1
            assert all(receipt.status in {Status.FAILED, Status.UNKNOWN} for receipt in parsed.receipts), (field, value)


@each(("name", "row"), [("tencent-replies", REPLY), ("aliyun-replies", UP)])
def test_a_reply_is_read_or_put_aside_whole(name: str, row: dict[str, Any]) -> None:
    needed = {"tencent-replies": {"mobile", "text", "time"}, "aliyun-replies": {"phone_number", "content", "send_time"}}[name]
    for field in row:
        for value in ODD:
            parsed = read(name, [row, changed(row, field, value)])
            assert len(parsed.replies) + len(parsed.unreadable) == 2
            assert len(parsed.replies) == 2 or field in needed, (field, value)


@each(("name", "row", "told", "tied"), PUSHES, ids=NAMES)
def test_one_row_may_come_as_an_object_and_no_row_as_nothing(
    name: str, row: dict[str, Any], told: frozenset[str], tied: frozenset[str]
) -> None:
    assert read(name, row) == read(name, [row])
    for nothing in EMPTY:
        parsed = read(name, nothing)
        assert (parsed.receipts, parsed.replies, parsed.unreadable) == ((), (), ())


def test_an_international_push_is_read_by_its_code_and_its_times_where_no_table_has_its_status() -> None:
    def status(**fields: Any) -> Status:
        (receipt,) = read("aliyun-intl", [{key: old for key, old in {**INTL, **fields}.items() if old is not MISSING}]).receipts
        return receipt.status

    for odd in ODD:
        assert status(Status=odd) is Status.DELIVERED, odd  # success, with both times
        assert status(Status=odd, ErrorCode="NEVER_HEARD_OF") is Status.UNKNOWN, odd
        assert status(Status=odd, ErrorCode="UNDELIV") is Status.FAILED, odd
    assert status(Status="3") is status(Status=3) is Status.DELIVERED  # by the older table
    assert status(Status="3", ErrorCode="UNDELIV") is Status.FAILED
    assert status(Status="1", ErrorCode="000") is Status.DELIVERED


@each(
    ("name", "row", "e164"),
    [
        ("tencent", {**TENCENT, "nationcode": 0}, "+8613711112222"),
        ("tencent", {**TENCENT, "nationcode": "-"}, "+8613711112222"),
        ("tencent", {**TENCENT, "nationcode": "0086", "mobile": "137-1111-2222"}, "+8613711112222"),
        ("tencent", {**TENCENT, "nationcode": "852", "mobile": "61234567"}, "+85261234567"),
        ("tencent", {**TENCENT, "nationcode": None, "mobile": "61234567"}, None),  # of which country?
        ("tencent", {**TENCENT, "mobile": "137****2222"}, None),
        ("aliyun", {**REPORT, "phone_number": "+86 137 1111 2222"}, "+8613711112222"),
        ("aliyun", {**REPORT, "phone_number": "137****2222"}, None),
        ("aliyun-intl", {**INTL, "To": "13711112222"}, "+8613711112222"),
        ("aliyun-intl", {**INTL, "To": "13105551234"}, "+13105551234"),
        ("aliyun-intl", {**INTL, "To": "+852 6123 4567"}, "+85261234567"),
        ("aliyun-intl", {**INTL, "To": "8526123****"}, None),
    ],
)
def test_the_number_of_a_push_is_read_in_every_spelling(name: str, row: dict[str, Any], e164: str | None) -> None:
    receipt: Receipt
    (receipt,) = read(name, [row]).receipts
    assert (receipt.number.e164 if receipt.number else None) == e164
    assert receipt.message_id


@each(("name", "row", "told", "tied"), PUSHES, ids=NAMES)
def test_a_push_is_read_in_another_charset_and_beside_a_number_that_nobody_can_hold(
    name: str, row: dict[str, Any], told: frozenset[str], tied: frozenset[str]
) -> None:
    body = json.dumps([{**row, "x": "送达成功"}], ensure_ascii=False)
    bodies = [body.encode("gbk"), body.encode("utf-8-sig"), body.encode("utf-16"), body.encode()[:-4] + b'\xff"}]']
    bodies += [body.replace("{", f'{{"y": {odd}, ', 1).encode() for odd in ("9" * 5000, "NaN", "-Infinity", "1e999")]

    for one in bodies:
        parsed = CALLBACKS[name].read(one)
        assert ([receipt.status for receipt in parsed.receipts], parsed.unreadable) == ([Status.FAILED], ())


# --- through the store ----------------------------------------------------------------------------------------------------


async def ask(database: Database, clock: ToyClock, target: Target) -> Report:
    receipts = open_receipts(database, KEYRING, clock)
    service = LookupService([receipts.provider], CATALOGUE, Metrics(), clock=clock)
    return await service.lookup(Query((target,), Window(NOW - timedelta(days=2), NOW)))


@on_sqlite
async def test_a_pushed_row_that_cannot_be_read_is_told_to_whoever_asks_about_its_number_or_its_id(
    database: Database, clock: ToyClock
) -> None:
    pushes = [
        ("tencent", changed(TENCENT, "report_status", MISSING), Target(NUMBER)),
        ("aliyun", {**REPORT, "success": "-", "phone_number": "137 1111-2222"}, Target(NUMBER)),
        ("aliyun", {**REPORT, "success": {}}, Target(message_id=REPORT["biz_id"])),
        ("aliyun-intl", {**INTL, "Status": None, "ErrorCode": "-"}, Target(HONG_KONG)),
        ("aliyun-intl", {**INTL, "Status": [], "ErrorCode": {}, "To": 85261234567}, Target(message_id=INTL["MessageId"])),
    ]
    store = open_receipts(database, KEYRING, clock).store
    async with serving(store) as url:
        for name, row, target in pushes:
            status, _ = await post(url, json.dumps([row]), name)
            report = await ask(database, clock, target)
            assert (status, report.outcome) == (200, Outcome.UNANSWERED), row
            assert "could not be read" in verdict(report, ENGLISH).sentence, row


@on_sqlite
async def test_a_receipt_whose_number_cannot_be_read_is_found_by_its_id_beside_the_number(
    database: Database, clock: ToyClock
) -> None:
    store = open_receipts(database, KEYRING, clock).store
    async with serving(store) as url:
        await post(url, json.dumps([{**TENCENT, "mobile": "137****2222"}]), "tencent")
    for target, rows in [(Target(NUMBER, TENCENT["sid"]), 1), (Target(NUMBER, "5000:1"), 0), (Target(HONG_KONG), 0)]:
        report = await ask(database, clock, target)
        assert [row.status for row in report.deliveries] == [Status.DELIVERED] * rows


@on_sqlite
async def test_a_receipt_with_a_time_that_no_message_can_have_is_found_by_its_number(database: Database, clock: ToyClock) -> None:
    store = open_receipts(database, KEYRING, clock).store
    times = ["0001-01-01T00:00:00Z", "1970-01-01 00:00:00", "9999-12-31 23:59:59", "2098-01-01 00:00:00"]
    async with serving(store) as url:
        for at, time in enumerate(times):
            for name, row, _, _ in PUSHES[:3]:
                fields = {
                    one: time
                    for one in row
                    if one in {"user_receive_time", "send_time", "report_time", "SendDate", "ReceiveDate"}
                }
                id_name = next(one for one in ("sid", "biz_id", "MessageId") if one in row)
                status, _ = await post(url, json.dumps([{**row, **fields, id_name: f"{row[id_name]}{at}"}]), name)
                assert status == 200
    for target, rows in [(Target(NUMBER), 2 * len(times)), (Target(HONG_KONG), len(times))]:
        report = await ask(database, clock, target)
        assert [(row.status, row.sent_at, row.received_at) for row in report.deliveries] == [(Status.FAILED, None, None)] * rows


def test_every_callback_is_tried_here() -> None:
    """Those that are signed: in `test_signed_pushes.py`."""
    for name, callback in CALLBACKS.items():
        assert callback.signature or name in {pushed for pushed, *_ in PUSHES} | {"tencent-replies", "aliyun-replies"}
