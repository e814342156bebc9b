"""`smsstatus lookup WORDS…`, or the words alone: what could be typed in Slack, answered in the terminal.

Exit statuses: 0 every provider asked answered; 1 some did not; 2 the words or the settings are wrong; 3 none answered. A code is
explained instead, with the exit statuses of `explain`, and needs no settings.
"""

from __future__ import annotations

import html
import sys
from contextlib import AsyncExitStack
from datetime import UTC
from typing import TYPE_CHECKING

import click

from bot.cli.completion import complete_words
from bot.cli.exit_status import exit_status
from bot.cli.localized_click import CliLocale, Command, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, load, run
from bot.errors import UsageError
from bot.i18n import ENGLISH, phrase
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.grammar import Command as Parsed
    from bot.grammar import Lookup
    from bot.i18n import Language
    from bot.model import Report
    from bot.presentation.wording import ProviderStatus

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    cls=Command,
    # A full stop would become part of the example.
    about=phrase("Look up messages. The word lookup can be left out: smsstatus +8613711112222 since 2h"),
    closing=phrase(
        "Exit status: 0 all providers answered, 1 some did not, 2 wrong words or settings, 3 none answered. "
        "For a code: as for explain."
    ),
)
@argument("words", nargs=-1, shell_complete=complete_words)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@option("--reveal", is_flag=True, about=phrase("Show full numbers. Recorded in the audit."))
@click.pass_obj
def lookup(locale: CliLocale, *, words: tuple[str, ...], as_json: bool, reveal: bool) -> None:
    """Run a command as it could be typed in Slack. Raises SystemExit with the exit status."""
    run_words(" ".join(words), locale.language, as_json=as_json, reveal=reveal)


@click.command(
    "watch",
    cls=Command,
    about=phrase("Watch messages until they are final, a line for each change: smsstatus watch +8613711112222 30m"),
    closing=phrase(
        "Interrupt it at any time. Exit status: as for lookup, of the last answer: 0 all providers answered, 1 some did not, "
        "2 wrong words or settings, 3 none answered."
    ),
)
@argument("words", nargs=-1, required=True, shell_complete=complete_words)
@option("--json", "as_json", is_flag=True, about=phrase("Print the last answer as one JSON object, and nothing before it."))
@click.pass_obj
def watch(locale: CliLocale, *, words: tuple[str, ...], as_json: bool) -> None:
    """Watch in the foreground. Raises SystemExit with the exit status."""
    run_words(f"watch {' '.join(words)}", locale.language, as_json=as_json)


def run_words(text: str, language: Language, *, as_json: bool, reveal: bool = False) -> None:
    """Run `text`, a command by the grammar. Raises SystemExit with the exit status."""
    from bot.cli.checks import run_check
    from bot.cli.codes import explain_text
    from bot.cli.console import show
    from bot.cli.help_screen import help_screen
    from bot.cli.provider_rendering import render_providers
    from bot.cli.watch import run_watch
    from bot.grammar import CheckSignature, CheckTemplate, Explain, Help, Lookup, Providers, Watch, Watches

    parsed = parse_offline(text)
    if isinstance(parsed, Watches):
        fail([language.say("The terminal keeps no watches. In Slack, /smsstatus watches lists yours.")], WRONG_INPUT)
    settings = None if isinstance(parsed, Explain | Help) else load(language)
    match parsed if settings is None else _parse(text, settings, language):
        case Explain(code):
            sys.exit(0 if explain_text(code, language, as_json=as_json) else 1)
        case CheckSignature() | CheckTemplate() as check if settings is not None:
            run_check(check, settings, language, as_json=as_json)
        case Watch() as command if settings is not None:
            run_watch(command, settings, language, as_json=as_json)
        case Lookup() as command if settings is not None:
            report = run(_look_up(settings, command, reveal=reveal), language)
            _print_report(report, command, settings, language, as_json=as_json, reveal=reveal)
            sys.exit(exit_status(report))
        case Providers() if settings is not None:
            show(render_providers(run(_provider_states(settings, language), language), language=language))
        case _:
            show(help_screen(language))


def takes_words(args: Sequence[str]) -> bool:
    """Whether arguments that name no command are the words of a lookup: all with a digit in them, and all that can be read."""
    text = " ".join(args)
    return any(char.isdigit() for char in text) or parse_offline(text) is not None


def parse_offline(text: str) -> Parsed | None:
    """`text` by the grammar, without the settings; None when it is not understood. What it says of targets may differ by them."""
    from bot.grammar import ParseContext, parse
    from bot.providers.systems import SYSTEMS, via_words

    asker = ParseContext(now=system_clock(), zone=UTC, providers=via_words(system.name for system in SYSTEMS))
    try:
        return parse(text, asker)
    except UsageError:
        return None


def _parse(text: str, settings: Settings, language: Language) -> Parsed:
    """`text` by the grammar. Raises SystemExit with status 2 when it is not understood."""
    from bot.grammar import ParseContext, parse
    from bot.providers.systems import RECEIPTS, SYSTEMS, via_words
    from bot.receipts.opening import ingests_receipts

    known = {system.name for account in settings.accounts for system in account.vendor.systems} or {s.name for s in SYSTEMS}
    if ingests_receipts(settings):
        known.add(RECEIPTS.name)
    general = settings.general
    asker = ParseContext(now=system_clock(), zone=general.zone, region=general.region, providers=via_words(known))
    try:
        return parse(text, asker)
    except UsageError as error:
        lines = [error.masked_problem.said_in(language)]
        if _asks_absent_store(text, known):
            keys = language.comma_list(RECEIPTS.keys)
            lines = [language.say("There is no receipt store here: set one of {keys}, then receipts are kept.", keys=keys)]
        elif error.example is not None:
            lines.append(language.say("Try: {example}", example=f"smsstatus {html.unescape(error.example)}"))
        fail(lines, WRONG_INPUT)


def _asks_absent_store(text: str, known: set[str]) -> bool:
    """Whether all that is wrong is that the receipt store is named where there is none."""
    from bot.grammar import Lookup
    from bot.providers.systems import RECEIPTS

    parsed = parse_offline(text)
    return isinstance(parsed, Lookup) and {*parsed.query.providers} - known == {RECEIPTS.name}


async def _look_up(settings: Settings, command: Lookup, *, reveal: bool) -> Report:
    """The report. With `reveal` it is in the audit before anything is shown. Raises SettingsError."""
    from bot.app import open_terminal_lookup
    from bot.cli.auditing import open_reveal

    async with AsyncExitStack() as stack:
        audited = await stack.enter_async_context(open_reveal(settings.general)) if reveal else None
        service = await stack.enter_async_context(open_terminal_lookup(settings))
        report = await service.lookup(command.query)
        if audited is not None:
            await audited.write("lookup", report.query.targets, (part.provider for part in report.coverage))
        return report


async def _provider_states(settings: Settings, language: Language) -> list[ProviderStatus]:
    from bot.app import open_terminal_lookup
    from bot.presentation.provider_status import provider_statuses

    async with open_terminal_lookup(settings) as service:
        return provider_statuses(service, language)


def _print_report(report: Report, asked: Lookup, settings: Settings, language: Language, *, as_json: bool, reveal: bool) -> None:
    from bot.cli.console import show
    from bot.cli.rendering import render
    from bot.cli.report_json import report_to_json
    from bot.providers.systems import titles

    if as_json:
        print_json(report_to_json(report, reveal=reveal, titles=titles(ENGLISH)))
        return
    zone, names = settings.general.zone, titles(language)
    show(render(report, names, zone=zone, reveal=reveal, language=language, passed_over=asked.ignored))
