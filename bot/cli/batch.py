"""`smsstatus lookup --file PATH`: a list of up to 1,000 numbers or message ids, from a file or stdin, looked up as a batch.

What of it could not be read, and how far it is, goes to stderr, so that stdout holds the answer alone.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.auditing import open_reveal
from bot.cli.console import show_lines
from bot.cli.localized_click import fail
from bot.cli.runner import WRONG_INPUT
from bot.cli.terminal_lookup import open_terminal_lookup
from bot.errors import UsageError
from bot.errors.os_errors import describe_os_error
from bot.grammar import parse_beside_list, read_target_file
from bot.grammar.file_text import MAX_FILE_BYTES
from bot.lookup.batch import Batch, BatchEnd
from bot.presentation.batches import bad_lines, end_words, list_words, progress_words, trimmed_words
from bot.timing.background import beside

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.grammar import Lookup, ParseContext, TargetList
    from bot.i18n import Language
    from bot.model import Report

STDIN = "-"
MOST_BAD = 100  # lines that are shown
EVERY = 1.0  # seconds between two states of the progress line


def read_list(path: str, words: str, context: ParseContext, language: Language) -> Lookup:
    """The lookup of a file's list with the words beside it. Raises SystemExit with status 2 when it cannot be read.

    What the list held is said on stderr.
    """
    try:
        listed = read_target_file(_content(path), context)
        command = parse_beside_list(words, listed.targets, context)
    except OSError as error:
        fail([language.say("{path}: {reason}", path=path, reason=_reason(error, language))], WRONG_INPUT)
    except UsageError as error:
        fail([error.masked_problem.said_in(language)], WRONG_INPUT)
    _tell(listed, language)
    return command


async def look_up_all(settings: Settings, command: Lookup, language: Language, *, reveal: bool) -> tuple[Report, bool]:
    """The report on what is done when the batch ends, and whether that is all. Ctrl-C ends it. Raises SettingsError.

    With `reveal` it is in the audit before anything is shown.
    """
    async with AsyncExitStack() as stack:
        audited = await stack.enter_async_context(open_reveal(settings.general)) if reveal else None
        service = await stack.enter_async_context(open_terminal_lookup(settings))
        batch, loop = Batch(command.query), asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals here: Windows, or not the main thread
            loop.add_signal_handler(signal.SIGINT, batch.stop, BatchEnd.CANCELLED)
            stack.callback(loop.remove_signal_handler, signal.SIGINT)
        async with beside(_show_progress(batch, language)):
            report = await service.run_batch(batch)
        if batch.is_trimmed:
            show_lines([trimmed_words(language)], err=True)
        if batch.end is not None:
            show_lines([end_words(batch.end, len(batch.done), len(batch.query.targets), language)], err=True)
        if audited is not None:
            await audited.write("lookup", report.query.targets, (part.provider for part in report.coverage))
        return report, batch.end is None


async def _show_progress(batch: Batch, language: Language) -> None:
    """One line on a terminal, written over again and again, and wiped away at the end."""
    if not sys.stderr.isatty():
        return
    try:
        while True:
            await asyncio.sleep(EVERY)
            click.echo(f"\r\x1b[K{progress_words(batch.progress, language)}", err=True, nl=False)
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


def _content(path: str) -> bytes:
    """At most a byte more than may be read. Raises OSError."""
    if path == STDIN:
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _reason(error: OSError, language: Language) -> str:
    reason = describe_os_error(error)
    return reason if isinstance(reason, str) else reason.said_in(language)


def _tell(listed: TargetList, language: Language) -> None:
    lines = [list_words(listed, language), *bad_lines(listed, MOST_BAD, language)]
    show_lines(lines, err=True)
