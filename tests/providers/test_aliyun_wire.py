"""Both of Alibaba's providers over real HTTP against the strict stand-in, which verifies every signature."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import ProviderError
from bot.model import (
    ClockSkew,
    CountedMore,
    MayChange,
    NoRecord,
    NoteKind,
    PartMissing,
    PhoneNumber,
    RowsUnreadable,
    Status,
    Target,
    Window,
)
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.aliyun.signing import AliyunCredentials
from bot.providers.base import ProviderQuery, ResultCollector
from bot.sandbox.providers import (
    AliyunAccount,
    AliyunStandIn,
    Dialect,
    ProviderFaultKind,
    SandboxMessage,
    SandboxReceipt,
    SandboxSystem,
)
from tests.cases import each
from tests.providers.aliyun_gateway import CREDENTIALS, HONG_KONG, NOW, NUMBER, clock, domestic, intl, notes_of, query

if TYPE_CHECKING:
    from bot.providers.base import Provider
    from bot.timing.clock import Clock

ACCOUNT = AliyunAccount(CREDENTIALS.key_id, CREDENTIALS.secret)
BIZ_ID = "900000000000000001^0"
MESSAGE_ID = "100000000000000001"


def sms(
    sent_at: datetime,
    code: str | None = "DELIVERED",
    *,
    delivered: bool = True,
    message_id: str = BIZ_ID,
    number: PhoneNumber = NUMBER,
) -> SandboxMessage:
    receipt = SandboxReceipt(sent_at + timedelta(seconds=3), code, delivered=delivered) if code else None
    return SandboxMessage(SandboxSystem.ALIYUN, number.e164, message_id, sent_at, receipt)


def intl_sms(receipt: SandboxReceipt | None = None) -> SandboxMessage:
    places = {"country": "Hongkong, China", "region": "HK", "carrier": "CSL"}
    return SandboxMessage(SandboxSystem.ALIYUN_INTL, HONG_KONG.e164, MESSAGE_ID, NOW - timedelta(minutes=5), receipt, **places)


def stand_in(*messages: SandboxMessage, account: AliyunAccount = ACCOUNT, dialect: Dialect | None = None) -> AliyunStandIn:
    return AliyunStandIn(messages, accounts=[account], clock=clock, dialect=dialect)


async def ask(provider: Provider, asked: ProviderQuery) -> ResultCollector:
    collector = ResultCollector()
    await provider.query(asked, collector)
    return collector


@each("dialect", [Dialect(), Dialect(total_count_as_text=True, empty_fields_while_pending=True)], ids=["now", "old"])
async def test_each_kind_of_row_is_read_from_several_days(dialect: Dialect) -> None:
    messages = [
        sms(NOW - timedelta(minutes=10)),
        sms(NOW - timedelta(minutes=20), None),
        sms(NOW - timedelta(hours=20), "MK:0008", delivered=False),
        sms(NOW - timedelta(hours=60), "isv.BLACK_KEY_CONTROL_LIMIT", delivered=False),
        sms(NOW - timedelta(hours=90)),  # before the window
        sms(NOW - timedelta(minutes=10), number=HONG_KONG),
    ]
    async with stand_in(*messages, dialect=dialect) as server, domestic(server.url) as provider:
        collector = await ask(provider, query(timedelta(hours=72)))

    rows = {delivery.sent_at: (delivery.status, delivery.code) for delivery in collector.deliveries}
    assert rows == {
        NOW - timedelta(minutes=10): (Status.DELIVERED, "DELIVERED"),
        NOW - timedelta(minutes=20): (Status.PENDING, None),
        NOW - timedelta(hours=20): (Status.FAILED, "MK:0008"),
        NOW - timedelta(hours=60): (Status.REJECTED, "isv.BLACK_KEY_CONTROL_LIMIT"),
    }
    assert len({delivery.key for delivery in collector.deliveries}) == 4
    assert all(delivery.text == "【示例】您的验证码是 ••••••，•分钟内有效。" for delivery in collector.deliveries)
    assert collector.notes == [MayChange()]
    assert sorted(call.params["SendDate"] for call in server.calls) == ["20261118", "20261119", "20261120", "20261121"]


async def test_a_day_of_250_messages_comes_in_five_pages_and_none_is_lost_though_all_have_the_same_words() -> None:
    messages = [sms(NOW - timedelta(seconds=10 + n // 3)) for n in range(250)]  # three in each second
    async with stand_in(*messages) as server, domestic(server.url) as provider:
        collector = await ask(provider, query(timedelta(hours=1)))

    assert len({delivery.key for delivery in collector.deliveries}) == 250
    assert collector.notes == []
    assert server.calls[0].params["CurrentPage"] == "1"
    assert sorted(call.params["CurrentPage"] for call in server.calls) == ["1", "2", "3", "4", "5", "6"]  # 250 fills five pages


async def test_all_thirty_days_that_the_provider_keeps_can_be_asked_for() -> None:
    async with stand_in(sms(NOW - timedelta(days=29))) as server, domestic(server.url) as provider:
        collector = await ask(provider, query(provider.retention or timedelta()))

    assert len(collector.deliveries) == 1
    assert {call.outcome for call in server.calls} == {"OK"}
    assert len(server.calls) == 31


async def test_one_message_is_found_by_its_biz_id() -> None:
    messages = [sms(NOW - timedelta(minutes=1), message_id="900000000000000002^0"), sms(NOW - timedelta(minutes=2))]
    async with stand_in(*messages) as server, domestic(server.url) as provider:
        collector = await ask(provider, query(message_id=BIZ_ID))

    assert [(d.message_id, d.sent_at) for d in collector.deliveries] == [(BIZ_ID, NOW - timedelta(minutes=2))]


async def test_a_number_abroad_is_asked_with_its_country_code() -> None:
    async with stand_in(sms(NOW - timedelta(minutes=1), number=HONG_KONG)) as server, domestic(server.url) as provider:
        collector = await ask(provider, query(number=HONG_KONG))

    assert [delivery.number for delivery in collector.deliveries] == [HONG_KONG]


@each(
    "fault",
    [
        ProviderFaultKind.RATE_LIMITED,
        ProviderFaultKind.HTTP_429,
        ProviderFaultKind.HTTP_500,
        ProviderFaultKind.INTERNAL_ERROR,
        ProviderFaultKind.RESET,
    ],
)
async def test_a_passing_failure_is_repeated_with_a_fresh_nonce_and_then_answered(fault: ProviderFaultKind) -> None:
    async with stand_in(sms(NOW - timedelta(minutes=1))) as server, domestic(server.url) as provider:
        server.faults.play(fault, times=1)
        collector = await ask(provider, query())

    # The stand-in takes each nonce once, also of an attempt that it answered with a fault.
    assert len(collector.deliveries) == 1
    assert len(server.calls) == collector.requests == 2
    assert server.calls[-1].outcome == "OK"
    assert collector.last_fault is None


async def test_throttling_that_does_not_end_is_an_error_and_is_told_as_the_setback_meanwhile() -> None:
    async with stand_in() as server, domestic(server.url) as provider:
        server.faults.play(ProviderFaultKind.RATE_LIMITED)
        collector = ResultCollector()
        with pytest.raises(ProviderError) as caught:
            await provider.query(query(), collector)

    assert caught.value.fault.code == "Throttling.User"
    assert caught.value.fault.retry_after == 0.3
    assert collector.last_fault == caught.value.fault
    assert collector.requests == 3


async def test_a_temporary_key_is_accepted_with_its_token_only() -> None:
    temporary = AliyunAccount("STS.NUexample0001", "EXAMPLEtemporarySecret", security_token="CAISfakeStsToken==")
    with_token = AliyunCredentials(temporary.access_key_id, temporary.access_key_secret, temporary.security_token)
    async with stand_in(sms(NOW - timedelta(minutes=1)), intl_sms(), account=temporary) as server:
        async with domestic(server.url, with_token) as provider:
            assert len((await ask(provider, query())).deliveries) == 1
        async with intl(server.url, with_token) as provider:
            assert len((await ask(provider, query(number=None, message_id=MESSAGE_ID))).deliveries) == 1
        async with domestic(server.url, AliyunCredentials(temporary.access_key_id, temporary.access_key_secret)) as provider:
            with pytest.raises(ProviderError):
                await ask(provider, query())


@each(
    ("credentials", "code"),
    [
        (AliyunCredentials(CREDENTIALS.key_id, "another"), "SignatureDoesNotMatch"),
        (AliyunCredentials("LTAI5tUnknown", CREDENTIALS.secret), "InvalidAccessKeyId.NotFound"),
    ],
)
async def test_a_wrong_key_is_an_error_at_once_at_both_systems(credentials: AliyunCredentials, code: str) -> None:
    async with stand_in() as server:
        for provider_of, asked in ((domestic, query()), (intl, query(number=None, message_id=MESSAGE_ID))):
            async with provider_of(server.url, credentials) as provider:
                with pytest.raises(ProviderError) as caught:
                    await ask(provider, asked)
                assert caught.value.fault.code == code
                assert caught.value.fault.request_id == server.calls[-1].request_id

    assert len(server.calls) == 2


@each("ahead", [timedelta(minutes=16), timedelta(minutes=-40)])
async def test_a_clock_that_is_off_is_recognised_and_said_in_minutes(ahead: timedelta) -> None:
    ours: Clock = lambda: NOW + ahead  # noqa: E731 - a clock is a function
    collector = ResultCollector()
    async with stand_in() as server, domestic(server.url, clock=ours) as provider:
        with pytest.raises(ProviderError) as caught:
            await provider.query(query(timedelta(days=3)), collector)

    assert caught.value.fault.code == "InvalidTimeStamp.Expired"
    assert caught.value.fault.skew == ahead
    assert collector.notes == [ClockSkew(minutes=int(ahead / timedelta(minutes=1)))]


async def test_missing_permission_is_told_in_each_systems_own_code() -> None:
    async with stand_in(account=AliyunAccount(CREDENTIALS.key_id, CREDENTIALS.secret, permitted=False)) as server:
        async with domestic(server.url) as provider:
            with pytest.raises(ProviderError, match=r"isp\.RAM_PERMISSION_DENY"):
                await ask(provider, query())
        async with intl(server.url) as provider:
            with pytest.raises(ProviderError, match="RAM_PERMISSION_DENY"):
                await ask(provider, query(number=None, message_id=MESSAGE_ID))


async def test_one_dead_day_costs_its_own_rows_only() -> None:
    async with (
        stand_in(sms(NOW - timedelta(minutes=1)), sms(NOW - timedelta(hours=20))) as server,
        domestic(server.url) as provider,
    ):
        server.faults.play(ProviderFaultKind.HTML_502, on=lambda asked: asked.params["SendDate"] == "20261120")
        collector = ResultCollector()
        with pytest.raises(ProviderError) as caught:
            await provider.query(query(timedelta(hours=24)), collector)

    assert caught.value.fault.code == "Transport.Gateway"
    assert [delivery.sent_at for delivery in collector.deliveries] == [NOW - timedelta(minutes=1)]
    assert collector.notes == [PartMissing(missing=1, parts=2)]


async def test_rows_of_the_wrong_types_and_a_count_without_rows_are_said_and_are_no_errors() -> None:
    async with stand_in(intl_sms()) as server, domestic(server.url) as provider, intl(server.url) as international:
        server.faults.play(ProviderFaultKind.GARBAGE_ROWS)
        assert (await ask(provider, query())).notes == [RowsUnreadable(count=5)]
        asked = query(number=None, message_id=MESSAGE_ID)
        assert (await ask(international, asked)).notes == [RowsUnreadable(count=1)]
        server.faults.clear()
        server.faults.play(ProviderFaultKind.COUNTED_BUT_EMPTY)
        counted = notes_of(await ask(provider, query()), NoteKind.COUNTED_MORE)

    assert counted == [CountedMore(counted=2, returned=0, day=date(2026, 11, 21))]


@each("old_table", [False, True])
@each("as_text", [False, True])
@each(
    ("receipt", "status"),
    [
        (SandboxReceipt(NOW - timedelta(minutes=4), "DELIVERED", delivered=True, words="success"), Status.DELIVERED),
        (SandboxReceipt(NOW - timedelta(minutes=4), "", delivered=True), Status.DELIVERED),
        (SandboxReceipt(NOW - timedelta(minutes=4), "SP_UNKNOW_ERROR", words="unknown"), Status.FAILED),
        (SandboxReceipt(NOW - timedelta(minutes=4), ""), Status.FAILED),
        (None, Status.PENDING),
    ],
)
async def test_an_international_message_is_read_right_under_both_tables_of_status(
    receipt: SandboxReceipt | None, status: Status, *, old_table: bool, as_text: bool
) -> None:
    dialect = Dialect(old_status_table=old_table, status_as_text=as_text, empty_fields_while_pending=as_text)
    async with stand_in(intl_sms(receipt), dialect=dialect) as server, intl(server.url) as provider:
        collector = await ask(provider, query(number=HONG_KONG, message_id=MESSAGE_ID))

    (delivery,) = collector.deliveries
    assert delivery.status is status
    assert (delivery.country, delivery.region, delivery.carrier) == ("Hongkong, China", "HK", "CSL")
    assert delivery.sent_at == NOW - timedelta(minutes=5)


@each("old_prefixes", [False, True])
async def test_an_unknown_message_id_is_no_record(*, old_prefixes: bool) -> None:
    async with stand_in(dialect=Dialect(old_prefixes=old_prefixes)) as server, intl(server.url) as provider:
        collector = await ask(provider, query(number=None, message_id="100000000000000009"))

    assert (collector.notes, collector.deliveries) == ([NoRecord()], [])


async def test_the_providers_of_the_settings_are_accepted_by_one_server_for_both_systems() -> None:
    now = datetime.now(UTC)
    messages = [sms(now - timedelta(minutes=1))]
    async with AliyunStandIn(messages, accounts=[ACCOUNT]) as server:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": CREDENTIALS.key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": CREDENTIALS.secret,
            "ALIBABA_CLOUD_SMS_ENDPOINT": server.url,
            "ALIBABA_CLOUD_SMS_INTL_ENDPOINT": server.url,
        }
        providers = open_aliyun(AliyunSettings.model_validate(keys), None, lambda: datetime.now(UTC))
        asked = ProviderQuery(Target(NUMBER, None), Window(now - timedelta(hours=1), now))
        by_id = ProviderQuery(Target(None, MESSAGE_ID), Window(now - timedelta(hours=1), now))
        answers = await asyncio.gather(ask(providers[0], asked), ask(providers[1], by_id))
        for provider in providers:
            await provider.aclose()

    assert [len(collector.deliveries) for collector in answers] == [1, 0]
    assert {call.action for call in server.calls} == {"QuerySendDetails", "QueryMessage"}


async def test_an_endpoint_that_is_dead_is_an_error_that_may_pass() -> None:
    async with stand_in() as server, domestic(server.url) as provider:
        await server.die()
        with pytest.raises(ProviderError) as caught:
            await ask(provider, query())

    assert (caught.value.fault.code, caught.value.fault.retryable) == ("Transport.Connect", True)
