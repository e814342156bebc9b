"""The text of a CSV, TSV or TXT file -> rows of cells, each with the number of its line. Pure, and never raises."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEPARATORS = "\t;,|"  # the likeliest to be meant first, where several are as frequent
_DECLARED = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's own first line
_LOOKED_AT = 50  # lines
_MOST_LINES = 20  # of one cell: more is a quote that nobody closed
_BREAK = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x85|\x0b|\x0c")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty. `line` is the number of its first line in the file, from 1."""

    line: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(cell for cell in self.cells if cell)


def read_table(text: str) -> tuple[Row, ...]:
    """The rows of `text`, blanks around cells removed, rows without anything left out."""
    lines = _BREAK.split(text)
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    if declared:
        lines[0] = ""
    separator = declared[1] if declared else _separator(lines)
    return tuple(row for row in _rows(lines, separator) if any(row.cells))


def _separator(lines: Sequence[str]) -> str:
    """The one that stands equally often in most of the first lines; a comma where there is none."""
    some = [line for line in lines if line.strip()][:_LOOKED_AT]

    def regularity(separator: str) -> int:
        (times, alike), *_ = Counter(line.count(separator) for line in some).most_common(1) or [(0, 0)]
        return alike if times else 0

    best = max(SEPARATORS, key=regularity)
    return best if regularity(best) else ","


def _rows(lines: Sequence[str], separator: str) -> Iterator[Row]:
    """By the rules of CSV; from a quote on that nobody closes, line by line."""
    at = 0
    while at < len(lines):
        taken, cells = _record(lines[at : at + _MOST_LINES], separator)
        yield Row(at + 1, tuple(cell.strip() for cell in cells))
        at += taken


def _record(lines: Sequence[str], separator: str) -> tuple[int, Sequence[str]]:
    """The cells of the record that begins with the first of `lines`, and how many of them it takes."""
    if '"' in lines[0]:
        for taken in range(1, len(lines) + 1):
            record = "\n".join(lines[:taken])
            if record.count('"') % 2 == 0:
                return taken, _cells(record, separator)
    return 1, [cell.replace('"', "") for cell in lines[0].split(separator)]


def _cells(record: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader([record], delimiter=separator, skipinitialspace=True), [])
    except (csv.Error, TypeError):  # a quote or a line break as the separator, which the file itself may declare
        return [record]
