"""What the Web API's methods work on, and what a method is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.faults import ChannelPace
    from bot.sandbox.slack.files import Files
    from bot.sandbox.slack.socket_mode import SocketModeServer
    from bot.sandbox.slack.state import State
    from bot.sandbox.slack.steps import Steps
    from bot.sandbox.slack.surfaces import Surfaces
    from bot.sandbox.slack.triggers import Triggers


@dataclass(frozen=True, slots=True)
class MethodServices:
    """What the methods work on."""

    state: State
    socket: SocketModeServer
    pace: ChannelPace
    triggers: Triggers
    surfaces: Surfaces
    files: Files
    steps: Steps
    base_url: Callable[[], str]  # "http://127.0.0.1:PORT", known once the server listens


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, the scope and token it wants, how often a minute it may be called.

    Tiers: https://docs.slack.dev/apis/web-api/rate-limits. `tier` is None for methods with a limit of their own kind.
    """

    run: Callable[[MethodServices, Arguments], Awaitable[Json]]
    scope: str | None = None
    caller: str = "bot"  # or "app": which of the two tokens it takes
    json_arguments: frozenset[str] = field(default=frozenset())  # sent as JSON text in a form
    tier: int | None = 3
