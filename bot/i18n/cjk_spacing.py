"""CJK spacing: the space between Chinese and Latin letters or digits, where a value is filled into a translated phrase.

Within the phrase the translator writes it; how a value begins and ends is known only when it is filled in.
"""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"


def format_with_cjk_spacing(text: str, values: Mapping[str, object]) -> str:
    """Like `text.format_map(values)`, with a space between Chinese and Latin letters or digits. Raises KeyError as that does."""
    whole = ""
    for piece in _pieces(text, values):
        whole += f" {piece}" if whole and piece and _touch(whole[-1], piece[0]) else piece
    return whole


def _pieces(text: str, values: Mapping[str, object]) -> Iterator[str]:
    for literal, name, spec, _ in Formatter().parse(text):
        yield literal
        if name is not None:
            yield format(values[name], spec or "")


def _touch(before: str, after: str) -> bool:
    return (_is_han(before) and _is_latin(after)) or (_is_latin(before) and _is_han(after))


def _is_han(char: str) -> bool:
    return _FIRST_HAN <= char <= _LAST_HAN


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
