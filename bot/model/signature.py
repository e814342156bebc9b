"""Signature: the sender's name in 【…】, and what a vendor and the carriers say of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model.standing import ReviewState, Standing, review_standing

if TYPE_CHECKING:
    from datetime import datetime

_AROUND = " 【】"


class RegistrationState(StrEnum):
    """The state of a signature in one carrier's register of senders."""

    REGISTERED = "registered"
    UNPROVEN = "unproven"  # registered, and not proven by results yet
    UNDER_WAY = "under_way"
    FAILED = "failed"
    LAPSED = "lapsed"
    NOT_REGISTERED = "not_registered"
    UNKNOWN = "unknown"

    @property
    def standing(self) -> Standing:
        """Whether messages with the signature go through at this carrier."""
        return _STANDINGS.get(self, Standing.BLOCKED)


_STANDINGS = {
    RegistrationState.REGISTERED: Standing.USABLE,
    RegistrationState.UNPROVEN: Standing.UNPROVEN,
    RegistrationState.UNDER_WAY: Standing.WAITING,
    RegistrationState.UNKNOWN: Standing.UNKNOWN,
}


class RegistrationReason(StrEnum):
    """Why a signature is in that state. Of some, what to do about it follows."""

    NO_QUALIFICATION = "no_qualification"
    INCOMPLETE_QUALIFICATION = "incomplete_qualification"
    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    BEING_PROVEN = "being_proven"
    PROVEN = "proven"
    QUALIFICATION_REFUSED = "qualification_refused"
    NAME_REFUSED = "name_refused"
    NAME_NOT_OF_QUALIFICATION = "name_not_of_qualification"
    SHARED_EXTENSION = "shared_extension"
    TIMED_OUT = "timed_out"
    UNUSED = "unused"  # for six months
    EXTENSION_WITHDRAWN = "extension_withdrawn"
    PORT_WITHDRAWN = "port_withdrawn"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CarrierRegistration:
    """A signature at one carrier, which is named as in the code tables; `at` is when the carrier answered."""

    carrier: str
    state: RegistrationState
    reasons: tuple[RegistrationReason, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of one account. Nothing is read of the qualification behind it, nor of people.

    `refusal` is what the vendor's reviewer wrote, sanitized. Without `carriers` the vendor tells none.
    """

    name: str
    review: ReviewState
    reviewed_at: datetime | None = None
    refusal: str = ""
    carriers: tuple[CarrierRegistration, ...] = ()
    is_international: bool = False

    @property
    def standing(self) -> Standing:
        """By its review, and once that is passed, or not known, by the carrier at which it stands worst."""
        of_review = review_standing(self.review)
        if self.review not in {ReviewState.APPROVED, ReviewState.UNKNOWN}:
            return of_review
        return min((one.state.standing for one in self.carriers), key=list(Standing).index, default=of_review)

    def carriers_in(self, standing: Standing) -> tuple[CarrierRegistration, ...]:
        """The carriers at which it stands so."""
        return tuple(one for one in self.carriers if one.state.standing is standing)


def bare_signature(name: str) -> str:
    """The name as vendors take it: without the brackets that messages have around it."""
    return name.strip(_AROUND)
