"""QuerySendDetails: days, pages, rows, and wrong counts of the provider."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import ProviderError
from bot.model import CountedMore, NoRecord, NoteKind, PartMissing, PhoneNumber, RowsUnreadable, Status, Target, Window
from bot.providers.aliyun.provider_domestic import MAX_PAGES, RETENTION, days_of, format_number, further_pages, read_page
from bot.providers.base import ProviderQuery, ResultCollector
from tests.cases import each
from tests.providers.aliyun_gateway import HONG_KONG, NOW, NUMBER, details, domestic, gateway, notes_of, query, row

KEY = b"key"
TODAY = date(2026, 11, 21)


async def found(answer: Any, asked: ProviderQuery | None = None) -> ResultCollector:
    collector = ResultCollector()
    async with gateway(answer) as url, domestic(url) as provider:
        await provider.query(asked or query(), collector)
    return collector


# Days and numbers


def test_the_days_are_those_of_china_and_the_newest_comes_first() -> None:
    since, until = datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 20, 16, 0, tzinfo=UTC)

    assert list(days_of(Window(since, until))) == [date(2026, 11, 21), date(2026, 11, 20), date(2026, 11, 19)]


def test_the_oldest_day_asked_for_is_kept_by_a_provider_whose_clock_is_four_minutes_ahead() -> None:
    ours = datetime(2026, 11, 20, 15, 58, tzinfo=UTC)  # 23:58 in China, where the provider already has the 21st
    oldest = list(days_of(Window(ours - RETENTION, ours)))[-1]

    assert (date(2026, 11, 21) - oldest).days == 30


@each(
    ("number", "asked"),
    [
        (NUMBER, "13711112222"),
        (HONG_KONG, "85261234567"),
        (PhoneNumber("+393312345678", 39, "3312345678"), "393312345678"),
    ],
)
def test_a_mainland_number_is_asked_in_11_digits_and_others_with_their_country_code(number: PhoneNumber, asked: str) -> None:
    assert format_number(number) == asked


async def test_a_target_without_a_number_is_refused_because_there_is_no_lookup_by_biz_id() -> None:
    async with domestic("http://127.0.0.1:1") as provider:
        refusal = provider.unsupported_reason(Target(message_id="900000000000000001^0"))
        assert refusal is not None
        assert refusal.kind is NoteKind.NEEDS_NUMBER
        assert provider.unsupported_reason(Target(NUMBER, "900000000000000001^0")) is None


# Pages


def page_of(length: int, total: int = 0) -> Any:
    return read_page(details([row(Content=str(n)) for n in range(length)], total), KEY, NUMBER)


@each(
    ("arrived", "counted", "next_pages"),
    [
        ([], 0, range(1, 2)),
        ([page_of(7)], 7, range(0)),
        ([page_of(50)], 120, range(2, 4)),
        ([page_of(50)], 1_000_000, range(2, 10)),  # never more than eight at once
        ([page_of(50), page_of(0)], 1_000_000, range(0)),  # counted too many
        ([page_of(50)], 2, range(2, 3)),  # counted too few
        ([page_of(50)], 50, range(2, 3)),
        ([page_of(50), None, page_of(20)], 120, range(0)),
        ([None], 0, range(0)),
        ([page_of(50)] * MAX_PAGES, 1_000_000, range(0)),
    ],
)
def test_the_next_pages_follow_the_count_but_do_not_trust_it(arrived: list[Any], counted: int, next_pages: range) -> None:
    assert further_pages(arrived, counted) == next_pages


def pages(rows: list[dict[str, Any]], total: Any = None) -> Any:
    """A provider that has `rows` today, none on other days, and counts `total`."""

    def answer(params: dict[str, str]) -> dict[str, Any]:
        today = rows if params["SendDate"] == "20261121" else []
        start = (int(params["CurrentPage"]) - 1) * int(params["PageSize"])
        return details(today[start : start + int(params["PageSize"])], len(rows) if total is None and today else total or 0)

    return answer


@each("total", [None, "120", 2, 100_000, "many", -1, 1e400])
async def test_all_rows_come_whatever_the_provider_counts(total: Any) -> None:
    rows = [row(f"2026-11-21 15:{n // 60:02d}:{n % 60:02d}") for n in range(120)]
    collector = await found(pages(rows, total))

    assert len({delivery.key for delivery in collector.deliveries}) == 120
    assert bool(notes_of(collector, NoteKind.COUNTED_MORE)) == (total == 100_000)


@each("total", [2, "2"])
async def test_a_provider_that_counts_two_and_returns_none_is_quoted(total: Any) -> None:
    collector = await found(lambda params: details([], total if params["SendDate"] == "20261121" else 0))

    assert notes_of(collector, NoteKind.COUNTED_MORE) == [CountedMore(counted=2, returned=0, day=date(2026, 11, 21))]


async def test_nothing_found_anywhere_is_no_record_and_not_an_error() -> None:
    collector = await found(lambda _: {"Code": "OK", "TotalCount": 0, "SmsSendDetailDTOs": None}, query(timedelta(hours=20)))

    assert collector.notes == [NoRecord()]
    assert collector.requests == 2


async def test_rows_outside_the_window_are_left_out_and_rows_without_a_time_are_kept() -> None:
    rows = [
        row("2026-11-21 13:59:59"),
        row("2026-11-21 14:00:00"),
        row(SendStatus=1, ErrCode=None, SendDate=None, ReceiveDate=None),
    ]
    collector = await found(pages(rows))

    assert [delivery.sent_at for delivery in collector.deliveries] == [datetime(2026, 11, 21, 6, 0, tzinfo=UTC), None]


async def test_a_row_of_the_second_in_which_the_window_begins_is_in_it() -> None:
    asked = ProviderQuery(Target(NUMBER), Window(NOW - timedelta(minutes=30) + timedelta(milliseconds=700), NOW))

    assert len((await found(pages([row("2026-11-21 15:30:00")]), asked)).deliveries) == 1


async def test_rows_that_cannot_be_read_are_counted_and_the_others_are_shown() -> None:
    collector = await found(pages([row(), None, {"SendDate": "soon"}, row("2026-11-21 15:31:00")]))  # type: ignore[list-item]  # on purpose

    assert len(collector.deliveries) == 2
    assert collector.notes == [RowsUnreadable(count=2)]


@each(("hours_ago", "may_change"), [(1, True), (71, True), (73, False)])
async def test_a_pending_row_is_said_to_change_within_72_hours_only(hours_ago: int, *, may_change: bool) -> None:
    sent = NOW - timedelta(hours=hours_ago) + timedelta(hours=8)
    pending = row(f"{sent:%Y-%m-%d %H:%M:%S}", SendStatus=1, ErrCode=None, ReceiveDate=None)
    collector = await found(
        lambda params: details([pending] if params["SendDate"] == f"{sent:%Y%m%d}" else []), query(timedelta(hours=80))
    )

    assert [delivery.status for delivery in collector.deliveries] == [Status.PENDING]
    assert bool(notes_of(collector, NoteKind.MAY_CHANGE)) == may_change


async def test_the_biz_id_is_sent_when_there_is_one_and_becomes_the_message_id() -> None:
    asked: list[dict[str, str]] = []

    def answer(params: dict[str, str]) -> dict[str, Any]:
        asked.append(params)
        return details([row()] if params["SendDate"] == "20261121" else [])

    collector = await found(answer, query(message_id="900000000000000001^0"))

    assert {params["BizId"] for params in asked} == {"900000000000000001^0"}
    assert [delivery.message_id for delivery in collector.deliveries] == ["900000000000000001^0"]


async def test_another_vendors_id_is_no_record_and_is_not_asked_for() -> None:
    collector = await found(lambda _: details([row()]), query(message_id="2640:8402702115"))

    assert collector.notes == [NoRecord()]
    assert (collector.requests, collector.deliveries) == (0, [])


async def test_the_id_made_up_for_a_row_finds_that_row_again() -> None:
    answer = pages([row("2026-11-21 15:31:00"), row(), row()])
    wanted = (await found(answer)).deliveries[2].message_id
    again = await found(answer, query(message_id=wanted))

    assert [delivery.message_id for delivery in again.deliveries] == [wanted]


# Parts that fail


def refusal(code: str = "isv.ACCOUNT_ABNORMAL") -> tuple[int, dict[str, str], dict[str, str]]:
    return 200, {"Code": code, "Message": "no", "RequestId": "1"}, {}


async def test_a_day_that_fails_costs_its_own_rows_only() -> None:
    def answer(params: dict[str, str]) -> Any:
        return refusal() if params["SendDate"] == "20261120" else details([row()] if params["SendDate"] == "20261121" else [])

    collector = ResultCollector()
    async with gateway(answer) as url, domestic(url) as provider:
        with pytest.raises(ProviderError) as caught:
            await provider.query(query(timedelta(hours=48)), collector)

    assert caught.value.fault.code == "isv.ACCOUNT_ABNORMAL"
    assert len(collector.deliveries) == 1
    assert collector.notes == [PartMissing(missing=1, parts=3)]


async def test_a_page_that_fails_costs_its_own_rows_only() -> None:
    answer = pages([row(f"2026-11-21 15:{n // 60:02d}:{n % 60:02d}") for n in range(120)])
    collector = ResultCollector()
    async with (
        gateway(lambda params: refusal() if params["CurrentPage"] == "2" else answer(params)) as url,
        domestic(url) as provider,
    ):
        with pytest.raises(ProviderError):
            await provider.query(query(), collector)

    assert len(collector.deliveries) == 70
    assert collector.notes == [PartMissing(missing=1, parts=3)]


async def test_when_all_of_it_fails_the_error_says_it_without_a_note() -> None:
    collector = ResultCollector()
    async with gateway(lambda _: refusal()) as url, domestic(url) as provider:
        with pytest.raises(ProviderError):
            await provider.query(query(timedelta(days=3)), collector)

    assert (collector.notes, collector.deliveries) == ([], [])


async def test_what_had_come_before_the_ask_was_cancelled_is_kept_and_the_rest_is_missing() -> None:
    held = asyncio.Event()
    arrived = asyncio.Event()

    class Watched(ResultCollector):
        def add(self, deliveries: Any) -> None:
            ResultCollector.add(self, deliveries)
            arrived.set()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Delay the responses of every day but the 21st."""
        head = await reader.readuntil(b"\r\n\r\n")
        if b"20261121" not in head:
            await held.wait()
        body = b'{"Code": "OK", "TotalCount": 1, "SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"SendStatus": 3}]}}'
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    collector = Watched()
    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, domestic(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as provider:
        asking = asyncio.create_task(provider.query(query(timedelta(hours=48)), collector))
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        held.set()

    assert len(collector.deliveries) == 1
    assert notes_of(collector, NoteKind.PART_MISSING) == [PartMissing(missing=2, parts=3)]
