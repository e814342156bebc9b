"""The pages that people read, as what can be checked in them: blocks, code spans, tables, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CATALOGUE = "codes.md"  # generated, and tested where it is

_FENCE = re.compile(r"^(?P<in> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=in)```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINES_OF_TABLE = re.compile(r"(?:^ *\|.*\n)+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `place` is its page and line, for a failure to name."""

    place: str
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines, without comments, indentation and empty ones; a backslash at the end joins two."""
        whole = self.text.replace("\\\n", " ")
        bare = (re.sub(r"(?:^|\s+)#.*$", "", line).strip() for line in whole.splitlines())
        return [line for line in bare if line]


@dataclass(frozen=True)
class Page:
    """A page of Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """All but the blocks."""
        return _FENCE.sub("", self.text)

    @property
    def blocks(self) -> Iterator[Block]:
        """The fenced blocks."""
        for found in _FENCE.finditer(self.text):
            line = self.text.count("\n", 0, found.start()) + 1
            yield Block(f"{self.name}:{line}", found["language"], found["text"])

    @property
    def spans(self) -> list[str]:
        """What is written as code within the prose."""
        return _SPAN.findall(self.prose)

    @property
    def tables(self) -> Iterator[list[list[str]]]:
        """The tables: rows of cells, the header first."""
        for found in _LINES_OF_TABLE.findall(self.prose):
            rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in found.splitlines()]
            yield [rows[0], *rows[2:]]

    @property
    def links(self) -> list[str]:
        """Where its links and pictures lead."""
        return [link or picture for link, picture in _LINK.findall(self.prose)]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may name behind `#`: the headings, as GitHub names them."""
        return {_anchor(heading) for heading in _HEADING.findall(self.prose)}


def guide() -> list[Page]:
    """The README and the pages by task."""
    found = (path for path in sorted((ROOT / "docs").glob("*.md")) if path.name != CATALOGUE)
    return [Page(ROOT / "README.md"), *map(Page, found)]


def every_page() -> list[Page]:
    """All pages of the repository, the catalogue left out, which is generated and long."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("b*/**/*.md")]
    return [Page(path) for path in sorted(found) if path.name != CATALOGUE]


def _anchor(heading: str) -> str:
    plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
