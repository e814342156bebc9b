"""The sandbox's data: fresh, deterministic, made up, and as its stories say."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from bot.errors import UsageError
from bot.grammar import Lookup, ParseContext, parse
from bot.sandbox.archive import ARCHIVED_NUMBER
from bot.sandbox.providers import AliyunStandIn, SandboxMessage, SandboxSystem, TencentAccount, TencentStandIn
from bot.sandbox.scenario import (
    ALIYUN_ACCOUNT,
    COMMANDS,
    DEMO_FAULTS,
    MOVES_ON_AFTER,
    TENCENT_ACCOUNT,
    SandboxProviders,
    Scenario,
    TryThis,
)
from bot.sandbox.stories import (
    BUSY_NUMBER,
    CROWDED_NUMBER,
    INTL_DELIVERED,
    INTL_FAILED,
    INTL_PENDING,
    MARKETING_APP,
    README_NUMBER,
    STORIES,
    UNKNOWN_NUMBER,
)
from tests.cases import each
from tests.sandbox.provider_clients import NOW, Aliyun, Tencent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHINA_OFFSET = timedelta(hours=8)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def providers() -> AsyncIterator[SandboxProviders]:
    scenario = Scenario(lambda: NOW)
    async with (
        TencentStandIn(scenario, accounts=[TENCENT_ACCOUNT], clock=lambda: NOW, calls_per_second=10_000) as tencent,
        AliyunStandIn(scenario, accounts=[ALIYUN_ACCOUNT], clock=lambda: NOW) as aliyun,
    ):
        yield SandboxProviders(tencent, aliyun)


def _to(number: str, messages: tuple[SandboxMessage, ...]) -> list[SandboxMessage]:
    return [message for message in messages if message.number == number]


def test_two_scenarios_of_one_moment_are_equal() -> None:
    assert Scenario(lambda: NOW).messages == Scenario(lambda: NOW).messages


def test_the_messages_stand_still_for_an_hour_and_then_move_on_under_the_same_ids() -> None:
    clock = Clock()
    scenario = Scenario(clock)
    first = scenario.messages
    clock.now += MOVES_ON_AFTER - timedelta(seconds=1)
    within_the_hour = scenario.messages
    clock.now += timedelta(seconds=1)
    after_it = scenario.messages

    assert within_the_hour == first
    assert [message.message_id for message in after_it] == [message.message_id for message in first]
    assert _to(README_NUMBER, after_it)[0].sent_at - _to(README_NUMBER, first)[0].sent_at == MOVES_ON_AFTER


@each("hour", range(0, 24, 3))
def test_no_message_was_sent_in_the_future_or_longer_ago_than_tencent_keeps(hour: int) -> None:
    now = datetime(2026, 11, 20, hour, 0, 1, tzinfo=UTC)

    for message in Scenario(lambda: now).messages:
        assert now - timedelta(days=6, hours=12) < message.sent_at < now
        assert message.receipt is None or message.sent_at <= message.receipt.at <= now


def test_message_ids_are_unique_and_have_the_form_of_their_vendor() -> None:
    messages = Scenario(lambda: NOW).messages
    forms = {SandboxSystem.TENCENT: r"5000:\d{28}", SandboxSystem.ALIYUN: r"\d{18}\^0", SandboxSystem.ALIYUN_INTL: r"\d{18}"}

    assert max(Counter(message.message_id for message in messages).values()) == 1
    for message in messages:
        assert re.fullmatch(forms[message.system], message.message_id)


def test_every_number_is_a_valid_one() -> None:
    for number in [story.number for story in STORIES] + [UNKNOWN_NUMBER]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number)), number


def test_texts_of_codes_carry_digits_that_an_answer_must_blank() -> None:
    texts = {message.text for message in Scenario(lambda: NOW).messages}

    assert any("483920" in text for text in texts)
    assert any(re.search(r"\d{6}", text) and text.isascii() for text in texts)


async def test_the_readme_number_has_one_delivered_one_failed_and_one_pending(providers: SandboxProviders) -> None:
    tencent = await Tencent(providers.tencent).rows(PhoneNumber=README_NUMBER)
    [aliyun] = await Aliyun(providers.aliyun).rows()

    assert sorted((row["ReportStatus"], row["Description"]) for row in tencent) == [("FAIL", "MK:0008"), ("SUCCESS", "DELIVRD")]
    assert aliyun["SendStatus"] == 1
    assert "ErrCode" not in aliyun
    assert "483920" in aliyun["Content"]


async def test_every_story_is_told_in_full_by_the_stand_ins(providers: SandboxProviders) -> None:
    tencent = Tencent(providers.tencent)
    aliyun = Aliyun(providers.aliyun)
    week = int((NOW - timedelta(days=7)).timestamp())
    days = [(NOW + CHINA_OFFSET - timedelta(days=back)).strftime("%Y%m%d") for back in range(7)]
    for story in STORIES:
        if story.number in {BUSY_NUMBER, CROWDED_NUMBER}:
            continue  # more rows than one call hands out
        expected = Counter(sent.code for sent in story.sent if sent.through is not SandboxSystem.ALIYUN_INTL)
        expected[""] -= sum(1 for sent in story.sent if sent.through is SandboxSystem.TENCENT and not sent.code)
        told: Counter[str] = Counter()
        for app in TENCENT_ACCOUNT.app_ids:
            rows = await tencent.rows(PhoneNumber=story.number, BeginTime=week, SmsSdkAppId=app)
            told.update(row["Description"] for row in rows)
        for day in days:
            rows = await aliyun.rows(PhoneNumber=story.number.removeprefix("+86").removeprefix("+"), SendDate=day)
            told.update(row.get("ErrCode", "") for row in rows)
        assert +told == +expected, story.line


async def test_each_failure_that_on_call_people_meet_has_a_number() -> None:
    codes = {sent.code for story in STORIES for sent in story.sent}

    assert codes >= {
        *("PORT_NOT_REGISTERED", "MBBLACK", "MX:0012", "DISTURB", "TC:0007", "MK:0001", "DB:0115", "MK:0017"),
        *("MI:0051", "TE:0008", "EXPIRED", "1", "QX:7731", "MK:0008", "MOBLLE_TERMINAL_ERROR"),
    }


async def test_the_busy_number_has_250_messages_in_17_minutes_of_which_some_share_a_second(providers: SandboxProviders) -> None:
    messages = _to(BUSY_NUMBER, Scenario(lambda: NOW).messages)
    rows = await Tencent(providers.tencent).rows(PhoneNumber=BUSY_NUMBER)

    assert len(messages) == 250
    assert max(Counter(message.sent_at for message in messages).values()) == 5
    assert max(m.sent_at for m in messages) - min(m.sent_at for m in messages) < timedelta(minutes=17)
    assert len(rows) == 100


def test_the_crowded_number_has_more_messages_in_one_second_than_a_call_can_show() -> None:
    messages = _to(CROWDED_NUMBER, Scenario(lambda: NOW).messages)

    assert (len(messages), len({message.sent_at for message in messages})) == (120, 1)


def test_some_messages_lie_on_either_side_of_midnight_in_china() -> None:
    days = {(message.sent_at + CHINA_OFFSET).strftime("%H:%M") for message in Scenario(lambda: NOW).messages}

    assert {"23:59", "00:00"} <= days


async def test_the_unknown_number_is_known_to_nobody(providers: SandboxProviders) -> None:
    assert await Tencent(providers.tencent).rows(PhoneNumber=UNKNOWN_NUMBER) == []
    assert (await Aliyun(providers.aliyun).details(PhoneNumber="13900000000"))["TotalCount"] == 0


async def test_international_messages_of_each_state_are_found_by_their_ids(providers: SandboxProviders) -> None:
    aliyun = Aliyun(providers.aliyun)

    delivered, failed, pending = [await aliyun.message(key) for key in (INTL_DELIVERED, INTL_FAILED, INTL_PENDING)]

    assert (delivered["Status"], delivered["ErrorCode"], delivered["To"]) == ("1", "DELIVERED", "85261234567")
    assert (failed["Status"], failed["ErrorCode"], failed["NumberDetail"]["Carrier"]) == ("2", "SP_UNKNOW_ERROR", "Singtel")
    assert (pending["Status"], "ErrorCode" in pending) == ("3", False)


async def test_the_marketing_app_sees_its_own_messages_only(providers: SandboxProviders) -> None:
    rows = await Tencent(providers.tencent).rows(PhoneNumber="+8613811112003", SmsSdkAppId=MARKETING_APP, BeginTime=0 + _hours(2))

    assert [row["Description"] for row in rows] == ["MX:0012"]


def _hours(hours: int) -> int:
    return int((NOW - timedelta(hours=hours)).timestamp())


def test_the_commands_to_try_are_distinct() -> None:
    assert Scenario.commands is COMMANDS
    assert len({entry.command for entry in COMMANDS}) == len(COMMANDS) >= 14


ASKER = ParseContext(NOW, ZoneInfo("Asia/Shanghai"), {"tencent": "tencent", "aliyun": "aliyun"})


def words_of(entry: TryThis) -> str:
    """What the grammar reads: all but the command's or the app's name."""
    name, _, words = entry.command.partition(" ")
    return words if name in {"/smsstatus", "@smsstatus"} else entry.command


def test_the_commands_to_try_come_by_every_way_of_asking() -> None:
    assert {entry.command[0] for entry in COMMANDS} >= {"/", "@", "+"}


@each("entry", COMMANDS, ids=lambda entry: entry.command)
def test_each_command_to_try_is_understood_or_asks_back_with_readings_that_are(entry: TryThis) -> None:
    words = words_of(entry)
    if "a button" not in entry.story:
        parse(words, ASKER)
        return
    with pytest.raises(UsageError) as caught:
        parse(words, ASKER)
    assert [parse(reading, ASKER) for reading in caught.value.readings]


def test_the_numbers_to_try_have_stories_or_are_the_unknown_one() -> None:
    known = {story.number for story in STORIES} | {UNKNOWN_NUMBER, ARCHIVED_NUMBER}
    for entry in COMMANDS:
        if "a button" not in entry.story:
            command = parse(words_of(entry), ASKER)
            asked = {t.number.e164 for t in command.query.targets if t.number} if isinstance(command, Lookup) else set()
            assert asked <= known


def test_a_switch_that_a_story_names_exists() -> None:
    named = {found for entry in COMMANDS for found in re.findall("“(.+?)”", entry.story)}

    assert named
    assert named <= {fault.label for fault in DEMO_FAULTS.values()}


@each("name", DEMO_FAULTS)
async def test_each_demo_switch_makes_a_difference_and_takes_it_back(providers: SandboxProviders, name: str) -> None:
    stand_in = providers.tencent if name.startswith("tencent") else providers.aliyun
    other = providers.aliyun if stand_in is providers.tencent else providers.tencent

    await DEMO_FAULTS[name].on(providers)
    was_changed = not stand_in.listening or bool(stand_in.faults.playing)
    other_was_spared = other.listening and not other.faults.playing
    await DEMO_FAULTS[name].off(providers)

    assert was_changed
    assert other_was_spared
    assert stand_in.listening
    assert stand_in.faults.playing == ()


def test_the_demo_accounts_are_made_up_and_their_secrets_stay_out_of_reprs() -> None:
    for account, secret in ((TENCENT_ACCOUNT, TENCENT_ACCOUNT.secret_key), (ALIYUN_ACCOUNT, ALIYUN_ACCOUNT.access_key_secret)):
        assert "EXAMPLE" in secret
        assert secret not in repr(account)
    assert "a-token" not in repr(TencentAccount(token="a-token"))


def test_a_message_prints_neither_its_number_nor_its_text() -> None:
    [message, *_] = Scenario(lambda: NOW).messages

    assert message.number not in repr(message)
    assert message.text not in repr(message)
