"""Provider faults: why a provider did not answer, in one line that says what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Confidence, ExplanationText
from bot.presentation.wording.labels import mid_sentence
from bot.presentation.wording.notes import clock_sentence
from bot.presentation.wording.text_format import CODE, IDENTIFIER, STEP, TITLE, WORDS
from bot.sanitize import mask_digits

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.model import Coverage, ProviderFault
    from bot.presentation.wording.text_format import TextFormat

CLOCK_MATTERS = timedelta(minutes=1)


def fault_words(fault: ProviderFault, language: Language) -> ExplanationText:
    """The texts for a fault: its explanation's, or for an unlisted code the provider's own."""
    explanation = fault.explanation
    if explanation is not None and explanation.confidence is not Confidence.UNLISTED:
        return explanation.words(language.code)
    said = mask_digits(fault.message) or language.say("The provider gave no words for it.")
    step = language.say("Ask again.") if fault.retryable else language.say("Show the code to your provider-account admin.")
    return ExplanationText(language.say("An unlisted error"), said, (), step)


def fault_sentence(part: Coverage, text_format: TextFormat, who: str, *, partly: bool, brief: bool = False) -> str:
    """One line about an account that did not answer: who, why, the next step, and the request id to quote to its support.

    `partly`: it answered in part. Raises ValueError when `part` has no fault.
    """
    fault = part.error
    if fault is None:
        raise ValueError("this part has no fault")
    words = fault_words(fault, text_format.language)
    title = text_format.prose(mid_sentence(words.title), TITLE)
    pieces = [
        text_format.say("{who} answered only in part: {why}.", who=who, why=title)
        if partly
        else text_format.say("{who} did not answer: {why}.", who=who, why=title),
        _code(fault, text_format, brief=brief),
    ]
    if fault.skew is not None and abs(fault.skew) >= CLOCK_MATTERS:
        pieces.append(clock_sentence(round(fault.skew / timedelta(minutes=1)), who, text_format.language))
    if not brief:
        pieces.append(text_format.prose(words.next_step, STEP))
    if fault.request_id:
        pieces.append(text_format.say("Request id {id}", id=text_format.quote(fault.request_id, IDENTIFIER)))
    return text_format.language.sentences(pieces)


def _code(fault: ProviderFault, text_format: TextFormat, *, brief: bool) -> str:
    """The code and the provider's own message, where the explanation does not cover them."""
    if fault.explanation is not None and fault.explanation.confidence is not Confidence.UNLISTED:
        return ""
    code = text_format.quote(fault.code, CODE)
    if brief or not fault.message:
        return text_format.say("Code {code}.", code=code)
    words = text_format.quote(mask_digits(fault.message, WORDS), WORDS)
    return text_format.say("Code {code}, it says {words}.", code=code, words=words)
