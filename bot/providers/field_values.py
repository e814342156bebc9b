"""Parsers of single fields of the vendors' rows. Pages, SDKs and real responses disagree on types: numbers and text are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.receipts.ingestion import unless_dash

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def text_of(value: object) -> str | None:
    """The text, trimmed; a whole number as its digits; None if it is missing, blank or a mere dash. Raises TypeError."""
    match value:
        case None:
            return None
        case str():
            return unless_dash(value.strip())
        case bool():
            raise TypeError("a truth value is neither text nor a number")
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            raise TypeError(f"{type(value).__name__} is neither text nor a whole number")


def optional(read: Callable[[object], T | None], value: object) -> T | None:
    """`read(value)` of an optional field; None if it is unreadable: that costs the field, never the row."""
    try:
        return read(value)
    except (TypeError, ValueError):
        return None
