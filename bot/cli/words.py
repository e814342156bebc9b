"""The words of a command, by the one grammar: with the settings, or without them."""

from __future__ import annotations

import html
from datetime import UTC
from typing import TYPE_CHECKING

from bot.cli.localized_click import fail
from bot.cli.runner import WRONG_INPUT
from bot.errors import UsageError
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.grammar import Command as Parsed
    from bot.grammar import ParseContext
    from bot.i18n import Language

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


def parse_offline(text: str) -> Parsed | None:
    """`text` by the grammar, without the settings; None when it is not understood. What it says of targets may differ by them."""
    from bot.grammar import ParseContext, parse
    from bot.providers.systems import SYSTEMS, via_words

    asker = ParseContext(now=system_clock(), zone=UTC, providers=via_words(system.name for system in SYSTEMS))
    try:
        return parse(text, asker)
    except UsageError:
        return None


def parse_words(text: str, settings: Settings, language: Language) -> Parsed:
    """`text` by the grammar. Raises SystemExit with status 2 when it is not understood."""
    from bot.grammar import parse
    from bot.providers.systems import RECEIPTS

    known = known_systems(settings)
    try:
        return parse(text, asker(settings, known))
    except UsageError as error:
        lines = [error.masked_problem.said_in(language)]
        if _asks_absent_store(text, known):
            keys = language.comma_list(RECEIPTS.keys)
            lines = [language.say("There is no receipt store here: set one of {keys}, then receipts are kept.", keys=keys)]
        elif error.example is not None:
            lines.append(language.say("Try: {example}", example=f"smsstatus {html.unescape(error.example)}"))
        fail(lines, WRONG_INPUT)


def known_systems(settings: Settings) -> set[str]:
    """The names of the systems that `via` takes: those that are configured, or all where none is."""
    from bot.providers.systems import RECEIPTS, SYSTEMS
    from bot.receipts.ingestion import ingests_receipts

    known = {system.name for account in settings.accounts for system in account.vendor.systems} or {s.name for s in SYSTEMS}
    if ingests_receipts(settings):
        known.add(RECEIPTS.name)
    return known


def asker(settings: Settings, known: set[str]) -> ParseContext:
    """What the grammar must know of the terminal."""
    from bot.grammar import ParseContext
    from bot.providers.systems import via_words

    general = settings.general
    return ParseContext(now=system_clock(), zone=general.zone, region=general.region, providers=via_words(known))


def _asks_absent_store(text: str, known: set[str]) -> bool:
    """Whether all that is wrong is that the receipt store is named where there is none."""
    from bot.grammar import Lookup
    from bot.providers.systems import RECEIPTS

    parsed = parse_offline(text)
    return isinstance(parsed, Lookup) and {*parsed.query.providers} - known == {RECEIPTS.name}
