"""A file, or a pasted list -> the targets in it, for a batch. Pure.

Which column holds them is told by its cells: the one of which most read as numbers or message ids, whatever its name. Where whole
lines are nothing but numbers, all of them are taken. A line that cannot be read is told and does no harm to the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.grammar.cells import FEWEST_DIGITS, read_cell, read_targets_alone
from bot.grammar.cursor import ParseError, pattern
from bot.grammar.file_text import decode_file
from bot.grammar.table import read_table
from bot.grammar.text import normalize, shorten
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.grammar.command import ParseContext
    from bot.grammar.table import Row
    from bot.i18n import Phrase
    from bot.model import Target

MAX_LISTED = 1_000  # targets of a batch
MAX_BAD = 100  # bad lines that are kept to be shown; all are counted
_EMPTY = phrase("There is nothing in the column with the numbers.")
_SAMPLE = 40  # rows by which the column is chosen
_MOST_COLUMNS = 60
_ENOUGH = 0.9  # of the lines
_NUMBER_COLUMN = pattern(r".*(?:phone|mobile|msisdn|cell|number|recipient|receiver|^tel|^to$)")
_CHINESE_COLUMN = ("手机", "号码", "电话", "手機", "號碼", "電話")
_ID_COLUMN = pattern(r".*(?:bizid|serial|(?:message|msg)_?id)")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds nothing to look up, and why. Numbers in `problem` are masked."""

    line: int
    problem: Phrase


@dataclass(frozen=True, slots=True)
class Column:
    """The column that was taken: its place, from 1, and its name where the first line has one."""

    place: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class TargetList:
    """What a list holds. `lines` are those that are not empty: the header, those read, those repeated, and those that are bad."""

    targets: tuple[Target, ...]
    lines: int
    repeated: int = 0
    bad_count: int = 0
    bad: tuple[BadLine, ...] = ()
    column: Column | None = None  # None: there is only one, or whole lines were taken


def read_target_file(data: bytes, context: ParseContext) -> TargetList:
    """The list in a CSV or TXT file. Raises UsageError when it is none, holds nothing to look up, or more than 1,000 targets."""
    return read_target_list(decode_file(data), context)


def read_target_list(text: str, context: ParseContext) -> TargetList:
    """The list in `text`. Raises UsageError when there is nothing to look up, or more than 1,000 targets."""
    rows = read_table(text)
    column = None if _are_all_targets(rows[:_SAMPLE], context) else _column(rows[:_SAMPLE], context)
    names = _is_header(rows, column or 0)
    name = rows[0].cells[column] if names and column is not None and column < len(rows[0].cells) else ""
    draft = _Draft(context)
    for row in rows[1:] if names else rows:
        draft.read(row, column)
    if len(draft.targets) > MAX_LISTED:
        raise too_many(len(draft.targets) + len(draft.more))
    if not draft.targets:
        raise UsageError(_why_nothing(draft), word="", example=None)
    several = max((len(row.cells) for row in rows), default=0) > 1
    chosen = Column(column + 1, shorten(" ".join(normalize(name).split()))) if column is not None and several else None
    return TargetList(tuple(draft.targets), len(rows), draft.repeated, draft.bad_count, tuple(draft.bad), chosen)


def too_many(count: int) -> UsageError:
    """The error for more targets than a batch may have."""
    problem = phrase(
        "The list has {count:,} numbers or message IDs; the limit is {most:,}. Split it and send the parts one by one.",
        count=count,
        most=MAX_LISTED,
    )
    return UsageError(problem, word="", example=None)


class _Draft:
    """The list under construction."""

    def __init__(self, context: ParseContext) -> None:
        self._context = context
        self._cells: set[str] = set()
        self.targets: dict[Target, None] = {}
        self.more: set[str] = set()  # different cells beyond the limit, which are only counted
        self.repeated = 0
        self.bad_count = 0
        self.bad: list[BadLine] = []

    def read(self, row: Row, column: int | None) -> None:
        """Read one row: of one column, or all of it."""
        cell = row.text if column is None else row.cells[column] if column < len(row.cells) else ""
        if cell and cell in self._cells:
            self.repeated += 1
            return
        try:
            found = self._targets(cell)
            if not found:
                self.more.add(cell)
                return
        except ParseError as error:
            self.bad_count += 1
            if len(self.bad) < MAX_BAD:
                self.bad.append(BadLine(row.line, UsageError(error.problem, word=error.word, example=None).masked_problem))
            return
        self._cells.add(cell)
        self.repeated += all(target in self.targets for target in found)
        self.targets |= dict.fromkeys(found)

    def _targets(self, cell: str) -> Sequence[Target]:
        """The targets of a cell; none beyond the limit, where a cell may hold a number. Raises ParseError."""
        if not cell:  # what else is in the line may be somebody's name
            raise ParseError(_EMPTY, word="")
        if len(self.targets) > MAX_LISTED and sum(map(str.isdigit, cell)) >= FEWEST_DIGITS:
            return ()
        return read_cell(cell, self._context)


def _are_all_targets(rows: Sequence[Row], context: ParseContext) -> bool:
    """Whether most lines are nothing but numbers, or nothing but ids: a plain list, in one column or many."""
    return sum(_is_all_targets(row, context) for row in rows) >= _ENOUGH * len(rows)


def _is_all_targets(row: Row, context: ParseContext) -> bool:
    try:
        found = read_targets_alone(normalize(row.text), context)
    except ParseError:
        return False
    return bool(found) and len({target.number is None for target in found}) == 1


def _column(rows: Sequence[Row], context: ParseContext) -> int:
    """The column whose cells read best; of equal ones the first."""
    width = min(_MOST_COLUMNS, max((len(row.cells) for row in rows), default=1))
    columns = [[row.cells[at] if at < len(row.cells) else "" for row in rows] for at in range(width)]
    scores = [1.0 * sum(_worth(cell, context) for cell in cells) for cells in columns]
    for at, cells in enumerate(columns):
        if scores[at] and cells and _is_named(cells[0]):
            scores[at] += len(rows) / 2
    return scores.index(max(scores))


def _worth(cell: str, context: ParseContext) -> int:
    """How surely a cell is a number or an id: 3 for a number or an id with a form of its own, 1 for long digits or a text."""
    try:
        found = read_targets_alone(normalize(cell), context) if cell else ()
    except ParseError:
        found = ()
    if found:
        return 1 if any(target.number is None and target.issuer is None for target in found) else 3
    try:
        return 1 if cell and read_cell(cell, context) else 0
    except ParseError:
        return 0


def _is_named(cell: str) -> bool:
    name = normalize(cell).lower()
    return bool(_NUMBER_COLUMN.match(name) or _ID_COLUMN.match(name) or any(word in name for word in _CHINESE_COLUMN))


def _is_header(rows: Sequence[Row], column: int) -> bool:
    """Whether the first line names the columns: nothing in its cell is a number, and some other line has one."""
    if len(rows) < 2 or column >= len(rows[0].cells):  # noqa: PLR2004 - a name and a value
        return False
    cell = rows[0].cells[column]
    return bool(cell) and sum(map(str.isdigit, cell)) < FEWEST_DIGITS and not cell.startswith("#")


def _why_nothing(draft: _Draft) -> Phrase:
    if draft.bad:
        return phrase("There is no phone number or message ID in the list. Line {line}: {problem}",
                      line=draft.bad[0].line, problem=draft.bad[0].problem)  # fmt: skip
    return phrase("The list is empty. Put one phone number or message ID on each line, such as +8613711112222.")
