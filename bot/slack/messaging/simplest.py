"""Sends a message in the richest form that Slack takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.slack.views.simpler import simpler_forms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.views import Message

T = TypeVar("T")


async def send_simplest(message: Message, send: Callable[[Message], Awaitable[T]], refused: Callable[[str], None]) -> T:
    """Send `message`, and when Slack refuses its blocks, its simpler forms. Raises SlackDeliveryError.

    `refused` is told the reason each time.
    """
    *forms, last = simpler_forms(message)
    for form in forms:
        try:
            return await send(form)
        except SlackDeliveryError as error:
            if failures.classify(error.reason) is not failures.FailureKind.BLOCKS_REJECTED:
                raise
            refused(error.reason)
    return await send(last)
