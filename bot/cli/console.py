"""The consoles that commands print on: as wide as the terminal, without trailing blanks, in characters that it can show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

from bot.cli.rich_text import CjkText
from bot.cli.streams import WHOLE, columns, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType, RenderResult

_WIDEST = 120  # lines longer than this are hard to read
_HEIGHT = 100  # of no consequence: nothing here fills a screen


class Fitting(Console):
    """A rich console that knows what its stream's reader can see. Text is never markup, and has colours only on a terminal."""

    def __init__(self, stream: TextIO, width: int) -> None:
        # Without a height rich takes every terminal that calls itself dumb for one of 80 columns.
        super().__init__(file=stream, width=width, height=_HEIGHT, highlight=False, markup=False, emoji=False)

    @property
    def encoding(self) -> str:
        """What the stream's reader can see."""
        return encoding_of(self.file)


class Trimmed:
    """`what`, without blanks at the ends of its lines."""

    def __init__(self, what: RenderableType) -> None:
        self._what = what

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self._what, options, pad=False):
            yield from _trimmed(line)
            yield Segment.line()


def _trimmed(line: Sequence[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not (text := kept[-1].text.rstrip()) and not kept[-1].control:
        kept.pop()
    return [*kept[:-1], Segment(text, kept[-1].style, kept[-1].control)] if kept else []


def show(what: RenderableType, *, err: bool = False) -> None:
    """Print `what` on stdout, or on stderr."""
    stream = sys.stderr if err else sys.stdout
    width = columns(stream)
    width = width if width == WHOLE else min(width, _WIDEST)
    Fitting(stream, width).print(Trimmed(what), soft_wrap=False, end="")


def show_lines(lines: Iterable[str], *, hang: int = 0, err: bool = False) -> None:
    """Print these lines, each broken between words where the terminal ends; what follows is indented by `hang`."""
    for line in lines:
        show(CjkText(line, hang=hang), err=err)
