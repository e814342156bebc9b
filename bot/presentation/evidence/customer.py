"""The wording for customers whose messages did not arrive, to be passed on as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Status
from bot.presentation.wording import STEP
from bot.sanitize import single_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.i18n import Language
    from bot.model import Delivery, ExplanationText, Report

MAX_CUSTOMER_TEXTS = 3


def customer_texts(report: Report, language: Language) -> tuple[ExplanationText, ...]:
    """The texts for the customer: none about a message that arrived, nor about one that a newer message supersedes."""
    return texts_of(report.standing(report.deliveries), language)


def texts_of(rows: Iterable[Delivery], language: Language) -> tuple[ExplanationText, ...]:
    """The customer texts of the causes of `rows`, each once, the newest message's first."""
    found: dict[str, ExplanationText] = {}
    for row in rows:
        if row.explanation is None or not (row.status.is_failure or row.status is Status.PENDING):
            continue
        words = row.explanation.words(language.code)
        if single_line(words.customer_wording, STEP):
            found.setdefault(words.customer_wording, words)
    return tuple(found.values())[:MAX_CUSTOMER_TEXTS]
