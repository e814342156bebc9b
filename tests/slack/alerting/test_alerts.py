"""Alerts through the real app: receipts that are pushed by HTTP in, a message in the channel out, edited, muted, closed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import aiohttp

from bot.app import serving
from bot.config import load_settings
from bot.providers.registry import VENDORS
from bot.sandbox.providers.callbacks import CallbackPusher
from bot.sandbox.providers.messages import SandboxMessage, SandboxReceipt, SandboxSystem
from bot.timing.clock import system_clock
from tests.slack.conftest import BOTH_MODES, QUICK, Office, Offices, buttons_of, found_button, payload_of, start, words_of
from tests.toys import ShiftedClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Mode
    from bot.sandbox.slack import PostedMessage

TOKEN = "sandbox-callback-token-0001"
SETTINGS = {"SMSSTATUS_CALLBACK_TOKEN": TOKEN, "SMSSTATUS_ALERT_CHANNEL": "C0INCIDENT"}
MOBILE, UNICOM = "+86137000", "+86130000"
ALERTING = replace(QUICK, alert_every=0.05)


@dataclass
class Traffic:
    """Receipts as Tencent pushes them."""

    pusher: CallbackPusher
    clock: ShiftedClock
    office: Office
    _ids: count[int] = field(default_factory=count)

    async def push(self, delivered: int, failed: int, numbers: str = MOBILE, code: str = "REJECTD") -> None:
        """So many receipts of now."""
        now = self.clock()
        codes = [*["DELIVRD"] * delivered, *[code] * failed]
        messages = [
            SandboxMessage(
                SandboxSystem.TENCENT,
                f"{numbers}{at:05}",
                f"5000:{at}",
                now,
                SandboxReceipt(now, one, delivered=one == "DELIVRD"),
            )
            for one, at in zip(codes, self._ids, strict=False)
        ]
        pushed = await self.pusher.tencent(messages)
        assert all(push.is_taken for push in pushed)

    async def pass_minutes(self, minutes: int, delivered: int = 0, failed: int = 0) -> None:
        """Minutes in which so much comes."""
        for _ in range(minutes):
            self.clock.by += timedelta(minutes=1)
            if delivered or failed:
                await self.push(delivered, failed)

    async def judged(self) -> None:
        """Return when the minute that it is has been judged, and what is to be said was said."""
        minute = self.clock().replace(second=0, microsecond=0).timestamp()
        async with aiohttp.ClientSession() as client:
            while True:
                async with client.get(f"{self.office.url}/metrics") as response:
                    found = re.search(r"^smsstatus_alerts_judged_timestamp_seconds (\S+)$", await response.text(), re.MULTILINE)
                if found is not None and float(found[1]) >= minute:
                    return

    async def told(self, number: int) -> list[PostedMessage]:
        """What the channel was told, once it is so many messages."""
        return await self.office.workspace.wait_for(
            lambda: found if len(found := self.office.seen()) >= number else None, within=15
        )


@asynccontextmanager
async def alerting(offices: Offices, mode: Mode = "http", **environ: str) -> AsyncIterator[Traffic]:
    clock = ShiftedClock()
    opened = offices.open(mode, timings=ALERTING, clock=clock, **{**SETTINGS, **environ})
    async with opened as office, CallbackPusher(office.url, TOKEN) as pusher:
        yield Traffic(pusher, clock, office)


def said(message: PostedMessage) -> str:
    """What is read, whatever keeps a line together."""
    return words_of(message).replace("\N{NO-BREAK SPACE}", " ")


async def begin_outage(traffic: Traffic) -> PostedMessage:
    """The alert of a carrier of which 60 of 80 messages fail."""
    await traffic.push(100, 1)
    await traffic.push(100, 1, UNICOM)
    await traffic.pass_minutes(10)
    await traffic.push(20, 60)
    await traffic.push(30, 0, UNICOM)
    await traffic.pass_minutes(1)
    return (await traffic.told(1))[0]


async def pressed(traffic: Traffic, alert: PostedMessage, action: str, user: str = "li") -> PostedMessage:
    """The message that a button brings."""
    office = traffic.office
    before = len(office.seen(user))
    await office.workspace.click(user, alert, *found_button(alert, action))
    return (await office.workspace.wait_for(lambda: office.seen(user)[before:], within=15))[0]


@BOTH_MODES
async def test_an_outage_of_a_carrier_is_told_once_edited_while_it_lasts_and_closed(offices: Offices, mode: Mode) -> None:
    async with alerting(offices, mode) as traffic:
        office = traffic.office
        told = await begin_outage(traffic)
        first, *lines = said(told).splitlines()
        assert first.startswith("❌ China Mobile: 25 % delivered since ")
        assert first.endswith(" · Tencent")
        assert "Meanwhile: China Unicom 100 %" in lines
        assert len([line for line in lines if line.startswith("✗ ") and "+86 137****" in line]) == 3
        assert any("not compared with yesterday or a week ago: too few receipts kept" in line for line in lines)
        assert [button["action_id"] for button in buttons_of(told)] == ["alert.stats", "alert.failures", "alert.mute"]

        await traffic.push(0, 100)
        await traffic.pass_minutes(3)
        lasting = await office.workspace.wait_for(lambda: office.edited(told), within=15)
        assert said(lasting).startswith("❌ China Mobile: 11 % delivered since ")

        await traffic.pass_minutes(17, delivered=10)
        closed, reply = await traffic.told(2)
        assert said(closed).startswith("✅ Over at ")
        assert "China Mobile · Tencent · lasted " in said(closed)
        assert "160 messages failed" in said(closed)
        assert reply.thread_ts == told.ts
        assert said(reply).startswith("✅ Over at ")
        assert [button["action_id"] for button in buttons_of(closed)] == ["alert.stats", "alert.failures"]

        await traffic.pass_minutes(20, delivered=2)
        await traffic.judged()
        assert len(office.seen()) == 2, "it is not told of anew"
        assert MOBILE.removeprefix("+86") not in "".join(payload_of(message) for message in office.seen())


async def test_the_buttons_of_an_alert_show_figures_and_failures_to_whoever_presses_and_mute_it_for_all(offices: Offices) -> None:
    async with alerting(offices) as traffic:
        office = traffic.office
        told = await begin_outage(traffic)

        stats = await pressed(traffic, told, "alert.stats", "sam")
        assert "Tencent" in said(stats)
        assert "delivered" in said(stats)
        listed = await pressed(traffic, told, "alert.failures", "sam")
        assert said(listed).startswith("Newest failures: China Mobile · Tencent")
        assert said(listed).count("+86 137****") == 20
        assert {one.ephemeral_to for one in (stats, listed)} == {office.workspace.state.user("sam").id}
        assert MOBILE.removeprefix("+86") not in payload_of(listed)

        muted = await office.press(told, "alert.mute", user="sam")
        assert "Muted by @" in said(muted)
        assert [button["action_id"] for button in buttons_of(muted)] == ["alert.stats", "alert.failures"]
        traffic.clock.by += timedelta(minutes=59)
        await traffic.push(10, 40)
        await traffic.pass_minutes(2)
        _, reply = await traffic.told(2)
        assert "The mute is over, the trouble is not:" in said(reply)
        assert reply.thread_ts == told.ts

        await office.quiet()
        audit = sqlite3.connect(office.sandbox.data / "smsstatus.db")
        entries = audit.execute("SELECT command, outcome FROM audit ORDER BY at").fetchall()
        assert entries == [(f"alert.{name}", "answered") for name in ("stats", "failures", "mute")]


async def test_in_quiet_hours_nothing_is_posted_and_after_them_what_lasts_and_in_one_line_what_is_over(offices: Offices) -> None:
    shanghai, now = ZoneInfo("Asia/Shanghai"), system_clock()
    begin, end = ((now + timedelta(hours=hours)).astimezone(shanghai) for hours in (-1, 1))
    async with alerting(offices, SMSSTATUS_ALERT_QUIET_HOURS=f"{begin:%H:%M}-{end:%H:%M}") as traffic:
        await traffic.push(20, 60)
        await traffic.pass_minutes(1)
        await traffic.judged()
        await traffic.pass_minutes(17, delivered=10)
        await traffic.judged()
        await traffic.pass_minutes(25)
        await traffic.push(10, 60, UNICOM)
        await traffic.pass_minutes(1)
        await traffic.judged()
        assert traffic.office.seen() == []

        await traffic.pass_minutes(19)
        lasting, over = sorted(map(said, await traffic.told(2)))
        assert lasting.startswith("❌ China Unicom: 14 % delivered since ")
        assert over.startswith("🌙 Over already, during quiet hours: one alert\n• ❌ China Mobile: 25 % delivered since ")


async def test_a_channel_that_takes_no_post_is_told_as_soon_as_it_does(offices: Offices) -> None:
    async with alerting(offices, SMSSTATUS_ALERT_CHANNEL="C0GENERAL0") as traffic:
        workspace = traffic.office.workspace
        await traffic.push(20, 60)
        await traffic.pass_minutes(1)
        await traffic.judged()
        workspace.state.conversations["C0GENERAL0"].members.add(workspace.bot.bot_user_id)
        await traffic.pass_minutes(1)
        told = await workspace.wait_for(lambda: traffic.office.seen(channel="general"), within=15)
        assert len(told) == 1


async def test_a_process_that_takes_over_goes_on_with_the_same_message(offices: Offices) -> None:
    async with alerting(offices) as traffic:
        told = await begin_outage(traffic)
        office = traffic.office
        await office.app.aclose()
        url = await start(office.sandbox, office.app, "http", timings=ALERTING, clock=traffic.clock, **SETTINGS)
        async with CallbackPusher(url, TOKEN) as pusher:
            await replace(traffic, pusher=pusher).push(0, 100)
        await traffic.pass_minutes(3)
        lasting = await office.workspace.wait_for(lambda: office.edited(told), within=15)
        assert said(lasting).startswith("❌ China Mobile: 11 % delivered since ")
        assert len(office.seen()) == 1


async def test_a_post_that_slack_may_have_taken_is_tried_once_more_and_not_again(offices: Offices) -> None:
    async with alerting(offices) as traffic:
        traffic.office.workspace.fail_next("chat.postMessage", times=5, after=True)
        await traffic.push(20, 60)
        for _ in range(4):
            await traffic.pass_minutes(1, failed=10)
            await traffic.judged()
        assert len(traffic.office.seen()) == 2


async def test_of_two_processes_one_judges_and_the_other_goes_on_when_it_ends(offices: Offices) -> None:
    async with alerting(offices) as traffic, AsyncExitStack() as other:
        office = traffic.office
        settings = load_settings({"SMSSTATUS_LANGUAGE": "en", **office.sandbox.environ, **SETTINGS}, VENDORS)
        serving_too = serving(settings, mode="http", port=0, timings=ALERTING, clock=traffic.clock)
        second = await other.enter_async_context(serving_too)
        await begin_outage(traffic)
        await traffic.pass_minutes(1)
        await traffic.judged()
        assert len(office.seen()) == 1

        await office.app.aclose()
        async with CallbackPusher(second.url, TOKEN) as pusher:
            left = replace(traffic, pusher=pusher, office=replace(office, url=second.url))
            await left.push(0, 100)
            await left.pass_minutes(3)
            await left.judged()
        assert said(office.seen()[0]).startswith("❌ China Mobile: 11 % delivered since ")
        assert len(office.seen()) == 1


async def test_a_new_alert_about_what_is_muted_waits_for_the_end_of_the_mute(offices: Offices) -> None:
    async with alerting(offices) as traffic:
        told = await begin_outage(traffic)
        await traffic.office.press(told, "alert.mute")
        await traffic.pass_minutes(17, delivered=10)
        await traffic.judged()
        assert said(traffic.office.seen()[0]).startswith("✅ Over at ")
        await traffic.pass_minutes(16, delivered=2)
        await traffic.push(0, 80)
        await traffic.pass_minutes(1)
        await traffic.judged()
        assert len(traffic.office.seen()) == 1, "neither a reply nor another alert within the hour"

        traffic.clock.by += timedelta(minutes=28)
        await traffic.push(0, 10)
        await traffic.pass_minutes(1)
        _, again = await traffic.told(2)
        assert said(again).startswith("❌ China Mobile: ")
        assert again.thread_ts is None
