"""Template: the text that messages are made from, and what the vendor's review says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.model.standing import review_standing

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.standing import ReviewState, Standing


class TemplateKind(StrEnum):
    """What kind of message a template is for."""

    CODE = "code"
    NOTICE = "notice"
    MARKETING = "marketing"
    INTERNATIONAL = "international"


@dataclass(frozen=True, slots=True)
class Template:
    """A template of one account. `signatures` are those that it is bound to; `refusal` is the reviewer's reason, sanitized."""

    code: str
    review: ReviewState
    name: str = ""
    kind: TemplateKind | None = None
    reviewed_at: datetime | None = None
    refusal: str = ""
    signatures: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """By its review."""
        return review_standing(self.review)
