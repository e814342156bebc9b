"""Runs a command of the terminal: settings in, exit status out.

Every command loads its settings and runs its coroutine through here, so that a wrong setting ends all of them alike: one line for
each setting on stderr, and exit status 2.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cli.env_file import env_file_doubts, read_env_file
from bot.cli.localized_click import fail
from bot.errors import SettingsError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine, Iterator
    from contextlib import AbstractAsyncContextManager

    from bot.config import Settings
    from bot.i18n import Language

T = TypeVar("T")

# pydantic, the vendors, the log and asyncio are imported where they are needed: `--help` and `explain` need none of them.
# ruff: noqa: PLC0415

WRONG_INPUT = 2
THRESHOLDS = (500, 1, 1_000_000)
"""New objects before they are searched for garbage, and such searches before one of what survived them: few, since nothing is
acknowledged meanwhile. All is never searched on that account: with hundreds of requests under way it takes 0.1 s, and Python
would do it when there is most of it (docs/decisions/0055-garbage.md)."""
COLLECT_SECONDS = 60.0
"""From one search of all to the next, if the moment is quiet then."""
LONGEST = 5
"""So many times as long at the latest. Fifty lookups a second that all fail leave some 20 MiB a minute that only this finds."""
QUIET = 500
"""Tasks of the event loop. A connection is one, a request whose vendors are asked some ten."""
LOOK_SECONDS = 5.0


@contextmanager
def settings_errors(language: Language) -> Iterator[None]:
    """Turn a SettingsError of the block into its message on stderr. Raises SystemExit with status 2."""
    try:
        yield
    except SettingsError as error:
        fail(error.said_in(language), WRONG_INPUT)


def load(language: Language) -> Settings:
    """The settings of this process, whose secrets the log hides from now on. Raises SystemExit with status 2 for wrong ones."""
    from bot.config import load_settings
    from bot.observability.logging import ensure_logging, hide_in_log
    from bot.providers.registry import VENDORS

    ensure_logging("ERROR")  # whatever libraries log goes to stderr, redacted; stdout is the answer's alone
    with settings_errors(language):
        file = read_env_file(os.environ)
        settings = load_settings(file | dict(os.environ), VENDORS, own=file.keys())
        doubts = env_file_doubts(os.environ) if settings.secrets & {*file.values()} else []
    hide_in_log(settings.secrets)
    return replace(settings, doubts=(*settings.doubts, *doubts))


def run(job: Coroutine[Any, Any, T], language: Language) -> T:
    """Run `job` to its end and return its result.

    Raises SystemExit with status 2 for settings that turn out to be wrong on the way.
    """
    import asyncio

    with settings_errors(language):
        return asyncio.run(job)


async def until_stopped(app: AbstractAsyncContextManager[object], *, collect_seconds: float = COLLECT_SECONDS) -> None:
    """Run `app` until SIGINT or SIGTERM. While it is still starting, which may take long, a signal cancels the start."""
    import asyncio

    stopped = asyncio.Event()
    starting = asyncio.current_task()

    def stop() -> None:
        stopped.set()
        if starting is not None:
            starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        async with app:
            starting = None
            search_little_for_garbage()
            await _collecting_until(stopped, collect_seconds)
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise


def search_little_for_garbage() -> None:
    """From now on. What the start has loaded, the catalogue above all, is not searched again and again."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def _collecting_until(stopped: asyncio.Event, seconds: float) -> None:
    """Search all for garbage in a quiet moment every so many seconds, at the latest in any moment, until `stopped`."""
    import asyncio

    searched_at = time.monotonic()
    while not stopped.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), min(seconds, LOOK_SECONDS))
        waited = time.monotonic() - searched_at
        if waited >= LONGEST * seconds or (waited >= seconds and len(asyncio.all_tasks()) < QUIET):
            gc.collect()
            searched_at = time.monotonic()
