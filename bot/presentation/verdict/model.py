"""`Verdict` and its `Scope`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model.statistics import Affected
from bot.presentation.wording import DOUBT, OUTCOME_SIGNS
from bot.sanitize import truncate

if TYPE_CHECKING:
    from datetime import datetime

    from bot.i18n import Language
    from bot.model import Outcome


class Scope(StrEnum):
    """Who else is affected by the same failure."""

    RECIPIENT = "recipient"
    EVERYONE = "everyone"
    UNCLEAR = "unclear"
    NOBODY = "nobody"  # nothing failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The parts of the verdict, plain text without markup, in one language.

    `lead` comes first and is emphasised ("Failed"), `when` is the moment of the deciding message, formatted by the caller; where
    the lead is about `several` messages it is the last one's;
    `aside` belongs to it ("second try"), `detail` says why ("the handset could not be reached"), `earlier` what became of earlier
    messages, `missing` what keeps the answer from being complete, which precedes any advice, `advice` who must fix it and whether
    to resend, `reach` whether it is one customer or everyone, `step` what to do about the one cause, if there is one.
    `doubtful`: the status and the code of the deciding message contradict each other.
    """

    outcome: Outcome
    lead: str
    language: Language = field(kw_only=True)
    scope: Scope = Scope.NOBODY
    affected: Affected = Affected.CUSTOMER  # the same in more detail: by what the others are known
    when: datetime | None = None
    several: bool = False
    aside: str = ""
    asides: tuple[str, ...] = ()  # its parts, the most telling first, where there is no room for all
    detail: str = ""
    earlier: str = ""
    advice: str = ""
    reach: str = ""
    step: str = ""
    missing: str = ""
    doubtful: bool = False
    whole: bool = True  # everyone who was asked answered in full

    @property
    def line(self) -> str:
        """What happened and why, without its time: `Failed: the phone was switched off`."""
        return self.line_at("")

    def line_at(self, moment: str) -> str:
        """The same with the time of the deciding message, as formatted by the caller: `Failed 14:03: …`."""
        head = self.lead_at(moment)
        head = self.language.say("{head} ({aside})", head=head, aside=self.aside) if self.aside else head
        head = self.language.say("{lead}: {detail}", lead=head, detail=self.detail) if self.detail else head
        return self.language.semicolon_list((head, self.earlier))

    def lead_at(self, moment: str) -> str:
        """The first words: `Failed 14:03`, `25 of 250 failed, last 14:03`."""
        if not moment:
            return self.lead
        if self.several:
            return self.language.say("{lead}, last {time}", lead=self.lead, time=moment)
        return self.language.say("{lead} {time}", lead=self.lead, time=moment)

    @property
    def sign(self) -> str:
        """Seen before the first word is read; the word says the same."""
        return DOUBT if self.doubtful else OUTCOME_SIGNS[self.outcome]

    def summary_at(self, moment: str, most: int) -> str:
        """What happened, who must fix it and what to do, in at most `most` characters: for a notification."""
        brief = replace(self, earlier="")
        briefer = replace(brief, aside="")
        rest = [part for part in (self.advice, self.step, self.reach) if part]
        forms = [
            [brief.line_at(moment), *rest],
            *([briefer.line_at(moment), *rest[:count]] for count in range(len(rest), -1, -1)),
        ]
        said = [self.language.sentences(map(self.language.with_full_stop, form)) for form in forms]
        return truncate(next((form for form in said if len(form) <= most), said[-1]), most)

    @property
    def sentence(self) -> str:
        """The whole verdict, for readers of nothing else."""
        return self.sentence_at("")

    def sentence_at(self, moment: str) -> str:
        """The whole verdict, with the time of the deciding message."""
        parts = (self.line_at(moment), self.incomplete, self.advice, self.reach)
        return self.language.sentences(map(self.language.with_full_stop, parts))

    @property
    def incomplete(self) -> str:
        """`Incomplete: no answer from Tencent`; empty when nothing is missing."""
        return self.language.say("Incomplete: {missing}", missing=self.missing) if self.missing else ""
