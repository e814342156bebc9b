"""`smsstatus signature NAME` and `smsstatus template CODE`: what can be checked in Slack, in the terminal.

Exit statuses as of a lookup: 0 every account asked answered; 1 some did not; 2 the words or the settings are wrong; 3 none
answered.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.exit_status import ALL_ANSWERED, NONE_ANSWERED, SOME_FAILED
from bot.cli.localized_click import CliLocale, Command, argument, fail, option, print_json
from bot.cli.runner import WRONG_INPUT, load, run
from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.grammar import CheckSignature, CheckTemplate
    from bot.i18n import Language
    from bot.model import SignatureReport, TemplateReport

_STATUSES = phrase("Exit status: 0 all accounts answered, 1 some did not, 2 wrong words or settings, 3 none answered.")

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    "signature",
    cls=Command,
    about=phrase("Check an SMS signature: at which carriers it is registered, and why not."),
    closing=_STATUSES,
)
@argument("name", nargs=-1, required=True)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def signature(locale: CliLocale, *, name: tuple[str, ...], as_json: bool) -> None:
    """Check a signature. Raises SystemExit with the exit status."""
    check_words_of(f"signature {' '.join(name)}", locale.language, as_json=as_json)


@click.command(
    "template",
    cls=Command,
    about=phrase("Check an SMS template: whether it passed its review."),
    closing=_STATUSES,
)
@argument("code", nargs=-1, required=True, metavar="TEMPLATE...")
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def template(locale: CliLocale, *, code: tuple[str, ...], as_json: bool) -> None:
    """Check a template. Raises SystemExit with the exit status."""
    check_words_of(f"template {' '.join(code)}", locale.language, as_json=as_json)


def check_words_of(text: str, language: Language, *, as_json: bool) -> None:
    """Check what `text` says by the grammar. Raises SystemExit with the exit status."""
    from datetime import UTC

    from bot.errors import UsageError
    from bot.grammar import CheckSignature, CheckTemplate, ParseContext, parse
    from bot.timing.clock import system_clock

    try:
        command = parse(text, ParseContext(now=system_clock(), zone=UTC, providers={}))
    except UsageError as error:
        fail([error.masked_problem.said_in(language)], WRONG_INPUT)
    if not isinstance(command, CheckSignature | CheckTemplate):
        raise TypeError("the words of a check are read as something else")
    run_check(command, load(language), language, as_json=as_json)


def run_check(check: CheckSignature | CheckTemplate, settings: Settings, language: Language, *, as_json: bool) -> None:
    """Check, print and end. Raises SystemExit with the exit status."""
    from bot.cli.check_rendering import render_check
    from bot.cli.console import show
    from bot.presentation.as_json.check import check_to_json
    from bot.providers.systems import titles

    report = run(_checked(settings, check), language)
    if as_json:
        print_json(check_to_json(report, titles(ENGLISH)))
    else:
        show(render_check(report, titles(language), zone=settings.general.zone, language=language))
    sys.exit(_exit_status(report))


async def _checked(settings: Settings, check: CheckSignature | CheckTemplate) -> SignatureReport | TemplateReport:
    """The report. Raises SettingsError."""
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.grammar import CheckSignature
    from bot.lookup.service import TERMINAL

    async with open_terminal_lookup(settings, with_receipts=False) as service:
        if isinstance(check, CheckSignature):
            return await service.registers.signature(check.name, asker=TERMINAL)
        return await service.registers.template(check.code, asker=TERMINAL)


def _exit_status(report: SignatureReport | TemplateReport) -> int:
    if not report.unanswered and report.answers:
        return ALL_ANSWERED
    return SOME_FAILED if len(report.unanswered) < len(report.answers) else NONE_ANSWERED
