"""`smsstatus stats WORDS…`: is it one customer, or everyone?

Exit statuses are those of a lookup: 0 every source asked answered; 1 some did not; 2 the words or the settings are wrong; 3 none
answered.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.completion import complete_words
from bot.cli.localized_click import CliLocale, Command, argument, option, print_json
from bot.cli.runner import load, run
from bot.cli.words import parse_words
from bot.i18n import ENGLISH, phrase
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bot.config import Settings
    from bot.grammar import Stats
    from bot.i18n import Language
    from bot.model.statistics import StatisticsReport
    from bot.presentation.wording import TextFormat

ALL_ANSWERED, SOME_FAILED, NONE_ANSWERED = 0, 1, 3

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


@click.command(
    cls=Command,
    about=phrase("Is it one customer or everyone? Count all messages."),
    closing=phrase("Exit status: 0 all providers answered, 1 some did not, 2 wrong words or settings, 3 none answered."),
)
@argument("words", nargs=-1, shell_complete=complete_words)
@option("--json", "as_json", is_flag=True, about=phrase("Print one JSON object."))
@click.pass_obj
def stats(locale: CliLocale, *, words: tuple[str, ...], as_json: bool) -> None:
    """Count everybody's messages. Raises SystemExit with the exit status."""
    from bot.grammar import Stats

    settings = load(locale.language)
    command = parse_words(" ".join(("stats", *words)), settings, locale.language)
    if not isinstance(command, Stats):
        raise TypeError("`stats` is read as another command")
    print_statistics(command, settings, locale.language, as_json=as_json)


def print_statistics(command: Stats, settings: Settings, language: Language, *, as_json: bool) -> None:
    """Ask, print, and exit. Raises SystemExit with the exit status."""
    from bot.cli.console import show
    from bot.presentation.as_json.statistics import statistics_to_json
    from bot.presentation.wording import plain_text_format
    from bot.providers.systems import titles

    report = run(_ask(settings, command), language)
    if as_json:
        print_json(statistics_to_json(report, titles(ENGLISH)))
    else:
        zone = settings.general.zone
        text_format = plain_text_format(None, titles(language), zone=zone, now=report.as_of, language=language)
        show(render(report, text_format, command.ignored))
    sys.exit(_exit_status(report))


def render(report: StatisticsReport, text_format: TextFormat, passed_over: tuple[str, ...] = ()) -> RenderableType:
    """The same sentences as in Slack."""
    from rich.console import Group

    from bot.cli.rich_text import below, lines_of
    from bot.presentation.evidence import ignored_words_line
    from bot.presentation.statistics import figure_lines, gap_lines, headline, small_print

    said = headline(report, text_format)
    parts = lines_of([said.whole(text_format.language), said.below], style="bold")
    for line in figure_lines(report, text_format):
        parts += [below([line.strip()])] if line.startswith(" ") else lines_of([line])
    small = [*gap_lines(report, text_format), *small_print(report, text_format), ignored_words_line(passed_over, text_format)]
    return Group(*parts, *lines_of(small, style="dim"))


async def _ask(settings: Settings, command: Stats) -> StatisticsReport:
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.model.statistics import StatisticsQuestion
    from bot.statistics import StatisticsService

    async with open_terminal_lookup(settings) as lookups:
        seconds = settings.general.deadline_seconds
        service = StatisticsService(lookups.providers, lookups.catalogue, clock=system_clock, deadline_seconds=seconds)
        return await service.ask(StatisticsQuestion(command.window, command.providers))


def _exit_status(report: StatisticsReport) -> int:
    from bot.model import STORE

    vendors = [source for source in report.sources if source.provider != STORE] or list(report.sources)
    failed = [source for source in vendors if source.error is not None]
    if len(failed) == len(vendors):
        return NONE_ANSWERED
    return SOME_FAILED if any(source.error for source in report.sources) else ALL_ANSWERED
