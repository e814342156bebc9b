"""The Events API: the events that a change causes, their recipients, and their delivery with retries.

An event is sent only if the app subscribed to it, has its scope, and its bot is a member of the conversation. A mention in a
channel causes two events when the app subscribed to both (`app_mention` and `message.channels`), in no order that an app may rely
on. Sources: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events/app_mention.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks import mentions
from bot.sandbox.slack.model import SLACKBOT, TEAM_ID, ConversationKind, EventDelivery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from bot.sandbox.slack.delivery import RequestDelivery
    from bot.sandbox.slack.model import Conversation, PostedMessage
    from bot.sandbox.slack.state import StateChange, WorkspaceState

KEPT = 1000  # deliveries that can be looked at afterwards
RETRY_WAITS = (0.0, 60.0, 300.0)  # seconds before each of an event's three retries

_MESSAGES = {  # kind -> the event to subscribe to, its scope, its channel_type
    ConversationKind.PUBLIC: ("message.channels", "channels:history", "channel"),
    ConversationKind.PRIVATE: ("message.groups", "groups:history", "group"),
    ConversationKind.IM: ("message.im", "im:history", "im"),
    ConversationKind.MPIM: ("message.mpim", "mpim:history", "mpim"),
}


class Events:
    """Sends events to the app. Deliveries run in the background; `settled` waits for them."""

    def __init__(
        self, state: WorkspaceState, delivery: RequestDelivery, sleep: Callable[[float], Awaitable[None]], waits: Sequence[float]
    ) -> None:
        self._state = state
        self._delivery = delivery
        self._sleep = sleep
        self._waits = waits
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent: deque[EventDelivery] = deque(maxlen=KEPT)
        # Whether a mention in a group DM is an `app_mention` too: reports differ, so an app must be right either way.
        self.mentions_in_group_dms = True
        state.on_change.append(self._take_change)

    def subscribed(self, event: str, scope: str | None = None) -> bool:
        """Whether the app receives such events."""
        bot = self._state.bot
        return event in bot.events and (scope is None or scope in bot.scopes)

    def start(
        self, event: Mapping[str, Any], *, conversation: Conversation | None = None, waits: Sequence[float] | None = None
    ) -> EventDelivery | None:
        """Send an event in the background. None when the app is not subscribed to its type."""
        if event["type"] != "message" and not self.subscribed(event["type"]):
            return None
        shared = conversation is not None and conversation.is_ext_shared
        one = EventDelivery(self.envelope(event, is_ext_shared_channel=shared))
        self.sent.append(one)
        task = asyncio.create_task(self.deliver(one, self._waits if waits is None else waits))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return one

    def envelope(
        self, event: Mapping[str, Any], *, team_id: str = TEAM_ID, is_ext_shared_channel: bool = False
    ) -> dict[str, Any]:
        """An event in its envelope, with an id of its own."""
        return payloads.event_callback(
            self._state.bot,
            event,
            event_id="Ev" + secrets.token_hex(5).upper(),
            event_time=int(self._state.clock().timestamp()),
            team_id=team_id,
            is_ext_shared_channel=is_ext_shared_channel,
        )

    async def deliver(self, one: EventDelivery, waits: Sequence[float]) -> None:
        """Deliver, and retry after each of `waits` seconds until it is acknowledged. Only events are retried."""
        one.acks.append(await self._delivery.send("events_api", one.payload))
        for attempt, wait in enumerate(waits, 1):
            last = one.acks[-1]
            if last.error is None or last.no_retry:
                break
            await self._sleep(wait)
            reason = self._delivery.retry_reason(last)
            one.acks.append(await self._delivery.send("events_api", one.payload, attempt=attempt, reason=reason))
        one.done = True
        await self._state.notify()

    async def settled(self) -> None:
        """Wait until every event so far was acknowledged or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        """Cancel all deliveries."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take_change(self, change: StateChange) -> None:
        conversation = self._state.conversations[change.message.channel]
        if self._state.bot.bot_user_id in conversation.members:
            for event in self._events(conversation, change):
                self.start(event, conversation=conversation)

    def _events(self, conversation: Conversation, change: StateChange) -> Iterator[dict[str, Any]]:
        message = change.message
        if message.ephemeral_to is not None or message.user == SLACKBOT or message.is_command:
            return
        name, scope, channel_type = _MESSAGES[conversation.kind]
        posted = change.before is None and not change.removed
        if posted and self._mentions_bot(conversation, message) and self.subscribed("app_mention", "app_mentions:read"):
            yield {**self._said(conversation, message), "type": "app_mention"}
        if not self.subscribed(name, scope):
            return
        if posted:
            yield {**self._said(conversation, message), **_subtype(message), "channel_type": channel_type}
        else:
            yield {**self._changed(change), "channel": conversation.id, "channel_type": channel_type}

    def _mentions_bot(self, conversation: Conversation, message: PostedMessage) -> bool:
        bot = self._state.bot
        if conversation.kind is ConversationKind.IM or (
            conversation.kind is ConversationKind.MPIM and not self.mentions_in_group_dms
        ):
            return False
        found = mentions({"text": message.text, "blocks": list(message.blocks)})
        return message.user != bot.bot_user_id and any(each.startswith(f"<@{bot.bot_user_id}") for each in found)

    def _said(self, conversation: Conversation, message: PostedMessage) -> dict[str, Any]:
        """A message as an event: its JSON, and where and when it was posted."""
        event = {**payloads.message_json(self._state, message), "channel": conversation.id, "event_ts": message.ts}
        author = self._state.users[message.user]
        if author.is_external:
            event |= {"user_team": author.team_id, "source_team": author.team_id}
        return event

    def _changed(self, change: StateChange) -> dict[str, Any]:
        event: dict[str, Any] = {"type": "message", "hidden": True, "ts": self._state.next_ts()}
        event["event_ts"] = event["ts"]
        if change.before is not None:
            previous = payloads.message_json(self._state, change.before)
            now = payloads.message_json(self._state, change.message)
            return {**event, "subtype": "message_changed", "message": now, "previous_message": previous}
        previous = payloads.message_json(self._state, change.message)
        return {**event, "subtype": "message_deleted", "deleted_ts": change.message.ts, "previous_message": previous}


def _subtype(message: PostedMessage) -> dict[str, str]:
    if message.files:
        return {"subtype": "file_share"}
    return {"subtype": "thread_broadcast"} if message.broadcast else {}
