"""One check of `doctor`, and how it is printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.cli.line_breaking import pad_cells
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase


class Health(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


_WORDS: Mapping[Health, Phrase] = {Health.OK: phrase("ok"), Health.WARNING: phrase("warning"), Health.FAILED: phrase("failed")}
WORDS_BEGIN = 9


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


def format_check(check: Check, language: Language) -> list[str]:
    """Format a check: `ok       Slack: the bot token is …`, with the next step on a second line if it did not pass."""
    said = language.say("{name}: {said}", name=check.name, said=check.said)
    lines = [f"{pad_cells(_WORDS[check.health].said_in(language), WORDS_BEGIN)}{said}"]
    return [*lines, f"{'':{WORDS_BEGIN}}{check.next_step}"] if check.health is not Health.OK and check.next_step else lines
