"""The nouns of the workspace: users, conversations, messages, deliveries and interactions."""

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
    """A person, a bot or Slackbot."""

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
        """Whether the user belongs to another workspace."""
        return self.team_id != TEAM_ID

    def tz_offset(self, now: datetime) -> int:
        """Seconds east of UTC, as in `users.info`."""
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group, which can be mentioned."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


class ConversationKind(StrEnum):
    """The kind of a conversation."""

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
    """One message as it is now. An edit makes a new value with the same `ts`."""

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
    """A channel or a direct message, and its messages, oldest first."""

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
        """All messages, ephemeral ones and replies included."""
        return tuple(self.history.values())

    def visible_to(self, user: str) -> Sequence[PostedMessage]:
        """The messages that `user` sees."""
        return [message for message in self.messages if message.ephemeral_to in {None, user}]

    def replies(self, ts: str) -> Sequence[PostedMessage]:
        """The messages of the thread under `ts`, without its root."""
        return [message for message in self.messages if message.thread_ts == ts and message.ts != ts]


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app acknowledged a delivery. `status` is None when no response came in time.

    `error` is the name that Slack shows the user when the delivery failed; `content` the message in the acknowledgement, if any.
    """

    ms: float
    status: int | None = None
    body: str = ""
    content: Mapping[str, Any] | None = None
    error: str | None = None
    no_retry: bool = False  # the answer carried `X-Slack-No-Retry: 1`


@dataclass(slots=True)
class EventDelivery:
    """The delivery of an event: one Ack for each attempt so far; `done` when it was acknowledged or given up."""

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
    """A person's interaction that was delivered to the app, and how the app acknowledged it.

    `error` is what Slack showed the person when that failed (`operation_timeout`, `dispatch_failed`, …). `channel` and
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
        """The HTTP status of the acknowledgement; 200 for an acknowledged envelope; None without a response."""
        return self.ack.status

    @property
    def ack_body(self) -> str:
        """The body of the acknowledgement."""
        return self.ack.body


@dataclass(frozen=True, slots=True)
class Submission:
    """The submission of a modal. `errors` is shown under the inputs, by block_id.

    `error` says why it failed: `incomplete` when the client rejected it, `errors` when the app did.
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
    user: str  # who started the workflow; the app knows only the inputs
    token: str = field(repr=False)
    delivery: EventDelivery
    state: str = "running"
    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(slots=True)
class Panel:
    """A button on the page that shows a text, such as what a workflow's step gave back."""

    name: str
    label: str
    text: Callable[[], Awaitable[str]]


@dataclass(slots=True)
class Switch:
    """A toggle on the page, such as a provider's fault. `turn` puts it into effect."""

    name: str
    label: str
    turn: Callable[[bool], Awaitable[None]]
    on: bool = False


@dataclass(slots=True)
class PageOffers:
    """What the page offers beside its conversations."""

    try_these: Sequence[tuple[str, str]] = ()  # commands, each with its description
    follow_ups: Sequence[str] = ()  # texts for a thread or a direct message with the bot
    switches: Sequence[Switch] = ()
    panels: Sequence[Panel] = ()  # texts that are shown at a press
