"""What the workspace holds: people, conversations, messages; and who is told when something changes."""

from __future__ import annotations

import asyncio
import secrets
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.slack import seed
from bot.sandbox.slack.model import SLACKBOT, Conversation, Kind, Message, User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.clock import Clock
    from bot.sandbox.slack.model import BotInstallation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """A message that came, changed or went away."""

    message: Message
    removed: bool = False


class State:
    """The memory of the workspace. Whoever waits on `wait_for` or listens on a feed is told of every change."""

    def __init__(self, bot: BotInstallation, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.users = seed.users(bot)
        self.conversations = seed.conversations(bot)
        self.feeds: set[asyncio.Queue[Change]] = set()
        self._changed = asyncio.Condition()
        self._last_microsecond = 0

    def user(self, name: str) -> User:
        """The user with that id or handle. Raises KeyError."""
        found = [user for user in self.users.values() if name in {user.id, user.name}]
        if not found:
            raise KeyError(name)
        return found[0]

    def conversation(self, name: str) -> Conversation | None:
        """The conversation with that id or name (with or without `#`)."""
        wanted = {name, name.removeprefix("#")}
        return next((each for each in self.conversations.values() if each.id in wanted or each.name in wanted), None)

    def direct_message(self, user: str) -> Conversation | None:
        """The direct message between a person and the bot."""
        members = {user, self.bot.bot_user_id}
        return next((each for each in self.conversations.values() if each.kind is Kind.IM and each.members == members), None)

    def next_ts(self) -> str:
        """A new ts: the clock's seconds and microseconds, never the same twice."""
        self._last_microsecond = max(self._last_microsecond + 1, int(self.clock().timestamp() * 1_000_000))
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"

    async def post(
        self,
        conversation: Conversation,
        user: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]] = (),
        *,
        ephemeral_to: str | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        is_command: bool = False,
    ) -> Message:
        """Say something."""
        message = Message(
            conversation.id,
            self.next_ts(),
            user,
            text,
            with_ids(blocks),
            ephemeral_to=ephemeral_to,
            thread_ts=thread_ts,
            broadcast=broadcast,
            is_command=is_command,
        )
        conversation.history[message.ts] = message
        await self.tell(Change(message))
        return message

    async def say_as_slack(self, conversation: Conversation, user: str, text: str, thread_ts: str | None = None) -> Message:
        """Slackbot tells one user something."""
        return await self.post(conversation, SLACKBOT, text, ephemeral_to=user, thread_ts=thread_ts)

    async def edit(self, message: Message, text: str, blocks: Sequence[Mapping[str, Any]]) -> Message:
        """Replace text and blocks; what is not given is gone, as Slack does."""
        edited = replace(message, text=text, blocks=with_ids(blocks), edited=self.next_ts())
        self.conversations[message.channel].history[message.ts] = edited
        await self.tell(Change(edited))
        return edited

    async def remove(self, message: Message) -> None:
        """Take a message away."""
        del self.conversations[message.channel].history[message.ts]
        await self.tell(Change(message, removed=True))

    async def tell(self, change: Change | None = None) -> None:
        """Wake whoever waits; hand a changed message to the feeds."""
        if change is not None:
            for feed in self.feeds:
                feed.put_nowait(change)
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, predicate: Callable[[], T], within: float) -> T:
        """What `predicate` returns once it is true; it is asked again after each change. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            return await self._changed.wait_for(predicate)


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """A copy of `blocks` in which every block has a block_id and every interactive element an action_id, as Slack fills in."""
    copies: list[dict[str, Any]] = deepcopy([dict(block) for block in blocks])
    for block in copies:
        block.setdefault("block_id", secrets.token_hex(3))
        for element in elements_of(block):
            element.setdefault("action_id", secrets.token_hex(3))
    return tuple(copies)


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that a person can press or choose from."""
    candidates = [*block.get("elements", ()), block.get("accessory")] if block.get("type") in {"actions", "section"} else []
    return [element for element in candidates if element and element["type"] != "image"]
