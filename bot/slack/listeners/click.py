"""`Click`: one press of a button of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.slack.responders import thread_of
from bot.slack.views import buttons

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Click:
    """One press of a button, or one choice from the menu behind them."""

    action: str
    value: str  # of an answer's button: the answer's id
    user: str
    channel: str
    thread_ts: str | None  # the thread of the message that was clicked, or the one that it could begin
    reply_in: str | None  # the thread that the message that was clicked is a reply in
    ephemeral: bool
    trigger: str
    response_url: str

    @classmethod
    def of(cls, body: Mapping[str, Any], action: Mapping[str, Any]) -> Click:
        """Read Slack's payload."""
        name, value = action["action_id"], action.get("value", "")
        if name == buttons.MENU:
            name, value = buttons.read_option(action.get("selected_option", {}).get("value", ""))
        container = body.get("container", {})
        return cls(
            action=name,
            value=value,
            user=body.get("user", {}).get("id", ""),
            channel=body.get("channel", {}).get("id", "") or container.get("channel_id", ""),
            thread_ts=container.get("thread_ts") or container.get("message_ts"),
            reply_in=thread_of(container),
            ephemeral=bool(container.get("is_ephemeral")),
            trigger=body.get("trigger_id", ""),
            response_url=body.get("response_url", ""),
        )
