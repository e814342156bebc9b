"""A Slack message as its texts: the plain one, and what stands in blocks and attachments, `tel:` links among it. Pure.

The same words often come twice, as `text` and as `blocks`; whoever looks for something in them takes it once. A value stays
together with its label, which may say that it is no phone number and no message id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 12  # blocks within attachments within blocks; Slack's own messages have half of it
_SAYING = ("pretext", "title", "text", "value", "url", "from_url", "title_link", "fallback")
_HOLDING = ("message", "blocks", "message_blocks", "fields", "elements", "rows", "accessory", "child_blocks", "attachments")
_BESIDE = frozenset({"fields", "rows"})
_INLINE = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})


def extract_texts(message: Any) -> Iterator[str]:
    """Every text of a message, or of a part of it, in the order of reading."""
    yield from _texts(message, MAX_DEPTH)


def _texts(part: Any, depth: int) -> Iterator[str]:
    if depth < 0:
        return
    if isinstance(part, str):
        yield part
    elif isinstance(part, list | tuple):
        for item in part:
            yield from _texts(item, depth - 1) if not isinstance(item, str) else ()
    elif isinstance(part, Mapping):
        if isinstance(kind := part.get("type"), str) and kind in _INLINE:  # a number may change its style half-way
            yield _inline(part)
        for key, value in _labelled(part).items():
            yield from _side_by_side(value, depth) if key in _BESIDE else _texts(value, depth - 1)


def _labelled(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part says and holds, in the order of reading, a value behind its title."""
    said = {key: part[key] for key in _SAYING if isinstance(part.get(key), str | Mapping | list | tuple)}
    held = {key: part[key] for key in _HOLDING if isinstance(part.get(key), Mapping | list | tuple)}
    title, value = said.get("title"), said.get("value")
    if isinstance(title, str) and isinstance(value, str):
        said = {**said, "title": f"{title}: {value}", "value": ""}
    return {**said, **held}


def _side_by_side(value: Any, depth: int) -> Iterator[str]:
    """Fields, or the cells of each row: the label and the value are neighbours."""
    rows = value if isinstance(value, list | tuple) and any(isinstance(row, list | tuple) for row in value) else [value]
    yield from ("\n".join(_texts(row, depth - 1)) for row in rows)


def _inline(section: Mapping[str, Any]) -> str:
    elements = section.get("elements")
    inner = [element for element in elements if isinstance(element, Mapping)] if isinstance(elements, list) else []
    return "".join(str(element.get("text") or element.get("url") or " ") for element in inner)
