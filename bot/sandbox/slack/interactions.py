"""What people do in the workspace: type, run the command, press a button; how it reaches the app, and what they then see."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.sandbox.slack import payloads
from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.http_delivery import FORM, JSON
from bot.sandbox.slack.model import TEAM_ID, Ack, Interaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.sandbox.slack.http_delivery import HttpDelivery
    from bot.sandbox.slack.model import Conversation, Message, User
    from bot.sandbox.slack.response_urls import ResponseUrls
    from bot.sandbox.slack.socket_mode import SocketMode
    from bot.sandbox.slack.state import State

RETRY_WAITS = (0.0, 60.0, 300.0)  # seconds before each of an event's three retries


class Delivery:
    """Takes a payload to the app: signed HTTP when `http_entry` is set, one Socket Mode connection otherwise."""

    def __init__(self, http: HttpDelivery, socket: SocketMode, http_entry: str | None) -> None:
        self._http = http
        self._socket = socket
        self.http_entry = http_entry

    async def send(self, kind: str, payload: Mapping[str, Any], *, attempt: int = 0, reason: str = "") -> Ack:
        """One attempt. `kind` is `slash_commands`, `interactive` or `events_api`."""
        if self.http_entry is None:
            return await self._socket.deliver(kind, payload, attempt=attempt, reason=reason)
        if kind == "events_api":
            body, content_type = json.dumps(payload), JSON
        else:
            fields = {"payload": json.dumps(payload)} if kind == "interactive" else payload
            body, content_type = urlencode(fields), FORM
        return await self._http.deliver(self.http_entry, body.encode(), content_type, attempt=attempt, reason=reason)

    async def send_event(self, payload: Mapping[str, Any], waits: Sequence[float]) -> list[Ack]:
        """Deliver an event, again after each of `waits` while it is not acknowledged. Only events are retried.

        Returns one Ack for each attempt.
        """
        acks = [await self.send("events_api", payload)]
        for attempt, wait in enumerate(waits, 1):
            if acks[-1].error is None:
                break
            await asyncio.sleep(wait)
            reason = "timeout" if self.http_entry is None else _http_reason(acks[-1])
            acks.append(await self.send("events_api", payload, attempt=attempt, reason=reason))
        return acks


def _http_reason(ack: Ack) -> str:
    reasons = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
    return reasons.get(ack.error or "", "http_error")


class Interactions:
    """The people's hands."""

    def __init__(self, state: State, urls: ResponseUrls, delivery: Delivery, base_url: Callable[[], str]) -> None:
        self._state = state
        self._urls = urls
        self._delivery = delivery
        self._base_url = base_url

    async def type(self, user: User, conversation: Conversation, text: str, thread_ts: str | None = None) -> Interaction | None:
        """What Enter in the composer does: a slash command, or a plain message (returns None)."""
        if text.startswith("/"):
            return await self.slash(user, conversation, text, thread_ts)
        await self._state.post(conversation, user.id, _escape(text), thread_ts=thread_ts)
        return None

    async def slash(self, user: User, conversation: Conversation, typed: str, thread_ts: str | None = None) -> Interaction:
        """Run a slash command. Returns once it is acknowledged, refused, or given up on."""
        command, _, text = typed.strip().partition(" ")
        bot = self._state.bot
        if command != bot.command:
            said = f"`{_escape(command)}` is not a valid command. Commands of this workspace: `{bot.command}`"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "unknown_command")
        if thread_ts is not None:
            said = f"`{command}` is not supported in threads. Sorry!"
            await self._state.say_as_slack(conversation, user.id, said, thread_ts)
            return _not_delivered(user, conversation, "not_supported_in_threads")
        url, trigger = self._new_url(conversation, user), _new_trigger()
        payload = payloads.slash_command(bot, user, conversation, text.strip(), response_url=url, trigger_id=trigger)
        ack = await self._delivery.send("slash_commands", payload)
        error = ack.error or await self._show_ack(user, conversation, typed, ack.content)
        if error is not None:
            await self._state.say_as_slack(conversation, user.id, f'`{command}` failed with the error "{error}"')
        return Interaction(user.id, conversation.id, url, trigger, ack, error)

    async def _show_ack(
        self, user: User, conversation: Conversation, typed: str, content: Mapping[str, Any] | None
    ) -> str | None:
        """Show the message in an acknowledgement. In the channel, the command is shown to all as well.

        Returns an error name when the message breaks Slack's limits.
        """
        if content is None:
            return None
        in_channel = content.get("response_type") == "in_channel"
        if in_channel:
            await self._state.post(conversation, user.id, _escape(typed), is_command=True)
        if not content.get("text") and not content.get("blocks"):
            return None
        refused = [problem for problem in check_message(content) if problem.refused]
        if refused:
            return refused[0].error
        await self._state.post(
            conversation,
            self._state.bot.bot_user_id,
            content.get("text") or "",
            content.get("blocks") or (),
            ephemeral_to=None if in_channel else user.id,
        )
        return None

    async def click(
        self,
        user: User,
        conversation: Conversation,
        message: Message,
        action_id: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
    ) -> Interaction:
        """Press an element of a message, or choose its option `value`. Raises LookupError when it is not there."""
        now = conversation.history.get(message.ts)
        if now is None or now not in conversation.visible_to(user.id):
            raise LookupError("the message is gone or belongs to someone else")
        action = payloads.pressed(now, action_id, value, self._state.next_ts(), block_id=block_id)
        url, trigger = self._new_url(conversation, user, now), _new_trigger()
        payload = payloads.block_actions(self._state.bot, user, conversation, now, action, response_url=url, trigger_id=trigger)
        ack = await self._delivery.send("interactive", payload)
        return Interaction(user.id, conversation.id, url, trigger, ack, ack.error)

    async def event(self, event: Mapping[str, Any], waits: Sequence[float]) -> list[Ack]:
        """Deliver an event, with retries."""
        seconds = int(self._state.clock().timestamp())
        event_id = "Ev" + secrets.token_hex(5).upper()
        payload = payloads.event_callback(self._state.bot, event, event_id=event_id, event_time=seconds)
        return await self._delivery.send_event(payload, waits)

    def _new_url(self, conversation: Conversation, user: User, original: Message | None = None) -> str:
        return self._base_url() + self._urls.issue(conversation, user.id, original)


def _new_trigger() -> str:
    return f"{secrets.randbelow(10**12)}.{TEAM_ID}.{secrets.token_hex(16)}"


def _escape(text: str) -> str:
    """What a person types reaches everybody with the three signs of markup escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _not_delivered(user: User, conversation: Conversation, error: str) -> Interaction:
    return Interaction(user.id, conversation.id, "", "", Ack(0.0, error=error), error)
