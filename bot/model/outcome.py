"""Outcome: what a lookup amounts to, in one word, the same wherever it is shown."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a lookup, worst first: of several targets, the first of these that one of them has counts."""

    FAILED = "failed"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"  # nothing found, and somebody who could hold it did not answer in full: nobody can tell
    PENDING = "pending"
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"  # nothing found, and everybody who could hold it answered in full
    DELIVERED = "delivered"

    @property
    def is_failure(self) -> bool:
        """Whether the newest message did not arrive."""
        return self in {Outcome.FAILED, Outcome.REJECTED}
