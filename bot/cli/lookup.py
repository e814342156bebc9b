"""`smsstatus lookup WORDS…`, or the words alone: what could be typed in Slack, answered in the terminal.

Exit statuses: 0 every provider asked answered; 1 some did not; 2 the words or the settings are wrong; 3 none answered. A code is
explained instead, with the exit statuses of `explain`, and needs no settings.
"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from bot.cli.completion import complete_words
from bot.cli.exit_status import NONE_ANSWERED, SOME_FAILED, exit_status
from bot.cli.localized_click import CliLocale, Command, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, load, run
from bot.cli.words import parse_offline, parse_words
from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Settings
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
@option(
    "--file",
    "path",
    metavar="FILE",
    about=phrase("Look up the numbers or message IDs in a CSV or TXT file, up to 1,000; - reads stdin."),
)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@option("--csv", "as_csv", is_flag=True, about=phrase("Print the messages as CSV, for a spreadsheet."))
@option("--reveal", is_flag=True, about=phrase("Show full numbers. Recorded in the audit."))
@click.pass_obj
def lookup(locale: CliLocale, *, words: tuple[str, ...], path: str | None, as_json: bool, as_csv: bool, reveal: bool) -> None:
    """Run a command as it could be typed in Slack. Raises SystemExit with the exit status."""
    from bot.grammar import Doctor, Explain, Help, Lookup, Watches

    language, text = locale.language, " ".join(words)
    parsed = None if path is not None else parse_offline(text)
    if as_csv and (as_json or not isinstance(parsed, Lookup | None)):
        example = "smsstatus NUMBER --csv"
        fail([language.say("--csv prints a lookup, and goes without --json: {example}", example=example)], WRONG_INPUT)
    if path is not None:
        sys.exit(_look_up_file(path, text, language, as_json=as_json, as_csv=as_csv, reveal=reveal))
    match parsed:
        case Explain(code):
            from bot.cli.codes import explain_text

            sys.exit(0 if explain_text(code, language, as_json=as_json) else 1)
        case Help() if as_json:
            fail(
                [language.say("The help has no JSON. Use --json with a number, a message ID, a code or providers.")], WRONG_INPUT
            )
        case Help():
            from bot.cli.console import show
            from bot.cli.help_screen import help_screen

            show(help_screen(language))
        case Watches():
            fail([language.say("The terminal keeps no watches. In Slack, /smsstatus watches lists yours.")], WRONG_INPUT)
        case Doctor():
            fail([language.say("In the terminal that is a command of its own: smsstatus doctor")], WRONG_INPUT)
        case _:
            _ask(text, language, as_json=as_json, as_csv=as_csv, reveal=reveal)


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
    _ask(f"watch {' '.join(words)}", locale.language, as_json=as_json)


def _ask(text: str, language: Language, *, as_json: bool, as_csv: bool = False, reveal: bool = False) -> None:
    """Run a command that needs the settings. Raises SystemExit with the exit status."""
    from bot.grammar import CheckSignature, CheckTemplate, Lookup, Stats, Watch

    settings = load(language)
    match parse_words(text, settings, language):
        case CheckSignature() | CheckTemplate() as check:
            from bot.cli.checks import run_check

            run_check(check, settings, language, as_json=as_json)
        case Lookup() as command:
            report = run(_look_up(settings, command, reveal=reveal), language)
            if as_csv:
                _print_csv(report, settings, language, reveal=reveal)
            else:
                _print_report(report, command, settings, language, as_json=as_json, reveal=reveal)
            sys.exit(exit_status(report))
        case Watch() as command:
            from bot.cli.watch import run_watch

            run_watch(command, settings, language, as_json=as_json)
        case Stats() as counted:
            from bot.cli.stats import print_statistics

            print_statistics(counted, settings, language, as_json=as_json)
        case _:
            _print_providers(settings, language, as_json=as_json)


def takes_words(args: Sequence[str]) -> bool:
    """Whether arguments that name no command are the words of a lookup: all with a digit in them, and all that can be read."""
    text = " ".join(args)
    return any(char.isdigit() for char in text) or parse_offline(text) is not None


def _look_up_file(path: str, words: str, language: Language, *, as_json: bool, as_csv: bool, reveal: bool) -> int:
    """Look up a file's list. Returns the exit status. Raises SystemExit with status 2 when it cannot be read."""
    from bot.cli.batch import look_up_all, read_list
    from bot.cli.words import asker, known_systems

    settings = load(language)
    command = read_list(path, words, asker(settings, known_systems(settings)), language)
    report, is_whole = run(look_up_all(settings, command, language, reveal=reveal), language)
    if not report.query.targets:
        return NONE_ANSWERED
    if as_csv:
        _print_csv(report, settings, language, reveal=reveal)
    else:
        _print_report(report, command, settings, language, as_json=as_json, reveal=reveal)
    return exit_status(report) if is_whole else max(SOME_FAILED, exit_status(report))


async def _look_up(settings: Settings, command: Lookup, *, reveal: bool) -> Report:
    """The report. With `reveal` it is in the audit before anything is shown. Raises SettingsError."""
    from bot.cli.terminal_lookup import open_terminal_lookup

    async with AsyncExitStack() as stack:
        audited = None
        if reveal:
            from bot.cli.auditing import open_reveal  # with the database, which no other lookup needs

            audited = await stack.enter_async_context(open_reveal(settings.general))
        service = await stack.enter_async_context(open_terminal_lookup(settings))
        report = await service.lookup(command.query)
        if audited is not None:
            await audited.write("lookup", report.query.targets, (part.provider for part in report.coverage))
        return report


async def _provider_states(settings: Settings, language: Language) -> list[ProviderStatus]:
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.presentation.provider_status import provider_statuses

    async with open_terminal_lookup(settings) as service:
        return provider_statuses(service, language)


def _print_providers(settings: Settings, language: Language, *, as_json: bool) -> None:
    if as_json:
        from bot.presentation.as_json.report import providers_to_json

        print_json(providers_to_json(run(_provider_states(settings, ENGLISH), language)))
        return
    from bot.cli.console import show
    from bot.cli.provider_rendering import render_providers

    show(render_providers(run(_provider_states(settings, language), language), language=language))


def _print_report(report: Report, asked: Lookup, settings: Settings, language: Language, *, as_json: bool, reveal: bool) -> None:
    from bot.providers.systems import titles

    if as_json:
        from bot.presentation.as_json.report import report_to_json

        print_json(report_to_json(report, reveal=reveal, titles=titles(ENGLISH)))
        return
    from bot.cli.console import show
    from bot.cli.rendering import render

    zone, names = settings.general.zone, titles(language)
    show(render(report, names, zone=zone, reveal=reveal, language=language, passed_over=asked.ignored))


def _print_csv(report: Report, settings: Settings, language: Language, *, reveal: bool) -> None:
    from bot.cli.streams import write_file
    from bot.presentation.report_csv import report_to_csv
    from bot.providers.systems import titles

    zone, names = settings.general.zone, titles(language)
    write_file(report_to_csv(report, names, zone=zone, now=report.as_of, language=language, reveal=reveal))
