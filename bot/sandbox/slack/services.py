"""The services of the Web API's methods, and the description of a method."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.faults import ChannelRateLimit
    from bot.sandbox.slack.files import Files
    from bot.sandbox.slack.socket_mode import SocketModeServer
    from bot.sandbox.slack.state import WorkspaceState
    from bot.sandbox.slack.steps import Steps
    from bot.sandbox.slack.surfaces import Surfaces
    from bot.sandbox.slack.triggers import Triggers


@dataclass(frozen=True, slots=True)
class MethodServices:
    """The services that the methods use."""

    state: WorkspaceState
    socket: SocketModeServer
    pace: ChannelRateLimit
    triggers: Triggers
    surfaces: Surfaces
    files: Files
    steps: Steps
    base_url: Callable[[], str]  # "http://127.0.0.1:PORT", known once the server listens


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its function, scope, token and rate limit tier.

    Tiers: https://docs.slack.dev/apis/web-api/rate-limits. `tier` is None for methods with a limit of their own kind.
    """

    run: Callable[[MethodServices, Arguments], Awaitable[Json]]
    scope: str | None = None
    caller: str = "bot"  # or "app": which of the two tokens it takes
    json_arguments: frozenset[str] = field(default=frozenset())  # sent as JSON text in a form
    tier: int | None = 3
