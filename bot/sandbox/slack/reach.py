"""What the people's hands reach: the workspace's memory, and the ways from a deed to the app and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.delivery import RequestDelivery
    from bot.sandbox.slack.events import Events
    from bot.sandbox.slack.model import Conversation, PostedMessage, User
    from bot.sandbox.slack.response_urls import ResponseUrls
    from bot.sandbox.slack.state import State
    from bot.sandbox.slack.surfaces import Surfaces
    from bot.sandbox.slack.triggers import Triggers


@dataclass(frozen=True, slots=True)
class WorkspaceServices:
    """Everything that an interaction needs."""

    state: State
    surfaces: Surfaces
    triggers: Triggers
    urls: ResponseUrls
    delivery: RequestDelivery
    events: Events
    base_url: Callable[[], str]  # "http://127.0.0.1:PORT", known once the server listens

    def new_url(self, conversation: Conversation, user: User, original: PostedMessage | None = None) -> str:
        """A response_url for something `user` did in `conversation`, with `original` if it was that message."""
        return self.base_url() + self.urls.issue(conversation, user.id, original)
