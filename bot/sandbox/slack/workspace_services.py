"""The services that interactions use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.delivery import RequestDelivery
    from bot.sandbox.slack.events import Events
    from bot.sandbox.slack.model import Conversation, PostedMessage, User
    from bot.sandbox.slack.response_urls import ResponseUrls
    from bot.sandbox.slack.state import WorkspaceState
    from bot.sandbox.slack.surfaces import Surfaces
    from bot.sandbox.slack.triggers import Triggers


@dataclass(frozen=True, slots=True)
class WorkspaceServices:
    """The workspace's state, and the ways to the app and back."""

    state: WorkspaceState
    surfaces: Surfaces
    triggers: Triggers
    urls: ResponseUrls
    delivery: RequestDelivery
    events: Events
    base_url: Callable[[], str]  # "http://127.0.0.1:PORT", known once the server listens

    def new_url(self, conversation: Conversation, user: User, original: PostedMessage | None = None) -> str:
        """A response_url for an interaction of `user` in `conversation`, with the message `original` if it was on one."""
        return self.base_url() + self.urls.issue(conversation, user.id, original)
