"""The provider `tencent` over real HTTP, against a stand-in that checks signature, types, limits and windows by its own code."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.sms.v20210111.models import PullSmsSendStatusByPhoneNumberRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.errors import ProviderError
from bot.model import (
    ClockSkew,
    CrowdedSecond,
    EmptyReceipts,
    NeedsNumber,
    PartMissing,
    PhoneNumber,
    ProviderFault,
    RowsUnreadable,
    SendsCovered,
    Status,
    Target,
    Window,
)
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.retry import RetryPolicy
from bot.providers.tencent.plugin import CALLS_PER_SECOND, open_tencent
from bot.providers.tencent.provider import TencentProvider
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.signing import Tc3Auth, TencentCredentials
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.timing.clock import Clock, system_clock
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.sandbox.providers.wire import ApiRequest

NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
KEYS = TencentAccount()
TWO_APPS = TencentAccount(app_ids=("1400006666", "1400007777"))
AT_ONCE = RetryPolicy(attempts=4, first=0, most=0, jitter=0)


def message(which: int, sent_at: datetime, **changes: Any) -> SandboxMessage:
    receipt = SandboxReceipt(sent_at + timedelta(seconds=3), "DELIVRD", delivered=True)
    return SandboxMessage(**{
        "system": SandboxSystem.TENCENT,
        "number": NUMBER.e164,
        "message_id": f"5000:{which:028}",
        "sent_at": sent_at,
        "receipt": receipt,
        **changes,
    })  # fmt: skip


def settings_for(stand_in: TencentStandIn, account: TencentAccount = KEYS, **changes: Any) -> TencentSettings:
    return TencentSettings.model_validate({
        "TENCENTCLOUD_SECRET_ID": account.secret_id,
        "TENCENTCLOUD_SECRET_KEY": account.secret_key,
        "TENCENTCLOUD_TOKEN": account.token,
        "TENCENTCLOUD_REGION": account.region,
        "TENCENTCLOUD_SMS_SDK_APP_ID": list(account.app_ids),
        "TENCENTCLOUD_SMS_ENDPOINT": stand_in.url,
        **changes,
    })  # fmt: skip


@asynccontextmanager
async def opened(settings: TencentSettings, clock: Clock = system_clock) -> AsyncIterator[Sequence[TencentProvider]]:
    """The providers as the app opens them, but with retries without waits."""
    token = settings.token.get_secret_value() if settings.token else None
    keys = TencentCredentials(settings.secret_id.get_secret_value(), settings.secret_key.get_secret_value(), token)
    http = ProviderHttpClient(
        settings.endpoint, auth=Tc3Auth(keys, clock), calls_per_second=CALLS_PER_SECOND, clock=clock,
        retry_policy=AT_ONCE, attempt_seconds=1.0,
    )  # fmt: skip
    providers = [TencentProvider(http, app_id=app, region=settings.region, clock=clock) for app in settings.app_ids]
    try:
        yield providers
    finally:
        await http.aclose()


def query(hours: float = 2, message_id: str | None = None) -> ProviderQuery:
    now = system_clock()
    return ProviderQuery(Target(NUMBER, message_id), Window(now - timedelta(hours=hours), now))


async def ask(
    stand_in: TencentStandIn, asked: ProviderQuery | None = None, account: TencentAccount = KEYS, **changes: Any
) -> ResultCollector:
    collector = ResultCollector()
    async with opened(settings_for(stand_in, account, **changes)) as (provider, *_):
        await provider.query(asked or query(), collector)
    return collector


async def fault_of(stand_in: TencentStandIn, collector: ResultCollector | None = None, **changes: Any) -> ProviderFault:
    async with opened(settings_for(stand_in, **changes)) as (provider, *_):
        with pytest.raises(ProviderError) as caught:
            await provider.query(query(), collector or ResultCollector())
    return caught.value.fault


def watch(stand_in: TencentStandIn) -> list[ApiRequest]:
    """Every request as the stand-in receives it."""
    seen: list[ApiRequest] = []

    def note(asked: ApiRequest) -> bool:
        seen.append(asked)
        return False  # no fault

    stand_in.faults.play(ProviderFaultKind.DELAY, on=note)
    return seen


async def test_the_app_as_it_is_opened_gets_rows_in_a_call_for_receipts_and_one_for_sends() -> None:
    sent = system_clock() - timedelta(minutes=30)
    failed = message(2, sent, receipt=SandboxReceipt(sent, "MK:0008"))
    async with TencentStandIn([message(1, sent), failed]) as stand_in:
        (provider,) = open_tencent(settings_for(stand_in), None, system_clock)
        collector = ResultCollector()
        await provider.query(query(), collector)
        await provider.aclose()
    assert {(d.status, d.code, d.number, d.message_id) for d in collector.deliveries} == {
        (Status.DELIVERED, "DELIVRD", NUMBER, f"5000:{1:028}"),
        (Status.FAILED, "MK:0008", NUMBER, f"5000:{2:028}"),
    }
    assert (collector.requests, collector.notes, collector.last_fault) == (2, [SendsCovered(hours=72)], None)


async def test_what_is_sent_is_the_documented_request() -> None:
    at = system_clock().replace(microsecond=0)
    window = Window(at - timedelta(hours=2), at - timedelta(hours=1, microseconds=-1))  # to whole seconds outwards
    async with TencentStandIn() as stand_in:
        seen = watch(stand_in)
        await ask(stand_in, ProviderQuery(Target(NUMBER), window))
    (request,) = seen
    since, until = int(at.timestamp()) - 7200, int(at.timestamp()) - 3599
    assert json.loads(request.body) == {
        "SmsSdkAppId": "1400006666",
        "PhoneNumber": "+8613711112222",
        "BeginTime": since,
        "EndTime": until,
        "Offset": 0,
        "Limit": 100,
    }
    assert b" " not in request.body
    headers = {name: request.headers[f"x-tc-{name}"] for name in ("action", "version", "region", "language")}
    assert headers == {
        "action": "PullSmsSendStatusByPhoneNumber",
        "version": "2021-01-11",
        "region": "ap-guangzhou",
        "language": "en-US",
    }
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == stand_in.url.removeprefix("http://")


async def test_a_window_that_reaches_into_the_future_is_asked_up_to_now() -> None:
    now = system_clock()
    async with TencentStandIn() as stand_in:
        seen = watch(stand_in)
        await ask(stand_in, ProviderQuery(Target(NUMBER), Window(now - timedelta(hours=1), now + timedelta(hours=5))))
    assert json.loads(seen[0].body)["EndTime"] <= system_clock().timestamp()


async def test_an_empty_list_means_no_receipt_yet_or_never_sent_from_here() -> None:
    pending = message(1, system_clock() - timedelta(minutes=5), receipt=None)
    async with TencentStandIn([pending]) as stand_in:
        collector = await ask(stand_in)
    assert (collector.deliveries, collector.notes) == ([], [EmptyReceipts()])


async def test_a_message_id_beside_the_number_picks_its_row_out() -> None:
    sent = system_clock() - timedelta(minutes=30)
    async with TencentStandIn([message(which, sent) for which in range(5)]) as stand_in:
        found = await ask(stand_in, query(message_id=f"5000:{3:028}"))
        missed = await ask(stand_in, query(message_id="5000:none"))
    assert [delivery.message_id for delivery in found.deliveries] == [f"5000:{3:028}"]
    assert missed.notes == [EmptyReceipts()]


async def test_a_message_id_without_a_number_is_refused_before_anything_is_asked() -> None:
    async with TencentStandIn() as stand_in, opened(settings_for(stand_in)) as (provider,):
        assert provider.unsupported_reason(Target(message_id="5000:1")) == NeedsNumber()
        assert provider.unsupported_reason(Target(NUMBER)) is None
        with pytest.raises(ValueError, match="unsupported"):
            await provider.query(ProviderQuery(Target(message_id="5000:1"), query().window), ResultCollector())


# Many rows


async def test_250_messages_are_all_found_once_by_splitting_the_window() -> None:
    start = system_clock() - timedelta(hours=2)
    sent = [message(which, start + timedelta(seconds=20 * which)) for which in range(250)]
    async with TencentStandIn(sent) as stand_in:
        collector = await ask(stand_in, query(hours=3))
    ids = [delivery.message_id for delivery in collector.deliveries]
    assert len(ids) == 250
    assert set(ids) == {one.message_id for one in sent}
    assert collector.requests == len(stand_in.calls) > 3
    assert collector.notes == []


async def test_more_than_a_hundred_in_one_second_are_shown_as_far_as_they_come_and_that_is_said() -> None:
    second = (system_clock() - timedelta(hours=1)).replace(microsecond=0)
    others = [message(1000 + which, second + timedelta(minutes=which)) for which in range(20)]
    async with TencentStandIn([message(which, second) for which in range(150)] + others) as stand_in:
        collector = await ask(stand_in)
    assert collector.notes == [CrowdedSecond(at=second, shown=100)]
    ids = [delivery.message_id for delivery in collector.deliveries]
    assert len(ids) == len(set(ids)) >= 119
    assert {one.message_id for one in others[1:]} <= set(ids)


async def test_a_part_that_fails_leaves_the_rows_of_the_others_and_says_what_is_missing() -> None:
    start = (system_clock() - timedelta(hours=2)).replace(microsecond=0)
    sent = [message(which, start + timedelta(seconds=40 * which)) for which in range(150)]
    window = Window(start, start + timedelta(hours=2))
    first_half_ends = int(start.timestamp()) + 3600

    async with TencentStandIn(sent) as stand_in:
        stand_in.faults.play(ProviderFaultKind.REDIRECT, on=lambda asked: asked.params["EndTime"] == first_half_ends)
        collector = ResultCollector()
        async with opened(settings_for(stand_in)) as (provider,):
            with pytest.raises(ProviderError, match=r"Transport\.Redirect"):
                await provider.query(ProviderQuery(Target(NUMBER), window), collector)
    assert {one.message_id for one in sent[90:]} <= {delivery.message_id for delivery in collector.deliveries}
    assert collector.notes == [PartMissing(missing=1, parts=2)]


async def test_an_ask_that_is_cancelled_leaves_what_it_has_found_so_far() -> None:
    start = (system_clock() - timedelta(hours=2)).replace(microsecond=0)
    sent = [message(which, start + timedelta(seconds=40 * which)) for which in range(150)]
    window = Window(start, start + timedelta(hours=2))
    async with TencentStandIn(sent) as stand_in, opened(settings_for(stand_in)) as (provider,):
        stand_in.faults.play(ProviderFaultKind.HANG, on=lambda asked: asked.params["EndTime"] - asked.params["BeginTime"] < 7200)
        collector = ResultCollector()
        asking = asyncio.create_task(provider.query(ProviderQuery(Target(NUMBER), window), collector))
        await stand_in.wait_for_calls(3)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert len(collector.deliveries) == 100


async def test_rows_of_the_wrong_shape_are_counted_and_never_raise() -> None:
    async with TencentStandIn() as stand_in:
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS)
        collector = await ask(stand_in)
    assert (collector.deliveries, collector.notes) == ([], [RowsUnreadable(count=6)])


# Accounts


async def test_several_app_ids_are_asked_side_by_side_each_for_its_own_rows() -> None:
    sent = system_clock() - timedelta(minutes=30)
    messages = [message(1, sent, account="1400006666"), message(2, sent, account="1400007777")]
    async with TencentStandIn(messages, accounts=[TWO_APPS]) as stand_in, opened(settings_for(stand_in, TWO_APPS)) as providers:
        stand_in.faults.play(ProviderFaultKind.HANG)
        collector = [ResultCollector(), ResultCollector()]
        async with asyncio.TaskGroup() as group:
            for provider, found in zip(providers, collector, strict=True):
                group.create_task(provider.query(query(), found))
            await stand_in.wait_for_calls(2)
            stand_in.faults.clear()
    assert [(d.account, d.message_id) for found in collector for d in found.deliveries] == [
        ("1400006666", f"5000:{1:028}"),
        ("1400007777", f"5000:{2:028}"),
    ]


async def test_no_second_sees_more_than_20_calls_whoever_asks() -> None:
    async with TencentStandIn(accounts=[TWO_APPS]) as stand_in, opened(settings_for(stand_in, TWO_APPS)) as providers:
        stand_in.faults.play(ProviderFaultKind.DELAY, seconds=0.4)  # counted as they arrive, answered later
        await asyncio.gather(*(provider.query(query(), ResultCollector()) for provider in providers for _ in range(23)))
    moments = [call.at for call in stand_in.calls]
    assert len(moments) == 46
    assert {call.outcome for call in stand_in.calls} == {"OK"}
    assert max(sum(start <= at < start + timedelta(seconds=1) for at in moments) for start in moments) <= 20


async def test_temporary_credentials_need_their_token() -> None:
    temporary = TencentAccount(token="TOKENEXAMPLE")
    async with TencentStandIn(accounts=[temporary]) as stand_in:
        assert (await ask(stand_in, account=temporary)).requests == 1
        assert (await fault_of(stand_in)).code == "AuthFailure.TokenFailure"


async def test_the_region_is_the_accounts_and_another_one_finds_nothing() -> None:
    sent = system_clock() - timedelta(minutes=30)
    async with TencentStandIn([message(1, sent)], accounts=[TencentAccount(region="ap-singapore")]) as stand_in:
        assert len((await ask(stand_in, TENCENTCLOUD_REGION="ap-singapore")).deliveries) == 1
        assert (await ask(stand_in, TENCENTCLOUD_REGION="ap-beijing")).notes == [EmptyReceipts()]


# Errors


async def test_an_error_is_told_by_the_vendors_code_with_its_request_id() -> None:
    async with TencentStandIn() as stand_in:
        fault = await fault_of(stand_in, TENCENTCLOUD_SECRET_KEY="anotherEXAMPLEsecretEXAMPLE00001")
        assert fault.request_id == stand_in.calls[0].request_id
        assert len(stand_in.calls) == 1
    assert (fault.code, fault.retryable, fault.skew) == ("AuthFailure.SignatureFailure", False, None)


@each(
    "broken",
    [
        ProviderFaultKind.RATE_LIMITED,
        ProviderFaultKind.HTTP_429,
        ProviderFaultKind.INTERNAL_ERROR,
        ProviderFaultKind.HTML_502,
        ProviderFaultKind.RESET,
    ],
)
async def test_what_passes_is_tried_again_under_a_new_signature(broken: ProviderFaultKind) -> None:
    ticks = count()
    begun = system_clock()
    sent = begun - timedelta(minutes=30)
    async with TencentStandIn([message(1, sent)]) as stand_in:
        seen = watch(stand_in)
        stand_in.faults.play(broken, times=2)
        collector = ResultCollector()
        # Each look at the clock finds it two seconds on, so each attempt must carry another time and signature.
        async with opened(settings_for(stand_in), lambda: begun + timedelta(seconds=2 * next(ticks))) as (provider,):
            await provider.query(query(), collector)
    assert (len(collector.deliveries), collector.requests, collector.last_fault) == (1, 3, None)
    assert len({asked.headers["x-tc-timestamp"] for asked in seen}) == 3
    assert len({asked.headers["authorization"] for asked in seen}) == 3
    assert len({asked.body for asked in seen}) == 1


@each(
    ("broken", "code"),
    [
        (ProviderFaultKind.CUT_JSON, "Transport.CutShort"),
        (ProviderFaultKind.WRONG_LENGTH, "Transport.CutShort"),
        (ProviderFaultKind.HTML_502, "Transport.Gateway"),
        (ProviderFaultKind.RESET, "Transport.Reset"),
        (ProviderFaultKind.HUGE_BODY, "Transport.TooLarge"),
        (ProviderFaultKind.REDIRECT, "Transport.Redirect"),
        (ProviderFaultKind.RATE_LIMITED, "RequestLimitExceeded"),
        (ProviderFaultKind.HTTP_500, "InternalError"),
    ],
)
async def test_a_fault_that_stays_is_told_after_the_last_attempt(broken: ProviderFaultKind, code: str) -> None:
    collector = ResultCollector()
    async with TencentStandIn() as stand_in:
        stand_in.faults.play(broken)
        fault = await fault_of(stand_in, collector)
    assert fault.code == code
    attempts = AT_ONCE.transport_attempts if code.startswith("Transport.") else AT_ONCE.attempts
    assert collector.requests == (attempts if fault.retryable else 1)


async def test_the_content_type_of_an_answer_does_not_matter() -> None:
    async with TencentStandIn([message(1, system_clock() - timedelta(minutes=30))]) as stand_in:
        stand_in.faults.play(ProviderFaultKind.WRONG_CONTENT_TYPE)
        assert len((await ask(stand_in)).deliveries) == 1


async def test_a_dead_provider_is_a_failed_connection() -> None:
    async with TencentStandIn() as stand_in:
        await stand_in.die()
        assert (await fault_of(stand_in)).code == "Transport.Connect"


# Clocks


@each(("theirs", "minutes"), [(ProviderFaultKind.CLOCK_AHEAD, -12), (ProviderFaultKind.CLOCK_BEHIND, 12)])
async def test_a_clock_that_is_off_is_said_in_minutes(theirs: ProviderFaultKind, minutes: int) -> None:
    collector = ResultCollector()
    async with TencentStandIn() as stand_in:
        stand_in.faults.play(theirs)
        fault = await fault_of(stand_in, collector)
    assert fault.code == "AuthFailure.SignatureExpire"
    assert fault.skew is not None
    assert abs(fault.skew - timedelta(minutes=minutes)) < timedelta(seconds=5)
    assert collector.notes == [ClockSkew(minutes=minutes)]


async def test_a_window_at_the_seven_day_edge_is_not_refused_when_the_clocks_differ_by_seconds() -> None:
    ahead = TencentStandIn(clock=lambda: datetime.now(UTC) + timedelta(seconds=45))
    async with ahead as stand_in, opened(settings_for(stand_in)) as (provider,):
        now = system_clock()
        await provider.query(ProviderQuery(Target(NUMBER), Window(now - provider.retention, now)), ResultCollector())
    assert [call.outcome for call in stand_in.calls] == ["OK"]


# The vendor's SDK


@pytest.mark.filterwarnings("ignore:.*utcfromtimestamp.*:DeprecationWarning")  # the SDK's, from Python 3.12 on
async def test_the_sdk_is_accepted_by_the_stand_in_and_sees_the_same_rows() -> None:
    now = system_clock()
    sent = [message(which, now - timedelta(minutes=which)) for which in range(1, 6)]

    def by_sdk(host: str) -> set[str]:
        profile = ClientProfile()
        profile.httpProfile.endpoint, profile.httpProfile.scheme = host, "http"
        request = PullSmsSendStatusByPhoneNumberRequest()
        request.from_json_string(
            json.dumps({
                "SmsSdkAppId": "1400006666",
                "PhoneNumber": NUMBER.e164,
                "BeginTime": int(now.timestamp()) - 3600,
                "EndTime": int(now.timestamp()),
                "Offset": 0,
                "Limit": 100,
            })
        )  # fmt: skip
        client = SmsClient(Credential(KEYS.secret_id, KEYS.secret_key), "ap-guangzhou", profile)
        return {row.SerialNo for row in client.PullSmsSendStatusByPhoneNumber(request).PullSmsSendStatusSet}

    async with TencentStandIn(sent) as stand_in:
        theirs = await asyncio.to_thread(by_sdk, stand_in.url.removeprefix("http://"))
        ours = await ask(stand_in)
    assert theirs == {delivery.message_id for delivery in ours.deliveries} == {one.message_id for one in sent}
