"""`smsstatus watch WORDS…`: asks again and again in the foreground, a line for each change, until all is final or time is up."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot.cli.exit_status import NONE_ANSWERED, exit_status
from bot.cli.localized_click import print_json
from bot.cli.runner import run
from bot.i18n import ENGLISH
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from bot.config import Settings
    from bot.grammar import Watch
    from bot.i18n import Language
    from bot.lookup import LookupService
    from bot.model import Report
    from bot.timing.clock import Clock

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415


def run_watch(command: Watch, settings: Settings, language: Language, *, as_json: bool) -> None:
    """Watch, print and end. Raises SystemExit with the exit status of a lookup, also when it is interrupted."""
    from bot.cli.console import show
    from bot.cli.rendering import render
    from bot.presentation.as_json.report import report_to_json
    from bot.providers.systems import titles

    def tell(line: str) -> None:
        if not as_json:
            _show_line(line)

    report = run(_watched(command, settings, language, tell), language)
    if report is None:
        sys.exit(NONE_ANSWERED)
    if as_json:
        print_json(report_to_json(report, titles=titles(ENGLISH)))
    else:
        show(render(report, titles(language), zone=settings.general.zone, language=language, passed_over=command.ignored))
    sys.exit(exit_status(report))


async def reports(
    lookups: LookupService,
    command: Watch,
    *,
    clock: Clock = system_clock,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[Report]:
    """What each look finds, until all is final or the time is up."""
    from bot.lookup.watch_schedule import next_look, waiting_since, waits_for
    from bot.lookup.watched_report import look

    begun = clock()
    ends, waiting = begun + command.within, command.query.targets
    while True:
        report = await look(lookups, command.query, waiting, clock())
        yield report
        waiting, now = waits_for(report), clock()
        due = next_look(waiting_since(report, begun), now, ends)
        if not waiting or not report.coverage or due is None:
            return
        await sleep((due - now).total_seconds())


async def _watched(command: Watch, settings: Settings, language: Language, tell: Callable[[str], None]) -> Report | None:
    """The last report; None when it was interrupted before the first. Raises SettingsError."""
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.lookup.watch_schedule import waits_for
    from bot.presentation.times import FormattedTimes, duration, format_time
    from bot.presentation.verdict import verdict
    from bot.providers.systems import titles

    last: Report | None = None
    zone, said, names = settings.general.zone, "", titles(language)

    async def follow() -> None:
        nonlocal last, said
        async for last in reports(service, command):
            result = verdict(last, language, titles=names)
            line = f"{result.sign} {result.line_at(format_time(result.when, zone) if result.when else '')}"
            if line != said:
                tell(f"{format_time(last.as_of, zone)}  {line}")
            said = line
        if last is not None and waits_for(last):
            tell(language.say("Time is up after {length}. Not final yet:", length=duration(command.within, language)))

    async with open_terminal_lookup(settings) as service:
        targets = language.listed([target.masked for target in command.query.targets], most=3)
        now = system_clock()
        until = FormattedTimes(zone, now, language).minute(now + command.within)
        tell(language.say("Watching {targets} until {until}. Ctrl-C stops.", targets=targets, until=until))
        following = asyncio.create_task(follow())
        with _interrupting(following), suppress(asyncio.CancelledError):
            await following
    return last


@contextmanager
def _interrupting(task: asyncio.Task[None]) -> Iterator[None]:
    """Ctrl-C ends `task` and nothing else, so that what is known is still printed."""
    loop = asyncio.get_running_loop()
    with suppress(RuntimeError, ValueError):  # only a main thread hears signals
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _show_line(line: str) -> None:
    from bot.cli.console import show_lines

    show_lines([line])
    sys.stdout.flush()
