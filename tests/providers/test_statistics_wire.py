"""What the vendors count, over real HTTP against the strict stand-ins; the vendors' SDKs get the same figures."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from alibabacloud_dysmsapi20170525.client import Client as AliyunClient
from alibabacloud_dysmsapi20170525.models import QuerySendStatisticsRequest
from alibabacloud_tea_openapi.models import Config
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from bot.errors import ProviderError
from bot.model import NoteKind
from bot.model.statistics import Cause, Counts, Figures, Group, Span
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.aliyun.statistics import read_counts as read_days
from bot.providers.base import HasOptionalActions, ResultCollector
from bot.providers.statistics import HasStatistics, StatisticsQuery
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.providers.tencent.statistics import read_counts
from bot.sandbox.providers import AliyunAccount, AliyunStandIn, ProviderFaultKind, SandboxSystem, TencentAccount, TencentStandIn
from bot.sandbox.providers.traffic import HourOfTraffic
from bot.timing.clock import Clock, system_clock
from tests.cases import each
from tests.providers.aliyun_gateway import json_values

if TYPE_CHECKING:
    from bot.providers.base import Provider
    from bot.sandbox.providers.server import StandIn

NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO_HOURS = Span(NOW.replace(minute=0) - HOUR, NOW.replace(minute=0) + HOUR)
TODAY = Span(datetime(2026, 11, 20, 16, tzinfo=UTC), datetime(2026, 11, 21, 16, tzinfo=UTC))
APPS = TencentAccount(app_ids=("1400006666", "1400007777"))
KEY = AliyunAccount()


def clock() -> datetime:
    return NOW


def traffic(system: SandboxSystem, account: str, hour: datetime) -> HourOfTraffic:
    """Ten messages each hour of the first app and of the account at home; one of 2 000 abroad."""
    if account == "1400007777":
        return HourOfTraffic()
    usual = HourOfTraffic(delivered=7, failed=2, waiting=1, refused=4)
    return usual if system is not SandboxSystem.ALIYUN_INTL else HourOfTraffic(failed=hour.hour == 0)


async def count(provider: Provider, span: Span, **how: Any) -> tuple[Figures, ...]:
    assert isinstance(provider, HasStatistics)
    assert provider.statistics is not None
    return await provider.statistics.count(StatisticsQuery(span, **how), ResultCollector())


def tencent(stand_in: StandIn, account: TencentAccount = APPS, now: Clock = clock) -> list[Provider]:
    settings = TencentSettings.model_validate(
        {
            "TENCENTCLOUD_SECRET_ID": account.secret_id,
            "TENCENTCLOUD_SECRET_KEY": account.secret_key,
            "TENCENTCLOUD_SMS_SDK_APP_ID": list(account.app_ids),
            "TENCENTCLOUD_SMS_ENDPOINT": stand_in.url,
        }
    )
    return list(open_tencent(settings, None, now))


def aliyun(stand_in: StandIn) -> Provider:
    settings = AliyunSettings.model_validate(
        {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY.access_key_secret,
            "ALIBABA_CLOUD_SMS_ENDPOINT": stand_in.url,
            "ALIBABA_CLOUD_SMS_INTL_ENDPOINT": stand_in.url,
        }
    )
    return open_aliyun(settings, None, clock)[0]


async def test_tencent_counts_the_messages_of_whole_hours_for_each_app() -> None:
    async with TencentStandIn(accounts=[APPS], clock=clock, traffic=traffic) as stand_in:
        first, second = tencent(stand_in)

        assert await count(first, TWO_HOURS) == (
            Figures(
                Group("tencent", "1400006666"),
                Counts(delivered=14, failed=4, waiting=2, refused=8, causes=((Cause.HANDSET, 4),)),
            ),
        )
        assert await count(second, TWO_HOURS) == ()
        assert [call.params for call in stand_in.calls[:2]] == [
            {"BeginTime": "2026112115", "EndTime": "2026112116", "Limit": "0", "Offset": "0"}
        ] * 2
        before = len(stand_in.calls)
        assert (await count(first, TWO_HOURS, with_refused=False))[0].counts.refused == 0
        assert [call.action for call in stand_in.calls[before:]] == ["CallbackStatusStatistics"]
        assert {call.outcome for call in stand_in.calls} == {"OK"}
        await first.aclose()


async def test_tencent_s_limit_of_each_action_is_kept_when_a_day_is_asked_hour_by_hour() -> None:
    async with TencentStandIn(accounts=[APPS], traffic=traffic) as stand_in:
        first, _ = tencent(stand_in, now=system_clock)
        hours = [TWO_HOURS.earlier(DAY + back * HOUR) for back in range(14)]

        await asyncio.gather(*(count(first, hour, with_refused=False) for hour in hours))

        assert [call.outcome for call in stand_in.calls] == ["OK"] * len(hours)
        await first.aclose()


async def test_alibaba_counts_the_segments_of_whole_days_at_home_and_abroad() -> None:
    async with AliyunStandIn(accounts=[KEY], clock=clock, traffic=traffic) as stand_in:
        provider = aliyun(stand_in)

        assert await count(provider, TODAY) == (
            Figures(Group("aliyun", "LTAI…0001", abroad=False), Counts(delivered=17 * 7, failed=17 * 2, waiting=17)),
            Figures(Group("aliyun", "LTAI…0001", abroad=True), Counts(failed=1)),
        )
        assert sorted((call.params["IsGlobe"], call.params["StartDate"], call.params["EndDate"]) for call in stand_in.calls) == [
            ("1", "20261121", "20261121"),
            ("2", "20261121", "20261121"),
        ]
        await provider.aclose()


async def test_of_alibaba_s_two_questions_one_may_fail() -> None:
    async with AliyunStandIn(accounts=[KEY], clock=clock, traffic=traffic) as stand_in:
        provider = aliyun(stand_in)
        assert isinstance(provider, HasStatistics)
        assert provider.statistics is not None
        stand_in.faults.refuse("isv.INVALID_PARAMETERS", on=lambda asked: asked.params.get("IsGlobe") == "2")
        collector = ResultCollector()

        figures = await provider.statistics.count(StatisticsQuery(TODAY), collector)

        assert [one.group.abroad for one in figures] == [False]
        assert [note.kind for note in collector.notes] == [NoteKind.PART_MISSING]
        await provider.aclose()


@each("lacks", ["CallbackStatusStatistics", "SendStatusStatistics"])
async def test_an_app_without_the_right_is_remembered_and_asked_no_more(lacks: str) -> None:
    account = replace(APPS, denied=frozenset({lacks}))
    async with TencentStandIn(accounts=[account], clock=clock, traffic=traffic) as stand_in:
        first, _ = tencent(stand_in, account)
        assert isinstance(first, HasOptionalActions)

        for _again in range(2):
            if lacks == "SendStatusStatistics":  # only what was refused is not known
                assert (await count(first, TWO_HOURS))[0].counts == Counts(14, 4, 2, causes=((Cause.HANDSET, 4),))
            else:
                with pytest.raises(ProviderError, match="UnauthorizedOperation"):
                    await count(first, TWO_HOURS)

        assert [missing.action.right for missing in first.missing_actions] == [f"sms:{lacks}"]
        assert [call.action for call in stand_in.calls].count(lacks) == 1
        await first.aclose()


async def test_answers_of_another_shape_are_a_fault_and_odd_fields_count_as_none() -> None:
    async with (
        TencentStandIn(accounts=[APPS], clock=clock, traffic=traffic) as one,
        AliyunStandIn(accounts=[KEY], clock=clock, traffic=traffic) as other,
    ):
        first, second = tencent(one)[0], aliyun(other)
        one.faults.play(ProviderFaultKind.GARBAGE_ROWS)
        other.faults.play(ProviderFaultKind.GARBAGE_ROWS)

        with pytest.raises(ProviderError, match="WrongShape"):
            await count(first, TWO_HOURS)
        assert await count(second, TODAY) == ()
        await asyncio.gather(first.aclose(), second.aclose())

    odd = {"RequestSuccessCount": "12", "CallbackSuccessCount": True, "CallbackFailCount": -3, "CallbackCount": None}
    assert read_counts(odd, {"RequestCount": []}) == Counts(waiting=12)
    row = {"SendDate": 20261121, "RespondedSuccessCount": "5", "RespondedFailCount": None, "NoRespondedCount": {}}
    assert read_days({"Data": {"TargetList": row}}, TODAY) == Counts(delivered=5)
    assert read_days({"Data": None}, TODAY) == Counts()


async def test_the_vendors_sdks_get_the_same_figures() -> None:
    def ask_tencent(stand_in: StandIn) -> Any:
        http = HttpProfile(protocol="http", endpoint=httpx.URL(stand_in.url).netloc.decode())
        client = SmsClient(Credential(APPS.secret_id, APPS.secret_key), APPS.region, ClientProfile(httpProfile=http))
        request = models.CallbackStatusStatisticsRequest()
        hours = {"BeginTime": f"{datetime.now(UTC):%Y%m%d}00", "EndTime": f"{datetime.now(UTC):%Y%m%d}00"}
        request.from_json_string(json.dumps({"SmsSdkAppId": "1400006666", "Limit": 0, "Offset": 0, **hours}))
        return client.CallbackStatusStatistics(request).CallbackStatusStatistics

    def ask_aliyun(stand_in: StandIn) -> Any:
        netloc = httpx.URL(stand_in.url).netloc.decode()
        config = Config(
            access_key_id=KEY.access_key_id, access_key_secret=KEY.access_key_secret, protocol="http", endpoint=netloc
        )
        day = f"{datetime.now(UTC):%Y%m%d}"
        request = QuerySendStatisticsRequest(is_globe=1, start_date=day, end_date=day, page_index=1, page_size=50)
        return AliyunClient(config).query_send_statistics(request).body.data

    async with TencentStandIn(accounts=[APPS], traffic=traffic) as one, AliyunStandIn(accounts=[KEY], traffic=traffic) as other:
        counted, days = await asyncio.gather(asyncio.to_thread(ask_tencent, one), asyncio.to_thread(ask_aliyun, other))

    assert (counted.RequestSuccessCount, counted.CallbackCount, counted.CallbackSuccessCount) == (10, 9, 7)
    assert days.total_size == 1
    assert days.target_list[0].responded_success_count == 7 * (days.target_list[0].total_count // 10)


FIELDS = st.sampled_from(("CallbackSuccessCount", "CallbackFailCount", "CallbackCount", "RequestSuccessCount", "RequestCount"))


@given(st.dictionaries(FIELDS, json_values), st.dictionaries(FIELDS, json_values))
def test_whatever_the_fields_hold_no_count_is_negative(outcomes: dict[str, Any], submissions: dict[str, Any]) -> None:
    counts = read_counts(outcomes, submissions)

    assert min(counts.delivered, counts.failed, counts.waiting, counts.refused) >= 0


@given(json_values)
def test_whatever_alibaba_s_rows_hold_they_are_counted_or_refused_as_another_shape(rows: Any) -> None:
    day = {"SendDate": "20261121", "RespondedSuccessCount": rows, "RespondedFailCount": "2"}
    assert read_days({"Data": {"TargetList": [day]}}, TODAY).failed == 2
    with suppress(TypeError, AttributeError):
        assert read_days({"Data": {"TargetList": rows}}, TODAY).known >= 0
