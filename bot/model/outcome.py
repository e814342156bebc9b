"""What a lookup amounts to, in one word, the same in every medium."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of what was asked for, worst first: of several targets, the first of these that one of them has counts."""

    FAILED = "failed"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"  # nothing found, and somebody who could hold it did not answer in full: nobody can tell
    PENDING = "pending"
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"  # nothing found, and everybody who could hold it answered in full
    DELIVERED = "delivered"

    @property
    def is_failure(self) -> bool:
        """Whether the newest message never arrived."""
        return self in {Outcome.FAILED, Outcome.REJECTED}
