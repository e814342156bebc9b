"""The Web API's methods, with the error names of their pages under https://docs.slack.dev/reference/methods.

A method takes its arguments and returns the fields of its response, or raises ApiError. Methods that are not in `METHODS` respond
`unknown_method`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack import chat_methods, file_methods, people_methods, step_methods, view_methods
from bot.sandbox.slack.model import TEAM_ID, TEAM_NAME
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.services import MethodServices


async def auth_test(services: MethodServices, _: Arguments) -> Json:
    """auth.test."""
    bot = services.state.bot
    return {
        "url": f"{services.base_url()}/",
        "team": TEAM_NAME,
        "user": bot.display_name,
        "team_id": TEAM_ID,
        "user_id": bot.bot_user_id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


async def connections_open(services: MethodServices, _: Arguments) -> Json:
    """apps.connections.open: the address of one Socket Mode connection."""
    address = services.base_url().replace("http://", "ws://", 1)
    return {"url": f"{address}/link?ticket={services.socket.open_ticket()}&app_id={services.state.bot.app_id}"}


METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test, tier=None),
    "apps.connections.open": Method(connections_open, caller="app"),
    **chat_methods.METHODS,
    **people_methods.METHODS,
    **view_methods.METHODS,
    **file_methods.METHODS,
    **step_methods.METHODS,
}
