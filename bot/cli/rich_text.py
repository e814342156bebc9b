"""rich text whose lines are broken by the rules of Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.containers import Lines
from rich.measure import Measurement
from rich.text import Text

from bot.cli.line_breaking import break_offsets, break_units, is_wide

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, JustifyMethod, OverflowMethod


class CjkText(Text):
    """rich's Text. Wrapped by the rules of Chinese if it contains Chinese, otherwise by rich."""

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
        if no_wrap or not is_wide(self.plain):
            return super().wrap(console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=no_wrap)
        parts = [part for line in self.split(allow_blank=True) for part in line.divide(break_offsets(line.plain, width))]
        for part in parts:
            part.rstrip()
        return Lines(parts)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        whole = super().__rich_measure__(console, options)
        if not is_wide(self.plain):
            return whole
        return Measurement(max((cell_len(unit.rstrip()) for unit in break_units(self.plain)), default=0), whole.maximum)
