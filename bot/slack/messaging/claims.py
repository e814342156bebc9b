"""The right to answer one request, as the code that posts sees it; and what a failed post means for it.

`Intake.answer_once` gives a `Claim` to the running task. Whatever posts an answer calls `about_to_answer` just before.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError, SmsStatusError
from bot.slack.messaging.failures import CHANNEL_BUSY, STOPPING, FailureKind, classify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

_NOT_TAKEN = frozenset({FailureKind.RATE_LIMITED, FailureKind.RETRYABLE})
_HELD_BACK = frozenset({CHANNEL_BUSY, STOPPING})  # by ourselves
_SERVER_ERROR = re.compile(r"HTTP 5\d\d")


class ClaimLostError(SmsStatusError):
    """The request was taken up by another worker since; this one must not answer."""


@dataclass(slots=True)
class Claim:
    """The right to answer one request. `stored` is false while the database is away."""

    request: str
    owner: str
    attempts: int
    begin: Callable[[Claim], Awaitable[None]]
    stored: bool = True
    is_interim: bool = False  # what is posted now is not the answer
    is_answering: bool = False


CLAIM: ContextVar[Claim | None] = ContextVar("smsstatus_claim", default=None)


async def about_to_answer() -> None:
    """Whatever posts an answer calls this just before. Raises SupersededError when another worker answers instead.

    Does nothing outside `Intake.answer_once`, within `interim`, and after the first time.
    """
    claim = CLAIM.get()
    if claim is not None and not claim.is_interim and not claim.is_answering:
        await claim.begin(claim)


@contextmanager
def interim() -> Iterator[None]:
    """What is posted in this block ("Asking …") is not yet the answer."""
    claim = CLAIM.get()
    if claim is None:
        yield
        return
    claim.is_interim = True
    try:
        yield
    finally:
        claim.is_interim = False


class DeliveryOutcome(StrEnum):
    """What it means that an answer did not get through."""

    LATER = "later"  # Slack took nothing, and may take it later
    FINAL = "final"  # Slack said no
    UNCERTAIN = "uncertain"  # no answer, or a mishap of Slack's: the message may stand, so it is not posted again


def classify_outcome(refusal: SlackDeliveryError) -> DeliveryOutcome:
    """What `refusal` means; the ways to the asker that failed before it count too, since one of them may have worked."""
    reasons, error = [refusal.reason], refusal.__context__
    while error is not None:
        reasons += [error.reason] if isinstance(error, SlackDeliveryError) else []
        error = error.__context__
    if any(classify(reason) is FailureKind.UNCONFIRMED or _SERVER_ERROR.fullmatch(reason) for reason in reasons):
        return DeliveryOutcome.UNCERTAIN
    return (
        DeliveryOutcome.LATER if classify(refusal.reason) in _NOT_TAKEN or refusal.reason in _HELD_BACK else DeliveryOutcome.FINAL
    )
