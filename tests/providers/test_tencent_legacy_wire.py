"""The legacy API over real HTTP, against a stand-in that checks signature, clock, types and limits by its own code."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load_settings
from bot.doctor.accounts import check_providers
from bot.doctor.check import Health
from bot.errors import ProviderError, SettingsError
from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.model import ClockSkew, EmptyReceipts, NeedsNumber, NoteKind, PhoneNumber, ProviderWords, Status, Target, Window
from bot.observability.metrics import Metrics
from bot.presentation import wording
from bot.presentation.provider_status import provider_statuses
from bot.providers.base import HasOperatorNotice, ProviderQuery, ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.registry import VENDORS
from bot.providers.retry import RetryPolicy
from bot.providers.systems import titles
from bot.providers.tencent.legacy import PATH
from bot.providers.tencent.legacy.errors import read_pulled
from bot.providers.tencent.legacy.plugin import VENDOR, open_legacy, open_legacy_queues
from bot.providers.tencent.legacy.provider import TencentLegacyProvider, request_body
from bot.providers.tencent.legacy.queue import LegacyQueue
from bot.providers.tencent.legacy.settings import TencentLegacySettings
from bot.providers.tencent.legacy.signing import LegacyAuth
from bot.providers.tencent.plugin import CALLS_PER_SECOND
from bot.providers.tencent.window_splitter import SecondRange
from bot.receipts.model import RecordKind
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxReply, SandboxSystem
from bot.sandbox.providers.tencent_legacy import LegacyAccount, TencentLegacyStandIn
from bot.timing.clock import system_clock
from tests.cases import each
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import web

    from bot.providers.base import Provider
    from bot.timing.clock import Clock

NUMBER = PhoneNumber("+8613711112222", 86, "13711112222")
ACCOUNT = LegacyAccount()
AT_ONCE = RetryPolicy(attempts=4, first=0, most=0, jitter=0)
NOW = datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC)


def message(which: int, sent_at: datetime = NOW - timedelta(minutes=5), **changes: Any) -> SandboxMessage:
    receipt = SandboxReceipt(sent_at + timedelta(seconds=3), "DELIVRD", delivered=True)
    return SandboxMessage(**{
        "system": SandboxSystem.TENCENT,
        "number": NUMBER.e164,
        "message_id": f"5000:{which:028}",
        "sent_at": sent_at,
        "receipt": receipt,
        **changes,
    })  # fmt: skip


def http(stand_in: TencentLegacyStandIn, action: str, clock: Clock, **changes: Any) -> ProviderHttpClient:
    auth = LegacyAuth(ACCOUNT.app_id, ACCOUNT.app_key, clock)
    return ProviderHttpClient(f"{stand_in.url}{PATH}{action}", auth=auth, clock=clock, retry_policy=AT_ONCE, **changes)


@asynccontextmanager
async def provider(
    messages: Sequence[SandboxMessage] = (), clock: Clock = lambda: NOW
) -> AsyncIterator[tuple[TencentLegacyProvider, TencentLegacyStandIn]]:
    async with TencentLegacyStandIn(messages, clock=lambda: NOW) as stand_in:
        one = TencentLegacyProvider(http(stand_in, "pullstatus4mobile", clock), app_id=ACCOUNT.app_id, clock=clock)
        yield one, stand_in
        await one.aclose()


@asynccontextmanager
async def queue(stand_in: TencentLegacyStandIn, clock: Clock = lambda: NOW, **changes: Any) -> AsyncIterator[LegacyQueue]:
    one = LegacyQueue(http(stand_in, "pullstatus", clock, **changes), app_id=ACCOUNT.app_id)
    yield one
    await one.aclose()


async def ask(one: Provider, hours: float = 2, message_id: str | None = None) -> ResultCollector:
    collector = ResultCollector()
    await one.query(ProviderQuery(Target(NUMBER, message_id), Window(NOW - timedelta(hours=hours), NOW)), collector)
    return collector


# --- lookup ---------------------------------------------------------------------------------------------------------------


async def test_the_receipts_of_a_number_are_found_and_can_be_found_again() -> None:
    failed = message(2, receipt=SandboxReceipt(NOW - timedelta(minutes=1), "MK:0008", words="Absent subscriber"))
    async with provider([message(1), failed, message(3, number="+8613811112000")]) as (one, stand_in):
        first, second = await ask(one), await ask(one)

    assert [d.status for d in sorted(first.deliveries, key=lambda d: d.message_id or "")] == [Status.DELIVERED, Status.FAILED]
    assert {d.key for d in first.deliveries} == {d.key for d in second.deliveries}
    assert {(d.provider, d.vendor, d.account, d.number) for d in first.deliveries} == {
        ("tencent-legacy", "tencent", "1400005555", NUMBER)
    }
    assert [d.notes for d in first.deliveries if d.code == "MK:0008"] == [(ProviderWords(words="Absent subscriber"),)]
    assert {call.action for call in stand_in.calls} == {"pullstatus4mobile"}
    assert stand_in.handed == []


async def test_a_busy_window_is_split_until_every_row_has_come_once() -> None:
    messages = [message(which, NOW - timedelta(seconds=10 + which)) for which in range(250)]
    async with provider(messages) as (one, stand_in):
        collector = await ask(one)

    assert len({d.message_id for d in collector.deliveries}) == len(collector.deliveries) == 250
    assert len(stand_in.calls) > 3


async def test_an_id_picks_its_row_out_of_the_numbers() -> None:
    async with provider([message(1), message(2)]) as (one, _):
        collector = await ask(one, message_id=message(2).message_id)
    assert [d.message_id for d in collector.deliveries] == [message(2).message_id]


async def test_an_empty_answer_is_no_receipt_and_not_a_failure() -> None:
    async with provider() as (one, _):
        collector = await ask(one)
    assert (collector.deliveries, collector.notes) == ([], [EmptyReceipts()])


async def test_rows_that_cannot_be_read_are_counted() -> None:
    async with provider([message(1)]) as (one, stand_in):
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS)
        collector = await ask(one)
    assert [note.kind for note in collector.notes] == [NoteKind.ROWS_UNREADABLE]


async def test_a_clock_that_is_off_is_told_in_minutes() -> None:
    async with provider(clock=lambda: NOW - timedelta(minutes=12)) as (one, _):
        collector = ResultCollector()
        with pytest.raises(ProviderError) as failed:
            await one.query(ProviderQuery(Target(NUMBER), Window(NOW - timedelta(hours=2), NOW)), collector)

    assert failed.value.fault.code == "1021"
    assert collector.notes == [ClockSkew(minutes=-12)]


async def test_a_time_out_inside_the_provider_is_tried_again() -> None:
    async with provider([message(1)]) as (one, stand_in):
        stand_in.faults.play(ProviderFaultKind.INTERNAL_ERROR, times=2)
        collector = await ask(one)
    assert (len(collector.deliveries), collector.requests) == (1, 3)


async def test_another_error_is_told_with_its_number_at_once() -> None:
    async with TencentLegacyStandIn(accounts=[LegacyAccount(app_id="1400009999")], clock=lambda: NOW) as stand_in:
        one = TencentLegacyProvider(http(stand_in, "pullstatus4mobile", lambda: NOW), app_id="1400005555", clock=lambda: NOW)
        with pytest.raises(ProviderError) as failed:
            await ask(one)
        await one.aclose()
    assert (failed.value.fault.code, len(stand_in.calls)) == ("1019", 1)


async def test_a_target_without_a_number_is_turned_down() -> None:
    async with provider() as (one, _):
        assert one.unsupported_reason(Target(message_id="5000:1")) == NeedsNumber()
        assert one.unsupported_reason(Target(NUMBER)) is None


# --- queue ----------------------------------------------------------------------------------------------------------------


async def test_the_queue_hands_each_receipt_out_once_a_hundred_at_a_time() -> None:
    async with (
        TencentLegacyStandIn([message(which) for which in range(150)], clock=lambda: NOW) as stand_in,
        queue(stand_in) as one,
    ):
        bodies = [await one.pull(RecordKind.RECEIPTS) for _ in range(3)]

    read = [read_pulled(RecordKind.RECEIPTS, "1400005555", body) for body in bodies]
    assert [pulled.rows for pulled in read] == [100, 50, 0]
    assert len({one.message_id for pulled in read for one in pulled.parsed.receipts}) == 150
    assert len(set(stand_in.randoms)) == 3


async def test_replies_are_pulled_as_type_1() -> None:
    reply = SandboxReply(NUMBER.e164, "TD", NOW - timedelta(minutes=3))
    async with TencentLegacyStandIn([message(1)], replies=[reply], clock=lambda: NOW) as stand_in, queue(stand_in) as one:
        read = read_pulled(RecordKind.REPLIES, "1400005555", await one.pull(RecordKind.REPLIES))

    assert [(one.text, one.at) for one in read.parsed.replies] == [("TD", NOW - timedelta(minutes=3))]
    assert stand_in.calls[0].params["type"] == "1"


async def test_a_pull_is_never_repeated_by_itself() -> None:
    async with TencentLegacyStandIn([message(1)], clock=lambda: NOW) as stand_in, queue(stand_in) as one:
        stand_in.faults.play(ProviderFaultKind.RESET, times=1)
        with pytest.raises(ProviderError) as failed:
            await one.pull(RecordKind.RECEIPTS)
    assert (failed.value.fault.code, len(stand_in.calls)) == ("Transport.Reset", 1)


async def test_what_came_of_an_answer_that_broke_off_is_returned() -> None:
    async with (
        TencentLegacyStandIn([message(which) for which in range(9)], clock=lambda: NOW) as stand_in,
        queue(stand_in) as one,
    ):
        stand_in.faults.play(ProviderFaultKind.CUT_JSON, times=1)
        read = read_pulled(RecordKind.RECEIPTS, "1400005555", await one.pull(RecordKind.RECEIPTS))
    assert len(read.parsed.receipts) == 4
    assert read.parsed.unreadable


async def test_the_part_of_a_slow_answer_that_came_in_time_is_returned() -> None:
    async with (
        TencentLegacyStandIn([message(which) for which in range(9)], clock=system_clock) as stand_in,
        queue(stand_in, clock=system_clock, attempt_seconds=0.5) as one,
    ):
        stand_in.faults.play(ProviderFaultKind.SLOW_DRIP, times=1, seconds=1.0)
        read = read_pulled(RecordKind.RECEIPTS, "1400005555", await one.pull(RecordKind.RECEIPTS))
    assert 0 < len(read.parsed.receipts) < 9


async def test_an_error_of_the_queue_is_read_with_its_number() -> None:
    account = LegacyAccount(may_pull=False)
    async with TencentLegacyStandIn([message(1)], accounts=[account], clock=lambda: NOW) as stand_in, queue(stand_in) as one:
        read = read_pulled(RecordKind.RECEIPTS, "1400005555", await one.pull(RecordKind.RECEIPTS))
    assert read.fault is not None
    assert (read.fault.code, stand_in.handed) == ("1006", [])


# --- settings -------------------------------------------------------------------------------------------------------------


ENVIRON = {"TENCENT_SMS_LEGACY_SDKAPPID": "1400005555", "TENCENT_SMS_LEGACY_APPKEY": ACCOUNT.app_key}


def settings(**changes: str) -> TencentLegacySettings:
    return TencentLegacySettings.model_validate({**ENVIRON, **changes})


async def test_the_queue_is_opened_only_where_the_drain_is_switched_on() -> None:
    assert open_legacy_queues(settings(), system_clock) == []
    assert open_legacy_queues(settings(TENCENT_SMS_LEGACY_DRAIN="false"), system_clock) == []
    (one,) = open_legacy_queues(settings(TENCENT_SMS_LEGACY_DRAIN="true"), system_clock)
    assert (one.system, one.account, one.most) == ("tencent", "1400005555", 100)
    await one.aclose()


class HeldUp(TencentLegacyStandIn):
    """The API behind a network that holds up what sets out in its first second."""

    _begun: float | None = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        now = asyncio.get_running_loop().time()
        self._begun = now if self._begun is None else self._begun
        if now < self._begun + 0.9:
            await asyncio.sleep(0.2)
        return await super()._handle(request)


@pytest.mark.parametrize("kind", [TencentLegacyStandIn, HeldUp])
async def test_lookups_and_the_drained_queue_keep_one_limit_together(kind: type[TencentLegacyStandIn]) -> None:
    async with kind(clock=system_clock, calls_per_second=CALLS_PER_SECOND) as stand_in:
        drained = settings(TENCENT_SMS_LEGACY_DRAIN="true", TENCENT_SMS_LEGACY_ENDPOINT=stand_in.url)
        (lookup,), (queue,) = open_legacy(drained, None, system_clock), open_legacy_queues(drained, system_clock)

        async def pull() -> None:
            for _ in range(8):
                await queue.pull(RecordKind.RECEIPTS)

        await asyncio.gather(pull(), *(ask(lookup) for _ in range(25)))
        await lookup.aclose()
        await queue.aclose()

    moments = [call.at for call in stand_in.calls]
    assert len(moments) == 33
    assert {call.outcome for call in stand_in.calls} == {"OK"}
    assert max(sum(start <= at < start + timedelta(seconds=1) for at in moments) for start in moments) <= CALLS_PER_SECOND


async def test_the_endpoint_may_carry_a_path() -> None:
    async with TencentLegacyStandIn([message(1)], clock=system_clock) as stand_in:
        (one,) = open_legacy(settings(TENCENT_SMS_LEGACY_ENDPOINT=f"{stand_in.url}/"), None, system_clock)
        collector = ResultCollector()
        await one.query(ProviderQuery(Target(NUMBER), Window(NOW - timedelta(hours=2), NOW)), collector)
        await one.aclose()
    assert [call.outcome for call in stand_in.calls] == ["OK"]


async def test_a_drained_queue_is_told_of_in_providers_and_in_doctor() -> None:
    async with TencentLegacyStandIn(clock=system_clock) as stand_in:
        urls = {"TENCENT_SMS_LEGACY_ENDPOINT": stand_in.url}
        drained = open_legacy(settings(**urls, TENCENT_SMS_LEGACY_DRAIN="true"), None, system_clock)
        service = LookupService(drained, CATALOGUE, Metrics(), clock=system_clock)
        (state,) = [one for one in provider_statuses(service, ENGLISH) if one.account == "1400005555"]
        checks = await check_providers(service, titles(ENGLISH), "CN", system_clock, ENGLISH)
        await service.aclose()

    said = "We drain its queue (TENCENT_SMS_LEGACY_DRAIN): other consumers no longer receive these receipts"
    assert state.notice == said
    assert len(state.notice) <= wording.TITLE  # longer ones are cut where providers are shown
    assert [(check.health, check.said.partition(";")[0]) for check in checks] == [(Health.OK, "answers"), (Health.WARNING, said)]


async def test_a_queue_that_is_left_alone_is_no_remark() -> None:
    (one,) = open_legacy(settings(), None, system_clock)
    assert isinstance(one, HasOperatorNotice)
    assert one.operator_notice is None
    await one.aclose()


def test_the_legacy_account_stands_alone_or_beside_the_other() -> None:
    loaded = load_settings(ENVIRON, VENDORS)
    assert [account.vendor for account in loaded.accounts] == [VENDOR]
    assert ACCOUNT.app_key not in repr(loaded)


@each(
    ("changes", "line"),
    [
        ({"TENCENT_SMS_LEGACY_APPKEY": ""}, "TENCENT_SMS_LEGACY_APPKEY is missing"),
        ({"TENCENT_SMS_LEGACY_SDKAPPID": "abc"}, "TENCENT_SMS_LEGACY_SDKAPPID must be app ids of digits only"),
        ({"TENCENT_SMS_LEGACY_SDKAPPID": "1400005555,1400005556"}, "TENCENT_SMS_LEGACY_SDKAPPID must be one app id"),
        ({"TENCENT_SMS_LEGACY_DRAIN": "perhaps"}, "TENCENT_SMS_LEGACY_DRAIN"),
        ({"TENCENT_SMS_LEGACY_ENDPOINT": "http://yun.tim.qq.com"}, "TENCENT_SMS_LEGACY_ENDPOINT must begin with https"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_its_key(changes: dict[str, str], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({**ENVIRON, **changes}, VENDORS)
    (said,) = refused.value.said_in(ENGLISH)
    assert said.startswith(line)


def test_the_numbers_in_a_request_are_of_the_types_that_the_document_asks_for() -> None:

    assert json.loads(request_body(NUMBER, SecondRange(1, 2))) == {
        "type": 0,
        "max": 100,
        "begin_time": 1,
        "end_time": 2,
        "nationcode": "86",
        "mobile": "13711112222",
    }
