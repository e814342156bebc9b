"""A verdict in its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.language import Language


class Kind(StrEnum):
    """What the report amounts to."""

    DELIVERED = "delivered"
    FAILED = "failed"  # at least one message did not arrive
    PENDING = "pending"  # none failed, at least one has no receipt yet
    UNKNOWN = "unknown"
    NO_RECORD = "no_record"
    UNANSWERED = "unanswered"  # no provider answered: nothing is known
    NOT_ASKED = "not_asked"  # no provider could be asked


class Scope(StrEnum):
    """Who else meets the same failure."""

    RECIPIENT = "recipient"
    EVERYONE = "everyone"
    UNCLEAR = "unclear"
    NOBODY = "nobody"  # nothing failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The line in its parts, all plain words without markup, in one language.

    `lead` is what is said first and loudest ("1 of 3 failed"), `detail` why ("the handset could not be reached"), `advice` whose
    it is and whether to resend, `reach` one customer or everyone, `missing` what keeps the answer from being whole.
    """

    kind: Kind
    scope: Scope
    lead: str
    language: Language = field(kw_only=True)
    detail: str = ""
    advice: str = ""
    reach: str = ""
    missing: str = ""

    @property
    def whole(self) -> bool:
        """Whether everyone who was asked answered in full."""
        return not self.missing and self.kind not in {Kind.UNANSWERED, Kind.NOT_ASKED}

    @property
    def line(self) -> str:
        """What happened and why, such as `1 of 3 failed: the phone was switched off`."""
        return self.language.say("{lead}: {detail}", lead=self.lead, detail=self.detail) if self.detail else self.lead

    @property
    def sentence(self) -> str:
        """All of it, for those who read nothing else."""
        return self.language.sentences(map(self.language.stopped, (self.line, self.advice, self.reach, self.missing)))
