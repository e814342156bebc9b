"""The vendor's review in words: what it came to, and what to do about that. Signatures and templates share them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.model import ReviewState, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Phrase
    from bot.model import RegisterReport
    from bot.presentation.wording import TextFormat

STATES: Mapping[ReviewState, Phrase] = {
    ReviewState.APPROVED: phrase("approved"),
    ReviewState.UNDER_REVIEW: phrase("under review"),
    ReviewState.NOT_IN_FORCE: phrase("approved, not in force yet"),
    ReviewState.REFUSED: phrase("refused at review"),
    ReviewState.CANCELLED: phrase("review cancelled"),
    ReviewState.UNUSABLE: phrase("not usable"),
    ReviewState.UNKNOWN: phrase("state unknown"),
}
"""As a line about one account tells it."""

_ADVICE: Mapping[ReviewState, Phrase] = {
    ReviewState.UNDER_REVIEW: phrase("Wait for the review, usually a few hours. Sending fails until then."),
    ReviewState.NOT_IN_FORCE: phrase("Wait until it is in force, and use another one until then."),
    ReviewState.REFUSED: phrase("Fix: us (correct it in the console and submit it again)"),
    ReviewState.CANCELLED: phrase("Fix: us (submit it for review again in the console)"),
    ReviewState.UNUSABLE: phrase("Fix: us (see why in the console; its first carrier registration may be missing)"),
}
_SEE_THE_CONSOLE = phrase("See its state in the provider's console.")


def review_lead(review: ReviewState, subject: str, text_format: TextFormat) -> str:
    """`Signature 【X】 was refused at review`."""
    say = text_format.say
    match review:
        case ReviewState.APPROVED:
            return say("{subject} is approved", subject=subject)
        case ReviewState.UNDER_REVIEW:
            return say("{subject} is under review", subject=subject)
        case ReviewState.NOT_IN_FORCE:
            return say("{subject} is approved, but not in force yet", subject=subject)
        case ReviewState.REFUSED:
            return say("{subject} was refused at review", subject=subject)
        case ReviewState.CANCELLED:
            return say("{subject}: its review was cancelled", subject=subject)
        case ReviewState.UNUSABLE:
            return say("{subject} is not usable", subject=subject)
        case _:
            return say("{subject}: state unknown", subject=subject)


def review_advice(review: ReviewState, text_format: TextFormat) -> str:
    """What to do about a review that is not passed."""
    return _ADVICE.get(review, _SEE_THE_CONSOLE).said_in(text_format.language)


def absent_lead(report: RegisterReport[Any], subject: str, text_format: TextFormat) -> str:
    """What is said where nothing was found."""
    if not report.answers:
        return text_format.say("{subject} cannot be checked", subject=subject)
    if report.standing is Standing.UNANSWERED:
        return text_format.say("{subject}: cannot tell", subject=subject)
    return text_format.say("{subject} is in none of the accounts asked", subject=subject)
