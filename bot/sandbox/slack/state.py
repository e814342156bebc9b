"""The state of the workspace: users, conversations, messages; and notifications of changes."""

from __future__ import annotations

import asyncio
import secrets
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.slack import seed
from bot.sandbox.slack.model import SLACKBOT, Conversation, ConversationKind, PostedMessage, User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.sandbox.slack.installation import BotInstallation
    from bot.sandbox.slack.model import StoredFile
    from bot.timing.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StateChange:
    """A message that was posted, edited (`before` is the old value) or deleted."""

    message: PostedMessage
    removed: bool = False
    before: PostedMessage | None = None


@dataclass(frozen=True, slots=True)
class ViewChange:
    """A change of what `user` (None: everybody) sees besides messages: a view, the conversations, or the bot's status."""

    user: str | None = None


class WorkspaceState:
    """The workspace's data. `wait_for` and feeds are notified of every change."""

    def __init__(self, bot: BotInstallation, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.base_url: Callable[[], str] = lambda: ""  # the workspace's own address, once it listens
        self.users = seed.users(bot)
        self.user_groups = seed.user_groups()
        self.conversations = seed.conversations(bot)
        self.feeds: set[asyncio.Queue[StateChange | ViewChange]] = set()
        self.on_change: list[Callable[[StateChange], None]] = []  # called at once, in order
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
        return next(
            (each for each in self.conversations.values() if each.kind is ConversationKind.IM and each.members == members), None
        )

    async def open_direct_message(self, user: str) -> Conversation:
        """The direct message between a person and the bot, opened if there was none."""
        found = self.direct_message(user)
        if found is None:
            name = f"dm-{self.users[user].name}"
            found = Conversation("D" + secrets.token_hex(5).upper(), name, ConversationKind.IM, {user, self.bot.bot_user_id})
            self.conversations[found.id] = found
            await self.notify(ViewChange(user))
        return found

    def next_ts(self) -> str:
        """A new ts: the clock's seconds and microseconds, unique."""
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
        files: Sequence[StoredFile] = (),
        attachments: Sequence[Mapping[str, Any]] = (),
    ) -> PostedMessage:
        """Post a message."""
        message = PostedMessage(
            conversation.id,
            self.next_ts(),
            user,
            text,
            with_ids(blocks),
            ephemeral_to=ephemeral_to,
            thread_ts=thread_ts,
            broadcast=broadcast,
            is_command=is_command,
            files=tuple(files),
            attachments=tuple(attachments),
        )
        conversation.history[message.ts] = message
        await self.notify(StateChange(message))
        return message

    async def say_as_slack(self, conversation: Conversation, user: str, text: str, thread_ts: str | None = None) -> PostedMessage:
        """Post a message of Slackbot, visible to one user."""
        return await self.post(conversation, SLACKBOT, text, ephemeral_to=user, thread_ts=thread_ts)

    async def edit(self, message: PostedMessage, text: str, blocks: Sequence[Mapping[str, Any]]) -> PostedMessage:
        """Replace text and blocks; what is not given is removed, as Slack does."""
        edited = replace(message, text=text, blocks=with_ids(blocks), edited=self.next_ts())
        self.conversations[message.channel].history[message.ts] = edited
        await self.notify(StateChange(edited, before=message))
        return edited

    async def remove(self, message: PostedMessage) -> None:
        """Delete a message."""
        del self.conversations[message.channel].history[message.ts]
        await self.notify(StateChange(message, removed=True))

    async def notify(self, change: StateChange | ViewChange | None = None) -> None:
        """Wake `wait_for`; send a change to the feeds, and a message's to its listeners."""
        if change is not None:
            self.feed(change)
        if isinstance(change, StateChange):
            for watch in self.on_change:
                watch(change)
        async with self._changed:
            self._changed.notify_all()

    def feed(self, change: StateChange | ViewChange) -> None:
        """Send a change to the feeds alone."""
        for feed in self.feeds:
            feed.put_nowait(change)

    async def wait_for(self, predicate: Callable[[], T | None], within: float) -> T:
        """What `predicate` returns once it is true; it is evaluated again after each change. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            while not (found := predicate()):
                await self._changed.wait()
            return found


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """A copy of `blocks` in which every block has a block_id and every interactive element an action_id, as Slack fills in."""
    copies: list[dict[str, Any]] = deepcopy([dict(block) for block in blocks])
    for block in copies:
        block.setdefault("block_id", secrets.token_hex(3))
        for element in elements_of(block):
            element.setdefault("action_id", secrets.token_hex(3))
    return tuple(copies)


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The interactive elements of a block."""
    match block.get("type"):
        case "actions" | "section":
            candidates = [*block.get("elements", ()), block.get("accessory")]
        case "input":
            candidates = [block["element"]]
        case _:
            candidates = []
    return [element for element in candidates if element and element["type"] != "image"]
