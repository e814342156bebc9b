"""The provider `tencent` asking for receipts and sends at once, over real HTTP, against the strict stand-in."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile

from bot.errors import ProviderError
from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.model import (
    CountedMore,
    EmptyReceipts,
    MayChange,
    Outcome,
    Owner,
    PartMissing,
    Query,
    SendsCovered,
    SendsMissing,
    SendsSkipped,
    Status,
    Target,
    Window,
)
from bot.observability.metrics import Metrics
from bot.presentation.provider_status import provider_statuses
from bot.providers.base import HasOptionalActions, ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.optional_actions import TRIED_AGAIN_AFTER, Lack
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.send_records import ACTION, CALLS_PER_SECOND, MOST_WAITING
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxReceipt
from bot.sandbox.providers.tencent import INTERNATIONAL_ACTIONS, TencentAccount, TencentStandIn
from bot.sandbox.providers.tencent_receipts import RECEIPTS
from bot.sandbox.providers.tencent_sends import SENDS
from bot.timing.clock import Clock, system_clock
from bot.timing.fair_queue import Asker, Askers
from tests.cases import each
from tests.packaged import CATALOGUE
from tests.providers.test_tencent_wire import AT_ONCE, KEYS, NUMBER, TWO_APPS, message, query, settings_for, watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from bot.model import Delivery, Report
    from bot.sandbox.providers.tencent_action import TencentAction, TencentData

PULL = RECEIPTS.name
COVERED = SendsCovered(hours=72)


@asynccontextmanager
async def opened(
    stand_in: TencentStandIn, account: TencentAccount = KEYS, clock: Clock = system_clock
) -> AsyncIterator[TencentProvider]:
    """The first app's provider as the app opens it, but with retries without waits."""
    auth = Tc3Auth(TencentCredentials(account.secret_id, account.secret_key), clock)

    def client(calls: int) -> ProviderHttpClient:
        return ProviderHttpClient(stand_in.url, auth=auth, calls_per_second=calls, clock=clock, retry_policy=AT_ONCE)

    provider = TencentProvider(
        client(20), app_id=account.app_ids[0], region=account.region, clock=clock, sends_http=client(CALLS_PER_SECOND)
    )
    try:
        yield provider
    finally:
        await provider.aclose()


async def ask(stand_in: TencentStandIn, asked: ProviderQuery | None = None, account: TencentAccount = KEYS) -> ResultCollector:
    collector = ResultCollector()
    async with opened(stand_in, account) as provider:
        await provider.query(asked or query(), collector)
    return collector


def refused(which: int, code: str = "LimitExceeded.PhoneNumberDailyLimit", minutes: float = 5) -> Any:
    return message(which, system_clock() - timedelta(minutes=minutes), receipt=None, refused=code)


def in_short(rows: list[Delivery]) -> set[tuple[str, Status, str | None, bool, bool]]:
    """Of each delivery its number in the test, status and code, and whether the times of sending and of the receipt are known."""
    return {((d.message_id or "")[-1], d.status, d.code, d.sent_at is not None, d.received_at is not None) for d in rows}


async def test_refused_and_in_flight_sends_are_found_beside_the_receipts_and_one_message_is_one_row() -> None:
    sent = system_clock() - timedelta(minutes=30)
    messages = [
        message(1, sent),
        message(2, sent, receipt=SandboxReceipt(sent + timedelta(seconds=3), "MK:0008")),
        message(3, sent, receipt=None),
        refused(4),
    ]
    async with TencentStandIn(messages) as stand_in:
        collector = await ask(stand_in)
        assert {call.action for call in stand_in.calls} == {PULL, ACTION.name}
    assert in_short(collector.deliveries) == {
        ("1", Status.DELIVERED, "DELIVRD", True, True),
        ("2", Status.FAILED, "MK:0008", True, True),  # the time of sending from one call, that of the receipt from the other
        ("3", Status.PENDING, None, True, False),
        ("4", Status.REJECTED, "LimitExceeded.PhoneNumberDailyLimit", True, False),
    }
    assert {d.signature for d in collector.deliveries} == {"示例"}
    assert {d.text for d in collector.deliveries} == {None}
    assert (collector.requests, collector.notes, collector.last_fault) == (2, [COVERED, MayChange()], None)


async def test_what_is_sent_is_the_documented_request_and_an_end_that_may_be_after_the_providers_now_is_left_to_it() -> None:
    now = system_clock()
    past = Window(now - timedelta(hours=2), now - timedelta(hours=1))
    async with TencentStandIn() as stand_in:
        seen = watch(stand_in)
        for window in (past, Window(now - timedelta(hours=5), now)):
            await ask(stand_in, ProviderQuery(Target(NUMBER), window))
    bodies = [json.loads(request.body) for request in seen if request.action == ACTION.name]
    first = int(past.since.timestamp())
    assert bodies == [
        {
            "SmsSdkAppId": "1400006666",
            "PhoneNumber": "+8613711112222",
            "BeginTime": first,
            "Limit": 50,
            "Offset": 0,
            "EndTime": first + 3601,
        },
        {"SmsSdkAppId": "1400006666", "PhoneNumber": "+8613711112222", "BeginTime": first - 3 * 3600, "Limit": 50, "Offset": 0},
    ]


async def test_a_refused_message_that_has_got_no_id_is_found_by_the_number_and_is_not_the_one_whose_id_is_asked_about() -> None:
    nameless = [replace(refused(which), message_id="") for which in (1, 1)]
    async with TencentStandIn([*nameless, message(2, system_clock() - timedelta(minutes=9))]) as stand_in:
        by_number, by_id = await ask(stand_in), await ask(stand_in, query(message_id=f"5000:{2:028}"))
    assert [d.status for d in by_number.deliveries].count(Status.REJECTED) == 2
    assert ([d.status for d in by_id.deliveries], by_id.notes) == ([Status.DELIVERED], [COVERED])


# What nothing found means


@each(("hours", "is_doubtful"), [(2, False), (72, False), (73, True), (6 * 24, True)])
async def test_nothing_found_means_that_nothing_was_sent_only_within_72_hours(hours: float, *, is_doubtful: bool) -> None:
    async with TencentStandIn() as stand_in:
        collector = await ask(stand_in, query(hours=hours))
    assert collector.notes == [COVERED, *([EmptyReceipts()] if is_doubtful else [])]


async def test_a_window_that_is_older_than_72_hours_is_not_asked_about_and_that_is_said() -> None:
    now = system_clock()
    async with TencentStandIn() as stand_in:
        window = Window(now - timedelta(days=5), now - timedelta(days=4))
        collector = await ask(stand_in, ProviderQuery(Target(NUMBER), window))
        assert {call.action for call in stand_in.calls} == {PULL}
    assert collector.notes == [COVERED, EmptyReceipts()]


@each("seconds", [45, -45])
async def test_the_72_hours_are_not_refused_when_the_clocks_differ_by_seconds(seconds: int) -> None:
    async with TencentStandIn(clock=lambda: system_clock() + timedelta(seconds=seconds)) as stand_in:
        await ask(stand_in, query(hours=100))
    assert {(call.action, call.outcome) for call in stand_in.calls} == {(PULL, "OK"), (ACTION.name, "OK")}


async def report_of(stand_in: TencentStandIn, hours: float = 2) -> Report:
    now = system_clock()
    async with opened(stand_in) as provider:
        service = LookupService([provider], CATALOGUE, Metrics())
        return await service.lookup(Query((Target(NUMBER),), Window(now - timedelta(hours=hours), now)))


async def test_a_refused_message_decides_and_its_code_is_explained_by_the_table_of_sending() -> None:
    delivered = message(1, system_clock() - timedelta(hours=1))
    async with TencentStandIn([delivered, refused(2)]) as stand_in:
        report = await report_of(stand_in)
    newest = report.deliveries[0]
    assert (report.outcome, newest.status, newest.code) == (
        Outcome.REJECTED,
        Status.REJECTED,
        "LimitExceeded.PhoneNumberDailyLimit",
    )
    assert newest.explanation is not None
    assert (newest.explanation.kind, newest.explanation.family) == ("api", "frequency")
    assert newest.explanation.owner is Owner.US


# One of the two calls fails


@each(
    ("action", "found"),
    [(ACTION.name, {"1": Status.DELIVERED}), (PULL, {"1": Status.DELIVERED, "2": Status.REJECTED})],
)
async def test_a_call_that_fails_costs_its_own_rows_only_and_the_answer_says_that_it_is_partial(
    action: str, found: dict[str, Status]
) -> None:
    messages = [message(1, system_clock() - timedelta(minutes=30)), refused(2)]
    async with TencentStandIn(messages) as stand_in, opened(stand_in) as provider:
        stand_in.faults.play(ProviderFaultKind.INTERNAL_ERROR, on=action)
        collector = ResultCollector()
        with pytest.raises(ProviderError, match="InternalError"):
            await provider.query(query(), collector)
        assert {(d.message_id or "")[-1]: d.status for d in collector.deliveries} == found
        assert PartMissing(missing=1, parts=2) in collector.notes
        report = await LookupService([provider], CATALOGUE, Metrics()).lookup(Query((Target(NUMBER),), query().window))
    (part,) = report.coverage
    assert (part.is_partial, part.complete) == (True, False)


async def test_nothing_found_by_one_call_while_the_other_fails_is_no_no_record() -> None:
    async with TencentStandIn() as stand_in:
        stand_in.faults.play(ProviderFaultKind.REDIRECT, on=ACTION.name)
        report = await report_of(stand_in)
    assert report.outcome is Outcome.UNANSWERED


async def test_both_are_asked_at_once() -> None:
    async with TencentStandIn() as stand_in, opened(stand_in) as provider:
        stand_in.faults.play(ProviderFaultKind.HANG)
        asking = asyncio.create_task(provider.query(query(), ResultCollector()))
        await stand_in.wait_for_calls(2)
        stand_in.faults.clear()
        await asking
    assert {call.action for call in stand_in.calls} == {PULL, ACTION.name}


# An account that lacks the action


async def test_an_account_without_the_right_goes_on_with_its_receipts_and_is_asked_again_after_a_day() -> None:
    account = TencentAccount(denied=frozenset({ACTION.name}))
    later = timedelta()
    messages = [message(1, system_clock() - timedelta(minutes=30)), refused(2)]
    missing = SendsMissing(what="sms:DescribeSendRecordList")
    async with (
        TencentStandIn(messages, accounts=[account], clock=lambda: system_clock() + later) as stand_in,
        opened(stand_in, account, lambda: system_clock() + later) as provider,
    ):
        for _ in range(2):
            collector = ResultCollector()
            await provider.query(query(), collector)
            assert ([d.status for d in collector.deliveries], collector.notes) == ([Status.DELIVERED], [missing])
            assert collector.last_fault is None
        assert isinstance(provider, HasOptionalActions)
        assert [(one.action, one.lack) for one in provider.missing_actions] == [(ACTION, Lack.RIGHT)]
        statuses = provider_statuses(LookupService([provider], CATALOGUE, Metrics()), ENGLISH)
        (notice,) = [status.notice for status in statuses if status.account == account.app_ids[0]]
        assert notice == provider.missing_actions[0].notice.said_in(ENGLISH)
        empty = ResultCollector()
        await provider.query(query(hours=0.1), empty)
        assert empty.notes == [missing, EmptyReceipts()]
        assert [call.action for call in stand_in.calls].count(ACTION.name) == 1
        later = TRIED_AGAIN_AFTER
        stand_in.accounts = (TencentAccount(),)
        now = system_clock() + later
        granted = ResultCollector()
        await provider.query(ProviderQuery(Target(NUMBER), Window(now - timedelta(hours=30), now)), granted)
        assert {d.status for d in granted.deliveries} == {Status.DELIVERED, Status.REJECTED}
        assert provider.missing_actions == ()


async def test_an_account_that_is_not_offered_the_action_says_so() -> None:
    async with TencentStandIn(actions=INTERNATIONAL_ACTIONS) as stand_in:
        collector = await ask(stand_in)
    assert collector.notes == [SendsMissing(what="DescribeSendRecordList"), EmptyReceipts()]


async def test_the_international_site_is_asked_for_receipts_only() -> None:
    async with TencentStandIn(actions=INTERNATIONAL_ACTIONS) as stand_in:
        port = stand_in.url.rpartition(":")[2]
        settings = settings_for(stand_in, TENCENTCLOUD_SMS_ENDPOINT=f"http://127.0.0.1:{port}")
        assert settings.is_china_site
        for endpoint in ("https://sms.intl.tencentcloudapi.com", "https://sms.intl.tencentcloudapi.com:8443/proxy"):
            (provider,) = open_tencent(settings.model_copy(update={"endpoint": endpoint}), None, system_clock)
            assert isinstance(provider, HasOptionalActions)
            assert not settings.model_copy(update={"endpoint": endpoint}).is_china_site
            await provider.aclose()


# Many sends


async def test_several_pages_are_read_each_row_once() -> None:
    start = system_clock() - timedelta(hours=2)
    sent = [message(which, start + timedelta(seconds=20 * which), receipt=None) for which in range(120)]
    async with TencentStandIn(sent) as stand_in:
        collector = await ask(stand_in, query(hours=3))
        pages = [call.params["Offset"] for call in stand_in.calls if call.action == ACTION.name]
    assert sorted(pages, key=int) == ["0", "50", "100"]
    ids = [delivery.message_id for delivery in collector.deliveries]
    assert len(ids) == len(set(ids)) == 120
    assert collector.notes == [COVERED, MayChange()]


async def test_more_than_a_thousand_sends_are_all_found_by_splitting_the_window() -> None:
    start = system_clock() - timedelta(hours=2)
    sent = [message(which, start + timedelta(seconds=4 * which), receipt=None) for which in range(1300)]
    async with TencentStandIn(sent, calls_per_second=10_000) as stand_in:
        auth = Tc3Auth(TencentCredentials(KEYS.secret_id, KEYS.secret_key), system_clock)
        clients = [ProviderHttpClient(stand_in.url, auth=auth) for _ in range(2)]
        provider = TencentProvider(clients[0], app_id="1400006666", region=KEYS.region, clock=system_clock, sends_http=clients[1])
        collector = ResultCollector()
        await provider.query(query(hours=2.5), collector)
        await provider.aclose()
    assert len({delivery.message_id for delivery in collector.deliveries}) == len(collector.deliveries) == 1300
    assert collector.notes == [COVERED, MayChange()]


def counting(counted: object) -> Sequence[TencentAction]:
    """The stand-in's actions, where that of the sends tells another number of rows."""

    def answer(data: TencentData, params: dict[str, Any], now: datetime) -> dict[str, Any]:
        return {**SENDS.answer(data, params, now), "TotalCount": counted}

    return (RECEIPTS, replace(SENDS, answer=answer))


async def test_more_receipts_in_one_second_than_are_handed_out_are_found_among_the_sends() -> None:
    second = (system_clock() - timedelta(hours=1)).replace(microsecond=0)
    around = Window(second - timedelta(seconds=2), second + timedelta(seconds=2))
    async with TencentStandIn([message(which, second) for which in range(120)]) as stand_in:
        collector = await ask(stand_in, ProviderQuery(Target(NUMBER), around))
    assert (len(collector.deliveries), collector.notes) == (120, [COVERED])


@each("counted", ["many", None, "", -1, 50, [120]])
async def test_pages_are_read_to_the_end_also_when_their_number_is_not_told(counted: object) -> None:
    start = system_clock() - timedelta(hours=1)
    sent = [message(which, start + timedelta(seconds=which), receipt=None) for which in range(120)]
    async with TencentStandIn(sent, actions=counting(counted)) as stand_in:
        collector = await ask(stand_in)
    assert len(collector.deliveries) == 120


async def test_what_is_counted_and_not_returned_is_no_no_record() -> None:
    async with TencentStandIn(actions=counting(2)) as stand_in:
        collector = await ask(stand_in)
        report = await report_of(stand_in)
    assert CountedMore(counted=2, returned=0) in collector.notes
    assert report.outcome is Outcome.UNANSWERED


async def test_no_second_sees_more_than_ten_of_its_calls_whoever_asks() -> None:
    async with TencentStandIn(accounts=[TWO_APPS]) as stand_in:
        providers = open_tencent(settings_for(stand_in, TWO_APPS), None, system_clock)
        await asyncio.gather(*(provider.query(query(), ResultCollector()) for provider in providers for _ in range(8)))
        for provider in providers:
            await provider.aclose()
    moments = [call.at for call in stand_in.calls if call.action == ACTION.name]
    assert (len(moments), {call.outcome for call in stand_in.calls}) == (16, {"OK"})
    assert max(sum(start <= at < start + timedelta(seconds=1) for at in moments) for start in moments) <= 10


async def test_of_a_batch_that_would_take_too_long_some_are_asked_for_their_receipts_only_and_that_is_said() -> None:
    async with TencentStandIn(calls_per_second=10_000) as stand_in, opened(stand_in) as provider:
        stand_in.faults.play(ProviderFaultKind.HANG)
        collectors = [ResultCollector() for _ in range(MOST_WAITING + 5)]
        askings = [asyncio.create_task(provider.query(query(), collector)) for collector in collectors]
        await stand_in.wait_for_calls(20)  # all wait by now
        another = ResultCollector()
        somebody = replace(query(), askers=Askers(Asker("somebody else")))
        askings.append(asyncio.create_task(provider.query(somebody, another)))
        await stand_in.wait_for_calls(21)
        for asking in askings:
            asking.cancel()
        await asyncio.gather(*askings, return_exceptions=True)
    assert [collector.notes for collector in collectors].count([SendsSkipped()]) == 5
    assert another.notes == []


async def test_rows_of_the_wrong_shape_are_counted_in_both_calls() -> None:
    async with TencentStandIn() as stand_in:
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS)
        collector = await ask(stand_in)
    (counted,) = [note for note in collector.notes if note != COVERED]
    assert str(counted) == "RowsUnreadable(count=11)"


# The vendor's SDK


@pytest.mark.filterwarnings("ignore:.*utcfromtimestamp.*:DeprecationWarning")  # the SDK's, from Python 3.12 on
async def test_the_sdk_is_accepted_by_the_stand_in_and_sees_the_same_rows() -> None:
    """Its SMS package has no model of this call; its common client signs any."""
    messages = [message(1, system_clock() - timedelta(minutes=30)), refused(2)]

    def by_sdk(host: str) -> set[str]:
        profile = ClientProfile()
        profile.httpProfile.endpoint, profile.httpProfile.scheme = host, "http"
        client = CommonClient("sms", "2021-01-11", Credential(KEYS.secret_id, KEYS.secret_key), KEYS.region, profile)
        since = int(system_clock().timestamp()) - 3600
        response = client.call_json(
            ACTION.name, {"SmsSdkAppId": "1400006666", "PhoneNumber": NUMBER.e164, "BeginTime": since, "Limit": 50}
        )
        return {row["SerialNo"] for row in response["Response"]["SendRecordSet"]}

    async with TencentStandIn(messages) as stand_in:
        theirs = await asyncio.to_thread(by_sdk, stand_in.url.removeprefix("http://"))
        ours = await ask(stand_in)
    assert theirs == {delivery.message_id for delivery in ours.deliveries} == {one.message_id for one in messages}
