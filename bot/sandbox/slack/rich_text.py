"""The `rich_text` block: sections, lists, preformatted text and quotes, made of text, links, emoji, people and dates.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.elements import ID
from bot.sandbox.slack.shapes import boolean, choice, integer, listing, record, string, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.shapes import Check

_STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
_STYLED: Mapping[str, Check] = {"style": _STYLE}
_ADDRESS = string(1, 3000, starts=("https://", "http://", "mailto:", "tel:"))
_BORDER = integer(0, 1)

_TEXT = record({"text": string(1)}, _STYLED)
_LINK = record({"url": _ADDRESS}, {"text": string(1), "unsafe": boolean, **_STYLED})
_DATE = record(
    {"timestamp": integer(0, 99_999_999_999), "format": string(1), "fallback": string(1)}, {"url": _ADDRESS, **_STYLED}
)

_INLINE: Mapping[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": record({"name": string(1)}, {"unicode": string(1), "skin_tone": integer(1, 6), **_STYLED}),
    "user": record({"user_id": string(1, starts=("U", "W"))}, _STYLED),
    "usergroup": record({"usergroup_id": string(1, starts=("S",))}, _STYLED),
    "channel": record({"channel_id": string(1)}, _STYLED),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, _STYLED),
    "date": _DATE,
    "color": record({"value": string(7, 7, starts=("#",))}, _STYLED),
}
_INLINES = listing(typed("rich text element", _INLINE))
_SECTION = record({"elements": _INLINES})

_PARTS: Mapping[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": record(
        {"style": choice("bullet", "ordered"), "elements": listing(typed("list item", {"rich_text_section": _SECTION}))},
        {"indent": integer(0, 8), "offset": integer(0, 1_000_000), "border": _BORDER},
    ),
    "rich_text_preformatted": record(
        {"elements": listing(typed("preformatted element", {"text": _TEXT, "link": _LINK}))},
        {"border": _BORDER, "language": string(1)},
    ),
    "rich_text_quote": record({"elements": _INLINES}, {"border": _BORDER}),
}

RICH_TEXT = record({"elements": listing(typed("rich text object", _PARTS))}, {"block_id": ID})
