"""The terminal: `smsstatus serve | demo | lookup | explain | codes | doctor | audit`.

Exit statuses of `lookup`: 0 every provider asked answered; 1 some did not; 2 the words or the settings are wrong; 3 none
answered. Whatever is wrong is a short message on stderr, never a traceback.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from bot import __version__
from bot.audit_cli import audit
from bot.clock import system_clock
from bot.codes_cli import codes
from bot.errors import SettingsError, UsageError
from bot.logs import configure_logging
from bot.receipts_cli import receipts

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from bot.config import Mode, Settings
    from bot.doctor import Check
    from bot.grammar import Command, Lookup
    from bot.model import Report
    from bot.wording import ProviderState

T = TypeVar("T")

ALL_ANSWERED, SOME_FAILED, WRONG_INPUT, NONE_ANSWERED = 0, 1, 2, 3

# The heavy rooms are imported where they are needed, so that `smsstatus --help` and `explain` start at once.
# ruff: noqa: PLC0415


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="smsstatus")
def main() -> None:
    """Was this SMS delivered, and if not, why? Asks Tencent Cloud SMS and Alibaba Cloud SMS."""
    # Whatever libraries log goes to stderr, redacted; stdout is the answer's alone.
    configure_logging("ERROR")


@main.command()
@click.option(
    "--mode", type=click.Choice(["socket", "http"]), help="How Slack reaches us. Default: socket when there is a token for it."
)
@click.option("--host", help="Where to listen for HTTP; default SMSSTATUS_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default SMSSTATUS_PORT or 3000.")
def serve(mode: Mode | None, host: str | None, port: int | None) -> None:
    """Answer /smsstatus in Slack until stopped."""
    from bot.app import serving

    configure_logging("INFO")
    settings = _settings()

    async def run() -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        async with serving(settings, mode=mode, host=host, port=port):
            await stopped.wait()

    _run(run())


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="Where the page listens.")
@click.option(
    "--once", metavar="COMMAND", help='Send one command, such as "/smsstatus +8613711112222 since 2h", print the answer.'
)
def demo(port: int, once: str | None) -> None:
    """Open a local Slack workspace with the real bot and strict stand-ins of the providers. Needs no accounts."""
    from bot.sandbox.demo import run_demo, run_once

    _run(run_once(once) if once is not None else run_demo(port))


@main.command()
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--reveal", is_flag=True, help="Show whole numbers.")
def lookup(words: tuple[str, ...], *, as_json: bool, reveal: bool) -> None:
    """Look up what became of messages, such as: smsstatus lookup +8613711112222 since 2h"""  # noqa: D415 - a full stop would become part of the example
    from bot.grammar import EXAMPLES, Explain, Lookup, Providers
    from bot.terminal import console, render_help, render_providers

    settings = _settings()
    match _parse(" ".join(words), settings):
        case Lookup() as command:
            report = _run(_look_up(settings, command))
            _print_report(report, settings, as_json=as_json, reveal=reveal)
            sys.exit(_exit_status(report))
        case Explain(code):
            _explain(code, as_json=as_json)
        case Providers():
            console().print(render_providers(_run(_provider_states(settings))))
        case _:
            console().print(render_help(EXAMPLES, "smsstatus lookup"))


@main.command()
@click.argument("code", nargs=-1, required=True)
@click.option("--search", is_flag=True, help="Search in what codes mean, in English and Chinese, such as: blacklist.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def explain(code: tuple[str, ...], *, as_json: bool, search: bool) -> None:
    """Explain an error or receipt code, such as MK:0008, or a term, such as receipt. Works offline."""
    _explain(" ".join(code), as_json=as_json, search=search)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def doctor(*, as_json: bool) -> None:
    """Check the settings, Slack's tokens and every provider account."""
    from bot.doctor import Health

    checks = _run(_check(_settings()))
    if as_json:
        _print_json({"checks": [check.to_json() for check in checks]})
    for check in () if as_json else checks:
        click.echo(f"{check.health.value:8} {check.name}: {check.said}")
        if check.health is not Health.OK and check.next_step:
            click.echo(f"{'':8} {check.next_step}")
    sys.exit(1 if any(check.health is Health.FAILED for check in checks) else 0)


main.add_command(codes)


main.add_command(receipts)


main.add_command(audit)


async def _look_up(settings: Settings, command: Lookup) -> Report:
    from bot.app import open_lookup

    async with open_lookup(settings) as service:
        return await service.lookup(command.query)


async def _check(settings: Settings) -> list[Check]:
    from bot.app import open_database, open_lookup
    from bot.doctor import check_providers, check_slack, check_state
    from bot.providers.registry import titles
    from bot.unknown_codes import UnknownCodes

    async with open_lookup(settings) as service, open_database(settings.general) as database:
        checks = await asyncio.gather(
            check_slack(settings.general),
            check_providers(service, titles(), settings.general.region, system_clock),
            check_state(database, UnknownCodes(database, system_clock)),
        )
        return [check for some in checks for check in some]


async def _provider_states(settings: Settings) -> list[ProviderState]:
    from bot.app import open_lookup
    from bot.states import provider_states

    async with open_lookup(settings) as service:
        return provider_states(service)


def _exit_status(report: Report) -> int:
    if all(part.error is not None and not part.partly for part in report.coverage):
        return NONE_ANSWERED
    return SOME_FAILED if report.failing else ALL_ANSWERED


def _print_report(report: Report, settings: Settings, *, as_json: bool, reveal: bool) -> None:
    from bot.providers.registry import titles
    from bot.report_json import to_json
    from bot.terminal import console, render

    if as_json:
        _print_json(to_json(report, reveal=reveal, titles=titles()))
    else:
        console().print(render(report, titles(), zone=settings.general.zone, reveal=reveal))


def _explain(text: str, *, as_json: bool, search: bool = False) -> None:
    from bot.codes_cli import explain_text, search_text

    try:
        (search_text if search else explain_text)(text, as_json=as_json)
    except SettingsError as error:
        _fail(error.lines)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _settings() -> Settings:
    from bot.config import load_settings
    from bot.providers.registry import VENDORS

    try:
        return load_settings(os.environ, VENDORS)
    except SettingsError as error:
        _fail(error.lines)


def _parse(text: str, settings: Settings) -> Command:
    from bot.grammar import Asker, parse
    from bot.providers.registry import systems, words

    known = {system.name for account in settings.accounts for system in account.vendor.systems} or {s.name for s in systems()}
    asker = Asker(now=system_clock(), zone=settings.general.zone, region=settings.general.region, providers=words(known))
    try:
        return parse(text, asker)
    except UsageError as error:
        _fail([error.problem, f"Try: smsstatus lookup {html.unescape(error.example)}"])


def _run(job: Coroutine[Any, Any, T]) -> T:
    """Run `job`. Settings that turn out to be wrong on the way end as exit status 2."""
    try:
        return asyncio.run(job)
    except SettingsError as error:
        _fail(error.lines)


def _fail(lines: Sequence[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(WRONG_INPUT)
