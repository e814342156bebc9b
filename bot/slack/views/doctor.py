"""What the doctor found, for whoever runs it: what failed first, then what to look at, and one line for all that is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Health
from bot.slack.views.message import TEXT_BUDGET, Message, context_block, fit, section
from bot.slack.views.mrkdwn import prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.doctor.check import Check
    from bot.i18n import Language

_NAME, _SAID = 60, 300
_SIGNS: Mapping[Health, str] = {Health.OK: "✅", Health.WARNING: "⚠️", Health.FAILED: "❌"}


def examined(checks: Sequence[Check], *, language: Language) -> Message:
    """The findings. There is at least one."""
    troubled = [check for health in (Health.FAILED, Health.WARNING) for check in checks if check.health is health]
    well = list(dict.fromkeys(prose(check.name, _NAME) for check in checks if check.health is Health.OK))
    worst = troubled[0].health if troubled else Health.OK
    first = f"{_SIGNS[worst]} *{_headline(checks, language)}*"
    lines = [line for check in troubled for line in _lines(check, language)]
    small = [language.say("ok: {names}", names=language.comma_list(well))] if well else []
    blocks = [section([first, *lines], language), *([context_block(small, language)] if small else [])]
    return Message(fit([first, *lines], small, TEXT_BUDGET, language), tuple(blocks))


def _headline(checks: Sequence[Check], language: Language) -> str:
    """`1 failed · 2 warnings`, or that nothing is wrong."""
    failed, doubtful = (sum(check.health is health for check in checks) for health in (Health.FAILED, Health.WARNING))
    if not failed and not doubtful:
        return language.plural(len(checks), "All well: {count} check", "All well: {count} checks")
    said = [language.say("{count} failed", count=failed)] if failed else []
    said += [language.plural(doubtful, "{count} warning", "{count} warnings")] if doubtful else []
    return " · ".join(said)


def _lines(check: Check, language: Language) -> list[str]:
    """`❌ *Database*: cannot be written`, and below it what mends it."""
    name, said = prose(check.name, _NAME), prose(check.said, _SAID)
    first = language.say("{name}: {said}", name=f"{_SIGNS[check.health]} *{name}*", said=said)
    return [first, f"→ {prose(check.next_step, _SAID)}"] if check.next_step else [first]
