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
PARTNER_TEAM_ID = "T0PARTNER"


@dataclass(frozen=True, slots=True)
class User:
    """A person (or the bot, or Slackbot) of the workspace."""

    id: str
    name: str  # the handle
    real_name: str
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    is_bot: bool = False
    team_id: str = TEAM_ID  # another workspace's for a person who is here through Slack Connect
    is_restricted: bool = False  # a guest
    is_ultra_restricted: bool = False  # a guest of a single channel; `is_restricted` is true too
    deleted: bool = False

    @property
    def is_external(self) -> bool:
        """Whether this person belongs to another workspace."""
        return self.team_id != TEAM_ID

    def tz_offset(self, now: datetime) -> int:
        """Seconds east of UTC, as `users.info` tells it."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@dataclass(frozen=True, slots=True)
class UserGroup:
    """People who can be mentioned, and permitted, together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


class ConversationKind(StrEnum):
    """What sort of conversation it is."""

    PUBLIC = "public"
    PRIVATE = "private"
    IM = "im"
    MPIM = "mpim"  # a group direct message


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file."""

    id: str
    name: str
    title: str
    content: bytes = field(repr=False)
    mimetype: str = "text/plain"


@dataclass(frozen=True, slots=True)
class PostedMessage:
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
    files: tuple[StoredFile, ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()  # other apps still send them


@dataclass(slots=True)
class Conversation:
    """A channel or a direct message, and what was said in it (oldest first)."""

    id: str
    name: str
    kind: ConversationKind
    members: set[str]
    topic: str = ""
    is_archived: bool = False
    is_ext_shared: bool = False  # shared with another workspace by Slack Connect
    history: dict[str, PostedMessage] = field(default_factory=dict)

    @property
    def messages(self) -> Sequence[PostedMessage]:
        """Everything said here, ephemeral messages and replies included."""
        return tuple(self.history.values())

    def visible_to(self, user: str) -> Sequence[PostedMessage]:
        """What `user` sees here."""
        return [message for message in self.messages if message.ephemeral_to in {None, user}]

    def replies(self, ts: str) -> Sequence[PostedMessage]:
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
    no_retry: bool = False  # the answer carried `X-Slack-No-Retry: 1`


@dataclass(slots=True)
class EventDelivery:
    """An event on its way to the app: one Ack for each attempt so far; `done` when it was taken or given up."""

    payload: Mapping[str, Any]
    acks: list[Ack] = field(default_factory=list)
    done: bool = False

    @property
    def event(self) -> Mapping[str, Any]:
        """The event inside the envelope."""
        inside: Mapping[str, Any] = self.payload["event"]
        return inside


@dataclass(frozen=True, slots=True)
class Interaction:
    """Something a person did that was delivered to the app, and how the app acknowledged it.

    `error` is what Slack told the person when that failed (`operation_timeout`, `dispatch_failed`, …). `channel` and
    `response_url` are empty where there is none: for a global shortcut, and inside a view.
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


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal that was submitted. `error` tells why it did not go through; `errors` is shown under the inputs, by block_id.

    `error` is `incomplete` when the person's client kept it back, and `errors` when the app returned it.
    """

    ack: Ack
    error: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    trigger_id: str = ""
    response_urls: tuple[str, ...] = ()


@dataclass(slots=True)
class StepRun:
    """A run of a workflow step. `state` is `running`, `completed` or `failed`."""

    execution_id: str
    callback_id: str
    inputs: Mapping[str, Any]
    user: str  # who started the workflow; the app is told only what the inputs tell
    token: str = field(repr=False)
    delivery: EventDelivery
    state: str = "running"
    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(slots=True)
class Switch:
    """A named toggle that the page offers, such as a fault of a provider. `turn` puts it into effect."""

    name: str
    label: str
    turn: Callable[[bool], Awaitable[None]]
    on: bool = False
