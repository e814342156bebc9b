"""Standing: whether messages with a signature, or of a template, can go out."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """How a signature or a template stands, worst first."""

    BLOCKED = "blocked"  # somebody refuses it, until it is put right
    WAITING = "waiting"  # somebody has not decided yet
    UNKNOWN = "unknown"
    UNPROVEN = "unproven"  # it may be used; results are still to show that it works
    USABLE = "usable"
    NOT_FOUND = "not_found"  # no account that was asked has it
    UNANSWERED = "unanswered"  # nothing found, and not everybody answered


class ReviewState(StrEnum):
    """What the vendor's review of a signature or a template came to."""

    APPROVED = "approved"
    UNDER_REVIEW = "under_review"
    NOT_IN_FORCE = "not_in_force"  # approved, but not usable yet
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNUSABLE = "unusable"  # the vendor says that it cannot be used, and not which of several reasons it is
    UNKNOWN = "unknown"


_STANDINGS = {
    ReviewState.APPROVED: Standing.USABLE,
    ReviewState.UNDER_REVIEW: Standing.WAITING,
    ReviewState.NOT_IN_FORCE: Standing.WAITING,
    ReviewState.UNKNOWN: Standing.UNKNOWN,
}


def review_standing(review: ReviewState) -> Standing:
    """How something stands by its review alone."""
    return _STANDINGS.get(review, Standing.BLOCKED)
