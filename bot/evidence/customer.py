"""What to tell the customers whose messages failed, in words that can be said as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.language import Language
    from bot.model import Delivery, Words

MAX_CUSTOMER_TEXTS = 3


def customer_texts(rows: Iterable[Delivery], language: Language) -> tuple[Words, ...]:
    """The words of each cause that has some for the customer, each text once, the newest failure's first."""
    found: dict[str, Words] = {}
    for row in rows:
        words = _words(row, language)
        if words is not None and words.tell:
            found.setdefault(words.tell, words)
    return tuple(found.values())[:MAX_CUSTOMER_TEXTS]


def has_customer_text(rows: Iterable[Delivery], language: Language) -> bool:
    """Whether the newest failure has words for the customer."""
    newest = next((row for row in rows if row.status.is_failure), None)
    words = _words(newest, language) if newest else None
    return bool(words and words.tell)


def _words(row: Delivery, language: Language) -> Words | None:
    return row.explanation.words(language.code) if row.status.is_failure and row.explanation else None
