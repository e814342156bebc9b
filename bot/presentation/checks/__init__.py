"""What a check of a signature or a template says: whether it can be used, where not and why, and what to do about it.

signatures, templates   RegisterReport -> CheckWords, for every medium
reviews                 the vendor's review, in words that both share
answers                 a line for each register that was asked, and what is missing
model                   CheckWords
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import SignatureReport, TemplateReport
from bot.presentation.checks.model import CheckWords
from bot.presentation.checks.signatures import signature_words
from bot.presentation.checks.templates import template_words

if TYPE_CHECKING:
    from bot.presentation.wording import TextFormat

__all__ = ["CheckWords", "check_words", "signature_words", "template_words"]


def check_words(report: SignatureReport | TemplateReport, text_format: TextFormat) -> CheckWords:
    """The check in words."""
    match report:
        case SignatureReport():
            return signature_words(report, text_format)
        case TemplateReport():
            return template_words(report, text_format)
