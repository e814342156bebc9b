"""A table where it fits, and otherwise a list that says the same: narrow columns would cut words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.measure import Measurement
from rich.table import Table

from bot.cli.rich_text import CjkText
from bot.cli.streams import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

_NARROWEST = 72  # columns: on less, also a table that would fit is harder to read than a list
_GAP = 2
_ASCII_HEAD = box.Box(str(box.SIMPLE_HEAD).replace("─", "-"), ascii=True)  # rich's own has bars between the columns
HANG = 2  # how far the second line of an item is indented


class TableOrList:
    """Rows, under headings if there are any; or items, the same rows as a line of text each.

    `style` of a row is that of its cell `painted`.
    """

    def __init__(self, headings: Sequence[str] = (), *, painted: int = 0) -> None:
        self._table = Table(show_header=bool(headings), pad_edge=False, show_edge=False, padding=(0, _GAP, 0, 0))
        self._items: list[CjkText] = []
        self._painted = painted
        for heading in headings:
            self._table.add_column(CjkText(heading), no_wrap=True)

    def add(self, cells: Sequence[str], item: str, style: str = "") -> None:
        """Add a row."""
        while len(self._table.columns) < len(cells):
            self._table.add_column(no_wrap=True)
        self._table.add_row(*(CjkText(cell, style if at == self._painted else "") for at, cell in enumerate(cells)))
        self._items.append(CjkText(item, style, hang=HANG))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        headed = _ASCII_HEAD if options.ascii_only else box.SIMPLE_HEAD
        self._table.box = headed if self._table.show_header else None
        needed = Measurement.get(console, options.update_width(WHOLE), self._table).maximum - _GAP
        if _NARROWEST <= options.max_width >= needed:
            yield from console.render(self._table, options.update_width(WHOLE))
        else:
            yield from self._items
