"""Normalises a Slack payload into user, teams, channels, surface and idempotency keys. Pure.

The payloads differ for each surface; this is the one place that reads people, teams and channels out of them for authorisation. A
field that is missing or of another type reads as empty, and the policy denies what it cannot tell.

On Enterprise Grid a workspace belongs to an organisation, and payloads name either or both: `team_id` is null where the app is
installed in the organisation, `user.team_id` and an event's `team` can be those of a sister workspace, `user_team` can be the
organisation's id (https://docs.slack.dev/enterprise, https://docs.slack.dev/apis/events-api#authorizations).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime


class Surface(StrEnum):
    """Where in Slack a request comes from."""

    COMMAND = "command"
    ACTION = "action"  # a button, a menu
    SHORTCUT = "shortcut"
    VIEW = "view"  # a modal that was sent off or closed
    MENTION = "mention"
    DIRECT = "direct"  # a direct message to the bot
    HOME = "home"
    WORKFLOW = "workflow"  # a step of Workflow Builder
    AGENT = "agent"  # Slackbot, on a person's behalf, over MCP
    WATCH = "watch"  # a look on behalf of whoever watches
    SYSTEM_EVENT = "notice"  # Slack tells of something that nobody listens to
    IGNORED = "chatter"  # a message that is not for us
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRequest:
    """One request of Slack. Ids are Slack's; empty where the payload has none."""

    surface: Surface
    user: str = ""
    teams: tuple[str, ...] = ()  # the workspace that it comes through
    enterprise: str = ""  # its organisation, on Enterprise Grid
    own_teams: tuple[str, ...] = ()  # the person's own workspace or organisation, where the payload tells
    channels: tuple[str, ...] = ()  # where it was asked and where the answer is to go
    is_bot: bool = False
    shared_channel: bool = False  # people of another organisation read along (Slack Connect)
    thread: str | None = None  # ts of the thread's root, where it was asked in one
    event_time: int | None = None  # when it was said, in seconds since 1970; of events, which Slack may deliver hours later
    idempotency_keys: tuple[str, ...] = ()  # a request with any of them in common is this one again
    double_submit_key: str | None = None  # identical commands within 10 s share it
    is_retry: bool = False  # Slack says that it delivers it again
    request_id: str | None = None  # in the inbox, where it was taken before and is resumed
    taken_at: datetime | None = None  # when it was taken first, if it is resumed
    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def channel(self) -> str:
        """Where it was asked."""
        return self.channels[0] if self.channels else ""

    def age(self, now: datetime) -> timedelta:
        """How long ago it was said; nothing where nobody tells, or tells of the future."""
        known: list[float] = [self.event_time] if self.event_time is not None else []
        known += [self.taken_at.timestamp()] if self.taken_at is not None else []
        seconds = now.timestamp() - min(known) if known else 0.0
        return timedelta(seconds=min(max(0.0, seconds), LONGEST_AGE))

    def may_be_elsewhere(self, now: datetime) -> bool:
        """Whether another replica may have it, too: Slack says so, or this delivery came so late that Slack has brought it again.

        Late is what lay in the socket of a process that was frozen, while another answered.
        """
        is_late = self.request_id is None and self.event_time is not None and self.age(now) > GIVEN_UP
        return self.is_retry or is_late

    def delay(self, now: datetime) -> timedelta:
        """How long ago it was said, if that is so long that the answer must tell; else nothing."""
        age = self.age(now)
        return age if age > (LATE if self.taken_at is None else RESUMED_LATE) else timedelta()


_INTERACTIONS = {
    "block_actions": Surface.ACTION,
    "block_suggestion": Surface.ACTION,
    "shortcut": Surface.SHORTCUT,
    "message_action": Surface.SHORTCUT,
    "view_submission": Surface.VIEW,
    "view_closed": Surface.VIEW,
}
WRITTEN_BY_A_PERSON = frozenset({None, "file_share", "thread_broadcast"})  # a message's subtypes
SLACKBOT = "USLACKBOT"
GIVEN_UP = timedelta(seconds=4)  # Slack waits three for its ack, and tells the time of an event in whole seconds
LATE = timedelta(minutes=10)  # Slack goes on delivering an event for a day
TOO_OLD = timedelta(days=1)  # what was said longer ago is not answered: by then it has been asked again, or is over
RESUMED_LATE = timedelta(seconds=10)  # who was promised an answer has waited for it
EVENT_TIMES = range(1_370_000_000, 10**11)  # since Slack was; another `event_time` is none, and costs nobody their answer
LONGEST_AGE = 1e9  # seconds, thirty years: an absurd `event_time` must not overflow
APP_RATE_LIMITED = "app_rate_limited"
"""Slack drops events of ours: https://docs.slack.dev/reference/events/app_rate_limited. It comes without an event around it."""


def parse_request(
    body: Mapping[str, Any], *, bot_user: str = "", signature: str = "", retry: str = "", request_id: str | None = None
) -> SlackRequest:
    """Read a verified request. `signature` and `retry` are the headers X-Slack-Signature and X-Slack-Retry-Num."""
    kind = body.get("type")
    if kind == "event_callback":
        request = _event(body, _mapping(body.get("event")), bot_user)
    elif kind == APP_RATE_LIMITED:
        request = SlackRequest(surface=Surface.SYSTEM_EVENT, teams=_some(_text(body.get("team_id"))))
    elif kind is None and ("command" in body or "user_id" in body):  # no other payload has the person's id at its top
        request = _command(body)
    else:
        request = _interaction(body, _INTERACTIONS.get(_text(kind), Surface.UNKNOWN))
    return replace(
        request,
        # A payload without any id of its own is known again by its signature, or by its whole content.
        idempotency_keys=(*request.idempotency_keys, f"signature:{signature}")
        if signature
        else request.idempotency_keys or (f"body:{json.dumps(body, sort_keys=True, default=str)}",),
        is_retry=retry not in {"", "0"},  # a first delivery may carry the header too, with 0
        request_id=request_id,
        body=body,
    )


def _command(body: Mapping[str, Any]) -> SlackRequest:
    team, user, channel = (_text(body.get(name)) for name in ("team_id", "user_id", "channel_id"))
    typed = " ".join(_text(body.get("text")).split())
    return SlackRequest(
        surface=Surface.COMMAND,
        user=user,
        teams=_some(team),
        enterprise=_text(body.get("enterprise_id")),
        channels=_some(channel),
        idempotency_keys=_keys("trigger", body.get("trigger_id")),
        double_submit_key=f"command:{team}:{user}:{channel}:{_text(body.get('command'))}:{typed}",
    )


def _interaction(body: Mapping[str, Any], surface: Surface) -> SlackRequest:
    user, team, channel = (_mapping(body.get(name)) for name in ("user", "team", "channel"))
    container, view, enterprise = (_mapping(body.get(name)) for name in ("container", "view", "enterprise"))
    own = _text(user.get("team_id"))
    keys = _keys("trigger", body.get("trigger_id"))
    for action in _mappings(body.get("actions")):
        place = _text(container.get("message_ts")) or _text(container.get("view_id"))
        keys += _keys("action", user.get("id"), place, action.get("action_id"), action.get("action_ts"))
    if surface is Surface.SHORTCUT:
        keys += _keys("shortcut", user.get("id"), body.get("callback_id"), body.get("action_ts"))
    elif surface is Surface.VIEW:
        keys += _keys("view", view.get("id"), view.get("hash"))
    return SlackRequest(
        surface=surface,
        user=_text(user.get("id")),
        teams=_some(_text(team.get("id")) or own or _text(view.get("team_id"))),
        enterprise=_text(enterprise.get("id")) or _text(team.get("enterprise_id")),
        own_teams=_some(own),
        channels=_some(_text(channel.get("id")), _text(container.get("channel_id")), *_chosen(body, view)),
        is_bot=_text(user.get("id")) == SLACKBOT,
        thread=_text(container.get("thread_ts")) or _text(_mapping(body.get("message")).get("thread_ts")) or None,
        idempotency_keys=keys,
    )


def _chosen(body: Mapping[str, Any], view: Mapping[str, Any]) -> Iterator[str]:
    """The conversations that were chosen in a modal: the answer is to go there."""
    for one in _mappings(body.get("response_urls")):
        yield _text(one.get("channel_id"))
    for block in _mapping(_mapping(view.get("state")).get("values")).values():
        for element in _mapping(block).values():
            chosen = _mapping(element)
            yield _text(chosen.get("selected_conversation")) or _text(chosen.get("selected_channel"))
            for several in ("selected_conversations", "selected_channels"):
                listed = chosen.get(several)
                yield from (_text(one) for one in listed) if isinstance(listed, list) else ()


def _event(body: Mapping[str, Any], event: Mapping[str, Any], bot_user: str) -> SlackRequest:
    surface = _event_surface(event, bot_user)
    keys = _keys("event", body.get("event_id"))
    if surface in {Surface.MENTION, Surface.DIRECT}:
        # A mention comes as `app_mention` and, where the app hears messages, as `message` too.
        keys += _keys("message", event.get("channel"), event.get("ts"))
    elif surface is Surface.WORKFLOW:
        keys += _keys("function", event.get("function_execution_id"))
    # The person's own team: https://docs.slack.dev/apis/slack-connect/ . On Enterprise Grid it can be the organisation's id.
    own = _text(event.get("user_team")) or _text(event.get("source_team")) or _text(event.get("team"))
    # The installation that the event is delivered to; there is one in the list, whoever else could see the event.
    installation = next(iter(_mappings(body.get("authorizations"))), {})
    said = body.get("event_time")
    return SlackRequest(
        surface=surface,
        user=_text(event.get("user")),
        teams=_some(_first(body.get("team_id"), installation.get("team_id"), body.get("context_team_id"))),
        enterprise=_first(installation.get("enterprise_id"), body.get("enterprise_id"), body.get("context_enterprise_id")),
        own_teams=_some(own),
        channels=() if surface is Surface.HOME else _some(_text(event.get("channel"))),
        is_bot=bool(event.get("bot_id")) or event.get("subtype") == "bot_message" or event.get("user") == SLACKBOT,
        shared_channel=bool(body.get("is_ext_shared_channel")),
        thread=_text(event.get("thread_ts")) or None,
        event_time=said if isinstance(said, int) and said in EVENT_TIMES else None,
        idempotency_keys=keys,
    )


def is_direct_message(event: Mapping[str, Any]) -> bool:
    """Whether a message event was said in the direct message with the bot. Its id begins with D, whatever else is told."""
    return event.get("channel_type") == "im" or _text(event.get("channel")).startswith("D")


def _event_surface(event: Mapping[str, Any], bot_user: str) -> Surface:
    match event.get("type"):
        case "app_mention":
            return Surface.MENTION
        case "message":
            if event.get("subtype") not in WRITTEN_BY_A_PERSON:
                return Surface.IGNORED
            if is_direct_message(event):
                return Surface.DIRECT
            return Surface.MENTION if bot_user and f"<@{bot_user}" in _text(event.get("text")) else Surface.IGNORED
        case "app_home_opened":
            return Surface.HOME
        case "function_executed":
            return Surface.WORKFLOW
        case _:
            return Surface.SYSTEM_EVENT


def _keys(kind: str, *parts: object) -> tuple[str, ...]:
    """One key, when all its parts are there."""
    known = [part for part in parts if isinstance(part, str) and part]
    return (f"{kind}:{':'.join(known)}",) if len(known) == len(parts) else ()


def _some(*ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in ids if one))


def _first(*ids: object) -> str:
    return next((one for one in ids if isinstance(one, str) and one), "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> Iterable[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
