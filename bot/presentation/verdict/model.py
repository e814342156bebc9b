"""A verdict in its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.i18n import Language
    from bot.model import Outcome


class Scope(StrEnum):
    """Who else meets the same failure."""

    RECIPIENT = "recipient"
    EVERYONE = "everyone"
    UNCLEAR = "unclear"
    NOBODY = "nobody"  # nothing failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The line in its parts, all plain words without markup, in one language.

    `lead` is what is said first and loudest ("Failed"), `when` the moment of the message that decides, for the medium to write
    beside it; `aside` what belongs to it ("second try"), `detail` why ("the handset could not be reached"), `earlier` what
    became of the messages before it, `missing` what keeps the answer from being whole and stands before any advice, `advice`
    who must fix it and what to do, `reach` one customer or everyone.
    """

    outcome: Outcome
    lead: str
    language: Language = field(kw_only=True)
    scope: Scope = Scope.NOBODY
    when: datetime | None = None
    aside: str = ""
    detail: str = ""
    earlier: str = ""
    advice: str = ""
    reach: str = ""
    missing: str = ""
    whole: bool = True  # everyone who was asked answered in full

    @property
    def line(self) -> str:
        """What happened and why, without its time: `Failed: the phone was switched off`."""
        return self.line_at("")

    def line_at(self, moment: str) -> str:
        """The same with the time of the message that decides, as the medium writes it: `Failed 14:03: …`."""
        head = self.language.say("{lead} {time}", lead=self.lead, time=moment) if moment else self.lead
        head = self.language.say("{head} ({aside})", head=head, aside=self.aside) if self.aside else head
        head = self.language.say("{lead}: {detail}", lead=head, detail=self.detail) if self.detail else head
        return self.language.semicolon_list((head, self.earlier))

    @property
    def sentence(self) -> str:
        """All of it, for those who read nothing else."""
        return self.sentence_at("")

    def sentence_at(self, moment: str) -> str:
        """All of it, with the time of the message that decides."""
        parts = (self.line_at(moment), self.incomplete, self.advice, self.reach)
        return self.language.sentences(map(self.language.with_full_stop, parts))

    @property
    def incomplete(self) -> str:
        """`Incomplete: no answer from Tencent`; empty when nothing is missing."""
        return self.language.say("Incomplete: {missing}", missing=self.missing) if self.missing else ""
