"""The people who ask, and the vendors who push: everything that the app has to answer, each noted in the ledger."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.chaos.ledger import PROGRESS, Asked, Kind
from bot.sandbox.providers.callbacks import PushRetries
from bot.sandbox.slack.model import Conversation, ConversationKind, User
from bot.slack.requests.slack_request import parse_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from benchmarks.chaos.ledger import Ledger
    from bot.sandbox.providers.callbacks import CallbackPusher
    from bot.sandbox.slack import SlackWorkspace
    from bot.sandbox.slack.faults import SlackFault
    from bot.sandbox.slack.model import EventDelivery, Interaction, PostedMessage
    from bot.sandbox.slack.state import StateChange

PEOPLE = tuple(User(f"U0CHAOS{place:02}", f"person-{place}", f"Person {place}") for place in range(10))
CHANNELS = 400
MENTIONS = 0.05  # of all requests: Slack takes few posts a minute
CLICKS = 0.1  # of the answers
ASKS_PROVIDERS = 0.1  # of the lookups: the others are about what the app holds
SERVER_ERROR = 500
ROWS = 100  # of a push: as many as Tencent sends
VENDORS = {  # soon, so that a run has many of them
    "tencent": PushRetries(seconds=5.0, waits=(0.5, 1.0, 2.0, 4.0), field="result"),
    "aliyun": PushRetries(seconds=0.7, waits=(0.5, 1.0, 2.0, 4.0), field="code"),
}


class People:
    """Types commands, mentions the app, and presses buttons."""

    def __init__(self, workspace: SlackWorkspace, ledger: Ledger, dice: Random) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._dice = dice
        self._answers: list[tuple[int, PostedMessage]] = []  # that nobody has clicked yet
        self._mentions: list[tuple[Asked, EventDelivery]] = []
        self._turn = 0
        self._bot = workspace.bot.bot_user_id
        state = workspace.state
        # In front of the others, as the channels below, since the workspace looks for a name from the first on.
        staff = dict(state.users)
        state.users.clear()
        state.users.update({one.id: one for one in PEOPLE} | staff)
        members = {one.id for one in PEOPLE} | {self._bot}
        self._channels = [
            Conversation(f"C0CHAOS{place:04}", f"chaos-{place}", ConversationKind.PUBLIC, set(members))
            for place in range(CHANNELS)
        ]
        others = dict(state.conversations)
        state.conversations.clear()
        state.conversations.update({one.id: one for one in self._channels} | others)
        state.on_change.append(self._see)
        workspace.faults.on_failed.append(self._fail)

    async def ask(self, total: int, seconds: float) -> None:
        """Make so many requests, spread evenly; returns when each was acknowledged, or given up."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for place in range(total):
                await asyncio.sleep(max(0.0, begun + seconds * place / total - time.monotonic()))
                group.create_task(self._ask_one())
        await self._workspace.settled()
        for asked, delivery in self._mentions:
            acks = [ack for ack in delivery.acks if ack.error is None]
            if acks:
                asked.acked_at = asked.asked_at + acks[0].ms / 1000

    async def one_at_a_time(self, many: int) -> list[float]:
        """Type commands, each when the last is answered; the milliseconds until each was acknowledged."""
        taken = []
        for _ in range(many):
            asked, done = await self.command()
            taken.append(done.ack_ms)
            await self._workspace.wait_for(partial(_answers, asked))
        return taken

    async def command(self) -> tuple[Asked, Interaction]:
        """Type one command. Returns when it was acknowledged, or given up."""
        who, where = self._place()
        number = self._ledger.next_number()
        asked = Asked(Kind.COMMAND, number, time.monotonic(), who, where.id)
        self._ledger.ask(asked)
        done = await self._workspace.slash(who, where.id, f"/smsstatus {self._words(number)}")
        self._note(asked, done)
        return asked, done

    async def _ask_one(self) -> None:
        chance = self._dice.random()
        if chance < MENTIONS:
            await self._mention()
        elif chance < MENTIONS + CLICKS and self._answers:
            await self._click()
        else:
            await self.command()

    async def _mention(self) -> None:
        who, where = self._place()
        number = self._ledger.next_number()
        asked = Asked(Kind.MENTION, number, time.monotonic(), who, where.id)
        self._ledger.ask(asked)
        said = await self._workspace.say(who, where.id, f"@{self._workspace.bot.display_name} {self._words(number)}")
        sent = next(one for one in reversed(self._workspace.events.sent) if one.event.get("ts") == said.ts)
        asked.key = _key(sent.payload)
        self._mentions.append((asked, sent))
        if self._dice.random() < 0.3:  # noqa: PLR2004 - Slack delivers it again, before or after it hears of the first
            await asyncio.sleep(self._dice.choice([0, 0.001, 0.05, 3]))
            await self._workspace.redeliver(sent)

    async def _click(self) -> None:
        number, message = self._answers.pop(0)
        kind = self._dice.choice([Kind.REFRESH, Kind.SHARE])
        user = message.ephemeral_to or ""
        asked = Asked(kind, number, time.monotonic(), user, message.channel)
        self._ledger.ask(asked)
        try:
            done = await self._workspace.click(user, message, f"answer.{kind.value}")
        except LookupError:  # the answer has no such button
            del self._ledger.requests[kind, number]
            return
        self._note(asked, done)

    def _note(self, asked: Asked, done: Interaction) -> None:
        asked.key = f"trigger:{done.trigger_id}"
        if done.ack.error is None:
            asked.acked_at = time.monotonic()
            self._ledger.acks.append(done.ack.ms)

    def _place(self) -> tuple[str, Conversation]:
        """The id of whose turn it is, and where: the same place comes again after all the others."""
        self._turn += 1
        return PEOPLE[self._turn // CHANNELS % len(PEOPLE)].id, self._channels[self._turn % CHANNELS]

    def _words(self, number: int) -> str:
        where = "" if self._dice.random() < ASKS_PROVIDERS else " via receipts"
        return f"+86137{number:08} id:chaos-{number:07} since 2h{where}"

    def _see(self, change: StateChange) -> None:
        message = change.message
        if message.user != self._bot or change.removed:
            return
        self._ledger.see(time.monotonic(), message, change.before)
        is_answer = message.ephemeral_to is not None and change.before is None and not message.text.startswith(PROGRESS)
        number = self._ledger.number_in(message.text)
        if is_answer and number is not None and (Kind.COMMAND, number) in self._ledger.requests:
            self._answers.append((number, message))

    def _fail(self, method: str, arguments: Mapping[str, Any], fault: SlackFault) -> None:
        if method == "users.info":
            self._ledger.unknown[str(arguments.get("user", ""))].append(time.monotonic())
        elif fault.unanswered or fault.status >= SERVER_ERROR:  # with any other answer the app knows that nothing was posted
            self._ledger.fail(time.monotonic(), str(arguments.get("text", "")), is_for_all=method == "chat.postMessage")


class Vendors:
    """Pushes receipts, each push until it is acknowledged or given up."""

    def __init__(self, pushers: Sequence[CallbackPusher], ledger: Ledger, dice: Random) -> None:
        self._pushers = pushers
        self._ledger = ledger
        self._dice = dice

    async def push(self, total: int, seconds: float) -> None:
        """Push so many receipts, spread evenly; returns when each was acknowledged, or given up."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for first in range(0, total, ROWS):
                await asyncio.sleep(max(0.0, begun + seconds * first / total - time.monotonic()))
                group.create_task(self._push_one(first, min(ROWS, total - first)))

    async def _push_one(self, first: int, count: int) -> None:
        vendor = self._dice.choice(list(VENDORS))
        ids = [f"{vendor}-{first + number}" for number in range(count)]
        self._ledger.pushed.update(ids)
        pusher = self._dice.choice(self._pushers)
        push = await pusher.push(vendor, [_row(vendor, one) for one in ids], VENDORS[vendor])
        if push.is_taken:
            self._ledger.acknowledged.update(ids)


def _answers(asked: Asked) -> list[float]:
    return asked.answers


def _row(vendor: str, message_id: str) -> dict[str, Any]:
    if vendor == "tencent":
        return {"nationcode": "86", "mobile": "13711112222", "report_status": "FAIL", "errmsg": "MK:0008", "sid": message_id}
    return {"phone_number": "13711112222", "success": False, "err_code": "MK:0008", "biz_id": message_id}


def _key(payload: Mapping[str, Any]) -> str:
    return parse_request(payload).idempotency_keys[0]
