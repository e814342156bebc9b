"""The terminal: `smsstatus serve | demo | lookup | stats | explain | signature | watch | codes | doctor | audit | …`.

Words that name no command are those of `lookup`. Errors are short messages on stderr, never a traceback. Output is in the
terminal's language; JSON is not translated.
"""

from __future__ import annotations

import faulthandler
import gc
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.cli.audit import audit
from bot.cli.checks import signature, template
from bot.cli.codes import codes, explain
from bot.cli.config import config
from bot.cli.data import data
from bot.cli.database import database
from bot.cli.doctor import doctor
from bot.cli.first_steps import first_steps, is_new
from bot.cli.forget import forget
from bot.cli.help_screen import show_help
from bot.cli.localized_click import CliLocale, Group, fail, option
from bot.cli.lookup import lookup, takes_words, watch
from bot.cli.manifest import print_manifest
from bot.cli.mcp import mcp
from bot.cli.receipts import receipts
from bot.cli.runner import WRONG_INPUT, load, run, until_stopped
from bot.cli.stats import stats
from bot.i18n import LANGUAGES, phrase

if TYPE_CHECKING:
    from bot.config import Mode

# The heavy rooms are imported where they are needed, so that `smsstatus --help`, Tab and `explain` start at once; the log is
# configured with the settings (runner.load), before which nothing logs.
# ruff: noqa: PLC0415


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - the form of click's callbacks
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.obj.language.say("smsstatus, version {version}", version=__version__))
        ctx.exit()


@click.group(
    cls=Group,
    default="lookup",
    takes=takes_words,
    about=phrase("Was this SMS delivered, and if not, why? Queries your SMS vendors in parallel."),
    closing=phrase("Without a command, the words are those of lookup. Examples: smsstatus help"),
)
@option(
    "--language",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    about=phrase("Output language. Default: SMSSTATUS_LANGUAGE, or else the locale (LC_ALL, LC_MESSAGES, LANG)."),
)
@option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, about=phrase("Show the version and exit.")
)
def main() -> None:
    """The root command."""
    gc.set_threshold(10_000)  # what a start makes stays: to look for garbage among it every 700 objects is a tenth of its time


@main.command(about=phrase("Answer /smsstatus in Slack until stopped."))
@option(
    "--mode",
    type=click.Choice(["socket", "http"]),
    about=phrase("Connection to Slack. Default: socket if SLACK_APP_TOKEN is set."),
)
@option("--host", about=phrase("HTTP address. Default: SMSSTATUS_HOST, or 127.0.0.1."))
@option("--port", type=click.IntRange(0, 65535), about=phrase("HTTP port. Default: SMSSTATUS_PORT, or 3000."))
@click.pass_obj
def serve(locale: CliLocale, *, mode: Mode | None, host: str | None, port: int | None) -> None:
    """Run the app. Raises SystemExit with status 2 for wrong settings."""
    from bot.app import serving
    from bot.observability.logging import configure_logging

    configure_logging("INFO")
    faulthandler.enable(2)  # a file that is cut short under SQLite ends the process (SIGBUS): not without a word
    settings = load(locale.language)
    if is_new(settings.general):
        fail(first_steps(mode, locale.language), WRONG_INPUT)

    run(until_stopped(serving(settings, mode=mode, host=host, port=port)), locale.language)


@main.command(about=phrase("Run a local Slack workspace with the real bot and simulated providers. No accounts needed."))
@option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True, about=phrase("Port of the page."))
@option(
    "--once",
    metavar="COMMAND",
    about=phrase('Run one command and print the answer: "/smsstatus +8613711112222 since 2h".'),
)
@option(
    "--env",
    "with_environment",
    is_flag=True,
    about=phrase("Run the demo, and print what another terminal needs to ask its providers."),
)
@click.pass_obj
def demo(locale: CliLocale, *, port: int, once: str | None, with_environment: bool) -> None:
    """Run the app in the sandbox. Raises SystemExit with status 2 when it cannot start."""
    try:
        from bot.sandbox.demo import run_demo, run_once
    except ModuleNotFoundError:  # the image leaves the sandbox out
        fail([locale.language.say("This installation has no demo. In a clone of the repository: ./scripts/demo")], WRONG_INPUT)

    if once is not None:
        run(run_once(once, locale.language), locale.language)
    else:
        run(run_demo(port, locale.language, with_environment=with_environment), locale.language)


main.add_command(lookup)


main.add_command(stats)


main.add_command(explain)


main.add_command(signature)


main.add_command(template)


main.add_command(watch)


main.add_command(doctor)


main.add_command(config)


main.add_command(codes)


main.add_command(receipts)


main.add_command(database)


main.add_command(audit)


main.add_command(data)


main.add_command(forget)


main.add_command(mcp)


main.add_command(print_manifest)


main.add_command(show_help)
