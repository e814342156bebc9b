"""A claim is the permission to answer one request; here is also what a failed answer means for the request.

The inbox grants it (`RequestInbox.process_once`). Whatever posts an answer is made with the claim and confirms it just before:
from then on nobody else answers. What is posted meanwhile ("Asking …") is not the answer and confirms nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError, SmsStatusError
from bot.slack.messaging.failures import CHANNEL_BUSY, STOPPING, FailureKind, classify

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

_NOT_TAKEN = frozenset({FailureKind.RATE_LIMITED, FailureKind.RETRYABLE})
_HELD_BACK = frozenset({CHANNEL_BUSY, STOPPING})  # by ourselves
_SERVER_ERROR = re.compile(r"HTTP 5\d\d")


class ClaimLostError(SmsStatusError):
    """The request was taken up by another worker since; this one must not answer."""


@dataclass(frozen=True, slots=True)
class CarriedWrite:
    """What is to be written in the commit that the answer begins with, since one costs less than two."""

    prepare: Callable[[], Callable[[Connection], object]]  # what to do in the transaction; made just before it
    ended: Callable[[Claim], None] | None = None  # told at the end: the claim says if it is written, or another worker answers


def nothing(_connection: Connection) -> None:
    """What is done in the transaction where, at the last moment, there is nothing to write."""


@dataclass(slots=True)
class Claim:
    """The permission to answer one request, or the refusal of it: another delivery of the request is answered."""

    request_id: str = ""  # in the inbox
    owner: str = ""  # this attempt at it
    attempts: int = 1
    is_refused: bool = False
    is_undecided: bool = False  # it is refused, since nobody can tell now whether another replica answers it
    is_written: bool = False  # the database knows that it is answered; not so while it is away
    is_confirmed: bool = False
    is_lost: bool = False
    begin: Callable[[Claim], Awaitable[None]] | None = field(default=None, repr=False)  # writes down that it is answered now
    end: Callable[[Claim], Awaitable[None]] | None = field(default=None, repr=False)  # writes down that there is nothing to do
    failures: list[str] = field(default_factory=list)  # of the ways to the asker that were tried, the reasons
    carried: dict[str, CarriedWrite] = field(default_factory=dict, repr=False)

    def grant(
        self,
        attempt: tuple[str, str, int],
        begin: Callable[[Claim], Awaitable[None]],
        end: Callable[[Claim], Awaitable[None]] | None = None,
    ) -> None:
        """The request is this worker's to answer: its id, the attempt's, and which attempt at it this is."""
        (self.request_id, self.owner, self.attempts), self.begin, self.end = attempt, begin, end

    def refuse(self) -> bool:
        """The request is not this worker's to answer. Returns False."""
        self.is_refused = True
        return False

    def defer(self) -> bool:
        """The request is refused for now: Slack is to bring it again, when it can be told. Returns False."""
        self.is_undecided = True
        return self.refuse()

    def carry(self, name: str, write: CarriedWrite) -> bool:
        """Have it written when the answer begins, in the place of an earlier one of this name. False where that is over."""
        if self.begin is None or self.is_confirmed:
            return False
        self.carried[name] = write
        return True

    async def dismiss(self) -> None:
        """Nothing is to be done for the request: it needed no more than the ack."""
        if self.end is not None:
            await self.end(self)

    async def confirm(self) -> None:
        """Just before an answer is posted. Raises ClaimLostError when another worker answers instead, each time it is asked."""
        if self.is_lost:
            raise ClaimLostError("another worker answers this request")
        if self.is_confirmed:
            return
        self.is_confirmed = True
        try:
            if self.begin is not None:
                await self.begin(self)
        except ClaimLostError:
            self.is_lost = True
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Tell what is carried that it is written, or will not be: the answer has begun, or the work has ended without one."""
        carried, self.carried = self.carried, {}
        for write in carried.values():
            if write.ended is not None:
                write.ended(self)


class DeliveryOutcome(StrEnum):
    """What it means that an answer did not get through."""

    LATER = "later"  # Slack took nothing, and may take it later
    FINAL = "final"  # Slack said no
    UNCERTAIN = "uncertain"  # no answer, or a mishap of Slack's: the message may stand, so it is not posted again


def classify_outcome(error: SlackDeliveryError, claim: Claim) -> DeliveryOutcome:
    """What `error` means; the ways to the asker that failed before it count too, since one of them may have worked."""
    reasons = [error.reason, *claim.failures]
    if any(classify(reason) is FailureKind.UNCONFIRMED or _SERVER_ERROR.fullmatch(reason) for reason in reasons):
        return DeliveryOutcome.UNCERTAIN
    is_later = classify(error.reason) in _NOT_TAKEN or error.reason in _HELD_BACK
    return DeliveryOutcome.LATER if is_later else DeliveryOutcome.FINAL
