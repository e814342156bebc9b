"""Short tracebacks: our own lines, where it began and where it ended; without the values of variables."""

from __future__ import annotations

from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from structlog.typing import ExcInfo

MAX_FRAMES = 12  # of one exception
_LAST_FRAMES = 3  # wherever they are: what a library was at when it failed
_MAX_CHAIN = 5  # exceptions that led to it, or that a group has
_HOME = str(Path(__file__).parents[1])


def short_traceback(exc_info: ExcInfo) -> str:
    """The traceback of an exception and of those behind it. Frames of libraries between ours are left out."""
    told = TracebackException(*exc_info, capture_locals=False, compact=True, max_group_width=_MAX_CHAIN)
    _shorten(told, _MAX_CHAIN)
    return "".join(told.format()).rstrip("\n")


def _shorten(told: TracebackException, further: int) -> None:
    told.stack = StackSummary.from_list(_telling(told.stack))
    if not further:
        told.__cause__ = told.__context__ = None
    for one in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if one is not None:
            _shorten(one, further - 1)


def _telling(frames: StackSummary) -> list[FrameSummary]:
    last = len(frames) - _LAST_FRAMES
    telling = [frame for at, frame in enumerate(frames) if at >= last or frame.filename.startswith(_HOME)]
    return telling[-MAX_FRAMES:]
