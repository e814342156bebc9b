"""The nouns of the workspace: who is in it, where they talk, what is said, and what a person does that reaches the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

SLACKBOT = "USLACKBOT"
TEAM_ID = "T0SANDBOX"
TEAM_DOMAIN = "sandbox"
TEAM_NAME = "Sandbox"

DEFAULT_SCOPES = frozenset({"commands", "chat:write", "users:read"})


@dataclass(frozen=True, slots=True)
class BotInstallation:
    """The app as it is installed in the workspace. Tokens and the secret stay out of its repr."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    bot_user_id: str
    app_id: str
    display_name: str = "smsstatus"
    command: str = "/smsstatus"
    scopes: frozenset[str] = DEFAULT_SCOPES  # of the bot token

    @property
    def bot_id(self) -> str:
        """The B… id that messages of the bot carry."""
        return "B" + self.bot_user_id[1:]


@dataclass(frozen=True, slots=True)
class User:
    """A person (or the bot, or Slackbot) of the workspace."""

    id: str
    name: str  # the handle
    real_name: str
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    is_bot: bool = False

    def tz_offset(self, now: datetime) -> int:
        """Seconds east of UTC, as `users.info` tells it."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


class Kind(StrEnum):
    """What sort of conversation it is."""

    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands now. An edit makes a new value with the same `ts`."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    ephemeral_to: str | None = None  # the one user who sees it
    thread_ts: str | None = None
    broadcast: bool = False  # a reply that is shown in the channel too
    edited: str | None = None  # when, as a ts
    is_command: bool = False  # the echo of a slash command that was acknowledged in the channel


@dataclass(slots=True)
class Conversation:
    """A channel or a direct message, and what was said in it (oldest first)."""

    id: str
    name: str
    kind: Kind
    members: set[str]
    topic: str = ""
    is_archived: bool = False
    history: dict[str, Message] = field(default_factory=dict)

    @property
    def messages(self) -> Sequence[Message]:
        """Everything said here, ephemeral messages and replies included."""
        return tuple(self.history.values())

    def visible_to(self, user: str) -> Sequence[Message]:
        """What `user` sees here."""
        return [message for message in self.messages if message.ephemeral_to in {None, user}]

    def replies(self, ts: str) -> Sequence[Message]:
        """The messages of the thread under `ts`, without its root."""
        return [message for message in self.messages if message.thread_ts == ts and message.ts != ts]


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app took a delivery. `status` is None when nothing came back in time.

    `error` is the name that Slack shows the user when the delivery failed; `content` the message that came with the
    acknowledgement, if any.
    """

    ms: float
    status: int | None = None
    body: str = ""
    content: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """Something a person did that was delivered to the app, and how the app acknowledged it.

    `error` is what Slack told the person when that failed (`operation_timeout`, `dispatch_failed`, …).
    """

    user: str
    channel: str
    response_url: str
    trigger_id: str
    ack: Ack
    error: str | None = None

    @property
    def ack_ms(self) -> float:
        """How long the app took to acknowledge, or until it was given up on."""
        return self.ack.ms

    @property
    def ack_status(self) -> int | None:
        """The HTTP status of the acknowledgement; 200 for an acknowledged envelope; None when nothing came."""
        return self.ack.status

    @property
    def ack_body(self) -> str:
        """The acknowledgement as it came."""
        return self.ack.body


@dataclass(slots=True)
class Switch:
    """A named toggle that the page offers, such as a fault of a provider. `turn` puts it into effect."""

    name: str
    label: str
    turn: Callable[[bool], Awaitable[None]]
    on: bool = False
