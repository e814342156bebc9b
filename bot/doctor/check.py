"""One finding of the doctor: what was looked at, how it is, and what mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.errors import UnavailableError

if TYPE_CHECKING:
    from bot.errors import SettingsError
    from bot.i18n import Language


class Health(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its subject, result, finding and next step, in the reader's language."""

    name: str
    health: Health
    said: str
    next_step: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object of `doctor --json`."""
        return asdict(self)


def next_step(error: SettingsError, language: Language) -> str:
    """What to do about a setting with which `serve` does not start, or not yet."""
    if isinstance(error, UnavailableError):
        return language.say("May recover by itself: serve waits for it")
    return language.say("Fix the setting and rerun doctor")
