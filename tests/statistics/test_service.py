"""The service over real HTTP: comparisons, a series, the cache, and what one source's failure costs."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.codes import load_catalogue
from bot.model import STORE, PhoneNumber, Status, Window
from bot.model.statistics import Before, Counts, Finding, StatisticsQuestion, WhyNot
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.receipts.provider import StoreProvider
from bot.sandbox.providers import AliyunAccount, AliyunStandIn, ProviderFaultKind, SandboxSystem, TencentAccount, TencentStandIn
from bot.sandbox.providers.aliyun import STATISTICS
from bot.sandbox.providers.traffic import HourOfTraffic
from bot.statistics import StatisticsService
from tests.receipts.samples import receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.providers.base import Provider
    from bot.receipts.store import ReceiptStore
    from tests.toys import ToyClock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
APPS, KEY = TencentAccount(app_ids=("1400006666", "1400007777")), AliyunAccount()
FELL_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
CATALOGUE = load_catalogue()
CARRIERS = {"China Mobile": "13711112222", "China Unicom": "13011112222"}


def traffic(_system: SandboxSystem, account: str, hour: datetime) -> HourOfTraffic:
    """A hundred messages each hour, of which three fail; of one app 39 since some hour."""
    failing = 39 if account == "1400007777" and hour >= FELL_AT else 3
    return HourOfTraffic(delivered=100 - failing, failed=failing)


class Providers:
    """Both stand-ins, and the providers that ask them."""

    def __init__(self, tencent: TencentStandIn, aliyun: AliyunStandIn, providers: Sequence[Provider]) -> None:
        self.tencent = tencent
        self.aliyun = aliyun
        self.all = providers

    @property
    def calls(self) -> int:
        return len(self.tencent.calls) + len(self.aliyun.calls)


@asynccontextmanager
async def opened(clock: ToyClock, apps: TencentAccount = APPS) -> AsyncIterator[Providers]:
    async with AsyncExitStack() as stack:
        # This clock stands still: the limits are proved where the wire is.
        tencent = TencentStandIn(accounts=[apps], clock=clock, traffic=traffic, calls_per_second=1000)
        aliyun = AliyunStandIn(accounts=[KEY], clock=clock, traffic=traffic, calls_per_second={STATISTICS: 1000})
        await stack.enter_async_context(tencent)
        await stack.enter_async_context(aliyun)
        settings = TencentSettings.model_validate(
            {
                "TENCENTCLOUD_SECRET_ID": apps.secret_id,
                "TENCENTCLOUD_SECRET_KEY": apps.secret_key,
                "TENCENTCLOUD_SMS_SDK_APP_ID": list(apps.app_ids),
                "TENCENTCLOUD_SMS_ENDPOINT": tencent.url,
            }
        )
        other = AliyunSettings.model_validate(
            {
                "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY.access_key_id,
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY.access_key_secret,
                "ALIBABA_CLOUD_SMS_ENDPOINT": aliyun.url,
                "ALIBABA_CLOUD_SMS_INTL_ENDPOINT": aliyun.url,
            }
        )
        providers = [*open_tencent(settings, None, clock), *open_aliyun(other, None, clock)]
        yield Providers(tencent, aliyun, providers)
        for provider in providers:
            await provider.aclose()


def service(providers: Sequence[Provider], clock: ToyClock, seconds: float = 8.0) -> StatisticsService:
    return StatisticsService(providers, CATALOGUE, clock=clock, deadline_seconds=seconds)


def last(clock: ToyClock, length: timedelta = 2 * HOUR) -> StatisticsQuestion:
    return StatisticsQuestion(Window(clock() - length, clock()))


async def test_each_source_is_compared_with_the_same_hours_before_and_a_fall_is_found(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        report = await service(providers.all, clock).ask(last(clock))

    codes, offers, alibaba = report.sources
    assert report.finding is Finding.UNUSUAL
    assert report.without == ("aliyun-intl",)
    assert [group.finding for group in codes.groups] == [Finding.USUAL]
    (fallen,) = offers.groups
    assert (fallen.now, fallen.yesterday, fallen.week_ago) == (
        Counts(183, 117, causes=fallen.now.causes),
        Counts(291, 9, causes=fallen.yesterday.causes if fallen.yesterday else ()),
        fallen.yesterday,
    )
    assert fallen.fall is not None
    assert (fallen.fall.at, fallen.fall.before, fallen.fall.since.delivered_share) == (
        FELL_AT,
        Fraction(97, 100),
        Fraction(61, 100),
    )
    assert [group.finding for group in alibaba.groups] == [Finding.USUAL, Finding.USUAL]
    assert not any(source.error or source.not_compared for source in report.sources)


async def test_final_hours_are_kept_for_good_and_younger_ones_for_minutes(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        counting = service(providers.all, clock)
        first = await counting.ask(last(clock))
        asked = providers.calls

        assert (await counting.ask(last(clock))).sources == first.sources
        assert providers.calls == asked

        clock.now += timedelta(seconds=1)
        await counting.ask(last(clock), refresh=True)
        refreshed = [call for call in providers.tencent.calls[-100:] if call.at == clock()]
        assert refreshed
        assert not any(call.params["BeginTime"].startswith("20261114") for call in refreshed), "a week ago is final"

        before = providers.calls
        clock.now += timedelta(minutes=2)
        await counting.ask(last(clock))
        again = [call.params for call in providers.tencent.calls if call.at == clock()]
        assert providers.calls > before
        assert all(params["EndTime"] >= "2026112113" for params in again), "past hours are kept for ten minutes"


async def test_equal_questions_at_once_are_one_call_and_one_that_is_given_up_leaves_it_to_the_other(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        await service(providers.all, clock).ask(last(clock))
        alone = providers.calls
        counting = service(providers.all, clock)
        given_up = asyncio.create_task(counting.ask(last(clock), asker="U1"))
        both = [asyncio.create_task(counting.ask(last(clock), asker=user)) for user in ("U2", "U3")]
        await asyncio.sleep(0)
        given_up.cancel()
        first, second = await asyncio.gather(*both)

        assert first.sources == second.sources
        assert first.finding is Finding.UNUSUAL
        assert providers.calls == 2 * alone


async def test_a_vendor_that_is_down_or_silent_costs_its_own_figures_only(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        await providers.aliyun.die()
        providers.tencent.faults.play(
            ProviderFaultKind.HANG, on=lambda asked: asked.params.get("BeginTime", "").startswith("2026112012")
        )
        report = await service(providers.all, clock, seconds=2.0).ask(last(clock))

    codes, offers, alibaba = report.sources
    assert alibaba.error is not None
    assert alibaba.error.code.startswith("Transport.")
    assert alibaba.error.explanation is not None
    assert [(one.before, one.why) for one in codes.not_compared] == [(Before.YESTERDAY, WhyNot.NO_ANSWER)]
    assert offers.groups[0].yesterday is None
    assert report.finding is Finding.UNUSUAL


async def test_an_account_without_the_right_is_told_and_the_others_are_counted(clock: ToyClock) -> None:
    async with opened(clock, replace(APPS, denied=frozenset({"CallbackStatusStatistics"}))) as providers:
        counting = service(providers.all, clock)
        report = await counting.ask(last(clock))
        asked = [call.action for call in providers.tencent.calls].count("CallbackStatusStatistics")
        await counting.ask(last(clock), refresh=True)

        assert [source.error is None for source in report.sources] == [False, False, True]
        assert all("CallbackStatusStatistics" in str(source.lacks) for source in report.sources[:2])
        assert [call.action for call in providers.tencent.calls].count("CallbackStatusStatistics") == asked


async def test_of_one_failing_account_only_its_own_figures_are_counted(store: ReceiptStore, clock: ToyClock) -> None:
    minutes = [clock() - timedelta(minutes=minute) for minute in range(1, 61)]
    rows = [receipt(f"{app}{at}", account=app, sent_at=at, received_at=at) for at in minutes for app in ("1400006666", "77", "")]
    await store.ingest(None, [*rows, receipt("other", system="aliyun", account="LTAI")], [])
    kept = StoreProvider(store, timedelta(days=3))
    async with opened(clock) as providers:
        counting = service([*providers.all, kept], clock)
        question = replace(last(clock), providers=("tencent",), accounts=(("tencent", "1400006666"),))
        report = await counting.ask(question)

        assert counting.names(question) == ("tencent", STORE)
        tencent, stored = report.sources
        assert tencent.account == "1400006666"
        assert {group.group.account for group in stored.groups} == {"1400006666", ""}
        assert [(one.before, one.why) for one in stored.not_compared] == [(Before.WEEK_AGO, WhyNot.NOT_KEPT)]
        assert [one.group.carrier for one in stored.groups[1].carriers] == ["China Mobile"]
        assert report.without == ()

        whole = await counting.ask(last(clock))
        assert {group.group.system for source in whole.sources if source.provider == STORE for group in source.groups} == {
            "tencent",
            "aliyun",
        }


async def test_no_more_than_31_days_are_counted(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        report = await service(providers.all, clock).ask(last(clock, timedelta(days=90)))

    assert report.is_cut
    assert report.question.window.length == timedelta(days=31)
    assert all(source.error is None for source in report.sources)
    assert {one.why for source in report.sources for one in source.not_compared} == {WhyNot.TOO_LONG}


async def test_without_any_source_nothing_is_known(clock: ToyClock) -> None:
    assert (await service([], clock).ask(last(clock))).finding is Finding.UNANSWERED


async def test_the_store_shows_to_the_minute_where_one_carrier_s_messages_fell(store: ReceiptStore, clock: ToyClock) -> None:
    numbers = {name: PhoneNumber(f"+86{digits}", 86, digits) for name, digits in CARRIERS.items()}
    fell = clock().replace(second=0) - timedelta(minutes=25)
    rows = []
    for back in range(1, 4 * 60):
        sent = clock().replace(second=0) - timedelta(minutes=back)
        for name, number in numbers.items():
            for place in range(3):
                lost = name == "China Mobile" and sent >= fell and place > 0
                status = Status.FAILED if lost else Status.DELIVERED
                rows += [receipt(f"{name}{back}-{place}", number=number, status=status, sent_at=sent, received_at=sent)]
    await store.ingest(None, rows, [])

    report = await service([StoreProvider(store, timedelta(days=90))], clock).ask(last(clock))

    (group,) = report.sources[0].groups
    found = {one.group.carrier: one for one in group.carriers}
    assert {name: one.finding for name, one in found.items()} == {
        "China Mobile": Finding.UNUSUAL,
        "China Unicom": Finding.USUAL,
    }
    fall = found["China Mobile"].fall
    assert fall is not None
    assert (fall.at, fall.before) == (fell, Fraction(1))


async def test_of_refused_submissions_that_are_not_known_it_is_said_and_not_kept(clock: ToyClock) -> None:
    async with opened(clock) as providers:
        counting = service(providers.all[:1], clock)
        providers.tencent.faults.refuse("InternalError.JsonParseFail", on="SendStatusStatistics")
        part = await counting.ask(last(clock))
        providers.tencent.faults.clear(ProviderFaultKind.REFUSED)
        whole = await counting.ask(last(clock))

    assert [source.is_partial for source in (*part.sources, *whole.sources)] == [True, False]
    assert part.finding is Finding.USUAL
