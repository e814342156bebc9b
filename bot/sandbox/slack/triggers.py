"""Trigger ids: they open a modal once, within three seconds (https://docs.slack.dev/interactivity#triggers)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.sandbox.slack.api import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.slack.state import WorkspaceState

LIFE = timedelta(seconds=3)
_FORM = re.compile(r"\d+\.\d+\.[0-9a-f]+")


@dataclass(slots=True)
class Trigger:
    """Whose interaction it was, the person's conversation at that moment, and the view it was done in, if any."""

    user: str
    expires: datetime
    conversation: str | None = None
    view_id: str | None = None
    exchanged: bool = False


class Triggers:
    """Issues trigger ids and exchanges them."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, *, conversation: str | None = None, view_id: str | None = None) -> str:
        """A new trigger id for an interaction of `user`."""
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[name] = Trigger(user, self._state.clock() + LIFE, conversation, view_id)
        return name

    def exchange(self, name: object) -> Trigger:
        """The trigger with that id, which is thereby used up. Raises ApiError."""
        if not isinstance(name, str) or not _FORM.fullmatch(name) or name not in self._issued:
            raise ApiError("invalid_trigger_id")
        trigger = self._issued[name]
        if trigger.exchanged:
            raise ApiError("exchanged_trigger_id")
        if self._state.clock() > trigger.expires:
            raise ApiError("expired_trigger_id")
        trigger.exchanged = True
        return trigger
