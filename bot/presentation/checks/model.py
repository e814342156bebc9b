"""CheckWords: the sentences of one check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNS: Mapping[Standing, str] = {
    Standing.BLOCKED: "❌",
    Standing.WAITING: "⏳",
    Standing.UNKNOWN: "❔",
    Standing.UNPROVEN: "✅",
    Standing.USABLE: "✅",
    Standing.NOT_FOUND: "❌",
    Standing.UNANSWERED: "⚠️",
}


@dataclass(frozen=True, slots=True)
class CheckWords:
    """The sentences of one check, in one format: what it comes to, what is missing, what to do, and each register's lines."""

    sign: str
    lead: str
    advice: str
    missing: str = ""
    lines: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
