"""Watches in the workspace: the card, and the one outcome that mentions whoever asked, whatever happens between."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import sqlalchemy as sa

from bot.sandbox.demo import open_sandbox
from bot.sandbox.stories import WATCHED_NUMBER
from bot.slack.views import watches as views
from bot.slack.watching.store import WATCHES
from bot.slack.watching.watch import WatchState
from bot.storage.audit_log import AUDIT
from bot.storage.database import Database
from bot.timing.clock import system_clock
from tests.slack.conftest import (
    QUICK,
    SECOND,
    Office,
    Offices,
    actions_of,
    buttons_of,
    found_button,
    payload_of,
    start,
    words_of,
)
from tests.slack.languages import english_in, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Mode
    from bot.sandbox.providers import SandboxMessage
    from bot.sandbox.slack import PostedMessage

WATCHFUL = replace(QUICK, watch_every=0.02)
MASKED = "+86 138****2030"
NEVER = 13811112017  # its messages have no receipt, and get none


@dataclass
class Skew:
    """A clock that the test sets forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def advance(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@dataclass
class Watching:
    """An office with a clock."""

    office: Office
    clock: Skew
    mode: Mode = "http"
    environ: dict[str, str] = field(default_factory=dict)

    async def restart(self, **environ: str) -> None:
        await self.office.app.aclose()
        settings = {**self.environ, **environ}
        await start(self.office.sandbox, self.office.app, self.mode, timings=WATCHFUL, clock=self.clock, **settings)

    async def look(self) -> None:
        """Let a look be due, once nobody works on a watch: what ends later would set the next look by the clock as it is then."""
        where = self.environ.get("SMSSTATUS_DATABASE_URL", f"sqlite:///{self.office.sandbox.data / 'smsstatus.db'}")
        database = Database(where)
        try:
            async with asyncio.timeout(15):
                while await database.read(lambda connection: connection.execute(self._leased()).first()):  # noqa: ASYNC110 - a database tells nobody
                    await asyncio.sleep(WATCHFUL.posted_poll)
        finally:
            await database.aclose()
        self.clock.advance(seconds=125)

    def _leased(self) -> sa.Select[tuple[str]]:
        open_ones = sa.select(WATCHES.c.id).where(WATCHES.c.state == WatchState.OPEN.value)
        return open_ones.where(WATCHES.c.lease_until > self.clock())

    def thread(self, card: PostedMessage) -> list[PostedMessage]:
        """What the bot has said to all in the card's thread besides the card."""
        root = card.thread_ts or card.ts
        said = [one for one in self.office.seen() if one.thread_ts == root and one.ephemeral_to is None]
        return [one for one in said if one.ts not in {card.ts, root}]

    def now(self, message: PostedMessage) -> PostedMessage:
        return self.office.workspace.state.conversations[message.channel].history[message.ts]

    async def outcome(self, card: PostedMessage) -> PostedMessage:
        """What is said in the card's thread, once the card is edited too."""
        said = await self.office.workspace.wait_for(lambda: self.thread(card), within=15)
        await self.office.workspace.wait_for(lambda: "Watch ended" in payload_of(self.now(card)) or None, within=15)
        assert len(said) == 1
        return self.thread(card)[0]


@asynccontextmanager
async def watching(offices: Offices, mode: Mode = "http", **environ: str) -> AsyncIterator[Watching]:
    clock = Skew()
    async with offices.open(mode, timings=WATCHFUL, clock=clock, **environ) as office:
        yield Watching(office, clock, mode, environ)


async def audited(office: Office) -> list[tuple[str, str, str]]:
    """Surface, command and outcome of each entry in the audit."""
    database = Database(f"sqlite:///{office.sandbox.data / 'smsstatus.db'}")
    try:
        rows = await database.read(lambda connection: connection.execute(sa.select(AUDIT)).mappings().all())
    finally:
        await database.aclose()
    return [(row["surface"], row["command"], row["outcome"]) for row in rows]


async def test_in_a_thread_the_outcome_is_said_once_and_mentions_who_asked(offices: Offices) -> None:
    async with watching(offices) as it:
        office, scenario = it.office, it.office.sandbox.scenario
        sent = scenario.send(WATCHED_NUMBER)

        card = await office.say(f"@smsstatus watch {WATCHED_NUMBER}", user="ann")
        assert words_of(card).startswith(f"⏳ Watching `{MASKED}` until ")
        assert WATCHED_NUMBER[3:] not in payload_of(card)
        assert [button["action_id"] for button in buttons_of(card)] == [views.STOP]

        scenario.receive(sent)
        await it.look()
        said = await it.outcome(card)

        assert "<@U0ANN0001> ✅ *Delivered" in payload_of(said)
        assert "Watch ended: final." in words_of(it.now(card))
        assert "refresh" in actions_of(it.now(card))
        await office.quiet()
        assert ("watch", "watch", "answered") in await audited(office)
        assert len(it.thread(card)) == 1


async def test_a_slash_command_is_watched_in_the_direct_message_and_says_so(offices: Offices) -> None:
    async with watching(offices) as it:
        office, scenario = it.office, it.office.sandbox.scenario
        sent = scenario.send(WATCHED_NUMBER)

        reply = await office.ask(f"watch {WATCHED_NUMBER} for 30m please", user="sam")
        (card,) = office.seen("sam", "dm-sam")
        scenario.receive(sent, "MOBILE_NOT_ON_SERVICE")
        await it.look()
        _, outcome = await office.workspace.wait_for(
            lambda: seen if len(seen := office.seen("sam", "dm-sam")) > 1 else None, within=15
        )

        assert reply.ephemeral_to == "U0SAM0001"
        assert "I'll tell you in a direct message when it's final." in words_of(reply)
        assert words_of(card).startswith(f"⏳ Watching `{MASKED}`")
        assert "please" in words_of(card)
        assert "❌ *Failed" in payload_of(outcome)
        assert office.seen("ann") == []


async def test_with_share_the_channel_has_the_card_and_the_outcome_in_its_thread(offices: Offices) -> None:
    async with watching(offices) as it:
        sent = it.office.sandbox.scenario.send(WATCHED_NUMBER)

        card = await it.office.ask(f"watch {WATCHED_NUMBER} share")
        it.office.sandbox.scenario.receive(sent)
        await it.look()
        said = await it.outcome(card)

        assert (card.ephemeral_to, said.thread_ts) == (None, card.ts)


async def test_the_button_of_a_pending_answer_watches_where_the_answer_is(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        alone = await office.ask(WATCHED_NUMBER)
        shared = await office.say(f"@smsstatus {WATCHED_NUMBER}", user="ann")
        assert actions_of(alone)[0] == "watch"

        await workspace.click("li", alone, *found_button(alone, "answer.watch"))
        told = (await workspace.wait_for(lambda: [m for m in office.seen() if "I'll tell you" in words_of(m)], within=15))[0]
        await workspace.click("ann", shared, *found_button(shared, "answer.watch"))
        (card,) = await workspace.wait_for(lambda: it.thread(shared), within=15)
        office.sandbox.scenario.receive(sent)
        await it.look()
        said = (await workspace.wait_for(lambda: it.thread(shared)[1:], within=15))[0]
        await workspace.wait_for(lambda: office.seen(channel="dm-li")[1:], within=15)

        assert told.ephemeral_to == "U0LIWEI01"
        assert "asked by <@U0ANN0001>" in payload_of(card)
        assert "<@U0ANN0001> ✅" in payload_of(said)


async def test_what_is_final_already_is_answered_and_not_watched(offices: Offices) -> None:
    async with watching(offices) as it:
        alone = await it.office.ask("watch 13811112021")
        shared = await it.office.say("@smsstatus watch 13811112021")

        for answer in (alone, shared):
            assert words_of(answer).startswith("Nothing to wait for: this is final.")
            assert "✅ Delivered" in words_of(answer)
        assert "No open watches" in words_of(await it.office.ask("watches"))


async def test_when_the_time_is_up_it_says_what_is_open_and_goes_on_when_asked(offices: Offices) -> None:
    async with watching(offices) as it:
        card = await it.office.say(f"@smsstatus watch {NEVER} since 1d for 1m", user="ann")
        it.clock.advance(seconds=61)
        over = await it.outcome(card)

        assert "<@U0ANN0001> ⌛ Time is up after 1 min. Not final yet:" in payload_of(over)
        assert "No receipt" in words_of(over)
        assert "Watch ended: time is up." in words_of(it.now(card))

        await it.office.workspace.click("li", over, *found_button(over, views.MORE))
        again = (await it.office.workspace.wait_for(lambda: it.thread(card)[1:], within=15))[0]
        assert words_of(again).startswith("⏳ Watching")
        assert "asked by <@U0LIWEI01>" in payload_of(again)


async def test_who_asked_can_stop_it_and_nobody_else_and_then_nothing_is_said(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await office.say(f"@smsstatus watch {WATCHED_NUMBER}", user="ann")

        await workspace.click("li", card, *found_button(card, views.STOP))
        refusal = (await workspace.wait_for(lambda: [m for m in office.seen() if m.ephemeral_to], within=15))[0]
        stopped = await office.press(card, views.STOP, user="ann")
        office.sandbox.scenario.receive(sent)
        await it.look()
        await office.ask("watches", user="ann")
        await office.quiet()

        assert words_of(refusal) == "Only @U0ANN0001 can stop this watch."
        assert words_of(stopped) == f"Watch stopped: `{MASKED}`"
        assert it.thread(card) == []


async def test_a_card_whose_watch_was_stopped_elsewhere_loses_its_button_when_it_is_pressed(offices: Offices) -> None:
    async with watching(offices) as it:
        office = it.office
        office.sandbox.scenario.send(WATCHED_NUMBER)
        reply = await office.ask(f"watch {WATCHED_NUMBER} since 24h")
        again = await office.ask(f"watch {WATCHED_NUMBER} since 24h")
        (card,) = office.seen(channel="dm-li")
        listed = await office.ask("watches")
        button = next(block["accessory"] for block in listed.blocks if "accessory" in block)
        await office.workspace.click("li", listed, button["action_id"], button["value"])
        # A look that was under way may edit the card before that.
        stopped = f"Watch stopped: `{MASKED}`"
        await office.workspace.wait_for(lambda: words_of(it.now(card)) == stopped, within=15)

        for message in (reply, again):
            pressed = await office.press(message, views.STOP)
            assert (words_of(pressed), buttons_of(pressed)) == ("This watch is already over.", [])


async def test_five_at_most_and_the_list_stops_each(offices: Offices) -> None:
    async with watching(offices) as it:
        office = it.office
        for day in range(1, 6):
            reply = await office.ask(f"watch {13900000000 + day}")
            assert "⏳ Watching" in words_of(reply)

        sixth = await office.ask("watch 13900000009")
        same = await office.ask("watch 13900000001 for 1h")
        listed = await office.ask("watches")
        button = next(block["accessory"] for block in listed.blocks if "accessory" in block)
        await office.workspace.click("li", listed, button["action_id"], button["value"])
        left = await office.workspace.wait_for(lambda: office.edited(listed), within=15)
        then = await office.ask("watch 13900000009")

        assert words_of(sixth).splitlines() == [
            "You already have 5 open watches, the most at once.",
            "Stop one first: `/smsstatus watches` lists them.",
        ]
        assert words_of(same).startswith("⏳ You already watch `+86 139****0001`, until ")
        assert office.seen(channel="dm-li")[0].edited is not None
        assert "You have 5 open watches:" in words_of(listed)
        assert "13900000" not in payload_of(listed)
        assert "You have 4 open watches:" in words_of(left)
        assert "⏳ Watching" in words_of(then)


async def test_a_restart_forgets_nothing_and_another_process_says_the_outcome(offices: Offices) -> None:
    async with watching(offices) as it:
        sent = it.office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await it.office.say(f"@smsstatus watch {WATCHED_NUMBER}")

        await it.restart()
        it.office.sandbox.scenario.receive(sent)
        await it.look()

        assert "✅ *Delivered" in payload_of(await it.outcome(card))


async def test_whoever_may_not_ask_any_more_is_not_told(offices: Offices) -> None:
    async with watching(offices) as it:
        sent = it.office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await it.office.say(f"@smsstatus watch {WATCHED_NUMBER}", user="ann")

        await it.restart(SMSSTATUS_ALLOWED_USERS="U0LIWEI01")
        it.office.sandbox.scenario.receive(sent)
        await it.look()
        stopped = await it.office.workspace.wait_for(lambda: it.office.edited(card), within=15)
        await it.office.quiet()

        assert words_of(stopped) == f"Watch stopped: `{MASKED}`"
        assert it.thread(card) == []


async def test_two_replicas_on_one_postgresql_say_it_once(postgres_url: str) -> None:
    shared = {"SMSSTATUS_DATABASE_URL": postgres_url, "SMSSTATUS_SECRET_KEY": "one key for all the replicas"}
    clock = Skew()
    async with open_sandbox(second=SECOND) as sandbox, AsyncExitStack() as one, AsyncExitStack() as other:
        first = await start(sandbox, one, "http", timings=WATCHFUL, clock=clock, **shared)
        await start(sandbox, other, "http", timings=WATCHFUL, clock=clock, **shared)
        it = Watching(Office(sandbox, one, first), clock, environ=shared)
        sandbox.workspace.http_entry = f"{first}/slack/events"
        cards: list[tuple[SandboxMessage, PostedMessage]] = []
        for _ in range(3):
            number = f"+86138111190{len(cards):02}"
            sandbox.scenario.receive(sandbox.scenario.send(number))
            waiting = sandbox.scenario.send(number)
            cards.append((waiting, await it.office.say(f"@smsstatus watch {number}")))
        for sent, _ in cards:
            sandbox.scenario.receive(sent)
        await it.look()
        for _, card in cards:
            await it.outcome(card)
        await it.look()
        await one.aclose()
        await other.aclose()

        assert [len(it.thread(card)) for _, card in cards] == [1, 1, 1]


async def test_where_the_thread_is_gone_the_outcome_goes_to_who_asked(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await office.ask(f"watch {WATCHED_NUMBER} share")
        await workspace.state.remove(card)

        office.sandbox.scenario.receive(sent)
        await it.look()
        (told,) = await workspace.wait_for(lambda: office.seen(channel="dm-li"), within=15)

        assert "Sent here because Slack rejected the post in <#C0INCIDENT> (`cannot_reply_to_message`)." in payload_of(told)
        assert "✅ *Delivered" in payload_of(told)


async def test_what_slack_may_have_taken_is_not_said_a_second_time(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await office.say(f"@smsstatus watch {WATCHED_NUMBER}")

        workspace.fail_next("chat.postMessage", after=True)
        office.sandbox.scenario.receive(sent)
        await it.look()
        await it.outcome(card)
        it.clock.advance(minutes=4)
        await office.ask("watches")
        await office.quiet()

        assert len(it.thread(card)) == 1


async def test_what_slack_surely_did_not_take_is_said_later(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await office.say(f"@smsstatus watch {WATCHED_NUMBER}")

        workspace.fail_next("chat.postMessage", "ratelimited", status=429, retry_after=3600)
        office.sandbox.scenario.receive(sent)
        await it.look()
        await workspace.wait_for(lambda: [c for c in workspace.calls if c.error == "ratelimited"], within=15)
        await it.restart()  # whoever runs next does not know how long Slack wanted it to wait
        await it.look()

        assert "✅ *Delivered" in payload_of(await it.outcome(card))


async def test_a_pushed_receipt_wakes_the_watch_before_its_next_look(offices: Offices) -> None:
    token = "an-unguessable-token-of-this-test"
    async with watching(offices, SMSSTATUS_CALLBACK_TOKEN=token) as it:
        card = await it.office.say(f"@smsstatus watch {WATCHED_NUMBER} via receipts")
        now = system_clock().astimezone().strftime("%Y-%m-%d %H:%M:%S")
        push = {
            "user_receive_time": now, "nationcode": "86", "mobile": WATCHED_NUMBER[3:], "report_status": "SUCCESS",
            "errmsg": "DELIVRD", "description": "ok", "sid": "5000:1045710669157053657849499999",
        }  # fmt: skip
        it.clock.advance(seconds=6)
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{it.office.url}/callbacks/tencent/{token}", json=[push]) as taken,
        ):
            assert taken.status == 200

        assert "✅ *Delivered" in payload_of(await it.outcome(card))


async def test_the_card_is_edited_when_something_changed_and_not_more_often_than_every_half_minute(offices: Offices) -> None:
    async with watching(offices) as it:
        scenario = it.office.sandbox.scenario
        other = "+8613811112031"
        first, second = scenario.send(WATCHED_NUMBER), scenario.send(other)
        card = await it.office.say(f"@smsstatus watch {WATCHED_NUMBER} {other}")

        scenario.receive(first)
        await it.look()
        edited = await it.office.workspace.wait_for(lambda: it.office.edited(card), within=15)
        scenario.receive(second)
        await it.look()
        said = await it.outcome(card)

        assert "Watching" in words_of(edited)
        assert words_of(edited) != words_of(card)
        assert "Both numbers delivered" in words_of(said)


async def test_it_is_all_in_the_language_of_whoever_reads(offices: Offices) -> None:
    async with watching(offices, SMSSTATUS_LANGUAGE="zh") as it:
        office = it.office
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        said = [
            await office.ask(f"监视 {WATCHED_NUMBER} 30分钟"),
            await office.ask(f"盯着 {WATCHED_NUMBER}"),
            await office.ask("监视列表"),
            await office.say(f"@smsstatus 等结果 {WATCHED_NUMBER} {NEVER}", user="ann"),
            await office.ask("watch 13811112021"),
            await office.ask(f"watch {WATCHED_NUMBER} for 2d"),
        ]
        office.sandbox.scenario.receive(sent)
        await it.look()
        await office.workspace.wait_for(lambda: office.seen(channel="dm-li")[1:], within=15)
        said += office.seen(channel="dm-li")

        assert {text: found for one in said for text in texts([one.text, list(one.blocks)]) if (found := english_in(text))} == {}


async def test_the_bot_that_was_removed_ends_its_watch_with_a_line_in_the_log(offices: Offices) -> None:
    async with watching(offices) as it:
        office, workspace = it.office, it.office.workspace
        sent = office.sandbox.scenario.send(WATCHED_NUMBER)
        card = await office.say(f"@smsstatus watch {WATCHED_NUMBER}")

        workspace.revoke("account_inactive")
        office.sandbox.scenario.receive(sent)
        await it.look()
        await workspace.wait_for(lambda: [c for c in workspace.calls if c.error == "account_inactive"][2:], within=15)
        workspace.revoke(None)
        await it.look()
        listed = await office.ask("watches")
        await office.quiet()

        assert "No open watches" in words_of(listed)
        assert it.thread(card) == []
