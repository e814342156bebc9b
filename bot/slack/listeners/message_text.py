"""A Slack message as its texts: the plain one, and what stands in blocks and attachments, `tel:` links among it. Pure.

The same words often come twice, as `text` and as `blocks`; whoever looks for something in them takes it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 12  # blocks within attachments within blocks; Slack's own messages have half of it
_SAYING = ("pretext", "title", "text", "value", "url", "from_url", "title_link", "fallback")
_HOLDING = ("message", "blocks", "message_blocks", "fields", "elements", "rows", "accessory", "child_blocks", "attachments")
_INLINE = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})


def extract_texts(message: Any) -> Iterator[str]:
    """Every text of a message, or of a part of it, in the order of reading."""
    yield from _texts(message, MAX_DEPTH)


def _texts(part: Any, depth: int) -> Iterator[str]:
    if depth < 0:
        return
    if isinstance(part, list | tuple):
        for item in part:
            yield from _texts(item, depth - 1)
    elif isinstance(part, Mapping):
        if isinstance(kind := part.get("type"), str) and kind in _INLINE:  # a number may change its style half-way
            yield _inline(part)
        for key in (*_SAYING, *_HOLDING):
            value = part.get(key)
            if isinstance(value, str) and key in _SAYING:
                yield value
            elif isinstance(value, Mapping | list | tuple):
                yield from _texts(value, depth - 1)


def _inline(section: Mapping[str, Any]) -> str:
    elements = section.get("elements")
    inner = [element for element in elements if isinstance(element, Mapping)] if isinstance(elements, list) else []
    return "".join(str(element.get("text") or element.get("url") or " ") for element in inner)
