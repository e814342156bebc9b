"""How a finding of `doctor` is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.line_breaking import pad_cells
from bot.doctor.check import Health
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doctor.check import Check
    from bot.i18n import Language, Phrase

_WORDS: Mapping[Health, Phrase] = {Health.OK: phrase("ok"), Health.WARNING: phrase("warning"), Health.FAILED: phrase("failed")}
WORDS_BEGIN = 9


def format_check(check: Check, language: Language) -> list[str]:
    """Format a check: `ok       Slack: the bot token is …`, with the next step on a second line if it did not pass."""
    said = language.say("{name}: {said}", name=check.name, said=check.said)
    lines = [f"{pad_cells(_WORDS[check.health].said_in(language), WORDS_BEGIN)}{said}"]
    return [*lines, f"{'':{WORDS_BEGIN}}{check.next_step}"] if check.health is not Health.OK and check.next_step else lines
