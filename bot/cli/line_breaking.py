"""Line breaking for terminals, measured in cells: Chinese characters take two, and a line may break between any two of them.

click and rich break lines at spaces, of which a Chinese sentence has none, so they would cut it wherever the line is full. Here
no line begins with closing punctuation, and Latin words and numbers stay whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = "（“‘《【「『([{<"
_BETWEEN_PARTS = " · "
_CLOSING = "，。：；？！、）”’》】」』…·,.:;?!)]}>%"


def is_wide(text: str) -> bool:
    """Whether any character of `text` is wide, that is takes two cells."""
    return cell_len(text) != len(text)


def pad_cells(text: str, width: int) -> str:
    """`text` padded with spaces to `width` cells; `str.ljust` would count characters."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> list[str]:
    """Wrap `text` into lines of at most `width` cells."""
    ends = [*break_offsets(text, width), len(text)]
    return [text[start:end].rstrip() for start, end in zip([0, *ends], ends, strict=False)]


def break_offsets(text: str, width: int, hang: int = 0) -> list[int]:
    """The offsets in `text` at which new lines begin, so that no line is wider than `width` cells.

    All lines but the first will be indented by `hang` cells. What stands between two `·` stays on one line where it can.
    """
    found: list[int] = []
    start = used = 0
    below = max(width - hang, 1)
    for unit in break_units(text):
        size = cell_len(unit.rstrip())
        part_size = _part_size(text, start)
        if used and (used + size > width or width < used + part_size <= used + below):
            found.append(start)
            used, width = 0, below
        # What is wider than a whole line is cut where that is full.
        for part in [unit] if size <= width else unit:
            if used and used + cell_len(part.rstrip()) > width:
                found.append(start)
                used, width = 0, below
            used += cell_len(part)
            start += len(part)
    return found


def _part_size(text: str, start: int) -> int:
    """The cells up to the next `·` where a part begins at `start`; otherwise 0."""
    return cell_len(text[start:].partition(_BETWEEN_PARTS)[0].rstrip()) if text[:start].endswith(_BETWEEN_PARTS) else 0


def break_units(text: str) -> Iterator[str]:
    """Split into unbreakable units: a word, or a Chinese character with its punctuation; each with the spaces after it."""
    start = 0
    for at in range(1, len(text)):
        if _may_break(text, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _may_break(text: str, at: int) -> bool:
    """Whether a line may break before offset `at`."""
    before, after = text[at - 1], text[at]
    if after.isspace():
        return False
    if before.isspace():
        # A number stays with what it counts, and in one piece: 3 条, +86 137****2222.
        return not (text[:at].rstrip()[-1:].isdigit() and (is_wide(after) or after.isdigit()))
    if before.isascii() and after.isascii():  # nearly all there is
        return False
    return is_wide(before + after) and before not in _OPENING and after not in _CLOSING
