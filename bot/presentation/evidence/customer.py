"""What to tell the customers whose messages did not arrive, in words that can be said as they are."""

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
    """What there is to tell: nothing about a message that arrived, nor about one that a newer message has settled."""
    return texts_of((row for row in report.deliveries if not report.is_superseded(row)), language)


def texts_of(rows: Iterable[Delivery], language: Language) -> tuple[ExplanationText, ...]:
    """The words of each cause that has some for the customer, each text once, the newest message's first."""
    found: dict[str, ExplanationText] = {}
    for row in rows:
        if row.explanation is None or not (row.status.is_failure or row.status is Status.PENDING):
            continue
        words = row.explanation.words(language.code)
        if single_line(words.customer_wording, STEP):
            found.setdefault(words.customer_wording, words)
    return tuple(found.values())[:MAX_CUSTOMER_TEXTS]
