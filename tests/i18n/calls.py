"""The calls in the code that say a phrase, and the values that each fills in, which an extraction does not tell."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.phrases import BOT, Key, speaking_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PASSING_ON = frozenset({"presentation/wording/text_format.py"})  # hands over a text that was written out elsewhere
SPEAKING: Mapping[str, slice] = {"say": slice(0, 1), "phrase": slice(0, 1), "plural": slice(1, 3)}  # which arguments are the key


@dataclass(frozen=True, slots=True)
class Call:
    """A call that says a phrase. `key` is None when it is not written out, so that nobody can translate it."""

    path: Path
    line: int
    key: Key | None
    given: frozenset[str]  # the names of the values that it fills in
    whole: bool  # whether these are all: False when there are others in a `**mapping`


@cache
def calls() -> tuple[Call, ...]:
    """Every call that says a phrase."""
    return tuple(_found())


def _found() -> Iterator[Call]:
    for path, text in speaking_files():
        short = path.relative_to(BOT)
        if short.as_posix() in PASSING_ON:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SPEAKING:
                given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg is not None)
                key = _key(node.args[SPEAKING[name]], name)
                yield Call(short, node.lineno, key, given, whole=all(keyword.arg for keyword in node.keywords))


def _key(texts: Sequence[ast.expr], name: str) -> Key | None:
    written = [text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)]
    if name == "plural":
        return (written[0], written[1]) if len(written) == 2 else None
    return written[0] if written else None
