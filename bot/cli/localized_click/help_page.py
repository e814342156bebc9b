"""The formatter of help pages, which measures Chinese in terminal cells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len

from bot.cli.line_breaking import is_wide, pad_cells, wrap
from bot.cli.localized_click.locale import locale_of
from bot.cli.streams import WHOLE, columns
from bot.i18n import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.i18n import Language

_ROOMY = 60  # columns that two columns need
_NARROW = 8  # columns of the first one where there is less
_LEAST = 20


class HelpFormatter(click.HelpFormatter):
    """click's help formatter. Text with Chinese in it is aligned by cells and wrapped by the rules of Chinese."""

    def __init__(self, *, language: Language = ENGLISH, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(width=width, max_width=max_width)
        self._language = language

    def getvalue(self) -> str:
        """The page, without blanks at the ends of its lines."""
        return "\n".join(line.rstrip() for line in super().getvalue().split("\n"))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line: `Usage: smsstatus lookup [OPTIONS] [WORDS]...`."""
        super().write_usage(prog, args, self._language.say("Usage: {command}", command="") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a section heading: `Options:`. Overridden because click writes a Latin colon in every language."""
        said = self._language.say("{heading}:", heading=heading)
        self.write(f"{'':>{self.current_indent}}{said}\n")

    def write_text(self, text: str) -> None:
        """Write a wrapped paragraph."""
        if not is_wide(text):
            super().write_text(text)
            return
        indent = " " * self.current_indent
        self.write("".join(f"{indent}{line}\n" for line in wrap(text, self.width - self.current_indent)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a definition list: spellings in the first column, help texts in the second."""
        rows = list(rows)
        if self.width < _ROOMY:  # what options do needs the room more than what they are called
            col_max = _NARROW
        if not any(is_wide("".join(row)) for row in rows):
            super().write_dl(rows, col_max, col_spacing)
            return
        indent = " " * self.current_indent
        column = min(max(cell_len(first) for first, _ in rows), col_max)
        left = " " * (column + col_spacing)
        for first, second in rows:
            lines = wrap(second, max(self.width - self.current_indent - len(left), 10))
            if cell_len(first) > column:
                self.write(f"{indent}{first}\n")
            else:
                self.write(f"{indent}{pad_cells(first, len(left))}{lines.pop(0)}".rstrip() + "\n")
            self.write("".join(f"{indent}{left}{line}\n" for line in lines if line))


class Context(click.Context):
    """A click context whose help pages are in the terminal's language."""

    def make_formatter(self) -> HelpFormatter:
        """A formatter as wide as the terminal; a pipe gets whole lines."""
        width = self.terminal_width or _page_width(self.max_content_width or WHOLE)
        return HelpFormatter(language=locale_of(self).language, width=width)


def _page_width(most: int) -> int:
    found = columns(sys.stdout)
    return found if found == WHOLE else max(min(found, most) - 2, _LEAST)
