"""One example of every payload that Slack sends, each field of which can be taken out, emptied or made something else.

The shapes are those of https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/reference/events and
https://docs.slack.dev/interactivity/implementing-slash-commands, for people and channels of the local workspace.
"""

from __future__ import annotations

import copy
import itertools
import json
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.slack.listeners.shortcuts import ANYWHERE, OF_MESSAGE
from bot.slack.listeners.workflow_step import STEP
from bot.slack.transport.payload import with_documented_types
from bot.slack.views import home, modal
from bot.slack.views.notices import LOOK_UP_AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
TEAM, USER, CHANNEL, DM, BOT = "T0SANDBOX", "U0LIWEI01", "C0INCIDENT", "D0LIBOT001", "USMSSTATUS"
HOOK = "http://127.0.0.1:9/hook"  # nothing listens there, so that the ways beside it are gone too
GONE: Any = object()
ODD: tuple[Any, ...] = (GONE, None, "", [], {}, 0, "x", "\ud83d\0", True, [[]], {"a": {}}, 1.5, 10**400, -1, ["x"], [None], [{}])
_numbers = itertools.count(1)
_EVENT = ("type", "event", "event.type")  # nothing else says what an event is
_PERSON = (
    "user_id",
    "user",
    "user.id",
    "event.user",
)  # with a response_url they are told all the same, but it leads nowhere here


@dataclass(frozen=True)
class Example:
    """A payload. `waits`: a person, or a workflow, waits for an answer.

    `naming`: the fields that alone tell of what kind it is, or who waits.
    """

    name: str
    body: Json
    waits: bool = True
    naming: tuple[str, ...] = ()

    def is_named_by(self, path: tuple[Any, ...]) -> bool:
        """Whether this field, or one within, is needed."""
        return ".".join(map(str, path)) in (*self.naming, *_PERSON)


def examples() -> list[Example]:
    """One of each kind, with ids of their own: no two of them are one request."""
    return [
        Example("slash command", _command()),
        Example("app_mention", _event("app_mention", channel=CHANNEL, ts=_ts(), text=f"<@{BOT}> help", team=TEAM), naming=_EVENT),
        Example(
            "mention in a thread",
            _event("app_mention", channel=CHANNEL, ts=_ts(), thread_ts="1.1", text=f"<@{BOT}>"),
            naming=_EVENT,
        ),
        Example("message.im", _event("message", channel=DM, channel_type="im", ts=_ts(), text="help", team=TEAM), naming=_EVENT),
        Example("message.mpim", _event("message", **_in_group(), text=f"<@{BOT}> help"), naming=(*_EVENT, "event.text")),
        Example("message_changed", _changed(), waits=False),
        Example("app_home_opened", _home_opened(), naming=_EVENT),
        Example("function_executed", _function(), naming=(*_EVENT, "event.function_execution_id")),
        Example("tokens_revoked", _event("tokens_revoked", user=None, tokens={"bot": ["U1"]}), waits=False),
        Example("event without its envelope's type", {**_event("message", **_in_group(), text="x"), "type": "x"}, waits=False),
        Example("reaction_added", _event("reaction_added", item={"type": "message", "channel": CHANNEL}), waits=False),
        Example("user_change", _event("user_change", user={"id": USER, "team_id": TEAM}), waits=False),
        Example("app_rate_limited", {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1}, waits=False),
        Example("button", _click("answer.refresh")),
        Example("button of an ephemeral message", _click("answer.share", container=_container(is_ephemeral=True))),
        Example("button of a step's message", _click("answer.older", response_url=None, function_data=_FUNCTION_DATA)),
        Example("menu", _click("answer.menu", selected_option={"value": "answer.older opaque"})),
        Example("look up again", _click(LOOK_UP_AGAIN)),
        Example("Home, repeat", _in_view(home.REPEAT)),
        Example("Home, new lookup", _in_view(home.LOOK_UP)),
        Example("message shortcut", _message_shortcut()),
        Example("global shortcut", _interaction("shortcut", callback_id=ANYWHERE, action_ts=_ts())),
        Example("submission", _submission(modal.LOOKUP, {modal.TARGETS: {"value": "13711112222"}})),
        Example("submission of a link", _submission(modal.POST, {modal.LINK: {"value": "https://x.slack.com/archives/C1/p1"}})),
        Example("closed window", _interaction("view_closed", view=_view(modal.LOOKUP), is_cleared=False), waits=False),
        Example("menu's options", _interaction("block_suggestion", action_id="x", block_id="b", value="y", view=_view("x"))),
        Example("legacy button", _interaction("interactive_message", callback_id="x", actions=[{"name": "x"}])),
        Example("legacy dialog", _interaction("dialog_submission", callback_id="x", submission={"a": "b"})),
        Example("legacy step", _interaction("workflow_step_edit", callback_id="x", workflow_step={"step_id": "1"})),
    ]


@dataclass(frozen=True)
class Change:
    """What is done to one field of a payload."""

    path: tuple[Any, ...]
    odd: Any

    def of(self, body: Json) -> Json:
        """A copy of the payload with the change."""
        changed = copy.deepcopy(body)
        holder = changed
        for step in self.path[:-1]:
            holder = holder[step]
        if self.odd is GONE:
            del holder[self.path[-1]]
        else:
            # A text that no other payload has: the same id would be the same request.
            holder[self.path[-1]] = (
                f"{self.odd}{next(_numbers)}" if isinstance(self.odd, str) and self.odd else copy.deepcopy(self.odd)
            )
        return changed

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))} {'is gone' if self.odd is GONE else f'= {self.odd!r}'}"


@cache
def all_changes() -> tuple[tuple[int, Change], ...]:
    """Every change of every example, by the example's place in the list; of those that Bolt is given alike, one."""
    return tuple(_all_changes())


def _all_changes() -> Iterator[tuple[int, Change]]:
    for number, example in enumerate(examples()):
        seen: set[str] = set()
        for change in changes(example.body):
            form = json.dumps(with_documented_types(change.of(example.body)), sort_keys=True)
            if form not in seen:
                seen.add(form)
                yield number, change


def changes(body: Json) -> Iterator[Change]:
    """Every field, however deep, taken out or made something else."""
    yield from (Change(path, odd) for path in _paths(body) for odd in ODD)


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in items:
        yield (*before, key)
        yield from _paths(held, (*before, key))


def _ts() -> str:
    return f"17000{next(_numbers):05}.000100"


def _command() -> Json:
    fields = {
        "command": "/smsstatus",
        "text": f"explain X{next(_numbers)}",
        "user_id": USER,
        "channel_id": CHANNEL,
        "team_id": TEAM,
    }
    return {**fields, "response_url": HOOK, "trigger_id": _ts(), "is_enterprise_install": "false", "enterprise_id": "E1"}


def _event(kind: str, **fields: Any) -> Json:
    event = {"type": kind, "user": USER, "event_ts": "1.2", **fields}
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "event_id": f"Ev{next(_numbers)}",
        "event_time": int(time.time()),
        "event": {name: value for name, value in event.items() if value is not None},
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def _in_group() -> Json:
    return {"channel": "C0GROUPDM1", "channel_type": "mpim", "ts": _ts()}


def _home_opened() -> Json:
    return _event("app_home_opened", channel=DM, tab="home", view=_view("x", type="home"))


def _changed() -> Json:
    message = {"type": "message", "user": USER, "text": "x", "ts": "1.1"}
    where = {"channel": DM, "channel_type": "im", "ts": _ts()}
    return _event("message", user=None, subtype="message_changed", message=message, previous_message=message, **where)


def _function() -> Json:
    execution = f"Fx{next(_numbers)}"
    inputs = {"target": "13711112222", "since": "2h", "channel": CHANNEL}
    return _event("function_executed", user=None, function={"callback_id": STEP}, function_execution_id=execution, inputs=inputs)


def _interaction(kind: str, **fields: Any) -> Json:
    body = {
        "type": kind,
        "team": {"id": TEAM, "domain": "x"},
        "user": {"id": USER, "username": "li", "team_id": TEAM},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": _ts(),
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None or name == "enterprise"}


_FUNCTION_DATA = {"execution_id": "Fx0", "function": {"callback_id": STEP}, "inputs": {"target": "x"}}


def _container(**fields: Any) -> Json:
    return {"type": "message", "message_ts": "1700000000.000100", "channel_id": CHANNEL, "thread_ts": "1.1", **fields}


def _click(action: str, **fields: Any) -> Json:
    pressed = {"action_id": action, "block_id": "b", "type": "button", "action_ts": _ts()}
    pressed |= {"selected_option": fields.pop("selected_option")} if "selected_option" in fields else {"value": "opaque"}
    where = {"channel": {"id": CHANNEL, "name": "x"}, "container": _container(), "response_url": HOOK}
    message = {"type": "message", "user": BOT, "ts": "1700000000.000100", "text": "x"}
    return _interaction("block_actions", **{"actions": [pressed], "message": message, **where, **fields})


def _in_view(action: str) -> Json:
    pressed = {"action_id": action, "block_id": "b", "type": "button", "value": "opaque", "action_ts": _ts()}
    container = {"type": "view", "view_id": "V1"}
    return _interaction("block_actions", actions=[pressed], container=container, view=_view("x", type="home"))


def _message_shortcut() -> Json:
    message = {"type": "message", "user": USER, "ts": "1700000000.000200", "thread_ts": "1.1", "text": "13711112222"}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}]
    where = {"channel": {"id": CHANNEL, "name": "x"}, "message_ts": message["ts"], "response_url": HOOK}
    kind = {"callback_id": OF_MESSAGE, "action_ts": _ts()}
    return _interaction("message_action", **kind, message={**message, "blocks": blocks}, **where)


def _view(callback: str, **fields: Any) -> Json:
    here = {"id": "V1", "hash": _ts(), "type": "modal", "callback_id": callback, "private_metadata": "draft", "team_id": TEAM}
    return {**here, "state": {"values": {}}, **fields}


def _submission(callback: str, entered: Json) -> Json:
    option = {modal.WINDOW: {"selected_option": {"value": "2h"}}, modal.PLACE: {"selected_conversation": CHANNEL}}
    values = {block: {block: {"type": "x", **value}} for block, value in {**entered, **option}.items()}
    urls = [{"channel_id": CHANNEL, "response_url": HOOK, "block_id": "b"}]
    return _interaction("view_submission", view=_view(callback, state={"values": values}), response_urls=urls)
