"""The Twilio adapter on the wire: the days that are asked for, pages, messages that were not sent yet, errors, keys."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from bot.config import load_settings
from bot.doctor.check import Health
from bot.doctor.keys import check_keys
from bot.errors import ProviderError
from bot.i18n import ENGLISH
from bot.lookup.opening import open_providers
from bot.model import (
    MayChange,
    NeedsMessageId,
    NewestOnly,
    NoRecord,
    OtherNumbers,
    PartMissing,
    ProviderWords,
    RowsUnreadable,
    SendsCovered,
    Status,
    Target,
    Window,
    WindowIgnored,
)
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.registry import VENDORS
from bot.providers.systems import titles
from bot.providers.twilio.provider import MAX_PAGES, PAGE_SIZE, days_of, next_params
from bot.sandbox.providers import ProviderFaultKind, TwilioAccount, TwilioStandIn
from bot.timing.clock import system_clock
from tests.cases import each
from tests.providers.aliyun_gateway import gateway
from tests.providers.twilio_api import ACCOUNT, HONG_KONG, NOW, NUMBER, asked, clock, message, query, row, sid, twilio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.sandbox.providers import SandboxMessage

PATH = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@asynccontextmanager
async def stand_in(messages: Sequence[SandboxMessage] = (), **options: Any) -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn(messages, clock=clock, **options) as one:
        yield one


def ids(collector: ResultCollector) -> list[str | None]:
    return [one.message_id for one in collector.deliveries]


# --- by number ------------------------------------------------------------------------------------------------------------


async def test_a_number_is_asked_about_by_whole_days_and_the_window_is_cut_to_the_second() -> None:
    messages = [message(1, 10 * MINUTE), message(2, 120 * MINUTE), message(3, 121 * MINUTE), message(4, 3 * DAY)]
    messages += [message(5, MINUTE, number=HONG_KONG.e164)]
    async with stand_in(messages) as one:
        collector = await asked(one.url, query(timedelta(hours=2)))
        asked_for = [call.params for call in one.calls]

    assert ids(collector) == [sid(1), sid(2)]
    assert {"DateSent<": "2026-11-22", "DateSent>": "2026-11-21", "PageSize": "200"} in asked_for
    assert (collector.notes, collector.requests) == ([], 2)


@each(
    ("since", "until", "days"),
    [
        (datetime(2026, 11, 21, 8, tzinfo=UTC), NOW + timedelta(hours=1), ("2026-11-22", "2026-11-21")),
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC), ("2026-11-22", "2026-11-20")),
        (datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC), ("2026-11-01", "2026-10-31")),
    ],
)
def test_the_day_after_is_asked_for_since_up_to_a_day_may_mean_up_to_its_midnight(
    since: datetime, until: datetime, days: tuple[str, str]
) -> None:
    assert days_of(Window(since, until)) == {"DateSent<": days[0], "DateSent>": days[1]}


async def test_a_window_over_midnight_in_gmt_has_the_messages_of_both_days() -> None:
    messages = [message(which, timedelta(hours=8) + (which - 3) * MINUTE) for which in range(1, 6)]
    async with stand_in(messages) as one:
        collector = await asked(one.url, query(timedelta(hours=9)))

    assert ids(collector) == [sid(which) for which in range(1, 6)]


async def test_every_page_is_read_once_and_together_they_are_the_window() -> None:
    messages = [message(which, timedelta(seconds=which)) for which in range(1, 2 * PAGE_SIZE + 6)]
    async with stand_in(messages) as one:
        collector = await asked(one.url, query())
        pages = [call.params.get("Page", "0") for call in one.calls if "DateSent>" in call.params]

    assert ids(collector) == [sid(which) for which in range(1, 2 * PAGE_SIZE + 6)]
    assert pages == ["0", "1", "2"]


async def test_messages_without_a_time_of_sending_are_found_beside_the_days() -> None:
    messages = [
        message(1, 5 * MINUTE, receipt=None, state="queued"),
        message(2, 6 * MINUTE, receipt=None, state="scheduled"),
        message(3, 7 * MINUTE, receipt=None, refused="21610"),
        message(4, 8 * MINUTE),
        message(5, timedelta(hours=30), receipt=None, state="scheduled"),  # before the window, like all below
        message(6, timedelta(days=3), receipt=None, state="canceled"),
        message(7, timedelta(days=20), receipt=None, refused="21610"),
    ]
    async with stand_in(messages) as one:
        collector = await asked(one.url, query())

    assert {(one.message_id, one.status) for one in collector.deliveries} == {
        (sid(1), Status.PENDING),
        (sid(2), Status.PENDING),
        (sid(3), Status.REJECTED),
        (sid(4), Status.DELIVERED),
        (sid(5), Status.PENDING),
    }
    assert collector.notes == [MayChange()]


async def test_how_far_back_unsent_messages_are_known_is_told_where_it_is_not_far_enough() -> None:
    messages = [message(which, timedelta(minutes=which)) for which in range(1, PAGE_SIZE + 10)]
    async with stand_in(messages) as one:
        cut, whole = await asked(one.url, query(timedelta(hours=6))), await asked(one.url, query(timedelta(hours=2)))

    assert (cut.notes, len(cut.deliveries)) == ([SendsCovered(hours=3)], PAGE_SIZE + 9)
    assert whole.notes == []


async def test_a_message_that_both_lists_have_is_one() -> None:
    rows = [row(), row(sid=sid(2), date_sent=None, status="queued", error_code=None)]
    async with gateway(lambda _: {"messages": rows, "next_page_uri": None}) as url:
        collector = await asked(url, query())

    assert ids(collector) == [rows[0]["sid"], sid(2)]


async def test_equal_rows_without_a_sid_are_two_messages_on_one_page_and_one_on_two() -> None:
    rows = [row(sid=None), row(sid=None)]
    async with gateway(lambda params: {"messages": rows if "DateSent>" in params else rows[:1], "next_page_uri": None}) as url:
        collector = await asked(url, query())

    assert ids(collector) == [None, None]


async def test_nothing_found_is_no_record() -> None:
    async with stand_in() as one:
        assert (await asked(one.url, query())).notes == [NoRecord()]


async def test_another_vendors_id_beside_the_number_is_no_record_and_costs_no_call() -> None:
    async with stand_in([message(1)]) as one:
        collector = await asked(one.url, query(message_id="900000000000000001^0"))

        assert (collector.notes, one.calls) == ([NoRecord()], [])


async def test_rows_from_a_phone_are_dropped_and_those_of_another_number_are_counted() -> None:
    rows = [row(direction="inbound", status="received"), row(sid=sid(2), to=HONG_KONG.e164), row(sid=sid(3)), {}]
    async with gateway(lambda _: {"messages": rows, "next_page_uri": None}) as url:
        collector = await asked(url, query())

    assert (ids(collector), collector.notes) == ([sid(3)], [OtherNumbers(1), RowsUnreadable(1)])


# --- pages that lead elsewhere --------------------------------------------------------------------------------------------


ASKED = {"To": NUMBER.e164, "PageSize": "200"}
NEXT = f"{PATH}?To=%2B8613711112222&PageSize=200&Page=1&PageToken=PA{sid(1)}"


def test_the_link_to_the_next_page_is_read_as_its_parameters() -> None:
    assert next_params(NEXT, PATH, ASKED) == {**ASKED, "Page": "1", "PageToken": f"PA{sid(1)}"}
    nothing: list[object] = [None, "", [], {}, 0]
    assert [next_params(one, PATH, ASKED) for one in nothing] == [None] * 5


@each(
    "link",
    [
        f"https://example.com{NEXT}",
        f"//example.com{NEXT}",
        NEXT.replace("Messages", "Calls"),
        NEXT.replace(ACCOUNT.sid, "AC" + "f" * 32),
        NEXT.replace("8613711112222", "85261234567"),
        NEXT.replace("To=%2B8613711112222&", ""),
        f"{PATH}?To=%2B8613711112222&PageSize=200",  # this page again
        "https://[::1",
        ["x"],
        7,
    ],
)
def test_a_link_to_anywhere_else_is_not_followed(link: object) -> None:
    with pytest.raises(ProviderError) as caught:
        next_params(link, PATH, ASKED)
    assert caught.value.fault.code == "Transport.WrongShape"


async def test_the_rows_before_a_link_that_leads_elsewhere_are_shown_and_the_rest_is_told_to_be_missing() -> None:
    calls: list[dict[str, str]] = []

    def answer(params: dict[str, str]) -> Any:
        calls.append(params)
        return {"messages": [row()], "next_page_uri": "https://example.com/x" if "DateSent>" in params else None}

    async with gateway(answer) as url:
        collector = ResultCollector()
        async with twilio(url) as provider:
            with pytest.raises(ProviderError):
                await provider.query(query(), collector)

    assert (len(collector.deliveries), len(calls)) == (1, 2)
    assert collector.notes == [PartMissing(missing=1, parts=2)]


async def test_pages_that_never_end_are_read_up_to_a_limit_which_is_told() -> None:
    pages = iter(range(1, 1000))

    def answer(params: dict[str, str]) -> Any:
        if "DateSent>" not in params:
            return {"messages": [], "next_page_uri": None}
        page = next(pages)
        kept = "&".join(f"{name}={value}" for name, value in params.items() if name not in {"Page", "PageToken"})
        link = f"{PATH}?{kept.replace('+', '%2B').replace('<', '%3C').replace('>', '%3E')}&Page={page}&PageToken=PA{page}"
        return {"messages": [row(sid=sid(page))], "next_page_uri": link}

    async with gateway(answer) as url:
        collector = await asked(url, query())

    assert (len(collector.deliveries), collector.notes) == (MAX_PAGES, [NewestOnly(MAX_PAGES)])


async def test_a_page_that_comes_again_is_no_end_of_a_list() -> None:
    def answer(params: dict[str, str]) -> Any:
        kept = urlencode({**params, "Page": "1", "PageToken": "PA1"})
        return {"messages": [row()], "next_page_uri": f"{PATH}?{kept}" if "DateSent>" in params else None}

    async with gateway(answer) as url:
        fault, calls = await fault_of(url, query())

    assert (fault.code, calls) == ("Transport.WrongShape", 3)


async def test_another_number_behind_a_channel_is_another_number() -> None:
    async with gateway(lambda _: {"messages": [row(to="whatsapp:+85261234567")], "next_page_uri": None}) as url:
        collector = await asked(url, query())

    assert (collector.deliveries, [type(note) for note in collector.notes]) == ([], [OtherNumbers, NoRecord])


async def test_what_is_sent_between_the_two_lists_is_not_lost() -> None:
    def answer(params: dict[str, str]) -> Any:
        return {"messages": [] if "DateSent>" in params else [row()], "next_page_uri": None}

    async with gateway(answer) as url:
        collector = await asked(url, query())

    assert ids(collector) == [row()["sid"]]


async def test_where_a_carrier_sends_no_receipts_nobody_is_told_that_it_failed() -> None:
    old = row(status="sent", error_code=None, error_message=None, date_sent="Tue, 17 Nov 2026 07:30:00 +0000")
    async with gateway(lambda _: {"messages": [old], "next_page_uri": None}) as url:
        collector = await asked(url, query(timedelta(days=5)))

    assert [(one.status, one.notes) for one in collector.deliveries] == [(Status.UNKNOWN, (ProviderWords("sent"),))]


async def test_another_messages_answer_is_none() -> None:
    async with gateway(lambda _: row(sid=sid(9))) as url:
        collector = await asked(url, query(message_id=sid(1), number=None))

    assert (collector.deliveries, collector.notes) == ([], [RowsUnreadable(count=1)])


# --- by SID ---------------------------------------------------------------------------------------------------------------


async def test_a_message_is_found_by_its_sid_whenever_it_was_sent() -> None:
    async with stand_in([message(1, 300 * DAY, receipt="30003"), message(2, MINUTE, receipt=None)]) as one:
        old = await asked(one.url, query(number=None, message_id=sid(1)))
        new = await asked(one.url, query(message_id=sid(2).replace("SM", "sm")))

    assert [(one.status, one.number, one.code) for one in old.deliveries] == [(Status.FAILED, NUMBER, "30003")]
    assert (old.notes, new.notes, ids(new)) == ([WindowIgnored()], [MayChange()], [sid(2)])


async def test_a_sid_that_there_is_not_is_no_record_and_so_is_one_of_another_number() -> None:
    async with stand_in([message(1)]) as one:
        missing = await asked(one.url, query(number=None, message_id=sid(2)))
        other = await asked(one.url, query(number=HONG_KONG, message_id=sid(1)))

    assert [(one.notes, one.deliveries) for one in (missing, other)] == [([NoRecord()], [])] * 2


async def test_a_message_from_a_phone_is_no_record_by_its_sid() -> None:
    async with gateway(lambda _: row(direction="inbound", status="received")) as url:
        assert (await asked(url, query(number=None, message_id=sid(1)))).notes == [NoRecord()]


async def test_an_answer_that_is_no_message_is_told_as_unreadable() -> None:
    async with gateway(lambda _: {"hello": "world"}) as url:
        assert (await asked(url, query(message_id=sid(1)))).notes == [RowsUnreadable(1)]


def test_without_a_number_a_sid_is_needed() -> None:
    async def reasons() -> list[object]:
        async with twilio("http://127.0.0.1:9") as provider:
            targets = [Target(NUMBER), Target(NUMBER, "x"), Target(message_id=sid(1)), Target(message_id="MM" + "0" * 32)]
            targets += [Target(message_id="100000000000000001"), Target(message_id="SM" + "x" * 32)]
            return [provider.unsupported_reason(target) for target in targets]

    assert asyncio.run(reasons()) == [None] * 4 + [NeedsMessageId()] * 2


# --- errors ---------------------------------------------------------------------------------------------------------------


async def fault_of(url: str, asked_for: ProviderQuery, *keys: str) -> tuple[Any, int]:
    collector = ResultCollector()
    async with twilio(url, *keys) as provider:
        with pytest.raises(ProviderError) as caught:
            await provider.query(asked_for, collector)
    return caught.value.fault, collector.requests


async def test_wrong_credentials_are_told_with_twilios_code_and_its_id_of_the_request() -> None:
    async with stand_in() as one:
        fault, calls = await fault_of(one.url, query(message_id=sid(1)), ACCOUNT.key_sid, "wrong")

    assert (fault.code, fault.message, fault.retryable, calls) == ("20003", "Authenticate", False, 1)
    assert fault.request_id is not None
    assert fault.request_id.startswith("RQ")


async def test_a_key_without_the_permission_is_told_as_such() -> None:
    async with stand_in([message(1)], accounts=[TwilioAccount(denied=frozenset({"Message"}))]) as one:
        fault, _ = await fault_of(one.url, query(message_id=sid(1)))
        by_number = await asked(one.url, query())

    assert (fault.code, fault.retryable, ids(by_number)) == ("70051", False, [sid(1)])


async def test_too_many_calls_and_errors_of_the_server_are_tried_again() -> None:
    async with stand_in([message(1)]) as one:
        for kind in (ProviderFaultKind.RATE_LIMITED, ProviderFaultKind.HTTP_500, ProviderFaultKind.HTML_502):
            one.faults.play(kind, times=1)
            collector = await asked(one.url, query(message_id=sid(1)))
            assert (ids(collector), collector.requests) == ([sid(1)], 2), kind


async def test_a_list_that_fails_beside_the_other_is_told_as_a_part_that_is_missing() -> None:
    async with stand_in([message(1)]) as one:
        one.faults.refuse("20003", on=lambda asked_for: "DateSent>" not in dict(asked_for.query))
        collector = ResultCollector()
        async with twilio(one.url) as provider:
            with pytest.raises(ProviderError):
                await provider.query(query(), collector)

    assert (ids(collector), collector.notes) == ([sid(1)], [PartMissing(missing=1, parts=2)])


@each(
    ("status", "body", "code", "retryable"),
    [
        (400, {"code": 20001, "message": "Invalid date value"}, "20001", False),
        (404, {"code": 20404, "message": "x", "status": 404}, "Transport.NoAccount", False),
        (429, {"code": 20429, "message": "Too Many Requests"}, "20429", True),
        (429, {"code": 14107}, "14107", True),
        (403, {"message": "no code"}, "20403", False),
        (503, {"code": "x"}, "x", True),
        (500, {}, "20500", True),
    ],
)
async def test_an_error_is_read_from_its_body_and_from_its_status_where_the_body_has_no_code(
    status: int, body: dict[str, Any], code: str, *, retryable: bool
) -> None:
    async with gateway(lambda _: (status, body, {})) as url:
        fault, calls = await fault_of(url, query())

    assert (fault.code, fault.retryable) == (code, retryable)
    assert calls == (6 if retryable else 2)


async def test_no_number_and_no_secret_is_in_a_fault() -> None:
    body = {"code": 21211, "message": f"The number {NUMBER.e164} of {ACCOUNT.key_secret} is not valid"}
    async with gateway(lambda _: (400, body, {})) as url:
        fault, _ = await fault_of(url, query())

    assert NUMBER.national not in f"{fault!r}"
    assert ACCOUNT.key_secret not in f"{fault!r}"


# --- what the key can do --------------------------------------------------------------------------------------------------


ROOT = "it is the account's own: it can send messages, and do all else"
NOT_KNOWN = "an API key; whether it can send is not known, for Twilio does not tell a restricted key from a standard one"


@each(
    ("keys", "denied", "said", "health"),
    [
        ({"TWILIO_AUTH_TOKEN": ACCOUNT.auth_token}, {"Account"}, ROOT, Health.WARNING),
        ({}, {"Account"}, NOT_KNOWN, Health.OK),
        ({}, set(), ROOT, Health.WARNING),  # a main key
        ({"TWILIO_AUTH_TOKEN": ACCOUNT.auth_token, "with a key": ""}, {"Account"}, NOT_KNOWN, Health.WARNING),
    ],
)
async def test_doctor_says_what_can_be_told_of_the_key(keys: dict[str, str], denied: set[str], said: str, health: Health) -> None:
    environ = {"TWILIO_ACCOUNT_SID": ACCOUNT.sid, **{key: value for key, value in keys.items() if value}}
    if "with a key" in keys or not keys:
        environ |= {"TWILIO_API_KEY": ACCOUNT.key_sid, "TWILIO_API_SECRET": ACCOUNT.key_secret}
    async with TwilioStandIn(accounts=[TwilioAccount(denied=frozenset(denied))]) as one:
        (provider,) = open_providers(load_settings({**environ, "TWILIO_ENDPOINT": one.url}, VENDORS), system_clock)
        (check,) = await check_keys([provider], titles(ENGLISH), ENGLISH)
        await provider.aclose()

    assert (check.name, check.said, check.health) == ("Key of Twilio", said, health)
