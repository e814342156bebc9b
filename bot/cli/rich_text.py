"""rich text whose lines are broken between words, by the rules of Chinese, in characters that the terminal has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.containers import Lines
from rich.measure import Measurement
from rich.padding import Padding
from rich.text import Text

from bot.cli.line_breaking import break_offsets, break_units
from bot.cli.streams import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, JustifyMethod, OverflowMethod, RenderableType

INDENT = 4  # of what explains the line above


class CjkText(Text):
    """rich's Text, in one style. Where a line is broken, what follows is indented by `hang`."""

    def __init__(self, text: str = "", style: str = "", *, hang: int = 0) -> None:
        super().__init__(text, style)
        self._hang = hang

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """Wrap to `width` cells. Text with `no_wrap` is left to rich."""
        shown = Text(fitted(self.plain, console.encoding), self.style)
        if no_wrap:
            return shown.wrap(console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=no_wrap)
        return Lines(part for line in shown.split(allow_blank=True) for part in self._broken(line, width))

    def _broken(self, line: Text, width: int) -> Lines:
        hang = self._hang if width > 2 * self._hang else 0
        first, *others = line.divide(break_offsets(line.plain, width, hang))
        for part in (first, *others):
            part.rstrip()
        for part in others:
            part.pad_left(hang)
        return Lines([first, *others])

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lines = fitted(self.plain, console.encoding).splitlines()
        return Measurement(
            max((cell_len(unit.rstrip()) for line in lines for unit in break_units(line)), default=0),
            max(map(cell_len, lines), default=0),
        )


def lines_of(lines: Iterable[str], style: str = "") -> list[RenderableType]:
    """The lines that are not empty, each a text of its own."""
    return [CjkText(line, style) for line in lines if line]


def below(lines: Iterable[str]) -> RenderableType:
    """Lines that explain the one above."""
    return Padding(CjkText("\n".join(line for line in lines if line)), (0, 0, 0, INDENT), expand=False)
