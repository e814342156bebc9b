"""What this app stores, and its settings: the modal behind the Home tab's button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.views.message import context_block, plain_text, section
from bot.slack.views.mrkdwn import code, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language

_LABEL, _VALUE = 60, 100


def about_modal(
    settings: Sequence[tuple[str, str]], *, kept_days: int, receipt_days: int = 0, language: Language
) -> dict[str, Any]:
    """The modal. `settings`: what each is called, in the reader's language, and what it is set to.

    Questions are kept for `kept_days`, receipts for `receipt_days`; 0: there are none.
    """
    return {
        "type": "modal",
        "title": plain_text(language.say("Settings")),
        "close": plain_text(language.say("Close")),
        "blocks": [*_settings(settings, language), {"type": "divider"}, *_storage(kept_days, receipt_days, language)],
    }


def _settings(settings: Sequence[tuple[str, str]], language: Language) -> list[dict[str, Any]]:
    lines = [language.say("{name}: {value}", name=prose(name, _LABEL), value=code(value, _VALUE)) for name, value in settings]
    change = language.say("The app's admin can change them.")
    return [section(lines or ["–"], language), context_block([change], language)]


def _storage(kept_days: int, receipt_days: int, language: Language) -> list[dict[str, Any]]:
    lines = [
        language.plural(
            kept_days,
            "Your questions for {count} day, encrypted: needed for buttons and threads.",
            "Your questions for {count} days, encrypted: needed for buttons and threads.",
        ),
        language.say("Who asked what and when, for the operator's audit: numbers as keyed hashes only."),
        language.say("The providers' answers in memory only. No message's text, and no number in readable form."),
    ]
    if receipt_days:
        receipts = language.plural(
            receipt_days,
            "Receipts that the providers send here for {count} day: numbers as keyed hashes.",
            "Receipts that the providers send here for {count} days: numbers as keyed hashes.",
        )
        lines.append(receipts)
    header = {"type": "header", "text": plain_text(language.say("What this app stores"))}
    return [header, section([f"• {line}" for line in lines], language)]
