"""`smsstatus mcp`: an MCP server on standard input and output, for an agent on this machine."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import AsyncExitStack
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from bot.cli.localized_click import CliLocale, Command
from bot.cli.runner import load, run
from bot.i18n import phrase

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from bot.config import Settings
    from bot.grammar import ParseContext
    from bot.mcp.tools import Refusal
    from bot.model import Target
    from bot.storage.audit_log import AuditLog
    from bot.timing.rate_limits import SlidingWindow

# The heavy rooms are imported where they are needed, so that `smsstatus --help` starts at once.
# ruff: noqa: PLC0415

SURFACE = "mcp"
MINUTE = 60.0


@click.command(
    "mcp",
    cls=Command,
    about=phrase("Serve agents on this machine over MCP: lookup, stats, explain, signature. Read-only."),
    closing=phrase("An agent starts it by itself: see docs/agents.md. It ends when its standard input does."),
)
@click.pass_obj
def mcp(locale: CliLocale) -> None:
    """Serve until standard input ends. Raises SystemExit with status 2 for wrong settings."""
    run(_serve(load(locale.language)), locale.language)


class TerminalCaller:
    """Who runs the agents of this machine, for the audit and the limit of calls a minute."""

    name = SURFACE

    def __init__(self, audit_log: AuditLog, window: SlidingWindow, asker: Callable[[], ParseContext]) -> None:
        self._audit_log = audit_log
        self._window = window
        self._asker = asker

    async def refusal(self) -> Refusal | None:
        """Too many calls in this minute, or None."""
        from bot.mcp.tools import TOO_MANY

        return None if self._window.take() else TOO_MANY

    async def parse_context(self) -> ParseContext:
        """What the grammar must know of the terminal."""
        return self._asker()

    async def write(self, command: str, outcome: str, targets: Iterable[Target] = (), providers: Iterable[str] = ()) -> None:
        """Write one call into the audit; what cannot be written is logged."""
        import structlog

        from bot.cli.auditing import entry_of
        from bot.storage.audit_log import AuditError

        try:
            await self._audit_log.write(entry_of(self._audit_log, command, outcome, targets, providers, surface=SURFACE))
        except AuditError as error:
            structlog.get_logger(__name__).error("audit.not_written", said=str(error))


async def _serve(settings: Settings) -> None:
    import time

    from bot.cli.auditing import open_audit
    from bot.cli.terminal_lookup import open_terminal_lookup
    from bot.cli.words import asker, known_systems
    from bot.mcp.stdio import LONGEST_LINE, serve_lines
    from bot.mcp.tools import ReadOnlyTools
    from bot.statistics import StatisticsService
    from bot.timing.clock import system_clock
    from bot.timing.rate_limits import SlidingWindow

    general, known = settings.general, known_systems(settings)
    async with AsyncExitStack() as stack:
        audit_log = await stack.enter_async_context(open_audit(general))
        lookups = await stack.enter_async_context(open_terminal_lookup(settings))
        statistics = StatisticsService(
            lookups.providers, lookups.catalogue, clock=system_clock, deadline_seconds=general.deadline_seconds
        )
        window = SlidingWindow(general.user_rate, MINUTE, time.monotonic)
        caller = TerminalCaller(audit_log, window, lambda: asker(settings, known))
        tools = ReadOnlyTools(lookups, statistics, caller)
        await serve_lines(await _standard_input(LONGEST_LINE), _write, tools)


async def _standard_input(limit: int) -> asyncio.StreamReader:
    """Its lines as they come. A file, which no event loop waits for, is read at once; a closed one has none."""
    import asyncio

    lines = asyncio.StreamReader(limit=limit)
    mode = os.fstat(sys.stdin.fileno()).st_mode if sys.stdin is not None else stat.S_IFREG
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and sys.stdin.isatty()):
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin.buffer)
    else:
        lines.feed_data(sys.stdin.buffer.read() if sys.stdin is not None else b"")
        lines.feed_eof()
    return lines


def _write(line: str) -> None:
    if isinstance(sys.stdout, TextIOWrapper):  # it is none where it was closed: nobody reads the answers
        sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
