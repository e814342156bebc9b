"""The real logging, configured over a stream that a test reads: as on a terminal, or as elsewhere."""

from __future__ import annotations

import io
import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot.observability.logging import configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterator


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@contextmanager
def logging_to(stream: io.StringIO, level: str = "DEBUG") -> Iterator[io.StringIO]:
    """`configure_logging` over `stream`; all that it changes in the process is put back when the block is left."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = [(one, one.level, one.disabled) for one in known]
    for one in known:
        one.disabled = False  # import-linter disables all that there are
        if one.name.startswith("slack_"):  # Bolt gives many of them the level that held when they were made
            one.setLevel(logging.NOTSET)
    retries, filters = logging.getLogger("stamina"), logging.getLogger("stamina").filters
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    configure_logging(level, stream)
    try:
        yield stream
    finally:
        root.handlers = before[0]
        root.setLevel(before[1])
        retries.filters = filters
        for one, own, disabled in levels:
            one.disabled = disabled
            one.setLevel(own)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
